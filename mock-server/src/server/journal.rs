//! Requests that were not answered as agreed.

use std::sync::{Mutex, PoisonError};

use super::Closest;

/// How many refusals are kept; a server that runs for days must not grow.
const KEPT: usize = 1_000;

/// A request that was not answered as agreed.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// The request in short, such as `GET /inventory/ABC-1?quantity=2`.
    pub request: String,
    /// Why.
    pub reason: Reason,
}

/// Why a request was not answered as agreed.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// Something is agreed on at this method and path, but not this.
    Differs(Closest),
    /// Nothing is agreed on at this method and path. Names the interaction that comes closest, if there is any.
    Unknown(Option<Closest>),
    /// The request could not be read; says why.
    Unreadable(String),
}

/// Remembers refusals; requests that fit never touch it.
#[derive(Debug, Default)]
pub(super) struct Journal {
    refusals: Mutex<Vec<Refusal>>,
}

impl Journal {
    pub(super) fn add(&self, refusal: Refusal) {
        tracing::debug!(request = refusal.request, "a request that was not agreed on");
        let mut refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        if refusals.len() < KEPT {
            refusals.push(refusal);
        }
    }

    pub(super) fn refusals(&self) -> Vec<Refusal> {
        self.refusals.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
