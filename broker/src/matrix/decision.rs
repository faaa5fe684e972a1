//! The verdict over rows.

use std::collections::BTreeSet;

use super::explain::{Notice, explain};
use super::query::MatrixQuery;
use super::rows::{Participants, Row};

/// A pair that must have a result: the consumer version asked about has a pact with the provider.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Required {
    /// The consumer's name.
    pub consumer: String,
    /// The provider's name.
    pub provider: String,
}

/// Everything a verdict is made from.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// The question.
    pub query: &'a MatrixQuery,
    /// Who is in it.
    pub participants: &'a Participants,
    /// The rows found.
    pub rows: &'a [Row],
    /// The pairs that must have a row.
    pub required: &'a BTreeSet<Required>,
    /// What was to be ignored and is not known.
    pub unknown_ignored: &'a [String],
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// `Some(true)`: yes; `Some(false)`: no, something failed or does not exist; `None`: no, a result is missing.
    pub deployable: Option<bool>,
    /// Rows that count and succeeded.
    pub success: usize,
    /// Rows that count and failed.
    pub failed: usize,
    /// Rows that count and have no result, and required pairs without a row.
    pub unknown: usize,
    /// Rows that do not count; `None` when nothing was to be ignored.
    pub ignored: Option<usize>,
    /// Why, in words.
    pub notices: Vec<Notice>,
}

/// Decides.
///
/// A version that was asked about and does not exist is a no. Otherwise a missing result outweighs a failure: with both, the
/// answer is "not known yet", because a retry may still turn out either way. Without any row there is nothing that
/// could break, and the answer is yes.
#[must_use]
pub fn decide(evidence: &Evidence<'_>) -> Verdict {
    let counted = || evidence.rows.iter().filter(|row| !row.ignored);
    let count = |outcome: Option<bool>| counted().filter(|row| row.success() == outcome).count();
    let rowless: Vec<&Required> = evidence
        .required
        .iter()
        .filter(|pair| {
            !evidence.rows.iter().any(|row| {
                row.publication.consumer == pair.consumer && row.publication.provider == pair.provider
            })
        })
        .collect();
    let missing = missing_selectors(evidence);
    let unknown = count(None) + rowless.len();
    let failed = count(Some(false));
    let deployable = if !missing.is_empty() {
        Some(false)
    } else if unknown > 0 {
        None
    } else {
        Some(failed == 0)
    };
    Verdict {
        deployable,
        success: count(Some(true)),
        failed,
        unknown,
        ignored: (!evidence.query.ignore.is_empty()).then(|| evidence.rows.iter().filter(|row| row.ignored).count()),
        notices: explain(evidence, &missing, &rowless),
    }
}

fn missing_selectors<'a>(evidence: &Evidence<'a>) -> Vec<&'a super::selector::ResolvedSelector> {
    evidence
        .participants
        .selectors()
        .iter()
        .filter(|selector| selector.is_missing() && !selector.is_ignored(&evidence.query.ignore))
        .collect()
}
