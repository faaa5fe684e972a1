//! How often which path was asked for.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// How many paths are counted one by one; requests for further ones count in the sum only.
const PATHS: usize = 1_000;

/// How often which path was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Traffic {
    pub(crate) requests: u64,
    pub(crate) by_path: BTreeMap<String, u64>,
}

/// Counts requests for servers that are asked about them.
#[derive(Debug, Default)]
pub(super) struct Counter(Mutex<Traffic>);

impl Counter {
    pub(super) fn add(&self, path: &str) {
        let mut traffic = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        traffic.requests += 1;
        if let Some(count) = traffic.by_path.get_mut(path) {
            *count += 1;
        } else if traffic.by_path.len() < PATHS {
            traffic.by_path.insert(path.to_owned(), 1);
        }
    }

    pub(super) fn traffic(&self) -> Traffic {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
