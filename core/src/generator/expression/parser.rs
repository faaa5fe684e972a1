//! The grammar of expressions.

use jiff::Zoned;
use jiff::civil::Weekday;

use super::step::{Direction, Step, Unit};
use super::tokens::{Token, Word, tokens};

/// A moment relative to now, as steps from it; no step by default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expression {
    steps: Vec<Step>,
}

/// Why a text is no expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected} at character {at} of \"{expression}\"")]
pub struct ExpressionError {
    /// The text.
    pub expression: String,
    /// Where it stops being an expression, in characters from 1.
    pub at: usize,
    /// What could stand there.
    pub expected: &'static str,
}

impl Expression {
    /// Reads an expression for a date, and for a time behind `@`.
    ///
    /// # Errors
    ///
    /// The first word that does not fit.
    pub fn parse(expression: &str) -> Result<Self, ExpressionError> {
        let mut parser = Parser::new(expression);
        parser.date()?;
        if parser.mark('@') {
            parser.time()?;
        }
        parser.finish("+, -, next, last or @")
    }

    /// Reads an expression for a time; a date may stand before an `@`.
    ///
    /// # Errors
    ///
    /// The first word that does not fit.
    pub fn parse_time(expression: &str) -> Result<Self, ExpressionError> {
        if expression.contains('@') {
            return Self::parse(expression);
        }
        let mut parser = Parser::new(expression);
        parser.time()?;
        parser.finish("+, -, next or last")
    }

    /// The moment, seen from now; `None` beyond the years -9999 to 9999.
    #[must_use]
    pub fn apply(&self, now: &Zoned) -> Option<Zoned> {
        self.steps.iter().try_fold(now.clone(), |moment, step| step.apply(&moment))
    }
}

struct Parser<'e> {
    expression: &'e str,
    tokens: Vec<Token>,
    at: usize,
    steps: Vec<Step>,
}

type Outcome = Result<(), ExpressionError>;

impl<'e> Parser<'e> {
    fn new(expression: &'e str) -> Self {
        Self { expression, tokens: tokens(expression), at: 0, steps: Vec::new() }
    }

    fn finish(self, expected: &'static str) -> Result<Expression, ExpressionError> {
        if self.at < self.tokens.len() { self.fail(expected) } else { Ok(Expression { steps: self.steps }) }
    }

    fn fail<T>(&self, expected: &'static str) -> Result<T, ExpressionError> {
        let end = self.expression.chars().count() + 1;
        let at = self.tokens.get(self.at).map_or(end, |token| token.at);
        Err(ExpressionError { expression: self.expression.to_owned(), at, expected })
    }

    fn word(&self) -> Option<&Word> {
        self.tokens.get(self.at).map(|token| &token.word)
    }

    fn name(&self) -> Option<&str> {
        match self.word()? {
            Word::Name(name) => Some(name),
            _ => None,
        }
    }

    /// Steps over the name when one of these comes, and gives what stands for it.
    fn one_of<T: Copy>(&mut self, names: &[(&str, T)]) -> Option<T> {
        let name = self.name()?;
        let found = names.iter().find(|(known, _)| *known == name).map(|(_, meaning)| *meaning);
        self.at += usize::from(found.is_some());
        found
    }

    fn mark(&mut self, mark: char) -> bool {
        let found = self.word() == Some(&Word::Mark(mark));
        self.at += usize::from(found);
        found
    }

    fn number(&mut self) -> Result<i64, ExpressionError> {
        match self.word() {
            Some(Word::Number(digits)) => match digits.parse() {
                Ok(number) => {
                    self.at += 1;
                    Ok(number)
                }
                Err(_) => self.fail("a smaller number"),
            },
            _ => self.fail("a number"),
        }
    }

    fn date(&mut self) -> Outcome {
        if let Some(days) = self.one_of(&[("now", 0), ("today", 0), ("yesterday", -1), ("tomorrow", 1)]) {
            self.steps.push(Step::Span(Unit::Day, days));
        }
        self.steps_by(&DATE_UNITS, "days, weeks, months or years", |parser, direction| {
            let step = parser
                .one_of(&PERIODS)
                .map(|unit| Step::Span(unit, direction.sign()))
                .or_else(|| parser.weekday().map(|weekday| Step::Weekday(weekday, direction)))
                .or_else(|| parser.month().map(|month| Step::Month(month, direction)));
            step.map_or_else(|| parser.fail("day, week, fortnight, month, year, a weekday or a month"), Ok)
        })
    }

    fn time(&mut self) -> Outcome {
        if let Some(step) = self.one_of(&[("now", None), ("midnight", Some(0)), ("noon", Some(12))]) {
            self.steps.extend(step.map(Step::Hour));
        } else if matches!(self.word(), Some(Word::Number(_))) {
            let step = self.clock()?;
            self.steps.push(step);
        }
        self.steps_by(&TIME_UNITS, "hours, minutes, seconds or milliseconds", |parser, direction| {
            let unit = parser.one_of(&TIME_UNITS);
            let unit = unit.map_or_else(|| parser.fail("hour, minute, second or millisecond"), Ok)?;
            Ok(Step::Span(unit, direction.sign()))
        })
    }

    /// `10 o'clock`, with or without `am` or `pm`.
    fn clock(&mut self) -> Result<Step, ExpressionError> {
        let start = self.at;
        let hour = self.number()?;
        let hour = match i8::try_from(hour) {
            Ok(hour @ 0..=23) => hour,
            _ => {
                self.at = start;
                return self.fail("an hour from 0 to 23");
            }
        };
        if self.one_of(&[("o'clock", ())]).is_none() {
            return self.fail("o'clock");
        }
        let half = self.one_of(&[("am", 0), ("pm", 12)]);
        match (half, hour) {
            // the published tables have noon for 12 o'clock, am as well as pm
            (Some(_), 12) => Ok(Step::Hour(12)),
            (Some(half), 1..=11) => Ok(Step::Hour(hour + half)),
            (Some(_), _) => {
                self.at = start;
                self.fail("an hour from 1 to 12")
            }
            (None, 1..=12) => Ok(Step::ClockHour(hour)),
            (None, _) => Ok(Step::Hour(hour)),
        }
    }

    /// `+ 1 day`, `- 2 weeks`, `next monday` …, any number of them.
    fn steps_by(
        &mut self,
        units: &[(&str, Unit)],
        expected_unit: &'static str,
        named: impl Fn(&mut Self, Direction) -> Result<Step, ExpressionError>,
    ) -> Outcome {
        loop {
            let step = if let Some(direction) = self.one_of(&[("next", Direction::On), ("last", Direction::Back)]) {
                named(self, direction)?
            } else if let Some(sign) = self.sign() {
                let number = self.number()?;
                let unit = self.one_of(units);
                let unit = unit.map_or_else(|| self.fail(expected_unit), Ok)?;
                Step::Span(unit, sign * number)
            } else {
                return Ok(());
            };
            self.steps.push(step);
        }
    }

    fn sign(&mut self) -> Option<i64> {
        if self.mark('+') {
            Some(1)
        } else if self.mark('-') {
            Some(-1)
        } else {
            None
        }
    }

    /// A weekday by its name or the beginning of it, three letters at least.
    fn weekday(&mut self) -> Option<Weekday> {
        let name = self.name()?;
        let at = beginning_of(name, &["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])?;
        self.at += 1;
        Weekday::from_monday_zero_offset(at).ok()
    }

    /// A month likewise.
    fn month(&mut self) -> Option<i8> {
        let name = self.name()?;
        let at = beginning_of(name, &MONTHS)?;
        self.at += 1;
        Some(at + 1)
    }
}

fn beginning_of(name: &str, names: &[&str]) -> Option<i8> {
    let at = names.iter().position(|known| name.len() >= 3 && known.starts_with(name))?;
    i8::try_from(at).ok()
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

const PERIODS: [(&str, Unit); 5] = [
    ("day", Unit::Day),
    ("week", Unit::Week),
    ("fortnight", Unit::Fortnight),
    ("month", Unit::Month),
    ("year", Unit::Year),
];

const DATE_UNITS: [(&str, Unit); 8] = [
    ("day", Unit::Day),
    ("days", Unit::Day),
    ("week", Unit::Week),
    ("weeks", Unit::Week),
    ("month", Unit::Month),
    ("months", Unit::Month),
    ("year", Unit::Year),
    ("years", Unit::Year),
];

const TIME_UNITS: [(&str, Unit); 8] = [
    ("hour", Unit::Hour),
    ("hours", Unit::Hour),
    ("minute", Unit::Minute),
    ("minutes", Unit::Minute),
    ("second", Unit::Second),
    ("seconds", Unit::Second),
    ("millisecond", Unit::Millisecond),
    ("milliseconds", Unit::Millisecond),
];
