//! `equality`: the values are equal.

use crate::mismatch::Problem;
use crate::value::{Number, Value};

pub(super) fn check(expected: &Value, actual: &Value) -> Result<(), Problem> {
    if equal(expected, actual) { Ok(()) } else { Err(Problem::NotEqual) }
}

/// Collections are equal when their members are.
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

/// Numbers are equal when both are written as integers, or both with a fraction, and name the same value. Whole numbers
/// beyond 64 bits are as often written with an exponent, so they equal both.
fn numbers_equal(expected: &Number, actual: &Number) -> bool {
    if expected == actual {
        // as everywhere, what is not a number equals nothing, not even itself
        return actual.as_str() != "NaN";
    }
    #[expect(clippy::float_cmp, reason = "two texts of the same double are the same number")]
    let same_double = || expected.as_f64() == actual.as_f64();
    let exact = [expected, actual].into_iter().filter(|number| number.is_integer()).count();
    let beyond = |number: &Number| number.is_integer() && !number.fits_64_bits();
    match exact {
        0 => same_double(),
        1 => (beyond(expected) || beyond(actual)) && same_double(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_equal_by_value_and_spelling() {
        for (expected, actual, equals) in [
            ("1", "1", true),
            ("1", "1.0", false),
            ("100", "1e2", false),
            ("1.0", "1.00", true),
            ("100.0", "1e2", true),
            ("-0", "-0.0", true),
            ("0.0", "-0", true),
            ("0", "-0", false),
            ("100000000000000000000000", "1e23", true),
            ("100000000000000000000000", "2e23", false),
            ("100000000000000000000000", "100000000000000000000001", false),
        ] {
            assert_eq!(numbers_equal(&Number::new(expected), &Number::new(actual)), equals, "{expected} {actual}");
        }
    }
}
