//! Header fields.

use super::ReceivedHeaders;
use super::rule_tree::{RuleTree, Selected};
use super::scalar;
use crate::mismatch::{Location, Mismatch, Problem};
use crate::pact::{ContentType, Fields};
use crate::path::{PathExpression, Token};
use crate::rule::{Category, MatchingRules, RuleEntry, Typing};
use crate::value::Value;

/// Header fields, ready to be compared with many. Names are compared without regard to case.
#[derive(Debug, Clone)]
pub(super) struct FieldsPlan {
    fields: Vec<(String, Vec<Value>)>,
    rules: RuleTree,
}

impl FieldsPlan {
    pub(super) fn compile(fields: &Fields, rules: &MatchingRules) -> Self {
        let lower: Vec<RuleEntry> = rules.of(Category::Header).map(lower_case).collect();
        let expected = |(name, values): (&String, &Vec<String>)| {
            // one text with commas and several values are the same field (RFC 9110 §5.3)
            (name.clone(), values.iter().flat_map(|value| split_list(name, value)).map(Value::from).collect())
        };
        Self { fields: fields.iter().map(expected).collect(), rules: RuleTree::new(&lower) }
    }

    pub(super) fn check(&self, actual: &ReceivedHeaders<'_>, found: &mut Vec<Mismatch>) {
        let mut stack = Vec::new();
        for (name, expected) in &self.fields {
            let values: Vec<Value> = actual
                .iter()
                .filter(|(actual, _)| actual.eq_ignore_ascii_case(name))
                .flat_map(|(_, value)| split_list(name, value))
                .map(Value::from)
                .collect();
            if values.is_empty() && !expected.is_empty() {
                found.push(mismatch(name, None, Problem::Missing, expected.first().cloned(), None));
                continue;
            }
            stack.clear();
            self.check_field(name, expected, &values, &mut stack, found);
        }
    }

    fn check_field(
        &self,
        name: &str,
        expected: &[Value],
        actual: &[Value],
        stack: &mut Vec<u32>,
        found: &mut Vec<Mismatch>,
    ) {
        let root = self.rules.root(stack);
        let field = self.rules.key(root, &name.to_ascii_lowercase(), stack);
        for (index, example) in expected.iter().enumerate() {
            let Some(value) = actual.get(index) else {
                found.push(mismatch(name, Some(index), Problem::Missing, Some(example.clone()), None));
                continue;
            };
            let at = (expected.len() > 1).then_some(index);
            let cursor = self.rules.index(field, index, stack);
            match self.rules.selected(cursor) {
                Some(Selected { list, .. }) => {
                    scalar::check_list(list, example, value, Typing::Textual, |problem, rule| {
                        let mut mismatch = mismatch(name, at, problem, Some(example.clone()), Some(value.clone()));
                        mismatch.rule = Some(rule.clone());
                        found.push(mismatch);
                    });
                }
                None if same_value(name, example, value) => {}
                None => found.push(mismatch(name, at, Problem::NotEqual, Some(example.clone()), Some(value.clone()))),
            }
        }
    }
}

fn lower_case(entry: &RuleEntry) -> RuleEntry {
    let mut tokens = entry.path.tokens().to_vec();
    if let Some(Token::Field(name)) = tokens.first_mut() {
        *name = name.to_ascii_lowercase();
    }
    RuleEntry { path: PathExpression::from_tokens(tokens), rules: entry.rules.clone() }
}

/// Fields whose comma is part of one value (RFC 9110 §5.6.7, RFC 6265).
const SINGLE: [&str; 7] =
    ["date", "expires", "if-modified-since", "if-unmodified-since", "last-modified", "retry-after", "set-cookie"];

fn split_list<'v>(name: &str, value: &'v str) -> impl Iterator<Item = &'v str> {
    let single = SINGLE.iter().any(|known| name.eq_ignore_ascii_case(known));
    let (whole, parts) = if single { (Some(value.trim()), None) } else { (None, Some(value.split(','))) };
    whole.into_iter().chain(parts.into_iter().flatten().map(str::trim))
}

/// Equal, where media types compare by their parts and lists of parameters in any order.
fn same_value(name: &str, expected: &Value, actual: &Value) -> bool {
    if expected == actual {
        return true;
    }
    let (Some(expected), Some(actual)) = (expected.as_str(), actual.as_str()) else { return false };
    let is_media_type = name.eq_ignore_ascii_case("content-type") || name.eq_ignore_ascii_case("accept");
    is_media_type && same_media_type(&ContentType::new(expected), &ContentType::new(actual))
}

/// The agreed parameters have to be there; others may be.
fn same_media_type(expected: &ContentType, actual: &ContentType) -> bool {
    let names = expected.as_str().split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let same_parameter = |name: &str| match (expected.parameter(name), actual.parameter(name)) {
        (Some(expected), Some(actual)) => expected.eq_ignore_ascii_case(actual),
        (expected, actual) => expected == actual,
    };
    expected.essence() == actual.essence() && names.map(|(name, _)| name.trim()).all(same_parameter)
}

fn mismatch(
    name: &str,
    index: Option<usize>,
    problem: Problem,
    expected: Option<Value>,
    actual: Option<Value>,
) -> Mismatch {
    Mismatch { location: Location::Header { name: name.to_owned(), index }, problem, expected, actual, rule: None }
}
