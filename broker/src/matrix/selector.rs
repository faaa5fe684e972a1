//! A question's selectors, resolved to versions.

use super::query::{Choice, Ignore};

/// A version, as far as the matrix needs it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VersionRef {
    /// Its row, and its place in the order.
    pub id: i64,
    /// Its number.
    pub number: String,
}

/// The versions of a pacticipant that count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Versions {
    /// Whichever there are.
    Any,
    /// These, possibly none.
    These(Vec<VersionRef>),
}

impl Versions {
    /// Whether a version counts.
    #[must_use]
    pub fn include(&self, id: i64) -> bool {
        match self {
            Self::Any => true,
            Self::These(versions) => versions.iter().any(|version| version.id == id),
        }
    }

    /// Those that are named; none when any counts.
    #[must_use]
    pub fn listed(&self) -> &[VersionRef] {
        match self {
            Self::Any => &[],
            Self::These(versions) => versions,
        }
    }
}

/// How a pacticipant came into the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It was asked about.
    Specified,
    /// It is on the other side of a pact.
    Inferred,
}

/// A pacticipant in the question, with the versions that count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedSelector {
    /// The pacticipant's row.
    pub pacticipant_id: i64,
    /// The pacticipant's name.
    pub pacticipant: String,
    /// What was asked for.
    pub choice: Choice,
    /// What that is.
    pub versions: Versions,
    /// How it came into the question.
    pub origin: Origin,
}

impl ResolvedSelector {
    /// Whether it was asked about, and there is no such version.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.origin == Origin::Specified && matches!(&self.versions, Versions::These(versions) if versions.is_empty())
    }

    /// Whether it is not to be counted at all.
    #[must_use]
    pub fn is_ignored(&self, ignore: &[Ignore]) -> bool {
        ignore.iter().any(|ignore| {
            ignore.pacticipant == self.pacticipant
                && match (&ignore.version, &self.choice) {
                    (None, _) => true,
                    (Some(ignored), Choice::Number(number)) => ignored == number,
                    (Some(_), _) => false,
                }
        })
    }
}
