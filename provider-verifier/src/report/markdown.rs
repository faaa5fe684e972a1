//! The report for build pages: Markdown, as GitHub shows it as a step's summary, and annotations.

use std::fmt::Write as _;

use countersign_core::render;

use super::words::{place, shown, summary};
use crate::outcome::{InteractionOutcome, Outcome, PactOutcome, Verdict, Verification};

/// How many failures are told in full: the page has a limit of a megabyte.
const TOLD: usize = 100;

/// The report in Markdown: a table of the pacts, and below it what failed.
#[must_use]
pub fn markdown(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Ran(verification) => ran(verification),
        Outcome::CouldNotRun(error) => {
            format!("## ❌ Nothing was verified\n\n```text\n{}\n```\n", fenced(&crate::mask::text(&error.to_string())))
        }
    }
}

/// One workflow command of GitHub Actions for each failure, which shows it beside the build: an error for what fails the
/// build, a warning for what is pending. Ten of each at most are shown by GitHub.
#[must_use]
pub fn github_annotations(outcome: &Outcome) -> String {
    let mut text = String::new();
    match outcome {
        Outcome::Ran(verification) => {
            for (pact, interaction) in failures(verification) {
                let kind = if interaction.pending { "warning" } else { "error" };
                let title = format!("{} → {}: {}", pact.consumer, pact.provider, interaction.description);
                annotate(&mut text, kind, &title, &reasons(interaction));
            }
        }
        Outcome::CouldNotRun(error) => {
            annotate(&mut text, "error", "Nothing was verified", &crate::mask::text(&error.to_string()));
        }
    }
    text
}

fn annotate(text: &mut String, kind: &str, title: &str, message: &str) {
    let escaped = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let title = escaped(title).replace(':', "%3A").replace(',', "%2C");
    // writing to a string cannot fail
    let _ = writeln!(text, "::{kind} title={title}::{}", escaped(message));
}

fn ran(verification: &Verification) -> String {
    let mark = if verification.agreed() { "✅" } else { "❌" };
    let version =
        verification.version.as_ref().map_or_else(String::new, |version| format!(" {}", cell(&version.to_string())));
    let mut text = format!("## {mark} {}{version}\n\n{}\n\n", cell(&verification.provider), summary(verification));
    text.push_str("| | Consumer | Version | Interactions | Failed |\n|---|---|---|--:|--:|\n");
    for pact in &verification.pacts {
        row(&mut text, pact);
    }
    let failures: Vec<_> = failures(verification).collect();
    if !failures.is_empty() {
        text.push_str("\n### What differs\n");
    }
    for (pact, interaction) in failures.iter().take(TOLD) {
        let pending = if interaction.pending { " _(pending)_" } else { "" };
        let _ = write!(
            text,
            "\n**{}** · {}{pending}\n\n```diff\n{}{}\n```\n",
            cell(&pact.consumer),
            cell(&interaction.description),
            interaction.asked.as_ref().map_or_else(String::new, |asked| format!("{}\n", fenced(asked))),
            fenced(&reasons(interaction))
        );
    }
    if failures.len() > TOLD {
        let _ = writeln!(text, "\n… and {} more.", failures.len() - TOLD);
    }
    for warning in verification.warnings.iter().chain(&verification.publication_problems) {
        let _ = writeln!(text, "\n> ⚠️ {}", cell(warning));
    }
    text
}

fn row(text: &mut String, pact: &PactOutcome) {
    let failed = pact.interactions.iter().filter(|it| !it.replayed.verdict.agreed()).count();
    let mark = match (failed, pact.agreed()) {
        (0, _) => "✅",
        (_, true) => "⚠️",
        (_, false) => "❌",
    };
    let version = pact.consumer_version.as_deref().unwrap_or_default();
    let reason = if pact.reason.is_empty() { String::new() } else { format!(" ({})", pact.reason) };
    let interactions = pact.interactions.len();
    let _ = writeln!(
        text,
        "| {mark} | {} | {}{} | {interactions} | {failed} |",
        cell(&pact.consumer),
        cell(version),
        cell(&reason)
    );
}

fn failures(verification: &Verification) -> impl Iterator<Item = (&PactOutcome, &InteractionOutcome)> {
    let all = verification.pacts.iter().flat_map(|pact| pact.interactions.iter().map(move |it| (pact, it)));
    all.filter(|(_, interaction)| !interaction.replayed.verdict.agreed())
}

/// Why an interaction failed, with `-` before what was agreed and `+` before what came.
fn reasons(interaction: &InteractionOutcome) -> String {
    match &interaction.replayed.verdict {
        Verdict::Agreed => String::new(),
        Verdict::Failed(failure) => match &failure.detail {
            Some(detail) => format!("{}\n{detail}", failure.message),
            None => failure.message.clone(),
        },
        Verdict::Disagreed(findings) => {
            let (shown, others) = shown(findings);
            let words = shown.iter().map(|finding| {
                let words = render::words(&finding.mismatch);
                format!("{}{}\n- {}\n+ {}", place(finding), words.place, words.expected, words.actual)
            });
            words.chain(others).collect::<Vec<_>>().join("\n")
        }
    }
}

/// A text that stays within its cell and means nothing to Markdown.
fn cell(text: &str) -> String {
    let mut cell = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\r' => cell.push(' '),
            '<' => cell.push_str("&lt;"),
            '|' | '*' | '_' | '`' | '[' | ']' | '\\' => {
                cell.push('\\');
                cell.push(character);
            }
            other => cell.push(other),
        }
    }
    cell
}

/// A text that does not end its fence.
fn fenced(text: &str) -> String {
    text.replace("```", "'''")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::VerifyError;
    use crate::report::sample;

    #[test]
    fn the_summary_has_a_table_and_the_differences() {
        insta::assert_snapshot!(markdown(&sample::outcome()), @r#"
        ## ❌ inventory-service

        4 interactions in 2 pacts, 3 of them distinct: 1 passed, 1 failed, 1 failed while pending in 0.3 s

        | | Consumer | Version | Interactions | Failed |
        |---|---|---|--:|--:|
        | ❌ | order-service | 1f3c9ab (main, production) | 2 | 1 |
        | ⚠️ | web |  | 2 | 1 |

        ### What differs

        **order-service** · stock updates while a sku sells

        ```diff
        response 2 · $.quantity_left
        - expected an integer like 4
        + but got "4" (a string)
        ```

        **web** · a slow report _(pending)_

        ```diff
        GET /report
        GET http://h/ brought no answer within 5 s
        ```

        > ⚠️ State change 'x' ignored
        "#);
        assert!(markdown(&Outcome::CouldNotRun(VerifyError::NoSource)).starts_with("## ❌ Nothing was verified"));
    }

    #[test]
    fn failures_are_annotated() {
        insta::assert_snapshot!(github_annotations(&sample::outcome()), @r#"
        ::error title=order-service → inventory-service%3A stock updates while a sku sells::response 2 · $.quantity_left%0A- expected an integer like 4%0A+ but got "4" (a string)
        ::warning title=web → inventory-service%3A a slow report::GET http://h/ brought no answer within 5 s
        "#);
    }

    #[test]
    fn nothing_leaves_its_cell() {
        assert_eq!(cell("a|b\n<i> `c`"), "a\\|b &lt;i> \\`c\\`");
        assert_eq!(fenced("```x"), "'''x");
    }
}
