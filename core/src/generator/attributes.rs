//! Reading the attributes of generators.

use serde_json::{Map, Value as Json};

/// What sizes and numbers of digits are where the file does not say.
const DEFAULT_LENGTH: usize = 10;

/// No generated text is longer, whatever the file says.
pub(super) const LONGEST: usize = 100_000;

/// An integer, also when it is written as text or with a fraction of zero.
pub(super) fn integer(object: &Map<String, Json>, name: &str) -> Option<i64> {
    match object.get(name)? {
        Json::Number(number) => number.as_i64().or_else(|| {
            let number = number.as_f64().filter(|number| number.fract() == 0.0)?;
            #[expect(clippy::cast_possible_truncation, reason = "a float beyond the range becomes the range's end")]
            Some(number as i64)
        }),
        Json::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A number of characters.
pub(super) fn length(object: &Map<String, Json>, name: &str) -> usize {
    let length = integer(object, name).and_then(|length| usize::try_from(length).ok());
    length.unwrap_or(DEFAULT_LENGTH).min(LONGEST)
}

/// A text.
pub(super) fn text(object: &Map<String, Json>, name: &str) -> Option<String> {
    object.get(name).and_then(Json::as_str).map(str::to_owned)
}
