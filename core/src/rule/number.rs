//! `number`: any number.

use super::Typing;
use crate::mismatch::Problem;
use crate::value::Value;

pub(super) fn check(actual: &Value, typing: Typing) -> Result<(), Problem> {
    let fits = match actual {
        Value::Number(_) => true,
        Value::String(text) if typing != Typing::Typed => text.parse::<f64>().is_ok(),
        _ => false,
    };
    if fits { Ok(()) } else { Err(Problem::RuleBroken) }
}
