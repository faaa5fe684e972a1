//! The body of a request, response or message.

use super::Unexpected;
use super::fields::FieldsPlan;
use super::rule_tree::RuleTree;
use super::walk::Walk;
use crate::content::{self, ContentKind};
use crate::mismatch::{Location, Mismatch, Problem};
use crate::pact::{Body, ContentType};
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
    Contents { content_type: Option<ContentType>, kind: ContentKind, expected: Value, rules: RuleTree },
}

/// A body as it came.
pub(super) struct ReceivedBody<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) content_type: Option<&'a ContentType>,
    /// Rules on the content type header accept the type, whatever it is.
    pub(super) type_allowed: bool,
}

impl<'a> ReceivedBody<'a> {
    pub(super) fn new(bytes: &'a [u8], content_type: Option<&'a ContentType>, headers: &FieldsPlan) -> Self {
        let type_allowed = content_type.is_some_and(|content_type| headers.rules_allow_type(content_type.as_str()));
        Self { bytes, content_type, type_allowed }
    }
}

impl BodyPlan {
    pub(super) fn compile(body: &Body, rules: &MatchingRules) -> Self {
        let contents = match body {
            Body::Missing => return Self::Anything,
            Body::Null | Body::Empty => return Self::Nothing,
            Body::Present(contents) => contents,
        };
        let content_type = contents.content_type.clone().or_else(|| content::detect(&contents.bytes));
        let mut kind = ContentKind::of(content_type.as_ref());
        let expected = kind.parse(&contents.bytes).unwrap_or_else(|_| {
            // the example is not what it says it is: all that is left to compare is its text
            kind = ContentKind::Text;
            ContentKind::Text.parse(&contents.bytes).expect("any bytes read as text")
        });
        Self::Contents { content_type, kind, expected, rules: RuleTree::new(rules.of(Category::Body)) }
    }

    pub(super) fn check(&self, received: &ReceivedBody<'_>, unexpected: Unexpected, found: &mut Vec<Mismatch>) {
        let actual = received.bytes;
        let (content_type, kind, expected, rules) = match self {
            Self::Anything => return,
            Self::Nothing => {
                if !actual.is_empty() {
                    let actual = Value::String(String::from_utf8_lossy(actual).into_owned());
                    found.push(at_root(Problem::Unexpected, None, Some(actual)));
                }
                return;
            }
            Self::Contents { content_type, kind, expected, rules } => (content_type, kind, expected, rules),
        };
        let detected;
        let actual_type = match received.content_type {
            Some(actual_type) => Some(actual_type),
            None => {
                detected = content::detect(actual);
                detected.as_ref()
            }
        };
        if !received.type_allowed && !same_type(content_type.as_ref(), actual_type) {
            found.push(type_mismatch(content_type.as_ref(), actual_type));
            return;
        }
        if actual.is_empty() {
            found.push(at_root(Problem::Missing, Some(expected.clone()), None));
            return;
        }
        match kind.parse(actual) {
            Ok(actual) => found.extend(Walk::run(rules, kind.typing(), unexpected, expected, &actual)),
            Err(error) => {
                let actual = Value::String(String::from_utf8_lossy(actual).into_owned());
                let problem = Problem::Unreadable { reason: error.reason };
                found.push(at_root(problem, Some(expected.clone()), Some(actual)));
            }
        }
    }
}

/// The same type, or the type that the actual one's suffix names. Further parameters make no other type; the agreed charset
/// has to be there.
fn same_type(expected: Option<&ContentType>, actual: Option<&ContentType>) -> bool {
    let (Some(expected), Some(actual)) = (expected, actual) else { return true };
    let charset = |content_type: &ContentType| content_type.parameter("charset").map(str::to_ascii_lowercase);
    let same_essence = expected.essence() == actual.essence() || expected.essence() == actual.base().essence();
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
