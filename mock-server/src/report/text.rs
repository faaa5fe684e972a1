//! The report in words.

use std::fmt;

use countersign_core::mismatch::Mismatch;
use countersign_core::render::words;

use super::{Differing, Report, Unexpected};
use crate::server::InteractionName;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Coloured,
}

/// A report and how to show it.
pub(super) struct Text<'a> {
    pub(super) report: &'a Report,
    pub(super) style: Style,
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { exercised, unused, differing, unexpected } = self.report;
        for name in exercised {
            writeln!(f, "  {} {name}", self.green("✓"))?;
        }
        for differing in differing {
            self.differing(f, differing)?;
        }
        for name in unused {
            self.unused(f, name)?;
        }
        for unexpected in unexpected {
            self.unexpected(f, unexpected)?;
        }
        Ok(())
    }
}

impl Text<'_> {
    fn differing(&self, f: &mut fmt::Formatter<'_>, differing: &Differing) -> fmt::Result {
        let Differing { request, times, closest } = differing;
        writeln!(f, "  {} {}", self.red("✗"), closest.interaction)?;
        writeln!(f, "      {request}{} is not what was agreed:", Times(*times))?;
        self.mismatches(f, &closest.mismatches)
    }

    fn unused(&self, f: &mut fmt::Formatter<'_>, name: &InteractionName) -> fmt::Result {
        writeln!(f, "  {} {name}", self.red("✗"))?;
        writeln!(f, "      was agreed but never asked for: {}", name.request)
    }

    fn unexpected(&self, f: &mut fmt::Formatter<'_>, unexpected: &Unexpected) -> fmt::Result {
        let Unexpected { request, times, closest, unreadable } = unexpected;
        writeln!(f, "  {} {request}{}", self.red("?"), Times(*times))?;
        if let Some(reason) = unreadable {
            return writeln!(f, "      could not be read: {reason}");
        }
        match closest {
            None => writeln!(f, "      was asked for but never agreed on"),
            Some(closest) => {
                writeln!(f, "      was asked for but never agreed on; closest is '{}':", closest.interaction)?;
                self.mismatches(f, &closest.mismatches)
            }
        }
    }

    fn mismatches(&self, f: &mut fmt::Formatter<'_>, mismatches: &[Mismatch]) -> fmt::Result {
        for mismatch in mismatches {
            let words = words(mismatch);
            let text = if self.style == Style::Coloured { words.coloured() } else { words.to_string() };
            for line in text.lines() {
                writeln!(f, "      {line}")?;
            }
        }
        Ok(())
    }

    fn red(&self, text: &str) -> String {
        self.painted(text, "31")
    }

    fn green(&self, text: &str) -> String {
        self.painted(text, "32")
    }

    fn painted(&self, text: &str, colour: &str) -> String {
        match self.style {
            Style::Plain => text.to_owned(),
            Style::Coloured => format!("\u{1b}[{colour}m{text}\u{1b}[0m"),
        }
    }
}

/// ` (3 times)`, or nothing for once.
struct Times(usize);

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 > 1 { write!(f, " ({} times)", self.0) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use countersign_core::mismatch::{Location, Problem};
    use countersign_core::value::Value;

    use super::*;
    use crate::server::Closest;

    fn name(description: &str, state: Option<&str>, request: &str) -> InteractionName {
        InteractionName {
            description: description.to_owned(),
            states: state.into_iter().map(str::to_owned).collect(),
            request: request.to_owned(),
        }
    }

    fn mismatch(location: Location, expected: &str, actual: &str) -> Mismatch {
        Mismatch {
            location,
            problem: Problem::NotEqual,
            expected: Some(Value::from(expected)),
            actual: Some(Value::from(actual)),
            rule: None,
        }
    }

    fn report() -> Report {
        let check = name("a stock check", Some("stock exists"), "GET /inventory/ABC-1?quantity=2");
        let quantity = Location::Query { name: "quantity".to_owned(), index: Some(0) };
        Report {
            exercised: vec![name("a health check", None, "GET /health")],
            unused: vec![name("a release", None, "DELETE /reservations/7")],
            differing: vec![Differing {
                request: "GET /inventory/ABC-1?quantity=3".to_owned(),
                times: 1,
                closest: Closest { interaction: check.clone(), mismatches: vec![mismatch(quantity, "2", "3")] },
            }],
            unexpected: vec![
                Unexpected {
                    request: "PUT /inventory/ABC-1".to_owned(),
                    times: 3,
                    closest: Some(Closest {
                        interaction: check,
                        mismatches: vec![mismatch(Location::Method, "GET", "PUT")],
                    }),
                    unreadable: None,
                },
                Unexpected { request: "GET /".to_owned(), times: 1, closest: None, unreadable: None },
                Unexpected {
                    request: "POST /upload".to_owned(),
                    times: 1,
                    closest: None,
                    unreadable: Some("its body is larger than 10 bytes".to_owned()),
                },
            ],
        }
    }

    #[test]
    fn tells_what_differs_what_is_missing_and_what_nobody_agreed_on_apart() {
        insta::assert_snapshot!(report().to_string(), @r#"
        ✓ a health check
        ✗ a stock check (given stock exists)
            GET /inventory/ABC-1?quantity=3 is not what was agreed:
            query quantity[0]
              - expected "2"
              + but got "3"
        ✗ a release
            was agreed but never asked for: DELETE /reservations/7
        ? PUT /inventory/ABC-1 (3 times)
            was asked for but never agreed on; closest is 'a stock check (given stock exists)':
            method
              - expected "GET"
              + but got "PUT"
        ? GET /
            was asked for but never agreed on
        ? POST /upload
            could not be read: its body is larger than 10 bytes
        "#);
    }

    #[test]
    fn colours_only_what_carries_the_meaning() {
        let report = Report { unexpected: Vec::new(), unused: Vec::new(), ..report() };
        insta::assert_snapshot!(report.coloured().replace('\u{1b}', "␛"), @r#"
        ␛[32m✓␛[0m a health check
        ␛[31m✗␛[0m a stock check (given stock exists)
            GET /inventory/ABC-1?quantity=3 is not what was agreed:
            ␛[1mquery quantity[0]␛[0m
              ␛[31m- expected "2"␛[39m
              ␛[32m+ but got "3"␛[39m
        "#);
    }

    #[test]
    fn only_a_clean_report_is_a_success() {
        let whole = report();
        assert!(Report { exercised: whole.exercised.clone(), ..Report::default() }.is_success());
        assert!(!Report { unused: whole.unused, ..Report::default() }.is_success());
        assert!(!Report { differing: whole.differing, ..Report::default() }.is_success());
        assert!(!Report { unexpected: whole.unexpected, ..Report::default() }.is_success());
    }
}
