//! Findings: what differs, where, and by which rule. They become words only in [`crate::render`].

use std::fmt;

use crate::rule::{Bounds, Rule};
use crate::value::Value;

/// One difference between what was agreed and what came.
#[derive(Debug, Clone, PartialEq)]
pub struct Mismatch {
    /// Where it is.
    pub location: Location,
    /// What kind of difference.
    pub problem: Problem,
    /// The value in the contract, if there is one.
    pub expected: Option<Value>,
    /// The value that came, if one did.
    pub actual: Option<Value>,
    /// The rule that decided; `None` is plain equality.
    pub rule: Option<Rule>,
}

/// Where in a request, response or message.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Location {
    /// The request's method.
    Method,
    /// The request's path.
    Path,
    /// The response's status code.
    Status,
    /// A query parameter, or one of its values.
    Query {
        /// The parameter.
        name: String,
        /// Which value, from 0, where one is meant.
        index: Option<usize>,
    },
    /// A header field, or one of its values.
    Header {
        /// The field.
        name: String,
        /// Which value, from 0, where one is meant.
        index: Option<usize>,
    },
    /// An entry of a message's metadata.
    Metadata {
        /// The entry.
        key: String,
    },
    /// The body's content type.
    BodyType,
    /// A place in the body.
    Body {
        /// A path such as `$.a[0]`.
        path: String,
    },
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let indexed = |f: &mut fmt::Formatter<'_>, what: &str, name: &str, index: &Option<usize>| match index {
            Some(index) => write!(f, "{what} {name}[{index}]"),
            None => write!(f, "{what} {name}"),
        };
        match self {
            Self::Method => f.write_str("method"),
            Self::Path => f.write_str("path"),
            Self::Status => f.write_str("status"),
            Self::Query { name, index } => indexed(f, "query", name, index),
            Self::Header { name, index } => indexed(f, "header", name, index),
            Self::Metadata { key } => write!(f, "metadata {key}"),
            Self::BodyType => f.write_str("content type"),
            Self::Body { path } => f.write_str(path),
        }
    }
}

/// The kinds of difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// The values differ.
    NotEqual,
    /// The values are of different types.
    WrongType,
    /// The rule is not satisfied.
    RuleBroken,
    /// The rule's expression went back and forth so often that it was given up (one such as `((?=a)a+)+b`).
    TooManySteps,
    /// Nothing came where something was agreed.
    Missing,
    /// Something came where nothing was agreed.
    Unexpected,
    /// The list is too short.
    TooFew {
        /// The least number of items.
        min: u64,
    },
    /// The list is too long.
    TooMany {
        /// The greatest number of items.
        max: u64,
    },
    /// The number of items or values differs.
    WrongLength {
        /// How many were agreed.
        expected: usize,
        /// How many came.
        actual: usize,
    },
    /// Nothing in the list fits a variant of `arrayContains`.
    VariantNotFound {
        /// Which variant, from 0.
        index: usize,
    },
    /// The body that came cannot be read as what it should be.
    Unreadable {
        /// What the parser said.
        reason: String,
    },
    /// A named piece of a markup, form or multipart body did not come, or came as another kind of piece.
    MissingPiece(Piece),
    /// A named piece of a markup or form body came that was not agreed on.
    UnexpectedPiece(Piece),
    /// Another markup element than the agreed one came.
    WrongElement,
    /// A markup element has too few or too many children.
    WrongChildCount {
        /// The element's name.
        name: String,
        /// How many there may be.
        bounds: Bounds,
        /// How many came.
        actual: usize,
    },
    /// The rule asks for a single value and stands at a markup element.
    RuleOnElement {
        /// The element's name.
        name: String,
    },
    /// A difference inside a named piece of a form or multipart body.
    Within {
        /// The piece.
        piece: Piece,
        /// What differs there.
        problem: Box<Problem>,
    },
}

impl Problem {
    /// Says of this problem that it is inside a piece.
    pub(crate) fn put_within(&mut self, piece: Piece) {
        let problem = Box::new(std::mem::replace(self, Self::NotEqual));
        *self = Self::Within { piece, problem };
    }
}

/// A named piece of a body that is no JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// What it is.
    pub kind: PieceKind,
    /// Its name; with the namespace in front where it has one.
    pub name: String,
}

impl Piece {
    pub(crate) fn new(kind: PieceKind, name: &str) -> Self {
        Self { kind, name: name.to_owned() }
    }
}

/// The kinds of named pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PieceKind {
    /// A child element in XML.
    Element,
    /// An attribute in XML.
    Attribute,
    /// A parameter in a form.
    Parameter,
    /// A part of a multipart body that stands for a form field.
    Field,
    /// A part of a multipart body that carries a file.
    File,
    /// A header of a part.
    PartHeader,
}
