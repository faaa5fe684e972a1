//! `semver`: a version of semver.org 2.0.0.

use crate::mismatch::Problem;
use crate::value::Value;

pub(super) fn check(actual: &Value) -> Result<(), Problem> {
    let fits = actual.as_str().is_some_and(|text| semver::Version::parse(text).is_ok());
    if fits { Ok(()) } else { Err(Problem::RuleBroken) }
}
