//! Whether a text is written by a format.

use super::DateTimeFormat;
use super::field::{Clock, Field, MONTHS, Offset, OffsetForm, QUARTERS, QUARTERS_SHORT, WEEKDAYS, Width, name};
use super::format::{FormatError, Part};
use super::zones;

/// Why a text is not written by a format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The format is none.
    #[error("the format is none: {0}")]
    Format(#[from] FormatError),
    /// Something else stands where the format has a value or text.
    #[error("expected {expected} at {}", shown(.rest))]
    NotFound {
        /// What the format has there.
        expected: Expected,
        /// The text from there on.
        rest: String,
    },
    /// A number is out of range.
    #[error("{digits} is no {unit}")]
    OutOfRange {
        /// What the number counts.
        unit: Unit,
        /// The number as written.
        digits: String,
    },
    /// There is no such time zone.
    #[error("there is no time zone {name}")]
    NoSuchZone {
        /// The name or abbreviation.
        name: String,
    },
    /// Names of time zones in words are not recognised.
    #[error("names of time zones in words (zzzz) are not recognised")]
    ZoneWords {
        /// The text that stands there.
        rest: String,
    },
    /// The month has no such day.
    #[error("month {month} has no day {day}{}", year.as_ref().map_or_else(String::new, |year| format!(" in {year}")))]
    NoSuchDay {
        /// The day as written.
        day: String,
        /// The month as written.
        month: String,
        /// The year as written; without one, February has 28 days.
        year: Option<String>,
    },
    /// The text goes on after the format's end.
    #[error("{rest:?} is left over")]
    LeftOver {
        /// What is left.
        rest: String,
    },
}

fn shown(rest: &str) -> String {
    if rest.is_empty() { "the end".to_owned() } else { format!("{rest:?}") }
}

/// What a format has at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// This text.
    Text(String),
    /// One of these names.
    OneOf(Vec<&'static str>),
    /// So many digits at most.
    Digits,
    /// Any number of digits.
    Number,
    /// `+` or `-`.
    Sign,
    /// A time zone's abbreviation.
    ZoneAbbreviation,
    /// A region of the IANA database.
    ZoneRegion,
    /// The slash after the region.
    ZoneSlash,
}

impl std::fmt::Display for Expected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{text:?}"),
            Self::OneOf(names) => write!(f, "one of {}", names.join(", ")),
            Self::Digits | Self::Number => f.write_str("digits"),
            Self::Sign => f.write_str("an offset such as +01:00"),
            Self::ZoneAbbreviation => f.write_str("a time zone such as GMT"),
            Self::ZoneRegion | Self::ZoneSlash => f.write_str("a time zone such as Europe/Oslo"),
        }
    }
}

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Unit {
    Month,
    Day,
    DayOfYear,
    Week,
    Weekday,
    Quarter,
    Hour,
    Minute,
    Second,
}

impl std::fmt::Display for Unit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Month => "month",
            Self::Day => "day of a month",
            Self::DayOfYear => "day of a year",
            Self::Week => "week",
            Self::Weekday => "day of a week",
            Self::Quarter => "quarter",
            Self::Hour => "hour",
            Self::Minute => "minute",
            Self::Second => "second",
        })
    }
}

impl DateTimeFormat {
    /// Whether the whole text is written by the format.
    ///
    /// # Errors
    ///
    /// Where and why it is not.
    pub fn check(&self, text: &str) -> Result<(), ReadError> {
        let parts = self.parts().map_err(Clone::clone)?;
        let mut reader = Reader { rest: text, year: None, month: None, day: None };
        for part in parts {
            match part {
                Part::Literal(literal) => reader.literal(literal)?,
                Part::Field(field) => reader.field(*field)?,
            }
        }
        if !reader.rest.is_empty() {
            return Err(ReadError::LeftOver { rest: reader.rest.to_owned() });
        }
        reader.check_day()
    }
}

/// The text that is left, and what the date has said so far.
struct Reader<'t> {
    rest: &'t str,
    year: Option<&'t str>,
    month: Option<(usize, &'t str)>,
    day: Option<(usize, &'t str)>,
}

impl<'t> Reader<'t> {
    fn field(&mut self, field: Field) -> Result<(), ReadError> {
        match field {
            Field::Year { digits, .. } => self.year = Some(self.digits(digits)?),
            Field::Month { .. } => self.month = Some(self.number(2, 1..=12, Unit::Month)?),
            Field::MonthName(width) => self.month = Some(self.one_of(&MONTHS.map(|month| name(month, width)))?),
            Field::Day { .. } => self.day = Some(self.number(2, 1..=31, Unit::Day)?),
            Field::StandaloneMonth { .. } => drop(self.number(2, 1..=12, Unit::Month)?),
            // the tools in use end the year there
            Field::DayOfYear { .. } => drop(self.number(3, 1..=356, Unit::DayOfYear)?),
            Field::WeekOfYear { .. } => drop(self.number(2, 1..=56, Unit::Week)?),
            Field::WeekOfMonth => drop(self.number(2, 1..=5, Unit::Week)?),
            Field::WeekdayInMonth => drop(self.number(2, 0..=5, Unit::Week)?),
            Field::Weekday => drop(self.number(1, 1..=7, Unit::Weekday)?),
            Field::Quarter { .. } => drop(self.number(2, 1..=4, Unit::Quarter)?),
            Field::Hour { clock, .. } => drop(self.number(2, hours(clock), Unit::Hour)?),
            Field::Minute { .. } => drop(self.number(2, 0..=59, Unit::Minute)?),
            // 60 is a leap second
            Field::Second { .. } => drop(self.number(2, 0..=60, Unit::Second)?),
            Field::Fraction { digits } => drop(self.digits(digits)?),
            Field::Count { .. } => drop(self.take_digits(usize::MAX).ok_or_else(|| self.missing(Expected::Number))?),
            Field::Era => drop(self.one_of(&["AD", "BC"])?),
            Field::HalfOfDay => drop(self.one_of(&["AM", "PM"])?),
            Field::WeekdayName(width) => drop(self.one_of(&WEEKDAYS.map(|day| name(day, width)))?),
            Field::QuarterName(Width::Short) => drop(self.one_of(&QUARTERS_SHORT)?),
            Field::QuarterName(Width::Full) => drop(self.one_of(&QUARTERS)?),
            Field::ZoneName => self.zone_name()?,
            Field::ZoneWords => return Err(ReadError::ZoneWords { rest: self.rest.to_owned() }),
            Field::ZoneId => self.zone_id()?,
            Field::Offset(offset) => self.offset(offset)?,
        }
        Ok(())
    }

    fn missing(&self, expected: Expected) -> ReadError {
        ReadError::NotFound { expected, rest: self.rest.to_owned() }
    }

    fn literal(&mut self, literal: &str) -> Result<(), ReadError> {
        self.rest = self.rest.strip_prefix(literal).ok_or_else(|| self.missing(Expected::Text(literal.to_owned())))?;
        Ok(())
    }

    /// The first `length` bytes, which are ASCII.
    fn take(&mut self, length: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    fn take_digits(&mut self, most: usize) -> Option<&'t str> {
        let count = self.rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
        (count > 0).then(|| self.take(count))
    }

    fn digits(&mut self, most: usize) -> Result<&'t str, ReadError> {
        self.take_digits(most).ok_or_else(|| self.missing(Expected::Digits))
    }

    /// A number of up to `most` digits in a range, and its digits.
    fn number(
        &mut self,
        most: usize,
        range: std::ops::RangeInclusive<usize>,
        unit: Unit,
    ) -> Result<(usize, &'t str), ReadError> {
        let digits = self.digits(most)?;
        let number = digits.parse().ok().filter(|number| range.contains(number));
        let number = number.ok_or_else(|| ReadError::OutOfRange { unit, digits: digits.to_owned() })?;
        Ok((number, digits))
    }

    /// One of the names in any case: its position from 1, and how it is written.
    fn one_of(&mut self, names: &[&'static str]) -> Result<(usize, &'t str), ReadError> {
        let starts = |name: &&str| self.rest.get(..name.len()).is_some_and(|text| text.eq_ignore_ascii_case(name));
        let found = names.iter().position(starts).ok_or_else(|| self.missing(Expected::OneOf(names.to_vec())))?;
        Ok((found + 1, self.take(names[found].len())))
    }

    fn zone_name(&mut self) -> Result<(), ReadError> {
        let length = self.rest.bytes().take(4).take_while(u8::is_ascii_uppercase).count();
        if length < 3 {
            return Err(self.missing(Expected::ZoneAbbreviation));
        }
        let name = self.take(length);
        if zones::is_abbreviation(name) { Ok(()) } else { Err(ReadError::NoSuchZone { name: name.to_owned() }) }
    }

    /// A region and a place in it, each of letters and digits.
    fn zone_id(&mut self) -> Result<(), ReadError> {
        let whole = self.rest;
        self.zone_part(Expected::ZoneRegion)?;
        self.rest = self.rest.strip_prefix('/').ok_or_else(|| self.missing(Expected::ZoneSlash))?;
        self.zone_part(Expected::ZoneRegion)?;
        let name = &whole[..whole.len() - self.rest.len()];
        if zones::is_zone(name) { Ok(()) } else { Err(ReadError::NoSuchZone { name: name.to_owned() }) }
    }

    fn zone_part(&mut self, expected: Expected) -> Result<(), ReadError> {
        let length = self.rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        if length == 0 {
            return Err(self.missing(expected));
        }
        self.take(length);
        Ok(())
    }

    fn offset(&mut self, Offset { form, zulu }: Offset) -> Result<(), ReadError> {
        if zulu && self.rest.starts_with('Z') {
            self.take(1);
            return Ok(());
        }
        match form {
            OffsetForm::Hours => {
                self.signed_hours()?;
                self.optionally(Self::offset_minutes);
            }
            OffsetForm::Basic | OffsetForm::BasicSeconds => {
                self.signed_hours()?;
                self.offset_minutes()?;
                if form == OffsetForm::BasicSeconds {
                    self.optionally(Self::offset_seconds);
                }
            }
            OffsetForm::Extended | OffsetForm::ExtendedSeconds => {
                self.hours_and_minutes()?;
                if form == OffsetForm::ExtendedSeconds {
                    self.optionally(|reader| {
                        reader.literal(":")?;
                        reader.offset_seconds()
                    });
                }
            }
            OffsetForm::Localized => {
                self.utc()?;
                self.signed_hours()?;
                self.optionally(|reader| {
                    reader.literal(":")?;
                    reader.offset_minutes()
                });
            }
            OffsetForm::LocalizedFull => {
                self.utc()?;
                self.hours_and_minutes()?;
            }
            OffsetForm::LocalizedOptional => {
                self.utc()?;
                self.optionally(Self::hours_and_minutes);
            }
        }
        Ok(())
    }

    /// Reads on when it can; else stays where it is.
    fn optionally(&mut self, read: impl FnOnce(&mut Self) -> Result<(), ReadError>) {
        let before = self.rest;
        if read(self).is_err() {
            self.rest = before;
        }
    }

    fn utc(&mut self) -> Result<(), ReadError> {
        for name in ["GMT", "UTC"] {
            if let Some(rest) = self.rest.strip_prefix(name) {
                self.rest = rest;
                return Ok(());
            }
        }
        Err(self.missing(Expected::OneOf(vec!["GMT", "UTC"])))
    }

    /// Hours after one sign or more; no place on earth is further from UTC than 18 hours allow for.
    fn signed_hours(&mut self) -> Result<(), ReadError> {
        let unsigned = self.rest.trim_start_matches(['+', '-']);
        if unsigned.len() == self.rest.len() {
            return Err(self.missing(Expected::Sign));
        }
        self.rest = unsigned;
        self.number(2, 0..=18, Unit::Hour).map(drop)
    }

    fn hours_and_minutes(&mut self) -> Result<(), ReadError> {
        self.signed_hours()?;
        self.literal(":")?;
        self.offset_minutes()
    }

    fn offset_minutes(&mut self) -> Result<(), ReadError> {
        self.number(2, 0..=59, Unit::Minute).map(drop)
    }

    fn offset_seconds(&mut self) -> Result<(), ReadError> {
        self.number(2, 0..=60, Unit::Second).map(drop)
    }

    /// Whether the month has the day.
    fn check_day(&self) -> Result<(), ReadError> {
        let (Some((month, month_text)), Some((day, day_text))) = (self.month, self.day) else { return Ok(()) };
        let last = match month {
            2 if self.year.is_some_and(is_leap) => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        if day <= last {
            return Ok(());
        }
        Err(ReadError::NoSuchDay {
            day: day_text.to_owned(),
            month: month_text.to_owned(),
            year: self.year.map(str::to_owned),
        })
    }
}

fn hours(clock: Clock) -> std::ops::RangeInclusive<usize> {
    match clock {
        Clock::From0To23 => 0..=23,
        Clock::From1To24 => 1..=24,
        Clock::From0To11 => 0..=11,
        Clock::From1To12 => 1..=12,
    }
}

/// The calendar repeats every 400 years, so the last four digits decide, however long the year is.
fn is_leap(year: &str) -> bool {
    let year: u16 = year[year.len().saturating_sub(4)..].parse().expect("up to four digits fit 16 bits");
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}
