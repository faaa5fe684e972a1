//! What can-i-deploy answers, for people.

use comfy_table::{Cell, Color};
use countersign_broker_client::{MatrixRow, Verdict};
use jiff::Timestamp;
use serde_json::Value;

use crate::output::ago::ago;
use crate::output::{Style, notice_lines, table};

/// The verdict, the versions it rests on, and the broker's reasons.
pub(crate) fn render_verdict(verdict: &Verdict, now: Timestamp, style: Style) -> String {
    let mut text = match verdict.deployable {
        Some(true) => style.good("Computer says yes \\o/"),
        _ => style.bad("Computer says no ¯\\_(ツ)_/¯"),
    };
    text.push('\n');
    if !verdict.rows.is_empty() {
        text.push('\n');
        text.push_str(&rows(&verdict.rows, now, style));
        text.push('\n');
    }
    let failures = failures(&verdict.rows, style);
    let reasons = if verdict.notices.is_empty() {
        verdict.reason.lines().map(|line| format!("  {line}\n")).collect()
    } else {
        notice_lines(&verdict.notices, style)
    };
    for paragraph in [reasons, failures, advice(&verdict.document)] {
        if !paragraph.is_empty() {
            text.push('\n');
            text.push_str(&paragraph);
        }
    }
    text
}

/// What would turn a no into a yes, where the broker says so.
fn advice(document: &Value) -> String {
    let each = |list: &str| document["explanation"][list].as_array().cloned().unwrap_or_default();
    let part = |of: &Value, key: &str| of[key].as_str().unwrap_or_default().to_owned();
    let mut text = String::new();
    for obstacle in each("obstacles") {
        text.push_str(&format!("  {}\n    $ {}\n", part(&obstacle, "text"), part(&obstacle, "command")));
    }
    let instead: Vec<String> = each("alternatives")
        .iter()
        .map(|one| format!("{} {}", part(one, "pacticipant"), part(one, "version")))
        .collect();
    if !instead.is_empty() {
        text.push_str(&format!("  Verified, and could be deployed instead: {}\n", instead.join(", ")));
    }
    text
}

fn rows(rows: &[MatrixRow], now: Timestamp, style: Style) -> String {
    let header = ["CONSUMER", "C.VERSION", "PROVIDER", "P.VERSION", "VERIFIED", "RESULT"];
    let number = |version: &Option<String>| Cell::new(version.as_deref().unwrap_or("unknown"));
    let lines = rows.iter().map(|row| {
        vec![
            Cell::new(&row.consumer),
            number(&row.consumer_version),
            Cell::new(&row.provider),
            number(&row.provider_version),
            Cell::new(row.verified_at.as_deref().map_or_else(|| "never".to_owned(), |time| ago(time, now))),
            result(row),
        ]
    });
    table(&header, lines.collect(), style)
}

fn result(row: &MatrixRow) -> Cell {
    let (mark, colour) = match row.success {
        Some(true) => ("✓", Color::Green),
        Some(false) => ("✗", Color::Red),
        None => ("?", Color::Yellow),
    };
    if row.ignored { Cell::new(format!("{mark} ignored")).fg(Color::DarkGrey) } else { Cell::new(mark).fg(colour) }
}

/// Where failed verifications can be looked at.
fn failures(rows: &[MatrixRow], style: Style) -> String {
    let failed = rows.iter().filter(|row| row.success == Some(false) && !row.ignored);
    let lines = failed.filter_map(|row| {
        let url = row.result_url.as_deref()?;
        let (consumer, provider) = (&row.consumer, &row.provider);
        Some(format!("  {} {consumer} and {provider}: {url}\n", style.bad("✗")))
    });
    lines.collect()
}
