//! The interaction that a request came closest to.

use countersign_core::mismatch::{Location, Mismatch};

use super::InteractionName;

/// The interaction that a request came closest to.
#[derive(Debug, Clone, PartialEq)]
pub struct Closest {
    /// Which one.
    pub interaction: InteractionName,
    /// What keeps the request from fitting.
    pub mismatches: Vec<Mismatch>,
}

/// Keeps the best of several attempts: one at the right method and path before any other, then fewer mismatches, then
/// the one that was agreed on first.
#[derive(Debug, Default)]
pub(super) struct Attempts {
    best: Option<(usize, Vec<Mismatch>)>,
}

impl Attempts {
    pub(super) fn add(&mut self, id: usize, mismatches: Vec<Mismatch>) {
        let better = self.best.as_ref().is_none_or(|(_, known)| distance(&mismatches) < distance(known));
        if better {
            self.best = Some((id, mismatches));
        }
    }

    pub(super) fn into_best(self) -> Option<(usize, Vec<Mismatch>)> {
        self.best
    }
}

/// Whether only something other than the method and the path is wrong.
pub(super) fn is_same_route(mismatches: &[Mismatch]) -> bool {
    !mismatches.iter().any(|mismatch| matches!(mismatch.location, Location::Method | Location::Path))
}

fn distance(mismatches: &[Mismatch]) -> (bool, usize) {
    (!is_same_route(mismatches), mismatches.len())
}

/// In how many segments two paths differ.
pub(super) fn path_distance(a: &str, b: &str) -> usize {
    let (mut left, mut right) = (a.split('/'), b.split('/'));
    let mut distance = 0;
    loop {
        match (left.next(), right.next()) {
            (None, None) => return distance,
            (left, right) => distance += usize::from(left != right),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_differ_by_segments() {
        for (a, b, distance) in
            [("/", "/", 0), ("/a/b", "/a/b", 0), ("/a/b", "/a/c", 1), ("/a", "/a/b/c", 2), ("/a/b", "/c/d", 2)]
        {
            assert_eq!(path_distance(a, b), distance, "{a} {b}");
            assert_eq!(path_distance(b, a), distance, "{b} {a}");
        }
    }
}
