//! Query parameters.

use super::Unexpected;
use super::rule_tree::RuleTree;
use super::walk::Walk;
use crate::mismatch::{Location, Mismatch, Problem};
use crate::pact::Query;
use crate::path::{PathExpression, Token};
use crate::rule::{Category, MatchingRules, RuleEntry, Typing};
use crate::value::Value;

/// Query parameters, ready to be compared with many. A parameter without `=` compares like an empty one.
#[derive(Debug, Clone)]
pub(super) struct QueryPlan {
    parameters: Vec<ParameterPlan>,
}

#[derive(Debug, Clone)]
struct ParameterPlan {
    name: String,
    values: Value,
    /// The parameter's rules, with the list of its values as their root.
    rules: RuleTree,
    has_rules: bool,
}

impl QueryPlan {
    pub(super) fn compile(query: &Query, rules: &MatchingRules) -> Self {
        let plan = |(name, values): (&String, &Vec<Option<String>>)| {
            let own = [Token::Field(name.clone())];
            let at = |path: &[Token]| rules.of(Category::Query).find(|entry| entry.path.tokens() == path);
            // V2's `$.query` speaks of every parameter
            let entry = at(&own).or_else(|| at(&[])).filter(|entry| !entry.rules.rules.is_empty());
            let entry = entry.map(|entry| RuleEntry { path: PathExpression::root(), rules: entry.rules.clone() });
            ParameterPlan {
                name: name.clone(),
                values: list(values),
                has_rules: entry.is_some(),
                rules: RuleTree::new(&entry),
            }
        };
        Self { parameters: query.iter().map(plan).collect() }
    }

    pub(super) fn check(&self, actual: &Query, found: &mut Vec<Mismatch>) {
        for parameter in &self.parameters {
            match actual.get(&parameter.name) {
                Some(actual) if parameter.is_exactly(actual) => {}
                Some(actual) => parameter.check(&list(actual), found),
                None => {
                    let expected = Some(first(&parameter.values));
                    found.push(mismatch(&parameter.name, None, Problem::Missing, expected, None));
                }
            }
        }
        for (name, actual) in actual {
            if !self.parameters.iter().any(|parameter| parameter.name == *name) {
                found.push(mismatch(name, None, Problem::Unexpected, None, Some(first(&list(actual)))));
            }
        }
    }
}

impl ParameterPlan {
    fn is_exactly(&self, actual: &[Option<String>]) -> bool {
        let Value::List(values) = &self.values else { return false };
        let actual = actual.iter().map(|value| Some(value.as_deref().unwrap_or_default()));
        !self.has_rules && values.iter().map(Value::as_str).eq(actual)
    }

    fn check(&self, actual: &Value, found: &mut Vec<Mismatch>) {
        let differences = Walk::run(&self.rules, Typing::Textual, Unexpected::Refused, &self.values, actual);
        found.extend(differences.into_iter().map(|mut mismatch| {
            let index = match &mismatch.location {
                Location::Body { path } => {
                    path.strip_prefix("$[").and_then(|path| path.strip_suffix(']')?.parse().ok())
                }
                _ => None,
            };
            mismatch.location = Location::Query { name: self.name.clone(), index };
            mismatch
        }));
    }
}

fn list(values: &[Option<String>]) -> Value {
    Value::List(values.iter().map(|value| Value::from(value.as_deref().unwrap_or_default())).collect())
}

fn first(list: &Value) -> Value {
    match list {
        Value::List(items) => items.first().cloned().unwrap_or(Value::Null),
        other => other.clone(),
    }
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
