//! `RandomHexadecimal` and `RandomString`: so many characters of an alphabet.

use fastrand::Rng;
use serde_json::{Map, Value as Json, json};

use super::attributes::length;

/// So many hexadecimal digits in upper case; 10 where the file does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RandomHexadecimal {
    /// How many.
    pub digits: usize,
}

impl RandomHexadecimal {
    pub(super) fn from_json(object: &Map<String, Json>) -> Self {
        Self { digits: length(object, "digits") }
    }

    pub(super) fn to_json(self) -> Json {
        json!({ "type": "RandomHexadecimal", "digits": self.digits })
    }

    pub(super) fn generate(self, rng: &mut Rng) -> Json {
        let text: String = (0..self.digits).map(|_| rng.digit(16).to_ascii_uppercase()).collect();
        text.into()
    }
}

/// So many ASCII letters and digits; 10 where the file does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RandomString {
    /// How many.
    pub size: usize,
}

impl RandomString {
    pub(super) fn from_json(object: &Map<String, Json>) -> Self {
        Self { size: length(object, "size") }
    }

    pub(super) fn to_json(self) -> Json {
        json!({ "type": "RandomString", "size": self.size })
    }

    pub(super) fn generate(self, rng: &mut Rng) -> Json {
        let text: String = (0..self.size).map(|_| rng.alphanumeric()).collect();
        text.into()
    }
}
