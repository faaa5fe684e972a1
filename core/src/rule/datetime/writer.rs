//! A moment, written by a format.

use std::fmt::Write as _;

use jiff::Zoned;
use jiff::tz::TimeZone;

use super::DateTimeFormat;
use super::field::{
    Calendar, Clock, Counted, Field, MONTHS, Offset, OffsetForm, QUARTERS, QUARTERS_SHORT, WEEKDAYS, Width, name,
};
use super::format::{FormatError, Part};
use super::zones;

impl DateTimeFormat {
    /// The moment by this format. A moment in a zone that the format cannot name is written in UTC.
    ///
    /// # Errors
    ///
    /// Why the format is none.
    pub fn write(&self, moment: &Zoned) -> Result<String, FormatError> {
        let parts = self.parts().map_err(Clone::clone)?;
        let names_zone = |part: &Part| !matches!(part, Part::Field(field) if !can_name(*field, moment));
        let in_utc;
        let moment = if parts.iter().all(names_zone) {
            moment
        } else {
            in_utc = moment.with_time_zone(TimeZone::UTC);
            &in_utc
        };
        let mut text = String::new();
        for part in parts {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Field(field) => write_field(*field, moment, &mut text),
            }
        }
        Ok(text)
    }
}

/// Whether the field has a text for the moment's zone.
fn can_name(field: Field, moment: &Zoned) -> bool {
    match field {
        Field::ZoneName => zones::is_abbreviation(&abbreviation(moment)),
        Field::ZoneId => moment.time_zone().iana_name().is_some_and(is_readable),
        Field::Offset(_) => moment.offset().seconds().abs() < 19 * 3600,
        _ => true,
    }
}

fn is_readable(zone: &str) -> bool {
    zones::is_plain(zone) && zones::is_zone(zone)
}

fn abbreviation(moment: &Zoned) -> String {
    moment.time_zone().to_offset_info(moment.timestamp()).abbreviation().to_owned()
}

fn write_field(field: Field, moment: &Zoned, text: &mut String) {
    match field {
        Field::Year { .. } | Field::Era => write_year(field, moment, text),
        Field::Month { digits } => pad(text, of(moment.month()), digits),
        Field::StandaloneMonth { digits } => pad(text, of(moment.month()), digits.min(2)),
        Field::MonthName(width) => text.push_str(name(MONTHS[index(moment.month())], width)),
        Field::Day { digits } => pad(text, of(moment.day()), digits),
        Field::DayOfYear { digits } => pad(text, moment.day_of_year().unsigned_abs().into(), digits.min(3)),
        Field::WeekOfYear { digits } => {
            pad(text, moment.date().iso_week_date().week().unsigned_abs().into(), digits);
        }
        Field::WeekOfMonth | Field::WeekdayInMonth => pad(text, (of(moment.day()) - 1) / 7 + 1, 1),
        Field::WeekdayName(width) => text.push_str(name(WEEKDAYS[weekday(moment)], width)),
        Field::Weekday => pad(text, weekday(moment) as u64 + 1, 1),
        Field::Quarter { digits } => pad(text, quarter(moment) as u64 + 1, digits),
        Field::QuarterName(Width::Short) => text.push_str(QUARTERS_SHORT[quarter(moment)]),
        Field::QuarterName(Width::Full) => text.push_str(QUARTERS[quarter(moment)]),
        Field::HalfOfDay => text.push_str(if moment.hour() < 12 { "AM" } else { "PM" }),
        Field::Hour { clock, digits } => pad(text, hour(moment, clock), digits),
        Field::Minute { digits } => pad(text, of(moment.minute()), digits),
        Field::Second { digits } => pad(text, of(moment.second()), digits),
        Field::Fraction { digits } => {
            let nanoseconds = format!("{:09}", moment.subsec_nanosecond());
            text.extend(nanoseconds.chars().chain(std::iter::repeat('0')).take(digits));
        }
        Field::Count { of, digits } => pad(text, count(moment, of), digits),
        Field::ZoneName => {
            let name = abbreviation(moment);
            text.push_str(if name == "UTC" { "GMT" } else { &name });
        }
        Field::ZoneWords => text.push_str(&abbreviation(moment)),
        Field::ZoneId => {
            let zone = moment.time_zone().iana_name().filter(|name| is_readable(name));
            text.push_str(zone.unwrap_or("Etc/UTC"));
        }
        Field::Offset(offset) => write_offset(offset, moment, text),
    }
}

/// Years are written by their last digits where the format leaves no room for all of them.
fn write_year(field: Field, moment: &Zoned, text: &mut String) {
    let year = match field {
        Field::Year { calendar: Calendar::Weeks, .. } => moment.date().iso_week_date().year(),
        _ => moment.year(),
    };
    match field {
        Field::Year { digits, .. } => {
            let year = u64::from(year.unsigned_abs());
            pad(text, if digits < 4 { year % 10_u64.pow(digits.min(4) as u32) } else { year }, digits);
        }
        _ => text.push_str(if year > 0 { "AD" } else { "BC" }),
    }
}

fn pad(text: &mut String, number: u64, digits: usize) {
    let number = number.to_string();
    text.extend(std::iter::repeat_n('0', digits.saturating_sub(number.len())));
    text.push_str(&number);
}

/// A part of a moment, none of which is negative.
fn of(part: i8) -> u64 {
    part.unsigned_abs().into()
}

fn index(one_based: i8) -> usize {
    usize::from(one_based.unsigned_abs()) - 1
}

fn weekday(moment: &Zoned) -> usize {
    usize::from(moment.weekday().to_monday_zero_offset().unsigned_abs())
}

fn quarter(moment: &Zoned) -> usize {
    index(moment.month()) / 3
}

fn hour(moment: &Zoned, clock: Clock) -> u64 {
    let hour = of(moment.hour());
    let from_one = |hour: u64, hours: u64| if hour == 0 { hours } else { hour };
    match clock {
        Clock::From0To23 => hour,
        Clock::From1To24 => from_one(hour, 24),
        Clock::From0To11 => hour % 12,
        Clock::From1To12 => from_one(hour % 12, 12),
    }
}

fn count(moment: &Zoned, of_what: Counted) -> u64 {
    let seconds = (of(moment.hour()) * 60 + of(moment.minute())) * 60 + of(moment.second());
    let nanoseconds = u64::from(moment.subsec_nanosecond().unsigned_abs());
    match of_what {
        Counted::MillisecondsOfDay => seconds * 1000 + nanoseconds / 1_000_000,
        Counted::NanosecondsOfSecond => nanoseconds,
        Counted::NanosecondsOfDay => seconds * 1_000_000_000 + nanoseconds,
    }
}

fn write_offset(Offset { form, zulu }: Offset, moment: &Zoned, text: &mut String) {
    let seconds = moment.offset().seconds();
    if zulu && seconds == 0 {
        text.push('Z');
        return;
    }
    let sign = if seconds < 0 { '-' } else { '+' };
    let (hours, minutes, seconds) =
        (seconds.unsigned_abs() / 3600, seconds.unsigned_abs() / 60 % 60, seconds.unsigned_abs() % 60);
    let written = match form {
        OffsetForm::Hours if minutes == 0 => write!(text, "{sign}{hours:02}"),
        OffsetForm::BasicSeconds if seconds > 0 => write!(text, "{sign}{hours:02}{minutes:02}{seconds:02}"),
        OffsetForm::Hours | OffsetForm::Basic | OffsetForm::BasicSeconds => {
            write!(text, "{sign}{hours:02}{minutes:02}")
        }
        OffsetForm::ExtendedSeconds if seconds > 0 => write!(text, "{sign}{hours:02}:{minutes:02}:{seconds:02}"),
        OffsetForm::Extended | OffsetForm::ExtendedSeconds => write!(text, "{sign}{hours:02}:{minutes:02}"),
        OffsetForm::Localized if minutes == 0 => write!(text, "GMT{sign}{hours}"),
        OffsetForm::Localized => write!(text, "GMT{sign}{hours}:{minutes:02}"),
        OffsetForm::LocalizedOptional if hours == 0 && minutes == 0 => write!(text, "GMT"),
        OffsetForm::LocalizedFull | OffsetForm::LocalizedOptional => {
            write!(text, "GMT{sign}{hours:02}:{minutes:02}")
        }
    };
    written.expect("writing to a string does not fail");
}
