//! `null`: JSON `null`.

use crate::mismatch::Problem;
use crate::value::Value;

pub(super) fn check(actual: &Value) -> Result<(), Problem> {
    if *actual == Value::Null { Ok(()) } else { Err(Problem::RuleBroken) }
}
