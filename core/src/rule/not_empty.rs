//! `notEmpty`: present and not empty.

use crate::mismatch::Problem;
use crate::value::Value;

pub(super) fn check(actual: &Value) -> Result<(), Problem> {
    let empty = match actual {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Bytes(bytes) => bytes.is_empty(),
        Value::List(items) => items.is_empty(),
        Value::Map(map) => map.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    };
    if empty { Err(Problem::RuleBroken) } else { Ok(()) }
}
