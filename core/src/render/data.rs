//! A finding as JSON.

use serde_json::{Value as Json, json};

use super::words;
use crate::mismatch::{Location, Mismatch, Problem};
use crate::rule::Rule;
use crate::value::Value;

/// The finding as data: `kind`, `location`, `rule`, `expected`, `actual` and the words.
#[must_use]
pub fn mismatch_json(mismatch: &Mismatch) -> Json {
    let words = words(mismatch);
    json!({
        "part": part(&mismatch.location),
        "location": mismatch.location.to_string(),
        "kind": kind(&mismatch.problem),
        "rule": mismatch.rule.as_ref().map(Rule::to_json),
        "expected": mismatch.expected.as_ref().map(Value::to_json),
        "actual": mismatch.actual.as_ref().map(Value::to_json),
        "text": format!("{}, {}", words.expected, words.actual),
    })
}

fn part(location: &Location) -> &'static str {
    match location {
        Location::Method => "method",
        Location::Path => "path",
        Location::Status => "status",
        Location::Query { .. } => "query",
        Location::Header { .. } => "header",
        Location::Metadata { .. } => "metadata",
        Location::BodyType => "body-type",
        Location::Body { .. } => "body",
    }
}

fn kind(problem: &Problem) -> &'static str {
    match problem {
        Problem::NotEqual => "not-equal",
        Problem::WrongType => "wrong-type",
        Problem::RuleBroken => "rule-broken",
        Problem::TooManySteps => "too-many-steps",
        Problem::Missing | Problem::MissingPiece(_) => "missing",
        Problem::Unexpected | Problem::UnexpectedPiece(_) => "unexpected",
        Problem::TooFew { .. } => "too-few",
        Problem::TooMany { .. } => "too-many",
        Problem::WrongLength { .. } => "wrong-length",
        Problem::VariantNotFound { .. } => "variant-not-found",
        Problem::Unreadable { .. } => "unreadable",
        Problem::WrongChildCount { .. } => "wrong-child-count",
        Problem::RuleOnElement { .. } => "rule-on-element",
        Problem::WrongElement => "wrong-element",
        Problem::Within { problem, .. } => kind(problem),
    }
}
