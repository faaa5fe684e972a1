//! `RandomInt`: an integer between two others.

use fastrand::Rng;
use serde_json::{Map, Value as Json, json};

use super::attributes::integer;

/// An integer from `min` to `max`, both included; 0 to 10 where the file does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RandomInt {
    /// The least.
    pub min: i64,
    /// The greatest.
    pub max: i64,
}

impl RandomInt {
    pub(super) fn from_json(object: &Map<String, Json>) -> Self {
        Self { min: integer(object, "min").unwrap_or(0), max: integer(object, "max").unwrap_or(10) }
    }

    pub(super) fn to_json(self) -> Json {
        json!({ "type": "RandomInt", "min": self.min, "max": self.max })
    }

    pub(super) fn generate(self, rng: &mut Rng) -> Json {
        json!(rng.i64(self.min.min(self.max)..=self.max.max(self.min)))
    }
}
