//! Which of the interactions that fit a request answers it.

use std::sync::atomic::{AtomicU64, Ordering};

use countersign_core::mismatch::Mismatch;

use super::closest::Attempts;

/// Which interaction answers when several fit a request (they differ in their provider states only).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Selection {
    /// The first that was not exercised yet, so that each has its turn; then the first. For tests.
    #[default]
    UnusedFirst,
    /// Always the first. For stubs, whose answers should not depend on what was asked before.
    First,
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
        let mut attempts = Attempts::default();
        let mut fitting = None;
        for id in candidates {
            let expectation = &expectations[id];
            let used = expectation.hits().count() > 0;
            if fitting.is_some() && used {
                continue;
            }
            let mismatches = check(expectation);
            if !mismatches.is_empty() {
                attempts.add(id, mismatches);
            } else if self == Self::First || !used {
                return Selected::Fits(id);
            } else {
                fitting = fitting.or(Some(id));
            }
        }
        fitting.map_or_else(|| Selected::Closest(attempts.into_best()), Selected::Fits)
    }
}
