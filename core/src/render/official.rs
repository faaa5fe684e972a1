//! A finding under the keys and in the wording of the official tools, for scripts that read their reports.

use std::collections::HashMap;

use serde_json::{Value as Json, json};

use super::words::typing;
use super::{official_date, official_text};
use crate::mismatch::{Location, Mismatch, Problem};
use crate::rule::{Rule, StatusClass, types_of};
use crate::value::Value;

/// Findings of one request, response or message, as [`official_json`] gives them, each with the findings it tells: members
/// that are missing from one object are told together.
#[must_use]
pub fn official_list<'m>(mismatches: impl IntoIterator<Item = &'m Mismatch>) -> Vec<(Vec<&'m Mismatch>, Json)> {
    let mut list: Vec<(Vec<&Mismatch>, Json)> = Vec::new();
    // by the object's path: where in the list it is told, and which members are missing
    let mut objects: HashMap<&str, (usize, Vec<&str>)> = HashMap::new();
    for mismatch in mismatches {
        let object = missing_member(mismatch).map(|(object, member)| (objects.entry(object).or_default(), member));
        match object {
            Some(((place, members), member)) if !members.is_empty() => {
                members.push(member);
                list[*place].0.push(mismatch);
                continue;
            }
            Some((new, member)) => *new = (list.len(), vec![member]),
            None => {}
        }
        list.push((vec![mismatch], official_json(mismatch)));
    }
    for (place, mut members) in objects.into_values() {
        members.sort_unstable();
        list[place].1["expected"] = json!(members).to_string().into();
        list[place].1["actual"] = "[]".into();
        list[place].1["mismatch"] = without_members(&members).into();
    }
    list
}

/// `{"type", "expected", "actual", "mismatch"}` with `path` (body), `key` (header, metadata) or `parameter` (query).
#[must_use]
pub fn official_json(mismatch: &Mismatch) -> Json {
    let mut json = json!({ "type": type_name(&mismatch.location) });
    match &mismatch.location {
        Location::Query { name, .. } => json["parameter"] = name.as_str().into(),
        Location::Header { name, .. } => json["key"] = name.as_str().into(),
        Location::Metadata { key } => json["key"] = key.as_str().into(),
        Location::Body { path } => json["path"] = official_text::path(path, mismatch).into(),
        Location::Method | Location::Path | Location::Status | Location::BodyType => {}
    }
    json["expected"] = side(mismatch, mismatch.expected.as_ref());
    json["actual"] = side(mismatch, mismatch.actual.as_ref());
    json["mismatch"] = wording(mismatch).into();
    json
}

/// A value as it stands in the official report: status codes are numbers, what is in a JSON body is its JSON text, a missing
/// header is quoted, and everything else is plain text.
fn side(mismatch: &Mismatch, value: Option<&Value>) -> Json {
    let Some(value) = value else {
        return if official_text::is_whole_body(mismatch) { Json::Null } else { "".into() };
    };
    match (&mismatch.location, value) {
        (Location::Metadata { .. }, _) => value.to_string().into(),
        (Location::BodyType, _) => content_type(&plain(value)).into(),
        (Location::Status, Value::Number(_)) => value.to_json(),
        (Location::Header { index: None, .. }, Value::String(_)) if mismatch.problem == Problem::Missing => {
            value.to_string().into()
        }
        // a text at the root is a body of plain text rather than JSON
        (Location::Body { path }, Value::String(_)) if path != "$" && !official_text::is_markup(&mismatch.location) => {
            value.to_string().into()
        }
        _ => plain(value).into(),
    }
}

fn type_name(location: &Location) -> &'static str {
    match location {
        Location::Method => "MethodMismatch",
        Location::Path => "PathMismatch",
        Location::Status => "StatusMismatch",
        Location::Query { .. } => "QueryMismatch",
        Location::Header { .. } => "HeaderMismatch",
        Location::Metadata { .. } => "MetadataMismatch",
        Location::BodyType => "BodyTypeMismatch",
        Location::Body { .. } => "BodyMismatch",
    }
}

/// A content type as the official tools write one, without blanks between its parts.
fn content_type(text: &str) -> String {
    text.replace("; ", ";")
}

/// The value without the quotes of a JSON string.
pub(super) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

pub(super) fn quoted(value: Option<&Value>) -> String {
    match value {
        None => "nothing".to_owned(),
        Some(Value::String(text)) => format!("'{text}'"),
        Some(Value::List(items)) => {
            let items: Vec<_> = items.iter().map(Value::to_string).collect();
            format!("[{}]", items.join(", "))
        }
        Some(value) => value.to_string(),
    }
}

fn with_type(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), |value| format!("{} ({})", quoted(Some(value)), value.type_name()))
}

/// The object that a member is missing from, by its path, and the member's name.
fn missing_member(mismatch: &Mismatch) -> Option<(&str, &str)> {
    match &mismatch.location {
        Location::Body { path } if mismatch.problem == Problem::Missing => official_text::member(path),
        _ => None,
    }
}

fn without_members(names: &[&str]) -> String {
    format!("Actual map is missing the following keys: {}", names.join(", "))
}

fn wording(mismatch: &Mismatch) -> String {
    let (expected, actual) = (mismatch.expected.as_ref(), mismatch.actual.as_ref());
    match &mismatch.location {
        Location::Status => status(mismatch),
        Location::BodyType => {
            let (expected, actual) = (content_type(&quoted(expected)), content_type(&quoted(actual)));
            format!("Expected a body of {expected} but the actual content type was {actual}")
        }
        Location::Header { name, index } => header(mismatch, name, *index),
        Location::Query { name, .. } => query(mismatch, name),
        Location::Metadata { key } => metadata(mismatch, key),
        Location::Method | Location::Path => {
            format!("Expected {} to be equal to {}", quoted(actual), quoted(expected))
        }
        Location::Body { .. } => body(mismatch),
    }
}

fn status(mismatch: &Mismatch) -> String {
    let number = |value: &Option<Value>| value.as_ref().map_or_else(String::new, plain);
    let (expected, actual) = (number(&mismatch.expected), number(&mismatch.actual));
    let class = match &mismatch.rule {
        Some(Rule::StatusCode(class)) => class,
        _ => return format!("expected {expected} but was {actual}"),
    };
    let class = match class {
        StatusClass::Information => "Informational response (100–199)".to_owned(),
        StatusClass::Success => "Successful response (200–299)".to_owned(),
        StatusClass::Redirect => "Redirect (300–399)".to_owned(),
        StatusClass::ClientError => "Client error (400–499)".to_owned(),
        StatusClass::ServerError => "Server error (500–599)".to_owned(),
        StatusClass::NonError => "Non-error response (< 400)".to_owned(),
        StatusClass::Error => "Error response (>= 400)".to_owned(),
        StatusClass::Codes(codes) => {
            let codes: Vec<_> = codes.iter().map(u16::to_string).collect();
            return format!("Expected status code {actual} to be one of {}", codes.join(", "));
        }
    };
    format!("Expected status code {actual} to be a {class}")
}

fn header(mismatch: &Mismatch, name: &str, index: Option<usize>) -> String {
    let expected = mismatch.expected.as_ref();
    match (&mismatch.problem, index) {
        (Problem::Missing, None) => format!("Expected a header '{name}' but was missing"),
        (Problem::Missing, Some(index)) => format!(
            "Mismatch with header '{name}': Expected value {} at index {index} but was missing",
            quoted(expected)
        ),
        (Problem::NotEqual, None) if mismatch.rule.is_none() && has_parameters(name) => format!(
            "Mismatch with header '{name}': Expected header '{name}' to have value {} but was {}",
            quoted(expected),
            quoted(mismatch.actual.as_ref())
        ),
        (_, index) => {
            let place = index.map_or_else(String::new, |index| format!(" for value at index {index}"));
            format!("Mismatch with header '{name}': {}{place}", official_text::textual(mismatch))
        }
    }
}

/// Headers that are compared by their parts.
fn has_parameters(name: &str) -> bool {
    name.eq_ignore_ascii_case("content-type") || name.eq_ignore_ascii_case("accept")
}

fn query(mismatch: &Mismatch, name: &str) -> String {
    let (expected, actual) = (mismatch.expected.as_ref(), mismatch.actual.as_ref());
    match &mismatch.problem {
        Problem::Unexpected => format!("Unexpected query parameter '{name}' received"),
        Problem::Missing => format!("Expected query parameter '{name}' but was missing"),
        Problem::WrongLength { expected, actual } => {
            format!("Expected query parameter '{name}' with {expected} value(s) but received {actual} value(s)")
        }
        Problem::NotEqual if mismatch.rule.is_none() => {
            format!("Expected query parameter '{name}' with value {} but was {}", quoted(expected), quoted(actual))
        }
        _ => official_text::textual(mismatch),
    }
}

fn metadata(mismatch: &Mismatch, key: &str) -> String {
    let (expected, actual) = (mismatch.expected.as_ref(), mismatch.actual.as_ref());
    match &mismatch.problem {
        Problem::Missing => format!("Expected message metadata '{key}' but was missing"),
        Problem::NotEqual => {
            let json = |value: Option<&Value>| value.map_or_else(|| "\"\"".to_owned(), Value::to_string);
            let (value, found) = (json(expected), json(actual));
            let why = if key.eq_ignore_ascii_case("contenttype") || has_parameters(key) {
                format!("Expected metadata '{key}' to have value {} but was {}", quoted(expected), quoted(actual))
            } else {
                official_text::textual(mismatch)
            };
            format!("Expected metadata key '{key}' to have value '{value}' but was '{found}' - {why}")
        }
        _ => official_text::textual(mismatch),
    }
}

pub(super) fn body(mismatch: &Mismatch) -> String {
    let (expected, actual) = (mismatch.expected.as_ref(), mismatch.actual.as_ref());
    match &mismatch.problem {
        Problem::Unreadable { reason } => format!("Failed to parse the actual body: '{reason}'"),
        Problem::Missing if official_text::is_whole_body(mismatch) => {
            format!("Expected body {} but was empty", official_text::present(expected))
        }
        Problem::Missing => match missing_member(mismatch) {
            Some((_, member)) => without_members(&[member]),
            None => format!("Expected {} but was missing", quoted(expected)),
        },
        Problem::Unexpected if expected.is_none() => {
            format!("Expected empty body but received {}", official_text::present(actual))
        }
        Problem::Unexpected => format!("Expected an empty Map but received {}", quoted(actual)),
        Problem::WrongLength { expected, actual } => {
            let received = quoted(mismatch.actual.as_ref());
            match expected {
                0 => format!("Expected an empty List but received {received}"),
                _ => format!("Expected a List with {expected} elements but received {actual} elements"),
            }
        }
        Problem::WrongType if mismatch.rule.is_none() => {
            format!("Type mismatch: Expected {} to be the same type as {}", with_type(actual), with_type(expected))
        }
        Problem::VariantNotFound { index } => {
            let variant = expected.map_or_else(|| "nothing".to_owned(), Value::to_string);
            format!("Variant at index {index} ({variant}) was not found in the actual list")
        }
        Problem::MissingPiece(piece) => official_text::missing(piece, expected, actual),
        Problem::UnexpectedPiece(piece) => official_text::unexpected(piece),
        Problem::Within { piece, problem } => official_text::within(mismatch, piece, problem),
        Problem::WrongElement | Problem::WrongChildCount { .. } | Problem::RuleOnElement { .. } => {
            official_text::element(mismatch)
        }
        _ if official_text::is_markup(&mismatch.location) => official_text::textual(mismatch),
        _ => rule_wording(mismatch, with_type(actual)),
    }
}

/// The sentence of a broken rule about `actual`.
pub(super) fn rule_wording(mismatch: &Mismatch, actual: String) -> String {
    let expected = mismatch.expected.as_ref();
    let size = match &mismatch.actual {
        Some(Value::List(items)) => items.len(),
        _ => 0,
    };
    match (&mismatch.problem, &mismatch.rule) {
        (Problem::TooFew { min }, _) => {
            format!("Expected {} (size {size}) to have minimum size of {min}", quoted(mismatch.actual.as_ref()))
        }
        (Problem::TooMany { max }, _) => {
            format!("Expected {} (size {size}) to have maximum size of {max}", quoted(mismatch.actual.as_ref()))
        }
        (_, Some(Rule::Regex(regex))) => {
            let text = match &mismatch.actual {
                Some(Value::Number(number)) => format!("'{number}'"),
                actual => quoted(actual.as_ref()),
            };
            format!("Expected {text} to match '{}'", regex.as_str())
        }
        (_, Some(Rule::Include(text))) => {
            format!("Expected {} to include '{text}'", quoted(mismatch.actual.as_ref()))
        }
        (_, Some(Rule::DateTime(rule))) => official_date::wording(rule, mismatch.actual.as_ref()),
        (_, Some(Rule::ContentType(expected))) => {
            let found = mismatch.actual.as_ref().and_then(|actual| types_of(actual).into_iter().next());
            let found = found.map_or_else(|| "unknown".to_owned(), |found| found.to_string());
            format!("Expected binary contents to have content type '{expected}' but detected contents was '{found}'")
        }
        (_, Some(Rule::Schema(schema))) => {
            let found = mismatch.actual.as_ref().and_then(|found| schema.objection(found, typing(&mismatch.location)));
            format!("Expected {actual} to match the JSON schema: {}", found.unwrap_or_default())
        }
        (_, Some(Rule::Type(_))) => format!("Expected {actual} to be the same type as {}", with_type(expected)),
        (_, Some(Rule::Integer)) => format!("Expected {actual} to be an integer"),
        (_, Some(Rule::Decimal)) => format!("Expected {actual} to be a decimal number"),
        (_, Some(Rule::Number)) => format!("Expected {actual} to be a number"),
        (_, Some(Rule::Boolean)) => format!("Expected {actual} to match a boolean"),
        (_, Some(Rule::Null)) => format!("Expected {actual} to be a null value"),
        (_, Some(Rule::NotEmpty)) if mismatch.actual == Some(Value::Null) => {
            "Expected non-empty value but got a NULL".to_owned()
        }
        (_, Some(Rule::NotEmpty)) => format!("Expected {actual} to not be empty"),
        (_, Some(Rule::Semver)) => format!("Expected something that matches a semantic version, but got {actual}"),
        (Problem::NotEqual, _) if official_text::is_plain_text(mismatch) => {
            let (expected, actual) = (quoted(expected), quoted(mismatch.actual.as_ref()));
            format!("Expected body {expected} to match {actual} using equality but did not match")
        }
        _ => {
            let is_body = matches!(mismatch.location, Location::Body { .. });
            let expected = if is_body { with_type(expected) } else { quoted(expected) };
            format!("Expected {actual} to be equal to {expected}")
        }
    }
}
