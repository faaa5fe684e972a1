//! Query parameters.

use super::rule_tree::{Cursor, RuleTree, Selected};
use super::scalar;
use crate::mismatch::{Location, Mismatch, Problem};
use crate::pact::Query;
use crate::rule::{Category, MatchingRules, Rule, Typing};
use crate::value::Value;

/// Query parameters, ready to be compared with many. A parameter without `=` compares like an empty one.
#[derive(Debug, Clone)]
pub(super) struct QueryPlan {
    expected: Vec<(String, Vec<Value>)>,
    rules: RuleTree,
}

impl QueryPlan {
    pub(super) fn compile(query: &Query, rules: &MatchingRules) -> Self {
        let expected = query.iter().map(|(name, list)| (name.clone(), values(list))).collect();
        Self { expected, rules: RuleTree::new(rules.of(Category::Query)) }
    }

    pub(super) fn check(&self, actual: &Query, found: &mut Vec<Mismatch>) {
        let mut stack = Vec::new();
        for (name, expected) in &self.expected {
            let Some(actual) = actual.get(name) else {
                let expected = expected.first().cloned();
                found.push(mismatch(name, None, Problem::Missing, expected, None));
                continue;
            };
            stack.clear();
            let root = self.rules.root(&mut stack);
            let cursor = self.rules.key(root, name, &mut stack);
            self.check_parameter(name, cursor, expected, &values(actual), &mut stack, found);
        }
        for (name, actual) in actual {
            if !self.expected.iter().any(|(known, _)| known == name) {
                let actual = values(actual).into_iter().next();
                found.push(mismatch(name, None, Problem::Unexpected, None, actual));
            }
        }
    }

    fn check_parameter(
        &self,
        name: &str,
        cursor: Cursor,
        expected: &[Value],
        actual: &[Value],
        stack: &mut Vec<u32>,
        found: &mut Vec<Mismatch>,
    ) {
        let whole = self.rules.selected(cursor);
        if whole.is_none() && expected.len() != actual.len() {
            let problem = Problem::WrongLength { expected: expected.len(), actual: actual.len() };
            found.push(mismatch(name, None, problem, Some(list(expected)), Some(list(actual))));
        }
        for compiled in whole.iter().flat_map(|selected| &selected.list.rules) {
            if let Rule::Type(bounds) = &compiled.rule
                && let Err(problem) = bounds.check(actual.len())
            {
                found.push(mismatch(name, None, problem, Some(list(expected)), Some(list(actual))));
            }
        }
        for (index, value) in actual.iter().enumerate() {
            let Some(example) = expected.get(index).or_else(|| whole.and_then(|_| expected.first())) else { continue };
            let at = self.rules.index(cursor, index, stack);
            match self.rules.selected(at) {
                Some(Selected { list, .. }) => {
                    scalar::check_list(list, example, value, Typing::Textual, |problem, rule| {
                        let (example, value) = (Some(example.clone()), Some(value.clone()));
                        let mut mismatch = mismatch(name, Some(index), problem, example, value);
                        mismatch.rule = Some(rule.clone());
                        found.push(mismatch);
                    });
                }
                None if example == value => {}
                None => {
                    let (example, value) = (Some(example.clone()), Some(value.clone()));
                    found.push(mismatch(name, Some(index), Problem::NotEqual, example, value));
                }
            }
        }
        if whole.is_none() {
            for missing in expected.iter().skip(actual.len()) {
                found.push(mismatch(name, None, Problem::Missing, Some(missing.clone()), None));
            }
        }
    }
}

fn values(values: &[Option<String>]) -> Vec<Value> {
    values.iter().map(|value| Value::from(value.as_deref().unwrap_or_default())).collect()
}

fn list(values: &[Value]) -> Value {
    Value::List(values.to_vec())
}

fn mismatch(
    name: &str,
    index: Option<usize>,
    problem: Problem,
    expected: Option<Value>,
    actual: Option<Value>,
) -> Mismatch {
    Mismatch { location: Location::Query { name: name.to_owned(), index }, problem, expected, actual, rule: None }
}
