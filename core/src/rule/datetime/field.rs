//! The letters of a format: what each run of letters stands for.

/// What one run of letters stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    /// `G`
    Era,
    /// `y`, `u`, `Y`: so many digits at most.
    Year { calendar: Calendar, digits: usize },
    /// `M` by number.
    Month { digits: usize },
    /// `L`: a month that is not held against the day.
    StandaloneMonth { digits: usize },
    /// `MMM` and longer.
    MonthName(Width),
    /// `d`
    Day { digits: usize },
    /// `D`
    DayOfYear { digits: usize },
    /// `w`
    WeekOfYear { digits: usize },
    /// `W`
    WeekOfMonth,
    /// `F`: which of its weekdays in the month a day is.
    WeekdayInMonth,
    /// `E`, `eee` and longer.
    WeekdayName(Width),
    /// `e`, `c`
    Weekday,
    /// `Q`, `q` by number.
    Quarter { digits: usize },
    /// `QQQ` and longer.
    QuarterName(Width),
    /// `a`
    HalfOfDay,
    /// `H`, `k`, `K`, `h`
    Hour { clock: Clock, digits: usize },
    /// `m`
    Minute { digits: usize },
    /// `s`
    Second { digits: usize },
    /// `S`: so many digits of the second's fraction.
    Fraction { digits: usize },
    /// `A`, `n`, `N`: any number of digits.
    Count { of: Counted, digits: usize },
    /// `z`: an abbreviation such as `GMT`.
    ZoneName,
    /// `zzzz`: a zone's name in words, which no value is recognised as.
    ZoneWords,
    /// `V`: a zone of the IANA database.
    ZoneId,
    /// `X`, `x`, `Z`, `O`
    Offset(Offset),
}

/// Which year is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Calendar {
    /// The year of the date.
    Common,
    /// The year that the date's week belongs to.
    Weeks,
}

/// How names are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Width {
    /// `Jan`, `Mon`, `Q1`
    Short,
    /// `January`, `Monday`, `1st quarter`
    Full,
}

/// How hours are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clock {
    /// `H`: 0 to 23
    From0To23,
    /// `k`: 1 to 24
    From1To24,
    /// `K`: 0 to 11
    From0To11,
    /// `h`: 1 to 12
    From1To12,
}

/// What the fields of any number of digits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    /// `A`
    MillisecondsOfDay,
    /// `n`
    NanosecondsOfSecond,
    /// `N`
    NanosecondsOfDay,
}

/// An offset from UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Offset {
    /// How a sign, hours, minutes and seconds are put together.
    pub(super) form: OffsetForm,
    /// Whether `Z` stands for no offset.
    pub(super) zulu: bool,
}

/// The forms of offsets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OffsetForm {
    /// `+10`, `+1030`
    Hours,
    /// `+1030`
    Basic,
    /// `+10:30`
    Extended,
    /// `+1030`, `+103015`
    BasicSeconds,
    /// `+10:30`, `+10:30:15`
    ExtendedSeconds,
    /// `GMT+8`, `GMT+8:30`
    Localized,
    /// `GMT+08:30`
    LocalizedFull,
    /// `GMT`, `GMT+08:30`
    LocalizedOptional,
}

/// Why a run of letters is no field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldError {
    /// There is no such letter.
    Unknown,
    /// The letter does not go with so many of its kind.
    TooMany,
}

impl Field {
    /// The field that `count` times `letter` stands for.
    pub(super) fn of(letter: char, count: usize) -> Result<Self, FieldError> {
        let digits = count;
        let (longest, field) = match letter {
            'G' => (5, Self::Era),
            'y' | 'u' => (usize::MAX, Self::Year { calendar: Calendar::Common, digits }),
            'Y' => (usize::MAX, Self::Year { calendar: Calendar::Weeks, digits }),
            'M' if count <= 2 => (2, Self::Month { digits }),
            'M' => (5, Self::MonthName(width(count))),
            'L' => (5, Self::StandaloneMonth { digits }),
            'd' => (2, Self::Day { digits }),
            'D' => (usize::MAX, Self::DayOfYear { digits }),
            'w' => (2, Self::WeekOfYear { digits }),
            'W' => (2, Self::WeekOfMonth),
            'F' => (2, Self::WeekdayInMonth),
            'E' => (5, Self::WeekdayName(width(count))),
            'e' if count <= 2 => (2, Self::Weekday),
            'e' => (5, Self::WeekdayName(width(count))),
            'c' => (1, Self::Weekday),
            'Q' if count >= 3 => (5, Self::QuarterName(width(count))),
            'Q' | 'q' => (2, Self::Quarter { digits }),
            'a' => (1, Self::HalfOfDay),
            'H' => (2, Self::Hour { clock: Clock::From0To23, digits }),
            'k' => (2, Self::Hour { clock: Clock::From1To24, digits }),
            'K' => (2, Self::Hour { clock: Clock::From0To11, digits }),
            'h' => (2, Self::Hour { clock: Clock::From1To12, digits }),
            'm' => (2, Self::Minute { digits }),
            's' => (2, Self::Second { digits }),
            'S' => (usize::MAX, Self::Fraction { digits }),
            'A' => (usize::MAX, Self::Count { of: Counted::MillisecondsOfDay, digits }),
            'n' => (usize::MAX, Self::Count { of: Counted::NanosecondsOfSecond, digits }),
            'N' => (usize::MAX, Self::Count { of: Counted::NanosecondsOfDay, digits }),
            'z' => (4, if count == 4 { Self::ZoneWords } else { Self::ZoneName }),
            'V' => (2, Self::ZoneId),
            'X' | 'x' | 'Z' => (5, Self::Offset(Offset { form: form(letter, count), zulu: letter == 'X' })),
            'O' => (4, Self::Offset(Offset { form: form(letter, count), zulu: false })),
            _ => return Err(FieldError::Unknown),
        };
        if count > longest { Err(FieldError::TooMany) } else { Ok(field) }
    }
}

fn width(count: usize) -> Width {
    if count <= 3 { Width::Short } else { Width::Full }
}

fn form(letter: char, count: usize) -> OffsetForm {
    match (letter, count) {
        ('O', 1..=3) => OffsetForm::Localized,
        ('O', _) => OffsetForm::LocalizedFull,
        ('Z', 1..=3) | (_, 2) => OffsetForm::Basic,
        ('Z', 4) => OffsetForm::LocalizedOptional,
        ('Z', _) | (_, 3) => OffsetForm::Extended,
        (_, 1) => OffsetForm::Hours,
        (_, 4) => OffsetForm::BasicSeconds,
        _ => OffsetForm::ExtendedSeconds,
    }
}

/// The months' names, from January.
pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The weekdays' names, from Monday.
pub(super) const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The quarters' names.
pub(super) const QUARTERS: [&str; 4] = ["1st quarter", "2nd quarter", "3rd quarter", "4th quarter"];

/// The quarters' short names.
pub(super) const QUARTERS_SHORT: [&str; 4] = ["Q1", "Q2", "Q3", "Q4"];

/// The name as its width has it; short names of months and weekdays are their first three letters.
pub(super) fn name(name: &'static str, width: Width) -> &'static str {
    match width {
        Width::Short => &name[..3],
        Width::Full => name,
    }
}
