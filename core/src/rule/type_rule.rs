//! `type`: the values are of the same type; `min` and `max` bound a list's length.

use serde_json::{Value as Json, json};

use crate::mismatch::Problem;
use crate::value::Value;

/// Bounds on the length of a list, both inclusive; none by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bounds {
    /// The least number of items.
    pub min: Option<u64>,
    /// The greatest number of items.
    pub max: Option<u64>,
}

impl Bounds {
    pub(super) fn from_json(object: &serde_json::Map<String, Json>) -> Self {
        let number = |name| {
            object.get(name).and_then(|bound| match bound {
                Json::String(text) => text.parse().ok(),
                bound => bound.as_u64(),
            })
        };
        Self { min: number("min"), max: number("max") }
    }

    /// V2's short form without `match`, where `min` counts before `max`.
    pub(super) fn alone(object: &serde_json::Map<String, Json>) -> Self {
        let bounds = Self::from_json(object);
        if bounds.min.is_some() { Self { max: None, ..bounds } } else { bounds }
    }

    pub(super) fn to_json(self) -> Json {
        let mut json = json!({ "match": "type" });
        for (name, bound) in [("max", self.max), ("min", self.min)] {
            if let Some(bound) = bound {
                json[name] = bound.into();
            }
        }
        json
    }

    /// Whether so many items are allowed.
    ///
    /// # Errors
    ///
    /// Which bound is broken.
    pub fn check(self, length: usize) -> Result<(), Problem> {
        let length = length as u64;
        if let Some(min) = self.min.filter(|min| length < *min) {
            return Err(Problem::TooFew { min });
        }
        if let Some(max) = self.max.filter(|max| length > *max) {
            return Err(Problem::TooMany { max });
        }
        Ok(())
    }
}

pub(super) fn check(expected: &Value, actual: &Value) -> Result<(), Problem> {
    if expected.same_type(actual) { Ok(()) } else { Err(Problem::WrongType) }
}
