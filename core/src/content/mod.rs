//! Kinds of bodies: bytes to the one value tree.

mod detect;
mod form;
pub(crate) mod json;
mod magic;
pub(crate) mod multipart;
mod text;
pub(crate) mod xml;

pub(crate) use detect::detect;
pub(crate) use magic::{canonical, marked};

use crate::pact::ContentType;
use crate::rule::Typing;
use crate::value::Value;

/// How the bytes of a body become a value tree. A multipart body is no single value: its parts are read one by one, each as
/// its own kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentKind {
    /// JSON, `+json`.
    Json,
    /// XML, `+xml`. An element is a map of `@name` (attributes), `#text` and lists of children by name; the root is a map of
    /// one.
    Xml,
    /// `application/x-www-form-urlencoded`: a map of lists.
    Form,
    /// Anything else that is text.
    Text,
    /// Anything else: compared byte by byte.
    Binary,
}

fn is_document(content_type: &ContentType) -> bool {
    ["application/", "text/"].iter().any(|main| content_type.essence().starts_with(main))
}

/// Why a body cannot be read as its kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct ContentError {
    /// What the parser said, with the place.
    pub reason: String,
}

impl ContentError {
    fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}

impl ContentKind {
    /// The kind that a content type stands for; without one it is text. Images and the like are compared as they are, even
    /// those that are written in XML.
    #[must_use]
    pub fn of(content_type: Option<&ContentType>) -> Self {
        match content_type {
            None => Self::Text,
            Some(content_type) if content_type.is_json() => Self::Json,
            Some(content_type) if content_type.is_xml() && is_document(content_type) => Self::Xml,
            Some(content_type) if content_type.is_form() => Self::Form,
            Some(content_type) if content_type.is_text() => Self::Text,
            Some(_) => Self::Binary,
        }
    }

    /// Reads a body.
    ///
    /// # Errors
    ///
    /// The bytes are not what the kind says.
    pub fn parse(self, bytes: &[u8]) -> Result<Value, ContentError> {
        match self {
            Self::Json => json::parse(bytes),
            Self::Xml => xml::parse(bytes),
            Self::Form => Ok(form::parse(bytes)),
            Self::Text => Ok(text::parse(bytes)),
            Self::Binary => Ok(Value::Bytes(bytes.to_vec())),
        }
    }

    /// Whether its values have types of their own.
    #[must_use]
    pub fn typing(self) -> Typing {
        match self {
            Self::Json => Typing::Typed,
            Self::Xml | Self::Form | Self::Text | Self::Binary => Typing::Textual,
        }
    }
}
