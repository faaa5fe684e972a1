//! What a rule asks for, in words.

use super::shown::{shorten, shown};
use crate::rule::{DateTimeKind, JsonSchema, Rule, StatusClass};
use crate::value::Value;

/// What a rule asks of a value, such as `an integer`, `any string` or `text matching w-\d+`. The example tells the type
/// that `type` means.
#[must_use]
pub fn rule_in_words(rule: &Rule, example: Option<&Value>) -> String {
    match rule {
        Rule::Equality | Rule::Other(_) => "exactly this".to_owned(),
        Rule::Type(bounds) => match (bounds.min, bounds.max) {
            (Some(min), Some(max)) => format!("{min} to {max} items"),
            (Some(min), None) => format!("{min} or more items"),
            (None, Some(max)) => format!("at most {max} items"),
            (None, None) => format!("any {}", example.map_or("value", type_in_words)),
        },
        Rule::Regex(regex) => format!("text matching {}", shorten(regex.as_str())),
        Rule::Include(text) => format!("text that includes {text:?}"),
        Rule::Integer => "an integer".to_owned(),
        Rule::Decimal => "a decimal number".to_owned(),
        Rule::Number => "a number".to_owned(),
        Rule::Boolean => "a boolean".to_owned(),
        Rule::Null => "null".to_owned(),
        Rule::NotEmpty => "something not empty".to_owned(),
        Rule::Semver => "a semantic version".to_owned(),
        Rule::DateTime(rule) => format!("{} of the form {}", moment_in_words(rule.kind()), rule.format().as_str()),
        Rule::ContentType(expected) => format!("contents of type {expected}"),
        Rule::StatusCode(class) => status_in_words(class),
        Rule::Values => "these values under any keys".to_owned(),
        Rule::EachKey(each) => format!("each key {}", each_in_words(&each.rules)),
        Rule::EachValue(each) => format!("each value {}", each_in_words(&each.rules)),
        Rule::ArrayContains(_) => "a list that contains these".to_owned(),
        Rule::Schema(schema) => format!("what the schema says: {}", schema_in_words(schema)),
    }
}

fn moment_in_words(kind: DateTimeKind) -> &'static str {
    match kind {
        DateTimeKind::Date => "a date",
        DateTimeKind::Time => "a time",
        DateTimeKind::DateTime | DateTimeKind::Timestamp => "a date and time",
    }
}

fn each_in_words(rules: &[Rule]) -> String {
    let words: Vec<_> = rules.iter().map(|rule| rule_in_words(rule, None)).collect();
    if words.is_empty() { "like the example".to_owned() } else { words.join(" and ") }
}

/// Its title, else the whole schema.
fn schema_in_words(schema: &JsonSchema) -> String {
    schema.title().map_or_else(|| shorten(&schema.as_json().to_string()), str::to_owned)
}

fn status_in_words(class: &StatusClass) -> String {
    match class {
        StatusClass::Information => "a status from 100 to 199".to_owned(),
        StatusClass::Success => "a status from 200 to 299".to_owned(),
        StatusClass::Redirect => "a status from 300 to 399".to_owned(),
        StatusClass::ClientError => "a status from 400 to 499".to_owned(),
        StatusClass::ServerError => "a status from 500 to 599".to_owned(),
        StatusClass::NonError => "a status below 400".to_owned(),
        StatusClass::Error => "a status of 400 or above".to_owned(),
        StatusClass::Codes(codes) => {
            let codes: Vec<_> = codes.iter().map(u16::to_string).collect();
            format!("one of the statuses {}", codes.join(", "))
        }
    }
}

/// The agreed value as a report names it: `an integer like 5`, `any string like "Oslo"`, `5`.
#[must_use]
pub fn example_and_rule(rule: Option<&Rule>, example: Option<&Value>) -> String {
    match (rule, example) {
        (None | Some(Rule::Equality | Rule::Other(_)), Some(example)) => shown(example),
        (None, None) => "nothing".to_owned(),
        (Some(rule), None) => rule_in_words(rule, None),
        (Some(rule @ (Rule::Null | Rule::Include(_) | Rule::ContentType(_))), _) => rule_in_words(rule, example),
        (Some(rule), Some(example)) => format!("{} like {}", rule_in_words(rule, Some(example)), shown(example)),
    }
}

/// The type of a value in everyday words.
pub(super) fn type_in_words(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Bytes(_) => "bytes",
        Value::List(_) => "list",
        Value::Map(_) => "object",
    }
}
