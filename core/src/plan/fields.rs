//! Header fields.

use super::ReceivedHeaders;
use super::rule_tree::CompiledList;
use super::scalar;
use crate::mismatch::{Location, Mismatch, Problem};
use crate::pact::{Fields, is_list_field};
use crate::path::Token;
use crate::rule::{Category, MatchingRules, Rule, Typing};
use crate::value::Value;

/// Header fields, ready to be compared with many. Names are compared without regard to case, fields that were not agreed on
/// do no harm.
#[derive(Debug, Clone)]
pub(super) struct FieldsPlan {
    fields: Vec<FieldPlan>,
}

#[derive(Debug, Clone)]
struct FieldPlan {
    name: String,
    is_list: bool,
    values: Vec<Value>,
    rules: Option<CompiledList>,
}

impl FieldsPlan {
    pub(super) fn compile(fields: &Fields, rules: &MatchingRules) -> Self {
        let plan = |(name, values): (&String, &Vec<String>)| FieldPlan {
            name: name.clone(),
            is_list: is_list_field(name),
            values: values.iter().map(|value| Value::from(value.trim())).collect(),
            rules: rules_of(name, rules),
        };
        Self { fields: fields.iter().map(plan).collect() }
    }

    /// Whether the content type is governed by rules, and the one that came satisfies them.
    pub(super) fn rules_allow_type(&self, content_type: &str) -> bool {
        let field = self.fields.iter().find(|field| field.name.eq_ignore_ascii_case("content-type"));
        let Some((field, list)) = field.and_then(|field| Some((field, field.rules.as_ref()?))) else { return false };
        let example = field.values.first().unwrap_or(&EMPTY);
        let mut fits = true;
        scalar::check_list(list, example, &Value::from(content_type), Typing::Textual, |_, _| fits = false);
        fits
    }

    pub(super) fn check(&self, actual: &ReceivedHeaders<'_>, found: &mut Vec<Mismatch>) {
        for field in &self.fields {
            let lines = actual.iter().filter(|(name, _)| name.eq_ignore_ascii_case(&field.name));
            let values = lines.flat_map(|(_, line)| line.split(|char| field.is_list && char == ',')).map(str::trim);
            if field.rules.is_none() && field.values.iter().map(Value::as_str).eq(values.clone().map(Some)) {
                continue;
            }
            let values: Vec<Value> = values.map(Value::from).collect();
            if values.is_empty() {
                if !field.values.is_empty() {
                    found.push(mismatch(&field.name, None, Problem::Missing, field.values.first().cloned(), None));
                }
                continue;
            }
            field.check(&values, found);
        }
    }
}

static EMPTY: Value = Value::String(String::new());

impl FieldPlan {
    /// Bounds speak of the number of values, where there is more than one.
    fn check_count(&self, actual: &[Value], found: &mut Vec<Mismatch>) {
        if self.values.len() < 2 && actual.len() < 2 {
            return;
        }
        for rule in self.rules.iter().flat_map(|list| &list.rules).map(|compiled| &compiled.rule) {
            if let Rule::Type(bounds) = rule
                && let Err(problem) = bounds.check(actual.len())
            {
                let [expected, actual] = [&self.values, actual].map(|values| Some(Value::List(values.to_vec())));
                let rule = Some(rule.clone());
                found.push(Mismatch { rule, ..mismatch(&self.name, None, problem, expected, actual) });
            }
        }
    }

    fn check(&self, actual: &[Value], found: &mut Vec<Mismatch>) {
        self.check_count(actual, found);
        for (index, value) in actual.iter().enumerate() {
            let at = (self.values.len() > 1 || actual.len() > 1).then_some(index);
            let example = self.values.get(index);
            let mut report = |problem, rule| {
                let mut mismatch = mismatch(&self.name, at, problem, example.cloned(), Some(value.clone()));
                mismatch.rule = rule;
                found.push(mismatch);
            };
            match (&self.rules, example) {
                (Some(list), _) => {
                    let example = example.or(self.values.first()).unwrap_or(&EMPTY);
                    scalar::check_list(list, example, value, Typing::Textual, |problem, rule| {
                        report(problem, Some(rule.clone()));
                    });
                }
                // an empty line more says nothing
                (None, None) if value.as_str() == Some("") => {}
                (None, None) => report(Problem::Unexpected, None),
                (None, Some(example)) if same_value(&self.name, example, value) => {}
                (None, Some(_)) => report(Problem::NotEqual, None),
            }
        }
        if self.rules.is_none() {
            for (index, missing) in self.values.iter().enumerate().skip(actual.len()) {
                found.push(mismatch(&self.name, Some(index), Problem::Missing, Some(missing.clone()), None));
            }
        }
    }
}

fn rules_of(name: &str, rules: &MatchingRules) -> Option<CompiledList> {
    let speaks_of = |token: &Token| matches!(token, Token::Field(field) if field.eq_ignore_ascii_case(name));
    let entry = rules.of(Category::Header).find(|entry| matches!(entry.path.tokens(), [token] if speaks_of(token)));
    entry.map(|entry| CompiledList::new(&entry.rules)).filter(|list| !list.rules.is_empty())
}

/// Blanks around commas mean nothing (RFC 9110 §5.6.1).
fn without_blanks(value: &str) -> String {
    value.split(',').map(str::trim).collect::<Vec<_>>().join(",")
}

/// Equal; in media types the agreed parameters have to be there, in any order, and others may be.
fn same_value(name: &str, expected: &Value, actual: &Value) -> bool {
    if expected == actual {
        return true;
    }
    let (Some(expected), Some(actual)) = (expected.as_str(), actual.as_str()) else { return false };
    let is_media_type = name.eq_ignore_ascii_case("content-type") || name.eq_ignore_ascii_case("accept");
    without_blanks(expected) == without_blanks(actual) || (is_media_type && same_media_type(expected, actual))
}

fn same_media_type(expected: &str, actual: &str) -> bool {
    let (mut expected, mut actual) = (expected.split(';').map(str::trim), actual.split(';').map(str::trim));
    if expected.next() != actual.next() {
        return false;
    }
    let actual: Vec<(&str, &str)> = actual.filter_map(|parameter| parameter.split_once('=')).collect();
    expected.filter_map(|parameter| parameter.split_once('=')).all(|(name, value)| {
        let same = |actual: &str| actual == value || (name == "charset" && actual.eq_ignore_ascii_case(value));
        actual.iter().any(|(actual_name, actual)| *actual_name == name && same(actual))
    })
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
