//! The body of a request, response or message.

use super::Unexpected;
use super::contents::{ContentsPlan, ParsedJson};
use super::fields::FieldsPlan;
use super::rule_tree::RuleTree;
use super::walk::Walk;
use crate::content;
use crate::mismatch::{Location, Mismatch, Problem};
use crate::pact::{Body, ContentType};
use crate::path::Place;
use crate::rule::{Category, MatchingRules};
use crate::value::Value;

/// A body, ready to be compared with many.
#[derive(Debug, Clone)]
pub(super) enum BodyPlan {
    /// Nothing was agreed.
    Anything,
    /// No body may come.
    Nothing,
    /// These contents.
    Contents { contents: ContentsPlan, rules: RuleTree },
}

/// A body as it came.
pub(super) struct ReceivedBody<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) content_type: Option<&'a ContentType>,
    /// Rules on the content type header accept the type, whatever it is.
    pub(super) type_allowed: bool,
    /// The same bytes read as JSON, kept for the next plan.
    pub(super) parsed: Option<&'a ParsedJson>,
}

impl<'a> ReceivedBody<'a> {
    pub(super) fn new(bytes: &'a [u8], content_type: Option<&'a ContentType>, headers: &FieldsPlan) -> Self {
        let type_allowed = content_type.is_some_and(|content_type| headers.rules_allow_type(content_type.as_str()));
        Self { bytes, content_type, type_allowed, parsed: None }
    }

    /// Reads the body there, so that other plans find it read.
    pub(super) fn parsed_in(self, parsed: &'a ParsedJson) -> Self {
        Self { parsed: Some(parsed), ..self }
    }
}

impl BodyPlan {
    pub(super) fn compile(body: &Body, rules: &MatchingRules) -> Self {
        let contents = match body {
            Body::Missing => return Self::Anything,
            Body::Null | Body::Empty => return Self::Nothing,
            Body::Present(contents) => contents,
        };
        let contents = ContentsPlan::compile(&contents.bytes, contents.content_type.as_ref());
        let unknown = rules.of_unknown_categories();
        Self::Contents { contents, rules: RuleTree::new(unknown.iter().chain(rules.of(Category::Body))) }
    }

    pub(super) fn check(&self, received: &ReceivedBody<'_>, unexpected: Unexpected, found: &mut Vec<Mismatch>) {
        let actual = received.bytes;
        let (contents, rules) = match self {
            Self::Anything => return,
            Self::Nothing => {
                if !actual.is_empty() {
                    let actual = Value::String(String::from_utf8_lossy(actual).into_owned());
                    found.push(at_root(Problem::Unexpected, None, Some(actual)));
                }
                return;
            }
            Self::Contents { contents, rules } => (contents, rules),
        };
        let detected;
        let actual_type = match received.content_type {
            Some(actual_type) => Some(actual_type),
            None => {
                detected = content::detect(actual);
                detected.as_ref()
            }
        };
        let expected_type = contents.content_type.as_ref();
        if !received.type_allowed && !same_type(expected_type, actual_type) {
            found.push(type_mismatch(expected_type, actual_type));
            return;
        }
        if actual.is_empty() {
            found.push(at_root(Problem::Missing, Some(contents.example()), None));
            return;
        }
        found.extend(Walk::run_with(rules, unexpected, |walk, root| {
            contents.check_parsed(walk, &Place::Root, root, actual, actual_type, received.parsed);
        }));
    }
}

/// The same type, or the type that the actual one's suffix names; `*/*` is any type. Further parameters make no other type;
/// the agreed charset has to be there.
fn same_type(expected: Option<&ContentType>, actual: Option<&ContentType>) -> bool {
    let (Some(expected), Some(actual)) = (expected, actual) else { return true };
    let charset = |content_type: &ContentType| content_type.parameter("charset").map(str::to_ascii_lowercase);
    if expected.is_range() {
        return true;
    }
    // the older name of the same type (RFC 7303 §9.2)
    let is_xml = |essence: &str| matches!(essence, "application/xml" | "text/xml");
    let same_essence = expected.essence() == actual.essence()
        || expected.essence() == actual.base().essence()
        || (is_xml(expected.essence()) && is_xml(actual.essence()));
    same_essence && (charset(expected).is_none() || charset(expected) == charset(actual))
}

fn type_mismatch(expected: Option<&ContentType>, actual: Option<&ContentType>) -> Mismatch {
    let value =
        |content_type: Option<&ContentType>| content_type.map(|content_type| Value::from(content_type.as_str()));
    Mismatch {
        location: Location::BodyType,
        problem: Problem::NotEqual,
        expected: value(expected),
        actual: value(actual),
        rule: None,
    }
}

fn at_root(problem: Problem, expected: Option<Value>, actual: Option<Value>) -> Mismatch {
    Mismatch { location: Location::Body { path: "$".to_owned() }, problem, expected, actual, rule: None }
}
