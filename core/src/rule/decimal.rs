//! `decimal`: a number with a fraction or exponent; as text, the fraction may be missing.

use super::Typing;
use crate::mismatch::Problem;
use crate::value::Value;

pub(super) fn check(actual: &Value, typing: Typing) -> Result<(), Problem> {
    let fits = match actual {
        Value::Number(number) => !number.is_integer(),
        Value::String(text) if typing != Typing::Typed => is_decimal(text),
        _ => false,
    };
    if fits { Ok(()) } else { Err(Problem::RuleBroken) }
}

fn is_decimal(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    unsigned.split_once('.').map_or(digits(unsigned), |(whole, fraction)| digits(whole) && digits(fraction))
}
