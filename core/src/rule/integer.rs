//! `integer`: a number without fraction or exponent.

use super::Typing;
use crate::mismatch::Problem;
use crate::value::{Number, Value};

pub(super) fn check(actual: &Value, typing: Typing) -> Result<(), Problem> {
    let fits = match actual {
        Value::Number(number) => number.is_integer(),
        Value::String(text) if typing == Typing::Textual => Number::new(text).is_integer(),
        _ => false,
    };
    if fits { Ok(()) } else { Err(Problem::RuleBroken) }
}
