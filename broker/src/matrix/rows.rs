//! Rows of the matrix: publications joined with what provider versions said about them.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::query::{Ignore, LatestBy};
use super::selector::{Origin, ResolvedSelector, VersionRef, Versions};

/// A contract under a consumer version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// The consumer's row.
    pub consumer_id: i64,
    /// The consumer's name.
    pub consumer: String,
    /// The consumer version.
    pub version: VersionRef,
    /// The provider's row.
    pub provider_id: i64,
    /// The provider's name.
    pub provider: String,
    /// The row of the contract's content.
    pub content_id: i64,
    /// What names the content.
    pub sha: String,
    /// When it was published, in microseconds since 1970.
    pub published_at: i64,
}

/// What a provider version said about a content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Result {
    /// The provider version.
    pub version: VersionRef,
    /// The number of the verification.
    pub number: i64,
    /// Whether the provider kept the contract.
    pub success: bool,
    /// When it was recorded, in microseconds since 1970.
    pub verified_at: i64,
}

/// A verification in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Its number.
    pub number: i64,
    /// Whether the provider kept the contract.
    pub success: bool,
    /// When it was recorded, in microseconds since 1970.
    pub at: i64,
}

/// A consumer version's contract, a provider version, and what came of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The contract and the consumer version.
    pub publication: Publication,
    /// The provider version; `None` when none of those that count ever verified the contract.
    pub provider_version: Option<VersionRef>,
    /// The result; `None` when there is none.
    pub verification: Option<Verified>,
    /// Whether it does not count.
    pub ignored: bool,
}

impl Row {
    /// The versions in it: the consumer's, and the provider's if there is one.
    pub fn versions(&self) -> impl Iterator<Item = &VersionRef> {
        [Some(&self.publication.version), self.provider_version.as_ref()].into_iter().flatten()
    }

    /// Whether the provider kept the contract, if that is known.
    #[must_use]
    pub fn success(&self) -> Option<bool> {
        self.verification.as_ref().map(|verification| verification.success)
    }
}

/// The participants of a question, by row id.
#[derive(Clone, Debug, Default)]
pub struct Participants {
    selectors: Vec<ResolvedSelector>,
    /// Whether rows without a result are wanted for a provider that was asked about alone, without a target.
    lone: bool,
}

impl Participants {
    /// The participants of a question; `lone` when one pacticipant was asked about without a target.
    #[must_use]
    pub fn new(selectors: Vec<ResolvedSelector>, lone: bool) -> Self {
        Self { selectors, lone }
    }

    /// All of them.
    #[must_use]
    pub fn selectors(&self) -> &[ResolvedSelector] {
        &self.selectors
    }

    /// All of them, to keep.
    #[must_use]
    pub fn into_selectors(self) -> Vec<ResolvedSelector> {
        self.selectors
    }

    fn of(&self, pacticipant: i64) -> impl Iterator<Item = &ResolvedSelector> {
        self.selectors.iter().filter(move |selector| selector.pacticipant_id == pacticipant)
    }

    /// Whether a publication belongs to the question: its version counts, its provider is in it, and one of the two
    /// was asked about.
    #[must_use]
    pub fn include(&self, publication: &Publication) -> bool {
        self.of(publication.consumer_id).any(|consumer| {
            consumer.versions.include(publication.version.id)
                && self
                    .of(publication.provider_id)
                    .any(|provider| consumer.origin == Origin::Specified || provider.origin == Origin::Specified)
        })
    }
}

/// Joins publications with results (by content) into rows, the latest consumer version first.
///
/// Where provider versions run side by side, one without a result gets a row that says so; elsewhere such a row
/// appears only when none of the provider's versions has one.
#[must_use]
pub fn join(
    participants: &Participants,
    publications: &[Publication],
    results: &HashMap<i64, Vec<Result>>,
) -> Vec<Row> {
    let mut rows = Vec::new();
    for publication in publications.iter().filter(|publication| participants.include(publication)) {
        let of_content = results.get(&publication.content_id).map_or(&[][..], Vec::as_slice);
        join_one(participants, publication, of_content, &mut rows);
    }
    let order = |row: &Row| (row.publication.version.id, row.provider_version.as_ref().map(|version| version.id));
    rows.sort_by(|a, b| order(b).cmp(&order(a)).then_with(|| a.publication.provider.cmp(&b.publication.provider)));
    rows
}

fn join_one(participants: &Participants, publication: &Publication, results: &[Result], rows: &mut Vec<Row>) {
    let row = |provider_version: Option<VersionRef>, verification: Option<Verified>| Row {
        publication: publication.clone(),
        provider_version,
        verification,
        ignored: false,
    };
    let providers: Vec<&ResolvedSelector> = participants.of(publication.provider_id).collect();
    let counted: Vec<&Result> = results
        .iter()
        .filter(|result| providers.iter().any(|provider| provider.versions.include(result.version.id)))
        .collect();
    rows.extend(counted.iter().map(|result| {
        let verified = Verified { number: result.number, success: result.success, at: result.verified_at };
        row(Some(result.version.clone()), Some(verified))
    }));
    if counted.is_empty() {
        let specified_alone = participants.lone && providers.iter().any(|p| p.origin == Origin::Specified);
        let as_consumer = participants.of(publication.consumer_id).any(|c| c.origin == Origin::Specified);
        if !specified_alone || as_consumer {
            rows.push(row(None, None));
        }
        return;
    }
    let verified: HashSet<i64> = counted.iter().map(|result| result.version.id).collect();
    let side_by_side = providers.iter().filter(|provider| provider.choice.all_must_agree());
    let silent: BTreeSet<&VersionRef> = side_by_side
        .filter_map(|provider| match &provider.versions {
            Versions::These(versions) => Some(versions),
            Versions::Any => None,
        })
        .flatten()
        .filter(|version| !verified.contains(&version.id))
        .collect();
    rows.extend(silent.into_iter().map(|version| row(Some(version.clone()), None)));
}

/// Keeps, of each group, the rows with the latest provider version. Rows must come latest first, as from [`join`].
#[must_use]
pub fn keep_latest(rows: Vec<Row>, by: LatestBy) -> Vec<Row> {
    let mut seen = HashSet::new();
    rows.into_iter()
        .filter(|row| {
            let (consumer, provider) = (row.publication.consumer_id, row.publication.provider_id);
            let consumer_version = row.publication.version.id;
            match by {
                LatestBy::Nothing | LatestBy::BothVersions => true,
                LatestBy::ConsumerVersion => seen.insert((consumer, consumer_version, provider)),
                LatestBy::Pair => seen.insert((consumer, 0, provider)),
            }
        })
        .collect()
}

/// Marks the rows that do not count.
pub fn mark_ignored(rows: &mut [Row], ignore: &[Ignore]) {
    let hit = |name: &str, number: Option<&str>| {
        ignore.iter().any(|ignore| {
            ignore.pacticipant == name && ignore.version.as_deref().is_none_or(|version| Some(version) == number)
        })
    };
    for row in rows {
        let provider_version = row.provider_version.as_ref().map(|version| version.number.as_str());
        row.ignored = hit(&row.publication.consumer, Some(&row.publication.version.number))
            || hit(&row.publication.provider, provider_version);
    }
}
