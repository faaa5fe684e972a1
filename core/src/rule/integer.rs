//! `integer`: a number without fraction or exponent; as text, digits only.

use super::Typing;
use crate::mismatch::Problem;
use crate::value::Value;

pub(super) fn check(actual: &Value, typing: Typing) -> Result<(), Problem> {
    let fits = match actual {
        Value::Number(number) => number.is_integer(),
        // the official tools take no sign in text
        Value::String(text) if typing != Typing::Typed => {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    };
    if fits { Ok(()) } else { Err(Problem::RuleBroken) }
}
