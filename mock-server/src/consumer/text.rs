//! Values that travel as text: paths, header fields, query parameters, metadata.

use countersign_core::pattern::Pattern;
use serde::Serialize;
use serde_json::Value as Json;

/// A text or a matcher on one: anything that serialises, such as `"2"`, `2`, `regex("v[0-9]+", "v1")`, or a list of those
/// where several values can come.
///
/// What is wrong with it is said by the method that takes it, at the line that calls that method.
#[derive(Debug, Clone)]
pub struct TextPattern(Result<Pattern, String>);

impl<T: Serialize> From<T> for TextPattern {
    fn from(value: T) -> Self {
        let json = match serde_json::to_value(value) {
            Ok(json) => json,
            Err(error) => return Self(Err(not_json(&error))),
        };
        let pattern = Pattern::parse_text(&json);
        Self(pattern.map_err(|error| format!("the value {json} cannot be used: {error}")))
    }
}

impl TextPattern {
    /// The pattern.
    ///
    /// # Panics
    ///
    /// When the value cannot be written as JSON, or a matcher's example does not fit its own rule.
    #[track_caller]
    pub(super) fn checked(self) -> CheckedText {
        match self.0 {
            Ok(pattern) => CheckedText(pattern),
            Err(problem) => panic!("{problem}"),
        }
    }
}

/// A text pattern without problems of its own.
#[derive(Debug, Clone)]
pub(super) struct CheckedText(Pattern);

impl CheckedText {
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
        let values = match &self.0.example {
            Json::Array(values) => values.as_slice(),
            single => std::slice::from_ref(single),
        };
        let mut texts = Vec::new();
        for value in values {
            match value {
                Json::String(text) => texts.push(Some(text.clone())),
                Json::Null => texts.push(None),
                other => panic!("{what} needs a text or a list of texts, but got {other}"),
            }
        }
        texts
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
        Err(error) => panic!("{}", not_json(&error)),
    }
}

pub(super) fn not_json(error: &serde_json::Error) -> String {
    format!("the value cannot be written as JSON: {error}")
}
