//! Named pieces of markup, forms and multipart bodies, in words.

use crate::mismatch::{Piece, PieceKind};
use crate::rule::Bounds;
use crate::value::Value;

/// A piece with its value: `a child <b>x</b>`, `an attribute id="1"`, `a file named "photo"`.
pub(super) fn with_value(piece: &Piece, value: Option<&Value>) -> String {
    let Piece { kind, name } = piece;
    match (kind, value) {
        (PieceKind::Element, Some(element)) => format!("a child {}", unquoted(element)),
        (PieceKind::Attribute, Some(value)) => format!("an attribute {name}={value}"),
        (PieceKind::Parameter, Some(values)) => format!("a form parameter {name:?} with {}", unlisted(values)),
        (PieceKind::PartHeader, Some(value)) => format!("a part header {name}: {}", unquoted(value)),
        _ => named("a", piece),
    }
}

/// The piece by its name alone: `no child <c>`, `no attribute j`.
pub(super) fn named(article: &str, piece: &Piece) -> String {
    let Piece { kind, name } = piece;
    let article = if article == "a" && *kind == PieceKind::Attribute { "an" } else { article };
    match kind {
        PieceKind::Element => format!("{article} child <{name}>"),
        PieceKind::Attribute => format!("{article} attribute {name}"),
        PieceKind::Parameter => format!("{article} form parameter {name:?}"),
        PieceKind::Field => format!("{article} form field named {name:?}"),
        PieceKind::File => format!("{article} file named {name:?}"),
        PieceKind::PartHeader => format!("{article} part header {name}"),
    }
}

/// What came under a piece's name, without naming it again.
pub(super) fn came(piece: &Piece, value: Option<&Value>) -> String {
    match (piece.kind, value) {
        (_, None) => "none".to_owned(),
        (PieceKind::Element, Some(element)) => unquoted(element),
        (PieceKind::Parameter, Some(values)) => unlisted(values),
        (PieceKind::Field | PieceKind::File, Some(other)) => format!("a {} of that name", unquoted(other)),
        (_, Some(value)) => value.to_string(),
    }
}

/// `at least 2 children`
pub(super) fn children(bounds: Bounds) -> String {
    let children = |count: u64| if count == 1 { "child" } else { "children" };
    match (bounds.min, bounds.max) {
        (Some(min), Some(max)) => format!("{min} to {max} children"),
        (Some(min), None) => format!("at least {min} {}", children(min)),
        (None, Some(max)) => format!("at most {max} {}", children(max)),
        (None, None) => "any children".to_owned(),
    }
}

/// Markup and headers read without the quotes of a JSON string.
pub(super) fn unquoted(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A parameter's only value reads without brackets.
fn unlisted(values: &Value) -> String {
    match values {
        Value::List(items) if items.len() == 1 => items[0].to_string(),
        values => values.to_string(),
    }
}
