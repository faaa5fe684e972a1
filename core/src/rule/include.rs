//! `include`: the text contains another one.

use serde_json::Value as Json;

use super::RuleError;
use crate::mismatch::Problem;
use crate::value::Value;

pub(super) fn from_json(object: &serde_json::Map<String, Json>) -> Result<String, RuleError> {
    let text = object.get("value").and_then(Json::as_str);
    Ok(text.ok_or(RuleError::Incomplete { name: "include", needs: "a text \"value\"" })?.to_owned())
}

pub(super) fn check(part: &str, actual: &Value) -> Result<(), Problem> {
    let includes = match actual {
        Value::String(text) => text.contains(part),
        other => other.to_string().contains(part),
    };
    if includes { Ok(()) } else { Err(Problem::RuleBroken) }
}
