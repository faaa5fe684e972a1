//! JSON bodies (RFC 8259). Of duplicate keys the last counts; nesting deeper than 128 levels is refused.

use super::ContentError;
use crate::value::Value;

pub(super) fn parse(bytes: &[u8]) -> Result<Value, ContentError> {
    match serde_json::from_slice::<serde_json::Value>(bytes) {
        Ok(json) => Ok(Value::from(json)),
        Err(error) => Err(ContentError { reason: error.to_string() }),
    }
}
