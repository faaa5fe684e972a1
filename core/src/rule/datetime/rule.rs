//! The rules: what they are called and which format they take.

use serde_json::{Value as Json, json};

use super::{DateTimeFormat, ReadError};
use crate::mismatch::Problem;
use crate::rule::Typing;
use crate::value::Value;

/// Which of the rules it is. Formats are not bound to it: `date` takes `HH:mm` too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateTimeKind {
    /// `date`
    Date,
    /// `time`
    Time,
    /// `datetime`
    DateTime,
    /// `timestamp`, the older name of `datetime`
    Timestamp,
}

impl DateTimeKind {
    /// The name in the `match` attribute.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::Time => "time",
            Self::DateTime => "datetime",
            Self::Timestamp => "timestamp",
        }
    }

    pub(in crate::rule) fn parse(name: &str) -> Option<Self> {
        [Self::Date, Self::Time, Self::DateTime, Self::Timestamp].into_iter().find(|kind| kind.as_str() == name)
    }

    /// V2's short forms, such as `{"date": "yyyy"}`.
    pub(in crate::rule) fn alone(object: &serde_json::Map<String, Json>) -> Option<Self> {
        let kinds = [Self::Timestamp, Self::DateTime, Self::Time, Self::Date];
        kinds.into_iter().find(|kind| object.contains_key(kind.as_str()))
    }

    /// The format where the file gives none.
    #[must_use]
    pub fn default_format(self) -> &'static str {
        match self {
            Self::Date => "yyyy-MM-dd",
            Self::Time => "HH:mm:ss",
            Self::DateTime | Self::Timestamp => "yyyy-MM-dd'T'HH:mm:ssXXX",
        }
    }
}

/// A rule that a text is written by a format.
#[derive(Debug, Clone, PartialEq)]
pub struct DateTimeRule {
    kind: DateTimeKind,
    format: DateTimeFormat,
    /// Whether the file gives the format.
    stated: bool,
}

impl DateTimeRule {
    /// The rule with this format, or with [`DateTimeKind::default_format`].
    #[must_use]
    pub fn new(kind: DateTimeKind, format: Option<DateTimeFormat>) -> Self {
        let stated = format.is_some();
        let format = format.unwrap_or_else(|| DateTimeFormat::lenient(kind.default_format()));
        Self { kind, format, stated }
    }

    /// The format stands under `format`, or under the rule's own name.
    pub(in crate::rule) fn from_json(object: &serde_json::Map<String, Json>, kind: DateTimeKind) -> Self {
        let format = match object.get("format").or_else(|| object.get(kind.as_str())) {
            Some(Json::String(format)) => Some(format.clone()),
            Some(Json::Null) | None => None,
            Some(other) => Some(other.to_string()),
        };
        let format = format.filter(|format| !format.is_empty());
        Self::new(kind, format.as_deref().map(DateTimeFormat::lenient))
    }

    pub(in crate::rule) fn to_json(&self) -> Json {
        let mut json = json!({ "match": self.kind.as_str() });
        if self.stated {
            json["format"] = self.format.as_str().into();
        }
        json
    }

    /// Which rule it is.
    #[must_use]
    pub fn kind(&self) -> DateTimeKind {
        self.kind
    }

    /// The format that values have to be written by.
    #[must_use]
    pub fn format(&self) -> &DateTimeFormat {
        &self.format
    }

    /// Why the value does not satisfy the rule, if it does not. A number is read by its digits, `null` as an empty text.
    #[must_use]
    pub fn objection(&self, actual: &Value) -> Option<ReadError> {
        let read = match actual {
            Value::String(text) => self.format.check(text),
            Value::Bytes(bytes) => self.format.check(&String::from_utf8_lossy(bytes)),
            Value::Number(number) => self.format.check(number.as_str()),
            Value::Null => self.format.check(""),
            other => self.format.check(&other.to_string()),
        };
        read.err()
    }

    pub(in crate::rule) fn check(&self, actual: &Value, typing: Typing) -> Result<(), Problem> {
        // a field that the schema declares a number is no date
        let is_number = typing == Typing::Declared && matches!(actual, Value::Number(_));
        if !is_number && self.objection(actual).is_none() { Ok(()) } else { Err(Problem::RuleBroken) }
    }
}
