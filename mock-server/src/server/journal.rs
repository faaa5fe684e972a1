//! Requests that were not answered as agreed.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

use super::Closest;

/// How many refusals are kept; a server that runs for days must not grow.
const KEPT: usize = 1_000;

/// How many bytes of a refused request's body are kept.
const KEPT_BODY: usize = 16 * 1024;

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

/// An HTTP request that was refused, for those who are told about it by another program.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct RefusedRequest {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
    /// The first few kilobytes.
    pub(crate) body: Bytes,
}

/// A refusal, with the request where it came over HTTP.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) refusal: Refusal,
    pub(crate) request: Option<RefusedRequest>,
}

/// Remembers refusals; requests that fit never touch it.
#[derive(Debug, Default)]
pub(super) struct Journal {
    entries: Mutex<Vec<Entry>>,
}

impl Journal {
    pub(super) fn add(&self, refusal: Refusal) {
        self.keep(Entry { refusal, request: None });
    }

    pub(super) fn add_http(&self, refusal: Refusal, mut request: RefusedRequest) {
        if request.body.len() > KEPT_BODY {
            request.body = Bytes::copy_from_slice(&request.body[..KEPT_BODY]);
        }
        self.keep(Entry { refusal, request: Some(request) });
    }

    fn keep(&self, entry: Entry) {
        tracing::debug!(request = entry.refusal.request, "a request that was not agreed on");
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() < KEPT {
            entries.push(entry);
        }
    }

    pub(super) fn refusals(&self) -> Vec<Refusal> {
        self.entries().into_iter().map(|entry| entry.refusal).collect()
    }

    pub(super) fn entries(&self) -> Vec<Entry> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
