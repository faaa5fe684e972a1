//! Which of the interactions that fit a request answers it.

use std::sync::atomic::{AtomicU64, Ordering};

use countersign_core::mismatch::{Location, Mismatch};
use fancy_regex::Regex;

use super::closest::Attempts;

/// Which interaction answers when several fit a request (they differ in their provider states only).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Selection {
    /// The first that was not exercised yet, so that each has its turn; then the first. For tests.
    #[default]
    UnusedFirst,
    /// Always the first. For stubs, whose answers should not depend on what was asked before.
    First,
    /// As [`Selection::First`]; when none fits, the closest of those from which the request differs in header fields and
    /// content type alone. For stubs that are as patient as the official one.
    FirstWhateverTheHeaders,
}

/// Which interactions a request wants to be answered by, told by their provider states.
#[derive(Debug, Default)]
pub(super) enum WantedState {
    /// Any.
    #[default]
    Any,
    /// One with a state that matches, or perhaps without any.
    Matching { regex: Regex, stateless_too: bool },
}

impl WantedState {
    pub(super) fn allows(&self, states: &[String]) -> bool {
        match self {
            Self::Any => true,
            Self::Matching { stateless_too, .. } if states.is_empty() => *stateless_too,
            Self::Matching { regex, .. } => states.iter().any(|state| regex.is_match(state).unwrap_or(false)),
        }
    }
}

/// How often an interaction was exercised as agreed.
#[derive(Debug, Default)]
pub(super) struct Hits(AtomicU64);

impl Hits {
    pub(super) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// An interaction whose exercises are counted.
pub(super) trait Countable {
    fn hits(&self) -> &Hits;
}

/// What became of the candidates.
#[derive(Debug)]
pub(super) enum Selected {
    /// This one fits.
    Fits(usize),
    /// None fits; this one is closest. `None` when there was no candidate at all.
    Closest(Option<(usize, Vec<Mismatch>)>),
}

impl Selection {
    /// Compares the candidates in turn, no more of them than it takes.
    pub(super) fn select<E: Countable>(
        self,
        expectations: &[E],
        candidates: impl Iterator<Item = usize>,
        check: impl Fn(&E) -> Vec<Mismatch>,
    ) -> Selected {
        let (mut attempts, mut tolerable) = (Attempts::default(), Attempts::default());
        let mut fitting = None;
        for id in candidates {
            let expectation = &expectations[id];
            let used = expectation.hits().count() > 0;
            if fitting.is_some() && used {
                continue;
            }
            let mismatches = check(expectation);
            if !mismatches.is_empty() {
                if self == Self::FirstWhateverTheHeaders && only_headers(&mismatches) {
                    tolerable.add(id, mismatches);
                } else {
                    attempts.add(id, mismatches);
                }
            } else if self != Self::UnusedFirst || !used {
                return Selected::Fits(id);
            } else {
                fitting = fitting.or(Some(id));
            }
        }
        let fitting = fitting.or(tolerable.into_best().map(|(id, _)| id));
        fitting.map_or_else(|| Selected::Closest(attempts.into_best()), Selected::Fits)
    }
}

fn only_headers(mismatches: &[Mismatch]) -> bool {
    mismatches.iter().all(|mismatch| matches!(mismatch.location, Location::Header { .. } | Location::BodyType))
}
