//! Contents of a body or of one part of it, whatever their kind.

use std::cell::OnceCell;

use super::multipart::PartPlan;
use super::rule_tree::Cursor;
use super::walk::Walk;
use crate::content::{self, ContentError, ContentKind, multipart};
use crate::mismatch::{Location, Mismatch, Problem};
use crate::pact::ContentType;
use crate::path::Place;
use crate::value::Value;

/// How deep parts may stand in parts before they are compared as bytes.
const DEEPEST_PARTS: usize = 8;

/// A body read as JSON by the first plan that asks; the others find it read.
#[derive(Debug, Default)]
pub(super) struct ParsedJson(OnceCell<Result<Value, ContentError>>);

impl ParsedJson {
    fn get(&self, bytes: &[u8]) -> Result<&Value, ContentError> {
        self.0.get_or_init(|| ContentKind::Json.parse(bytes)).as_ref().map_err(Clone::clone)
    }
}

/// Agreed contents, ready to be compared with many.
#[derive(Debug, Clone)]
pub(super) struct ContentsPlan {
    pub(super) content_type: Option<ContentType>,
    expected: Expected,
}

#[derive(Debug, Clone)]
enum Expected {
    Value {
        kind: ContentKind,
        value: Value,
    },
    /// The example is not what it says it is, so nothing but itself fits.
    Unreadable {
        bytes: Vec<u8>,
        reason: String,
    },
    Parts(Vec<PartPlan>),
}

impl ContentsPlan {
    pub(super) fn compile(bytes: &[u8], content_type: Option<&ContentType>) -> Self {
        Self::nested(bytes, content_type, 0)
    }

    pub(super) fn nested(bytes: &[u8], content_type: Option<&ContentType>, depth: usize) -> Self {
        let stated = content_type.filter(|content_type| content_type.is_media_type());
        let content_type = stated.cloned().or_else(|| content::detect(bytes));
        if let Some(multipart_type) = content_type.as_ref().filter(|content_type| content_type.is_multipart())
            && depth < DEEPEST_PARTS
            && let Ok(parts) = multipart::parse_example(bytes, multipart_type)
        {
            return Self { expected: Expected::Parts(PartPlan::compile_all(parts, depth + 1)), content_type };
        }
        let kind = ContentKind::of(content_type.as_ref());
        let expected = match kind.parse(bytes) {
            Ok(value) => Expected::Value { kind, value },
            Err(error) => Expected::Unreadable { bytes: bytes.to_vec(), reason: error.reason },
        };
        Self { content_type, expected }
    }

    /// The example as one value, for reports.
    pub(super) fn example(&self) -> Value {
        match &self.expected {
            Expected::Value { kind: ContentKind::Xml, value } => Value::String(content::xml::document_to_text(value)),
            Expected::Value { value, .. } => value.clone(),
            Expected::Unreadable { bytes, .. } => Value::String(String::from_utf8_lossy(bytes).into_owned()),
            Expected::Parts(parts) => Value::List(parts.iter().map(|part| Value::from(part.name())).collect()),
        }
    }

    /// Compares contents that are of the agreed type. `actual_type` carries what that type says besides, such as the
    /// boundary of a multipart body.
    pub(super) fn check(
        &self,
        walk: &mut Walk<'_>,
        place: &Place<'_>,
        cursor: Cursor,
        actual: &[u8],
        actual_type: Option<&ContentType>,
    ) {
        self.check_parsed(walk, place, cursor, actual, actual_type, None);
    }

    /// As [`check`](Self::check), where the same contents may have been read before.
    pub(super) fn check_parsed(
        &self,
        walk: &mut Walk<'_>,
        place: &Place<'_>,
        cursor: Cursor,
        actual: &[u8],
        actual_type: Option<&ContentType>,
        parsed: Option<&ParsedJson>,
    ) {
        let read = match &self.expected {
            Expected::Value { kind, value } => match parsed {
                Some(parsed) if *kind == ContentKind::Json => {
                    parsed.get(actual).map(|actual| check_value(walk, place, cursor, *kind, value, actual))
                }
                _ => kind.parse(actual).map(|actual| check_value(walk, place, cursor, *kind, value, &actual)),
            },
            Expected::Unreadable { bytes, .. } if bytes == actual => Ok(()),
            Expected::Unreadable { reason, .. } => {
                Err(ContentError { reason: format!("nor can the agreed example: {reason}") })
            }
            Expected::Parts(parts) => {
                let actual_type = actual_type.or(self.content_type.as_ref()).expect("parts have a content type");
                multipart::parse(actual, actual_type)
                    .map(|actual| PartPlan::check_all(parts, walk, place, cursor, &actual))
            }
        };
        if let Err(error) = read {
            let actual = Value::String(String::from_utf8_lossy(actual).into_owned());
            walk.differences += 1;
            walk.found.push(Mismatch {
                location: Location::Body { path: place.to_string() },
                problem: Problem::Unreadable { reason: error.reason },
                expected: Some(self.example()),
                actual: Some(actual),
                rule: None,
            });
        }
    }
}

fn check_value(
    walk: &mut Walk<'_>,
    place: &Place<'_>,
    cursor: Cursor,
    kind: ContentKind,
    expected: &Value,
    actual: &Value,
) {
    walk.typed_as(kind.typing(), |walk| match (kind, expected, actual) {
        (ContentKind::Xml, Value::Map(expected), Value::Map(actual)) => {
            walk.compare_documents(place, cursor, expected, actual);
        }
        (ContentKind::Form, Value::Map(expected), Value::Map(actual)) => {
            walk.compare_forms(place, cursor, expected, actual);
        }
        _ => walk.compare(place, cursor, expected, actual),
    });
}
