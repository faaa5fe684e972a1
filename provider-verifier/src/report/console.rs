//! The report that people read.

use std::fmt::Write as _;
use std::time::Duration;

use countersign_core::render;
use owo_colors::{OwoColorize as _, Style};

use super::words::{place, shown, summary};
use crate::outcome::{Finding, InteractionOutcome, Outcome, PactOutcome, Verdict, Verification};

/// Whether a report is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colours {
    /// With escape codes for a terminal.
    On,
    /// Plain text.
    Off,
}

impl Colours {
    /// Colours for a terminal on standard output, unless `NO_COLOR` is set.
    #[must_use]
    pub fn for_terminal() -> Self {
        use std::io::IsTerminal as _;
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        if std::io::stdout().is_terminal() && !refused { Self::On } else { Self::Off }
    }

    fn paint(self, text: &str, style: Style) -> String {
        match self {
            Self::On => text.style(style).to_string(),
            Self::Off => text.to_owned(),
        }
    }
}

/// How wide descriptions are before transport and time; longer ones push them to the right.
const WIDTH: usize = 60;

/// The report: one block for each pact, one line for each interaction with what differs below it, and a summary.
#[must_use]
pub fn console(outcome: &Outcome, colours: Colours) -> String {
    let mut report = Report { text: String::new(), colours };
    match outcome {
        Outcome::Ran(verification) => report.verification(verification),
        Outcome::CouldNotRun(error) => {
            let label = report.paint("could not verify:", Style::new().red().bold());
            report.line(0, &format!("{label} {}", crate::mask::text(&error.to_string())));
        }
    }
    report.text
}

struct Report {
    text: String,
    colours: Colours,
}

impl Report {
    fn line(&mut self, indent: usize, text: &str) {
        for line in text.lines() {
            // writing to a string cannot fail
            let _ = writeln!(self.text, "{:indent$}{line}", "");
        }
    }

    fn paint(&self, text: &str, style: Style) -> String {
        self.colours.paint(text, style)
    }

    fn verification(&mut self, verification: &Verification) {
        if let Some(version) = &verification.version {
            let heading = format!("{} {version}", verification.provider);
            self.line(2, &self.paint(&heading, Style::new().bold()));
            self.text.push('\n');
        }
        for pact in &verification.pacts {
            self.pact(pact);
            self.text.push('\n');
        }
        for warning in &verification.warnings {
            let label = self.paint("warning:", Style::new().yellow().bold());
            self.line(2, &format!("{label} {warning}"));
        }
        for problem in &verification.publication_problems {
            let label = self.paint("error:", Style::new().red().bold());
            self.line(2, &format!("{label} {problem}"));
        }
        if let Some(version) = &verification.published_as {
            self.line(2, &format!("results published for {} {version}", verification.provider));
        }
        let summary = summary(verification);
        let style = if verification.agreed() { Style::new().green() } else { Style::new().red() };
        self.line(2, &self.paint(&summary, style.bold()));
    }

    fn pact(&mut self, pact: &PactOutcome) {
        let version = pact.consumer_version.as_ref().map_or_else(String::new, |version| format!(" {version}"));
        let reason = if pact.reason.is_empty() { String::new() } else { format!(" ({})", pact.reason) };
        let status = match (pact.wip, pact.pending) {
            (true, _) => " [work in progress]",
            (false, true) => " [pending]",
            (false, false) => "",
        };
        let heading = format!("{}{version}{reason} → {}{status}", pact.consumer, pact.provider);
        self.line(2, &self.paint(&heading, Style::new().bold()));
        for notice in &pact.notices {
            self.line(4, &self.paint(notice, Style::new().dimmed()));
        }
        for interaction in &pact.interactions {
            self.interaction(interaction);
        }
        if pact.interactions.is_empty() {
            self.line(4, "nothing to replay");
        }
    }

    fn interaction(&mut self, interaction: &InteractionOutcome) {
        let replayed = &interaction.replayed;
        let (mark, style) = match (replayed.verdict.agreed(), interaction.pending) {
            (true, _) => ("✓", Style::new().green()),
            (false, true) => ("✗", Style::new().yellow()),
            (false, false) => ("✗", Style::new().red()),
        };
        let forgiven = if !replayed.verdict.agreed() && interaction.pending { " [pending]" } else { "" };
        let description = format!("{}{forgiven}", interaction.description);
        let mark = self.paint(mark, style);
        let line = format!("{mark} {description:<WIDTH$} {:>7} {:>8}", interaction.transport, time(replayed.elapsed));
        self.line(4, &line);
        self.about(interaction);
        match &replayed.verdict {
            Verdict::Agreed => {}
            Verdict::Disagreed(findings) => {
                let (shown, others) = shown(findings);
                shown.iter().for_each(|finding| self.finding(finding));
                self.line(8, &others.unwrap_or_default());
            }
            Verdict::Failed(failure) => {
                self.line(8, &self.paint(&failure.message, Style::new().red()));
                if let Some(detail) = &failure.detail {
                    self.line(10, detail);
                }
            }
        }
    }

    /// Whose test it is and what its authors say; what is asked and had to be true, where that helps to understand a failure.
    fn about(&mut self, interaction: &InteractionOutcome) {
        if let Some(name) = &interaction.test_name {
            self.line(8, &format!("Test Name: {name}"));
        }
        for comment in &interaction.comments {
            self.line(8, comment);
        }
        if interaction.replayed.verdict.agreed() {
            return;
        }
        if let Some(asked) = &interaction.asked {
            self.line(8, &self.paint(asked, Style::new().dimmed()));
        }
        for state in &interaction.states {
            let params = if state.params.is_empty() {
                String::new()
            } else {
                format!(" {}", serde_json::Value::Object(state.params.clone()))
            };
            self.line(8, &self.paint(&format!("given {}{params}", state.name), Style::new().dimmed()));
        }
    }

    fn finding(&mut self, finding: &Finding) {
        let words = render::words(&finding.mismatch);
        let text = match self.colours {
            Colours::On => words.coloured(),
            Colours::Off => words.to_string(),
        };
        self.line(8, &format!("{}{text}", place(finding)));
    }
}

fn time(elapsed: Duration) -> String {
    if elapsed < Duration::from_secs(1) {
        format!("{} ms", elapsed.as_millis())
    } else {
        format!("{:.1} s", elapsed.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::VerifyError;
    use crate::report::sample;

    #[test]
    fn a_report_shows_what_differs_where() {
        insta::assert_snapshot!(console(&sample::outcome(), Colours::Off), @r#"
        order-service 1f3c9ab (main, production) → inventory-service
          ✓ a stock check for a known sku                                   REST     3 ms
          ✗ stock updates while a sku sells                                 gRPC    11 ms
              given stock exists {"sku":"ABC-1"}
              response 2 · $.quantity_left
                - expected an integer like 4
                + but got "4" (a string)

        web → inventory-service
          This pact is here because it is deployed.
          ✓ the same check of another team                                  REST     3 ms
              Test Name: checks_stock
              recorded by the web shop
          ✗ a slow report [pending]                                         REST    5.0 s
              GET /report
              GET http://h/ brought no answer within 5 s

        warning: State change 'x' ignored
        4 interactions in 2 pacts, 3 of them distinct: 1 passed, 1 failed, 1 failed while pending in 0.3 s
        "#);
    }

    #[test]
    fn colours_change_nothing_but_colours() {
        let coloured = console(&sample::outcome(), Colours::On);
        assert!(coloured.contains("\u{1b}["));
        let mut plain = String::new();
        let mut rest = coloured.as_str();
        while let Some((before, after)) = rest.split_once("\u{1b}[") {
            plain.push_str(before);
            rest = after.split_once('m').unwrap().1;
        }
        plain.push_str(rest);
        assert_eq!(plain, console(&sample::outcome(), Colours::Off));
    }

    #[test]
    fn what_kept_it_from_running_is_the_whole_report() {
        let outcome = Outcome::CouldNotRun(VerifyError::NoSource);
        insta::assert_snapshot!(console(&outcome, Colours::Off), @"
        could not verify: no pacts were named
          hint: name files, folders, URLs or a broker to take them from
        ");
    }
}
