//! When scheduled work is done: the five fields of cron.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Minutes, hours, days of the month, months and days of the week at which something is done, in UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Schedule {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
    /// With both kinds of days restricted, either of them suffices, as cron has it.
    either_day: bool,
}

impl Schedule {
    /// Reads five fields such as `15 2 * * *`: numbers, `*`, ranges, lists and steps.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays] = fields[..] else {
            return Err("a schedule has five fields: minute, hour, day of month, month, weekday".to_owned());
        };
        let mut weekday_set = field(weekdays, 0, 7)?;
        // Sunday is 0 and 7
        if weekday_set & (1 << 7) != 0 {
            weekday_set |= 1;
        }
        Ok(Self {
            minutes: field(minutes, 0, 59)?,
            hours: field(hours, 0, 23)?,
            days: field(days, 1, 31)?,
            months: field(months, 1, 12)?,
            weekdays: weekday_set,
            either_day: !days.starts_with('*') && !weekdays.starts_with('*'),
        })
    }

    /// Whether a minute (counted since 1970) is one of them.
    pub(crate) fn includes(&self, minute: i64) -> bool {
        let Ok(time) = Timestamp::from_second(minute.saturating_mul(60)) else {
            return false;
        };
        let at = time.to_zoned(TimeZone::UTC);
        let has = |set: u64, value: i8| set & (1 << value) != 0;
        let day = has(self.days, at.day());
        let weekday = has(self.weekdays, at.weekday().to_sunday_zero_offset());
        let on_day = if self.either_day { day || weekday } else { day && weekday };
        on_day && has(self.minutes, at.minute()) && has(self.hours, at.hour()) && has(self.months, at.month())
    }
}

fn field(text: &str, least: u32, most: u32) -> Result<u64, String> {
    let mut set = 0;
    for part in text.split(',') {
        let refuse = || format!("{part:?} is no part of a schedule between {least} and {most}");
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, step.parse().ok().filter(|step| *step > 0).ok_or_else(refuse)?),
            None => (part, 1),
        };
        let number = |text: &str| text.parse::<u32>().ok().filter(|n| (least..=most).contains(n)).ok_or_else(refuse);
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (least, most),
            Some((from, to)) => (number(from)?, number(to)?),
            // a step from one number on goes to the end
            None if part.contains('/') => (number(range)?, most),
            None => (number(range)?, number(range)?),
        };
        set |= (from..=to).step_by(step).fold(0, |set, value| set | 1 << value);
    }
    Ok(set)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(schedule: &str, time: &str) -> bool {
        let time: Timestamp = time.parse().unwrap();
        Schedule::parse(schedule).unwrap().includes(time.as_second() / 60)
    }

    #[test]
    fn schedules_say_when() {
        for (schedule, time, expected) in [
            ("15 2 * * *", "2026-11-21T02:15:30Z", true),
            ("15 2 * * *", "2026-11-21T02:16:00Z", false),
            ("*/10 * * * *", "2026-11-21T09:20:00Z", true),
            ("0 0-6/3,12 * * *", "2026-11-21T06:00:00Z", true),
            ("0 0 * * 6", "2026-11-21T00:00:00Z", true),
            ("0 0 * * 7", "2026-11-22T00:00:00Z", true),
            ("0 0 1 * 1", "2026-11-23T00:00:00Z", true),
            ("0 0 1 * *", "2026-11-23T00:00:00Z", false),
        ] {
            assert_eq!(fits(schedule, time), expected, "{schedule} {time}");
        }
        for nonsense in ["", "* * * *", "60 * * * *", "a * * * *", "*/0 * * * *", "1-99 * * * *"] {
            assert!(Schedule::parse(nonsense).is_err(), "{nonsense}");
        }
    }
}
