//! `include`: the text contains another one.

use serde_json::Value as Json;

use super::RuleError;
use crate::mismatch::Problem;
use crate::value::Value;

pub(super) fn from_json(object: &serde_json::Map<String, Json>) -> Result<String, RuleError> {
    match object.get("value") {
        Some(Json::String(text)) => Ok(text.clone()),
        Some(Json::Null) | None => Err(RuleError::Incomplete { name: "include", needs: "a text \"value\"" }),
        Some(other) => Ok(other.to_string()),
    }
}

pub(super) fn check(part: &str, actual: &Value) -> Result<(), Problem> {
    let includes = match actual {
        Value::String(text) => text.contains(part),
        Value::Bytes(bytes) => String::from_utf8_lossy(bytes).contains(part),
        other => other.to_string().contains(part),
    };
    if includes { Ok(()) } else { Err(Problem::RuleBroken) }
}
