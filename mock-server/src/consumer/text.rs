//! Values that travel as text: paths, header fields, query parameters, metadata.

use std::panic::Location;

use countersign_core::pattern::Pattern;
use serde::Serialize;
use serde_json::Value as Json;

/// A text or a matcher on one: anything that serialises, such as `"2"`, `2`, `regex("v[0-9]+", "v1")`, or a list of those
/// where several values can come.
#[derive(Debug, Clone, PartialEq)]
pub struct TextPattern(Pattern);

impl<T: Serialize> From<T> for TextPattern {
    /// # Panics
    ///
    /// When the value cannot be written as JSON, or a matcher's example does not fit its own rule.
    #[track_caller]
    fn from(value: T) -> Self {
        let json = to_json(value);
        match Pattern::parse_text(&json) {
            Ok(pattern) => Self(pattern),
            Err(error) => panic!("the value {json} cannot be used: {error}"),
        }
    }
}

impl TextPattern {
    pub(super) fn pattern(&self) -> &Pattern {
        &self.0
    }

    /// The example as one text.
    ///
    /// # Panics
    ///
    /// When it is a list or an object.
    #[track_caller]
    pub(super) fn single(&self, what: &str) -> String {
        match &self.0.example {
            Json::String(text) => text.clone(),
            other => panic!("{what} needs one text, but got {other}"),
        }
    }

    /// The example as the texts of a list, or a single one.
    ///
    /// # Panics
    ///
    /// When it is an object, or holds anything that is no text.
    #[track_caller]
    pub(super) fn several(&self, what: &str) -> Vec<Option<String>> {
        let text = |value: &Json| match value {
            Json::String(text) => Some(text.clone()),
            Json::Null => None,
            other => panic!("{what} needs a text or a list of texts, but got {other}"),
        };
        match &self.0.example {
            Json::Array(values) => values.iter().map(text).collect(),
            single => vec![text(single)],
        }
    }
}

/// The value as JSON.
///
/// # Panics
///
/// When it cannot be one (a map with keys that are no texts, for one).
#[track_caller]
pub(super) fn to_json(value: impl Serialize) -> Json {
    match serde_json::to_value(value) {
        Ok(json) => json,
        Err(error) => {
            let caller = Location::caller();
            panic!("the value at {caller} cannot be written as JSON: {error}")
        }
    }
}
