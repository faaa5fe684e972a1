//! Which HTTP interactions can answer a request: found by method and literal path in constant time, the rest by rule.

use std::collections::HashMap;

use countersign_core::mismatch::Mismatch;
use countersign_core::plan::{ReadRequest, ReceivedRequest};

use super::Selection;
use super::closest::{Attempts, is_same_route, path_distance};
use super::http_expectation::HttpExpectation;
use super::rule_paths::{self, ByMethod, RulePaths, of_method};
use super::selection::{Selected, WantedState};

/// How many interactions of other paths are compared in full to find the closest one.
const COMPARED_ELSEWHERE: usize = 5;

/// All HTTP interactions of a server; never changes once it is built.
#[derive(Debug, Default)]
pub(super) struct HttpIndex {
    expectations: Vec<HttpExpectation>,
    by_path: HashMap<String, ByMethod>,
    by_rule: RulePaths,
}

/// What became of a request.
#[derive(Debug)]
pub(super) enum Found<'a> {
    /// It was agreed on.
    Fits(&'a HttpExpectation),
    /// Something is agreed on at this method and path, but not this.
    Differs(&'a HttpExpectation, Vec<Mismatch>),
    /// Nothing is agreed on at this method and path; another interaction may be close.
    Unknown(Option<(&'a HttpExpectation, Vec<Mismatch>)>),
}

impl HttpIndex {
    pub(super) fn new(expectations: Vec<HttpExpectation>) -> Self {
        let mut index = Self::default();
        for (id, expectation) in expectations.iter().enumerate() {
            match expectation.plan.literal_path() {
                Some(path) => {
                    let methods = index.by_path.entry(path.to_owned()).or_default();
                    rule_paths::add(methods, expectation.plan.method(), id);
                }
                None => index.by_rule.add(id, expectation),
            }
        }
        index.expectations = expectations;
        index
    }

    pub(super) fn expectations(&self) -> &[HttpExpectation] {
        &self.expectations
    }

    /// The interactions of this method and path: those that say the path itself, then those whose rules accept it.
    fn candidates(&self, method: &str, path: &str) -> impl Iterator<Item = usize> {
        let literal = self.by_path.get(path).map_or(&[][..], |methods| of_method(methods, method));
        let by_rule = self.by_rule.candidates(&self.expectations, method, path);
        literal.iter().copied().chain(by_rule)
    }

    /// Looks for an interaction that fits and that `wanted` allows.
    pub(super) fn find(&self, request: &ReceivedRequest<'_>, selection: Selection, wanted: &WantedState) -> Found<'_> {
        let read = ReadRequest::new(request);
        let allowed = |id: &usize| wanted.allows(&self.expectations[*id].name.states);
        let candidates = self.candidates(request.method, request.path).filter(allowed);
        match selection.select(&self.expectations, candidates, |expectation| expectation.plan.check_read(&read)) {
            Selected::Fits(id) => Found::Fits(&self.expectations[id]),
            Selected::Closest(Some((id, mismatches))) if is_same_route(&mismatches) => {
                Found::Differs(&self.expectations[id], mismatches)
            }
            Selected::Closest(_) => Found::Unknown(self.closest_elsewhere(request, &read)),
        }
    }

    /// Paths are compared first, because that is cheap; only the nearest are then compared in full.
    fn closest_elsewhere(
        &self,
        request: &ReceivedRequest<'_>,
        read: &ReadRequest<'_>,
    ) -> Option<(&HttpExpectation, Vec<Mismatch>)> {
        let mut ranked: Vec<_> = self
            .expectations
            .iter()
            .enumerate()
            .map(|(id, expectation)| {
                let other_method = !expectation.plan.method().eq_ignore_ascii_case(request.method);
                (path_distance(&expectation.path, request.path), other_method, id)
            })
            .collect();
        ranked.sort_unstable();
        let mut attempts = Attempts::default();
        let nearest = ranked.first()?.0;
        for &(distance, _, id) in ranked.iter().take(COMPARED_ELSEWHERE) {
            if distance == nearest {
                attempts.add(id, self.expectations[id].plan.check_read(read));
            }
        }
        attempts.into_best().map(|(id, mismatches)| (&self.expectations[id], mismatches))
    }
}

#[cfg(test)]
mod tests {
    use countersign_core::pact::{HttpInteraction, HttpRequest, Interaction, InteractionKind};
    use countersign_core::path::PathExpression;
    use countersign_core::rule::{Category, Rule};

    use super::*;

    fn index(requests: impl IntoIterator<Item = HttpRequest>) -> HttpIndex {
        let expectation = |(id, request): (usize, HttpRequest)| {
            let http = HttpInteraction { request, ..HttpInteraction::default() };
            let interaction = Interaction::new(id.to_string(), InteractionKind::Http(Box::new(http.clone())));
            HttpExpectation::prepare(&interaction, &http).unwrap()
        };
        HttpIndex::new(requests.into_iter().enumerate().map(expectation).collect())
    }

    fn request(method: &str, path: &str) -> HttpRequest {
        HttpRequest { method: method.to_owned(), path: path.to_owned(), ..HttpRequest::default() }
    }

    fn by_rule(method: &str, path: &str, regex: &str) -> HttpRequest {
        let mut request = request(method, path);
        let rule = Rule::from_json(&serde_json::json!({ "match": "regex", "regex": regex })).unwrap();
        request.rules.add(Category::Path, PathExpression::root(), rule.into());
        request
    }

    fn received<'a>(method: &'a str, path: &'a str) -> ReceivedRequest<'a> {
        ReceivedRequest { method, path, query: None, headers: Vec::new(), body: b"" }
    }

    #[test]
    fn the_number_of_candidates_does_not_grow_with_the_number_of_interactions() {
        for size in [1, 1_000] {
            let index = index((0..size).map(|id| request("GET", &format!("/items/{id}"))));
            for id in [0, size / 2, size - 1] {
                let candidates: Vec<_> = index.candidates("GET", &format!("/items/{id}")).collect();
                assert_eq!(candidates, [id], "of {size}");
            }
            assert_eq!(index.candidates("DELETE", "/items/0").count(), 0);
            assert_eq!(index.candidates("GET", "/items/none").count(), 0);
        }
    }

    #[test]
    fn candidates_are_literal_paths_before_rules_of_the_same_method() {
        let index = index([
            by_rule("GET", "/items/1", r"/items/\d+"),
            request("GET", "/items/7"),
            request("PUT", "/items/7"),
            by_rule("PUT", "/items/1", r"/items/\d+"),
            request("GET", "/a%20b"),
        ]);
        for (method, path, expected) in [
            ("GET", "/items/7", &[1, 0][..]),
            ("get", "/items/7", &[1, 0]),
            ("GET", "/items/%37", &[]),
            ("GET", "/items/8/parts", &[]),
            ("PUT", "/items/8", &[3]),
            ("POST", "/items/7", &[]),
            ("GET", "/a%20b", &[4]),
        ] {
            assert_eq!(index.candidates(method, path).collect::<Vec<_>>(), expected, "{method} {path}");
        }
    }

    #[test]
    fn rules_are_asked_only_about_paths_they_could_accept() {
        let index = index([
            by_rule("GET", "/orders/1", r"/orders/\d+"),
            by_rule("GET", "/orders/2", r"/orders/\d+"),
            by_rule("GET", "/items/1/parts", r"/items/\d+/parts"),
            by_rule("GET", "/x", r".*/x"),
            by_rule("GET", "/orders/9", r"/(orders|items)/9"),
        ]);
        for (path, expected) in [
            ("/orders/7", &[0, 1][..]),
            ("/orders/9", &[0, 1, 4]),
            ("/items/9", &[4]),
            ("/items/9/parts", &[2]),
            ("/orders/x", &[3]),
            ("/", &[]),
        ] {
            assert_eq!(index.candidates("GET", path).collect::<Vec<_>>(), expected, "{path}");
        }
    }

    #[test]
    fn equal_requests_are_answered_in_turn_or_always_by_the_first() {
        let index = index([request("GET", "/a"), request("GET", "/a")]);
        let ask = |selection| match index.find(&received("GET", "/a"), selection, &WantedState::Any) {
            Found::Fits(expectation) => {
                expectation.hits.add();
                expectation.name.description.clone()
            }
            other => panic!("{other:?}"),
        };
        assert_eq!([(); 4].map(|()| ask(Selection::UnusedFirst)), ["0", "1", "0", "0"]);
        assert_eq!([(); 3].map(|()| ask(Selection::First)), ["0", "0", "0"]);
    }

    #[test]
    fn the_closest_elsewhere_has_the_nearest_path() {
        let index = index([request("GET", "/items/1/parts"), request("DELETE", "/items/1"), request("GET", "/other")]);
        for (method, path, expected) in
            [("GET", "/items/1", "1"), ("POST", "/items/1/part", "0"), ("GET", "/others", "2")]
        {
            let found = index.find(&received(method, path), Selection::First, &WantedState::Any);
            let Found::Unknown(Some((expectation, mismatches))) = found else { panic!("{method} {path}") };
            assert_eq!(expectation.name.description, expected, "{method} {path}");
            assert!(!mismatches.is_empty());
        }
    }
}
