//! Multipart bodies: parts by name, in any order. Fields are compared as text, files as what their content type says.
//! Further parts do no harm.

use super::contents::ContentsPlan;
use super::rule_tree::{Cursor, Selected};
use super::scalar;
use super::walk::Walk;
use crate::content::multipart::Part;
use crate::mismatch::{Piece, PieceKind, Problem};
use crate::pact::ContentType;
use crate::path::Place;
use crate::rule::Typing;
use crate::value::Value;

/// A part, ready to be compared with many.
#[derive(Debug, Clone)]
pub(super) struct PartPlan {
    /// A part without a name is called by its position.
    name: String,
    /// Of several parts of the same name, the how-manieth it is.
    occurrence: usize,
    headers: Vec<(String, Value)>,
    contents: PartContents,
}

#[derive(Debug, Clone)]
enum PartContents {
    Field(Value),
    File(ContentsPlan),
}

impl PartPlan {
    pub(super) fn compile_all(parts: Vec<Part>, depth: usize) -> Vec<Self> {
        let mut plans: Vec<Self> = Vec::with_capacity(parts.len());
        for (index, part) in parts.into_iter().enumerate() {
            let name = name(&part, index);
            let occurrence = plans.iter().filter(|plan| plan.name == name).count();
            let contents = if part.is_file {
                // without a type of its own, a file is bytes and nothing is guessed
                let content_type = part.content_type().unwrap_or_else(|| ContentType::new("application/octet-stream"));
                PartContents::File(ContentsPlan::nested(&part.content, Some(&content_type), depth))
            } else {
                PartContents::Field(field(&part.content))
            };
            let headers = part.headers.into_iter().map(|(name, value)| (name, Value::String(value))).collect();
            plans.push(Self { name, occurrence, headers, contents });
        }
        plans
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn check_all(parts: &[Self], walk: &mut Walk<'_>, place: &Place<'_>, cursor: Cursor, actual: &[Part]) {
        for part in parts {
            let of_name = actual.iter().enumerate().filter(|(index, actual)| name(actual, *index) == part.name);
            let came = of_name.map(|(_, actual)| actual).nth(part.occurrence);
            walk.at_key(cursor, &part.name, |walk, cursor| match came {
                Some(came) if came.is_file == part.is_file() => {
                    part.check(walk, &Place::Key(place, &part.name), cursor, came);
                }
                _ => {
                    let problem = Problem::MissingPiece(part.piece());
                    let came = came.map(|came| Value::from(if came.is_file { "file" } else { "field" }));
                    walk.report(place, problem, None, came.as_ref(), None);
                }
            });
        }
    }

    fn is_file(&self) -> bool {
        matches!(self.contents, PartContents::File(_))
    }

    fn piece(&self) -> Piece {
        Piece::new(if self.is_file() { PieceKind::File } else { PieceKind::Field }, &self.name)
    }

    fn check(&self, walk: &mut Walk<'_>, place: &Place<'_>, cursor: Cursor, actual: &Part) {
        let before = walk.found.len();
        for (name, value) in &self.headers {
            let end = walk.stack.len();
            let at_header = walk.rules.header(cursor, name, &mut walk.stack);
            check_header(walk, &Place::Key(place, name), at_header, (name, value), actual.header(name));
            walk.stack.truncate(end);
        }
        match &self.contents {
            PartContents::Field(expected) => walk.typed_as(Typing::Textual, |walk| {
                walk.compare(place, cursor, expected, &field(&actual.content));
            }),
            // contents of another type differ anyhow
            PartContents::File(_) if walk.found.len() > before => {}
            PartContents::File(contents) => {
                let content_type = actual.content_type();
                contents.check(walk, place, cursor, &actual.content, content_type.as_ref());
            }
        }
        walk.within(before, &self.piece());
    }
}

/// Only rules that stand at the header itself speak of it. A part may leave its content type open.
fn check_header(
    walk: &mut Walk<'_>,
    place: &Place<'_>,
    cursor: Cursor,
    (name, expected): (&str, &Value),
    actual: Option<&str>,
) {
    let is_type = name == "content-type";
    let Some(actual) = actual else {
        if !is_type {
            let problem = Problem::MissingPiece(Piece::new(PieceKind::PartHeader, name));
            walk.report(place, problem, Some(expected), None, None);
        }
        return;
    };
    let value = Value::from(actual);
    let (rules, start) = (walk.rules, walk.found.len());
    match rules.selected(cursor) {
        Some(Selected { list, cascaded: false }) => {
            scalar::check_list(list, expected, &value, Typing::Textual, |problem, rule| {
                walk.report(place, problem, Some(expected), Some(&value), Some(rule));
            });
        }
        _ if expected.as_str() == Some(actual) => {}
        _ if is_type && expected.as_str().is_some_and(|expected| expected.eq_ignore_ascii_case(actual)) => {}
        _ => walk.report(place, Problem::NotEqual, Some(expected), Some(&value), None),
    }
    walk.within(start, &Piece::new(PieceKind::PartHeader, name));
}

fn name(part: &Part, index: usize) -> String {
    part.name.clone().unwrap_or_else(|| index.to_string())
}

fn field(content: &[u8]) -> Value {
    match std::str::from_utf8(content) {
        Ok(text) => Value::from(text),
        Err(_) => Value::Bytes(content.to_vec()),
    }
}
