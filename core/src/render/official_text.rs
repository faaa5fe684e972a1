//! The wording of the official tools for text without types and for markup, forms and multipart bodies.

use super::official::{body, plain, quoted, rule_wording};
use super::pieces::unquoted;
use crate::mismatch::{Location, Mismatch, Piece, PieceKind, Problem};
use crate::rule::Rule;
use crate::value::Value;

/// The sentence of a broken rule about text that has no type worth naming.
pub(super) fn textual(mismatch: &Mismatch) -> String {
    let (expected, actual) = (mismatch.expected.as_ref(), mismatch.actual.as_ref());
    let bare = actual.map_or_else(String::new, plain);
    match (&mismatch.problem, &mismatch.rule) {
        (Problem::TooFew { .. } | Problem::TooMany { .. }, _) => rule_wording(mismatch, quoted(actual)),
        (_, Some(Rule::Integer)) => format!("Expected {} to match an integer number", quoted(actual)),
        (_, Some(Rule::Decimal | Rule::Number)) => format!("Expected {} to match a number", quoted(actual)),
        (_, Some(Rule::Boolean)) => format!("Expected {bare} to match a boolean"),
        (_, Some(Rule::NotEmpty)) => format!("Expected {bare} to not be empty"),
        (_, Some(Rule::Null)) => format!("Unable to match {} using Null", quoted(actual)),
        (_, Some(Rule::Semver)) => format!("{} is not a valid semantic version", quoted(actual)),
        (Problem::NotEqual, _) => format!("Expected {} to be equal to {}", quoted(actual), quoted(expected)),
        _ => rule_wording(mismatch, quoted(actual)),
    }
}

/// Text and attributes of XML.
pub(super) fn is_markup(location: &Location) -> bool {
    let Location::Body { path } = location else { return false };
    // the root of a document is an element, so that below `$` itself these are names of another kind
    path.rsplit_once("['").is_some_and(|(above, name)| above != "$" && (name == "#text']" || name.starts_with('@')))
}

/// The object's path and the member's name of a path that ends with a member: `$.a['b c']`.
pub(super) fn member(path: &str) -> Option<(&str, &str)> {
    match path.strip_suffix("']") {
        Some(path) => path.rsplit_once("['"),
        None if path.ends_with(']') => None,
        None => path.rsplit_once('.'),
    }
}

/// Whether there is a body where none should be, or none where one should be.
pub(super) fn is_whole_body(mismatch: &Mismatch) -> bool {
    let is_root = matches!(&mismatch.location, Location::Body { path } if path == "$");
    let is_alone = mismatch.expected.is_none() || mismatch.actual.is_none();
    is_root && is_alone && matches!(mismatch.problem, Problem::Missing | Problem::Unexpected)
}

/// Whether a body is text that is no JSON.
pub(super) fn is_plain_text(mismatch: &Mismatch) -> bool {
    let is_root = matches!(&mismatch.location, Location::Body { path } if path == "$");
    let is_text = |value: &Option<Value>| matches!(value, Some(Value::String(_)));
    is_root && is_text(&mismatch.expected) && is_text(&mismatch.actual)
}

/// How long a body is, and what it seems to be.
pub(super) fn present(value: Option<&Value>) -> String {
    match value {
        None => "Present(0 bytes)".to_owned(),
        Some(Value::Bytes(bytes)) => format!("Present({} bytes)", bytes.len()),
        Some(Value::String(text)) => format!("Present({} bytes, text/plain)", text.len()),
        Some(json) => format!("Present({} bytes, application/json)", json.to_string().len()),
    }
}

/// The path as the official tools give it: of what is missing, where it is missing from; of a whole body, none; and they
/// count no values of a form's parameter.
pub(super) fn path<'a>(path: &'a str, mismatch: &Mismatch) -> &'a str {
    match &mismatch.problem {
        _ if is_whole_body(mismatch) => "/",
        Problem::Missing => {
            let item = || path.strip_suffix(']').and_then(|path| path.rsplit_once('['));
            member(path).or_else(item).map_or(path, |(above, _)| above)
        }
        Problem::Within { piece, .. } if piece.kind == PieceKind::Parameter => {
            path.rsplit_once('[').filter(|(_, index)| !index.starts_with('\'')).map_or(path, |(path, _)| path)
        }
        _ => path,
    }
}

/// A difference inside a piece.
pub(super) fn within(mismatch: &Mismatch, piece: &Piece, problem: &Problem) -> String {
    let inner = Mismatch { problem: problem.clone(), ..mismatch.clone() };
    let name = &piece.name;
    match piece.kind {
        PieceKind::Parameter => parameter(&inner, name),
        PieceKind::PartHeader if matches!(inner.problem, Problem::MissingPiece(_)) => body(&inner),
        PieceKind::PartHeader => format!("header '{name}': {}", textual(&inner)),
        PieceKind::Field => match &inner.problem {
            Problem::Within { .. } | Problem::MissingPiece(_) => format!("MIME part '{name}': {}", body(&inner)),
            _ if inner.rule.is_some() => textual(&inner),
            _ => format!("MIME part '{name}': {}", textual(&inner)),
        },
        _ => format!("MIME part '{name}': {}", body(&inner)),
    }
}

fn parameter(mismatch: &Mismatch, name: &str) -> String {
    let (expected, actual) = (quoted(mismatch.expected.as_ref()), quoted(mismatch.actual.as_ref()));
    match &mismatch.problem {
        Problem::Missing => format!("Expected form post parameter '{name}' value {expected} but was missing"),
        Problem::WrongLength { expected, actual } => {
            format!("Expected form post parameter '{name}' with {expected} value(s) but received {actual} value(s)")
        }
        Problem::NotEqual if mismatch.rule.is_none() => {
            format!("Expected form post parameter '{name}' with value {expected} but was {actual}")
        }
        _ => textual(mismatch),
    }
}

/// A piece that is missing.
pub(super) fn missing(piece: &Piece, expected: Option<&Value>, actual: Option<&Value>) -> String {
    let name = &piece.name;
    let value = expected.map(unquoted).unwrap_or_default();
    match (piece.kind, actual) {
        (PieceKind::Element, _) => format!("Expected child <{name}/> but was missing"),
        (PieceKind::Attribute, _) => format!("Expected attribute '{name}'='{value}' but was missing"),
        (PieceKind::Parameter, _) => format!("Expected form post parameter '{name}' but was missing"),
        (PieceKind::PartHeader, _) => {
            format!("Expected multipart header '{name}' with value '{value}' but was missing")
        }
        (PieceKind::Field, Some(_)) => format!("Expected a MIME field '{name}' but was file"),
        (PieceKind::File, Some(_)) => format!("Expected a MIME file '{name}' but was field"),
        (PieceKind::Field | PieceKind::File, None) => format!("Expected a MIME part '{name}' but was missing"),
    }
}

/// A piece that should not be there.
pub(super) fn unexpected(piece: &Piece) -> String {
    let name = &piece.name;
    match piece.kind {
        PieceKind::Element => format!("Unexpected child <{name}/>"),
        PieceKind::Attribute => format!("Unexpected attribute '{name}'"),
        PieceKind::Parameter => format!("Unexpected form post parameter '{name}' received"),
        PieceKind::Field | PieceKind::File => format!("Unexpected MIME part '{name}'"),
        PieceKind::PartHeader => format!("Unexpected multipart header '{name}'"),
    }
}

/// An element that is another one, has the wrong number of children or cannot be judged by a rule.
pub(super) fn element(mismatch: &Mismatch) -> String {
    let names = (quoted(mismatch.expected.as_ref()), quoted(mismatch.actual.as_ref()));
    match &mismatch.problem {
        Problem::WrongElement if matches!(mismatch.rule, Some(Rule::Type(_))) => {
            format!("Expected {} to be the same type as {}", names.0, names.1)
        }
        Problem::WrongChildCount { name, .. } if matches!(mismatch.rule, Some(Rule::NotEmpty)) => {
            format!("Expected '{name}' to have at least one child")
        }
        Problem::WrongChildCount { name, bounds, actual } => match (bounds.min, bounds.max) {
            (_, Some(max)) if *actual as u64 > max => format!("Expected '{name}' to have at most {max} children"),
            (min, _) => format!("Expected '{name}' to have at least {} children", min.unwrap_or_default()),
        },
        Problem::RuleOnElement { name } => {
            let rule = mismatch.rule.as_ref().map_or("equality", Rule::name);
            format!("Unable to match Element <{name}/> using {rule}")
        }
        _ => format!("Expected {} to be equal to {}", names.0, names.1),
    }
}
