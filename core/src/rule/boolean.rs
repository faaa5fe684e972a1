//! `boolean`: `true` or `false`, also as text.

use crate::mismatch::Problem;
use crate::value::Value;

pub(super) fn check(actual: &Value) -> Result<(), Problem> {
    let fits = match actual {
        Value::Bool(_) => true,
        Value::String(text) => text == "true" || text == "false",
        _ => false,
    };
    if fits { Ok(()) } else { Err(Problem::RuleBroken) }
}
