//! `RandomDecimal`: a number with a fraction.

use fastrand::Rng;
use serde_json::{Map, Value as Json, json};

use super::attributes::length;

/// A number of so many digits, at least one of them behind the point; 10 where the file does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RandomDecimal {
    /// How many digits; none counts as one.
    pub digits: usize,
}

impl RandomDecimal {
    pub(super) fn from_json(object: &Map<String, Json>) -> Self {
        Self { digits: length(object, "digits") }
    }

    pub(super) fn to_json(self) -> Json {
        json!({ "type": "RandomDecimal", "digits": self.digits })
    }

    pub(super) fn generate(self, rng: &mut Rng) -> Json {
        let mut text = String::new();
        if self.digits <= 1 {
            // a digit before the point that does not count
            text.push_str("0.");
            text.push(rng.char('1'..='9'));
        } else {
            let point = rng.usize(1..self.digits);
            for at in 0..self.digits {
                if at == point {
                    text.push('.');
                }
                // zeros at either end would be lost to readers
                let least = if at == 0 || at + 1 == self.digits { '1' } else { '0' };
                text.push(rng.char(least..='9'));
            }
        }
        Json::Number(text.parse().expect("digits around a point are a JSON number"))
    }
}
