//! What is wrong with a date, in the wording of the official tools.

use crate::rule::{DateTimeKind, DateTimeRule, Expected, ReadError, Unit};
use crate::value::Value;

/// The sentence about a value that does not satisfy the rule.
pub(super) fn wording(rule: &DateTimeRule, actual: Option<&Value>) -> String {
    let value = match actual {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let kind = match rule.kind() {
        DateTimeKind::Date => "date",
        DateTimeKind::Time => "time",
        DateTimeKind::DateTime | DateTimeKind::Timestamp => "timestamp",
    };
    let reason = actual
        .and_then(|actual| rule.objection(actual))
        .map_or_else(|| "it is no text".to_owned(), |error| reason(&error, &value));
    format!("Expected '{value}' to match a {kind} pattern of '{}': {reason}", rule.format().as_str())
}

fn reason(error: &ReadError, value: &str) -> String {
    match error {
        ReadError::Format(error) => format!("Error parsing '{value}': \"{error}\""),
        ReadError::NotFound { expected, rest } => format!("Error(Nom({rest:?}, {}))", parser(expected)),
        ReadError::OutOfRange { unit, digits } => format!("Error({}({digits:?}))", field(*unit)),
        ReadError::NoSuchZone { name } => format!("Error(InvalidTimezone({name:?}))"),
        ReadError::ZoneWords { rest } => format!("Error(FullTimezonesNotSupported({rest:?}))"),
        ReadError::NoSuchDay { day, month, year } => {
            let year = year.as_ref().map_or_else(String::new, |year| format!(" in year {year}"));
            format!("'{day}' is not a valid day for month '{month}'{year}")
        }
        ReadError::LeftOver { rest } => format!("Remaining data after applying pattern {rest:?}"),
    }
}

fn parser(expected: &Expected) -> &'static str {
    match expected {
        Expected::Text(_) | Expected::OneOf(_) => "Tag",
        Expected::Digits | Expected::ZoneAbbreviation => "TakeWhileMN",
        Expected::Number => "Digit",
        Expected::Sign => "IsA",
        Expected::ZoneRegion => "AlphaNumeric",
        Expected::ZoneSlash => "Char",
    }
}

fn field(unit: Unit) -> &'static str {
    match unit {
        Unit::Month => "InvalidMonth",
        Unit::Day => "InvalidDayInMonth",
        Unit::DayOfYear => "InvalidDayInYear",
        Unit::Week => "InvalidWeekInYear",
        Unit::Weekday => "InvalidDayOfWeek",
        Unit::Quarter => "InvalidQuarter",
        Unit::Hour => "InvalidHour",
        Unit::Minute | Unit::Second => "InvalidMinute",
    }
}
