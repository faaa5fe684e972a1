//! Kinds of bodies: bytes to the one value tree.

mod detect;
mod json;
mod magic;
mod text;

pub(crate) use detect::detect;
pub(crate) use magic::{canonical, marked};

use crate::pact::ContentType;
use crate::rule::Typing;
use crate::value::Value;

/// How the bytes of a body become a value tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentKind {
    /// JSON, `+json`.
    Json,
    /// Anything that is text.
    Text,
    /// Anything else: compared byte by byte.
    Binary,
}

/// Why a body cannot be read as its kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct ContentError {
    /// What the parser said, with the place.
    pub reason: String,
}

impl ContentKind {
    /// The kind that a content type stands for; without one it is text.
    #[must_use]
    pub fn of(content_type: Option<&ContentType>) -> Self {
        match content_type {
            None => Self::Text,
            Some(content_type) if content_type.is_json() => Self::Json,
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
            Self::Text => Ok(text::parse(bytes)),
            Self::Binary => Ok(Value::Bytes(bytes.to_vec())),
        }
    }

    /// Whether its values have types of their own.
    #[must_use]
    pub fn typing(self) -> Typing {
        match self {
            Self::Json => Typing::Typed,
            Self::Text | Self::Binary => Typing::Textual,
        }
    }
}
