//! Interactions whose path is a rule, found by what all paths of the rule begin with.
//!
//! A rule such as `/items/\d+` can only accept paths below `/items/`, so it is not even looked at for others. Interactions with
//! the very same rule are asked once.

use std::collections::HashMap;

use countersign_core::pact::HttpRequest;
use countersign_core::rule::{Category, Rule};

use super::http_expectation::HttpExpectation;

/// Interactions by method, with their positions in the list of expectations.
pub(super) type ByMethod = Vec<(String, Vec<usize>)>;

/// Interactions whose path is a rule.
#[derive(Debug, Default)]
pub(super) struct RulePaths {
    /// By a beginning that ends in `/`, or is empty.
    buckets: HashMap<String, Vec<Group>>,
}

/// Interactions with the same rule.
#[derive(Debug)]
struct Group {
    key: String,
    /// Stands for all of the group where paths are concerned.
    representative: usize,
    by_method: ByMethod,
}

impl RulePaths {
    pub(super) fn add(&mut self, id: usize, expectation: &HttpExpectation) {
        let mut beginning = expectation.plan.path_prefix();
        beginning.truncate(beginning.rfind('/').map_or(0, |slash| slash + 1));
        let bucket = self.buckets.entry(beginning).or_default();
        let key = expectation.path_key.clone();
        let group = match bucket.iter().position(|group| group.key == key) {
            Some(known) => &mut bucket[known],
            None => {
                // expressions are compiled when they are first asked, and no request should wait for that
                let _ = expectation.plan.accepts_path(&expectation.path);
                bucket.push(Group { key, representative: id, by_method: Vec::new() });
                bucket.last_mut().expect("a group was added")
            }
        };
        add(&mut group.by_method, expectation.plan.method(), id);
    }

    /// The interactions of this method whose rule accepts the path, in the order they were agreed on.
    pub(super) fn candidates(&self, expectations: &[HttpExpectation], method: &str, path: &str) -> Vec<usize> {
        if self.buckets.is_empty() {
            return Vec::new();
        }
        let slashes = path.match_indices('/').map(|(slash, _)| slash + 1);
        let mut ids = Vec::new();
        for end in std::iter::once(0).chain(slashes) {
            for group in self.buckets.get(&path[..end]).into_iter().flatten() {
                let of_method = of_method(&group.by_method, method);
                if !of_method.is_empty() && expectations[group.representative].plan.accepts_path(path) {
                    ids.extend_from_slice(of_method);
                }
            }
        }
        ids.sort_unstable();
        ids
    }
}

/// What is the same for two requests exactly if the same paths are accepted: the rules, and the example where they are about
/// more than its text.
pub(super) fn path_key(request: &HttpRequest) -> String {
    let Some(list) = request.rules.single(Category::Path) else { return request.path.clone() };
    let by_regex = list.rules.iter().all(|rule| matches!(rule, Rule::Regex(_)));
    let example = if by_regex { "" } else { &request.path };
    format!("{list:?} {example}")
}

pub(super) fn add(methods: &mut ByMethod, method: &str, id: usize) {
    match methods.iter_mut().find(|(known, _)| known == method) {
        Some((_, ids)) => ids.push(id),
        None => methods.push((method.to_owned(), vec![id])),
    }
}

pub(super) fn of_method<'a>(methods: &'a ByMethod, method: &str) -> &'a [usize] {
    methods.iter().find(|(known, _)| known.eq_ignore_ascii_case(method)).map_or(&[], |(_, ids)| ids)
}
