//! `equality`: the values are equal.

use crate::mismatch::Problem;
use crate::value::{Number, Value};

pub(super) fn check(expected: &Value, actual: &Value) -> Result<(), Problem> {
    if equal(expected, actual) { Ok(()) } else { Err(Problem::NotEqual) }
}

/// Numbers are equal when both are written as integers, or both with a fraction, and name the same value.
fn equal(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::Number(expected), Value::Number(actual)) => numbers_equal(expected, actual),
        (Value::List(expected), Value::List(actual)) => {
            expected.len() == actual.len()
                && expected.iter().zip(actual).all(|(expected, actual)| equal(expected, actual))
        }
        (Value::Map(expected), Value::Map(actual)) => {
            expected.len() == actual.len()
                && expected.iter().all(|(key, expected)| actual.get(key).is_some_and(|actual| equal(expected, actual)))
        }
        _ => expected == actual,
    }
}

fn numbers_equal(expected: &Number, actual: &Number) -> bool {
    if expected == actual {
        // as everywhere, what is not a number equals nothing, not even itself
        return actual.as_str() != "NaN";
    }
    #[expect(clippy::float_cmp, reason = "two texts of the same double are the same number")]
    let same_double = || expected.as_f64() == actual.as_f64();
    !expected.is_integer() && !actual.is_integer() && same_double()
}
