//! Steps from one moment to another.

use jiff::civil::Weekday;
use jiff::{Span, Zoned};

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// So many units on, or back when negative.
    Span(Unit, i64),
    /// To the nearest such day before or after.
    Weekday(Weekday, Direction),
    /// To the first day of the nearest such month before or after, from 1; the time of day stays.
    Month(i8, Direction),
    /// To the full hour, 0 to 23, of the same day.
    Hour(i8),
    /// To the next time that a clock with twelve hours shows the hour, 1 to 12, on the same day.
    ClockHour(i8),
}

/// Where to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// `last`
    Back,
    /// `next`
    On,
}

impl Direction {
    pub(super) fn sign(self) -> i64 {
        match self {
            Self::Back => -1,
            Self::On => 1,
        }
    }
}

/// What a span counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Year,
    Month,
    Fortnight,
    Week,
    Day,
    Hour,
    Minute,
    Second,
    Millisecond,
}

impl Step {
    /// `None` beyond the years -9999 to 9999.
    pub(super) fn apply(self, moment: &Zoned) -> Option<Zoned> {
        match self {
            Self::Span(unit, amount) => moment.checked_add(span(unit, amount)?).ok(),
            Self::Weekday(weekday, direction) => {
                moment.nth_weekday(if direction == Direction::On { 1 } else { -1 }, weekday).ok()
            }
            Self::Month(month, direction) => {
                let ahead = (month - moment.month() - 1).rem_euclid(12) + 1;
                let behind = (moment.month() - month - 1).rem_euclid(12) + 1;
                let months = if direction == Direction::On { ahead } else { -behind };
                moment.checked_add(Span::new().months(months)).ok()?.with().day(1).build().ok()
            }
            Self::Hour(hour) => at_hour(moment, hour),
            Self::ClockHour(hour) => {
                let later = if hour == 12 { 12 } else { hour + 12 };
                at_hour(moment, if hour > moment.hour() { hour } else { later })
            }
        }
    }
}

fn at_hour(moment: &Zoned, hour: i8) -> Option<Zoned> {
    moment.with().hour(hour).minute(0).second(0).subsec_nanosecond(0).build().ok()
}

fn span(unit: Unit, amount: i64) -> Option<Span> {
    let span = Span::new();
    let span = match unit {
        Unit::Year => span.try_years(amount),
        Unit::Month => span.try_months(amount),
        Unit::Fortnight => span.try_weeks(amount.checked_mul(2)?),
        Unit::Week => span.try_weeks(amount),
        Unit::Day => span.try_days(amount),
        Unit::Hour => span.try_hours(amount),
        Unit::Minute => span.try_minutes(amount),
        Unit::Second => span.try_seconds(amount),
        Unit::Millisecond => span.try_milliseconds(amount),
    };
    span.ok()
}
