//! What changed between two contents.

use std::time::Duration;

use axum::extract::{Path, State};
use serde_json::Value;
use similar::TextDiff;

use super::hal::{date, text};
use super::links::Links;
use super::problem::{ApiError, ApiResult};
use super::resolve;
use crate::app::AppState;
use crate::domain::pact::Pact;
use crate::store::{Tx, pacts};

/// How long the difference in a refusal is worked on, while other writers wait.
pub(super) const WITHIN_A_REFUSAL: Duration = Duration::from_millis(500);

/// The changes from one document to another, line by line of their indented JSON. When time is up, what was not compared
/// yet counts as replaced.
pub(super) fn unified(before: &[u8], after: &[u8], within: Duration) -> String {
    let (before, after) = (indented(before), indented(after));
    let changes = TextDiff::configure().timeout(within).diff_lines(&before, &after);
    changes.unified_diff().context_radius(3).to_string()
}

fn indented(bytes: &[u8]) -> String {
    let pretty = serde_json::from_slice::<Value>(bytes).and_then(|value| serde_json::to_string_pretty(&value));
    let mut text = pretty.unwrap_or_else(|_| String::from_utf8_lossy(bytes).into_owned());
    text.push('\n');
    text
}

/// From the previous distinct content to this version's.
pub(super) async fn with_previous(
    State(app): State<AppState>,
    links: Links,
    Path((provider, consumer, number)): Path<(String, String, String)>,
) -> ApiResult {
    let mut conn = app.store.read().await?;
    let parties = resolve::parties(&mut conn, &provider, &consumer).await?;
    let pact = pacts::of_version(&mut conn, parties.pair(), &number).await?.ok_or_else(ApiError::nothing_here)?;
    let previous = pacts::previous_distinct(&mut conn, &pact).await?.ok_or_else(ApiError::nothing_here)?;
    comparison(conn, &app, &links, &previous, &pact).await
}

/// From another version's content to this version's.
pub(super) async fn with_version(
    State(app): State<AppState>,
    links: Links,
    Path((provider, consumer, number, other)): Path<(String, String, String, String)>,
) -> ApiResult {
    let mut conn = app.store.read().await?;
    let pair = resolve::parties(&mut conn, &provider, &consumer).await?.pair();
    let pact = pacts::of_version(&mut conn, pair, &number).await?.ok_or_else(ApiError::nothing_here)?;
    let other = pacts::of_version(&mut conn, pair, &other).await?.ok_or_else(ApiError::nothing_here)?;
    comparison(conn, &app, &links, &other, &pact).await
}

/// From one content to another.
pub(super) async fn contents(
    State(app): State<AppState>,
    links: Links,
    Path((provider, consumer, sha, other)): Path<(String, String, String, String)>,
) -> ApiResult {
    let mut conn = app.store.read().await?;
    let pair = resolve::parties(&mut conn, &provider, &consumer).await?.pair();
    let mut publications = Vec::new();
    for sha in [&other, &sha] {
        let content = pacts::content_by_sha(&mut conn, pair, sha).await?.ok_or_else(ApiError::nothing_here)?;
        let found = pacts::latest_with_content(&mut conn, content.id).await?;
        publications.push(found.ok_or_else(ApiError::nothing_here)?);
    }
    comparison(conn, &app, &links, &publications[0], &publications[1]).await
}

async fn comparison(mut conn: Tx, app: &AppState, links: &Links, before: &Pact, after: &Pact) -> ApiResult {
    let old = pacts::bytes(&mut conn, before.content_id).await?;
    let new = pacts::bytes(&mut conn, after.content_id).await?;
    // comparing takes long at worst, and then neither a connection nor a thread that answers others should wait for it
    drop(conn);
    let within = app.settings.rules.diff_timeout;
    let compared = tokio::task::spawn_blocking(move || unified(&old, &new, within)).await;
    let changes = compared.map_err(|_| ApiError::Unavailable("the comparison was interrupted".to_owned()))?;
    let changes = if changes.is_empty() { "No differences.\n".to_owned() } else { changes };
    Ok(text(format!(
        "# Changes in the pact between {} and {}\n\n{} ({}) -> {} ({})\n\n{changes}\n# Links\npact-version: {}\ncomparison-pact-version: {}\n",
        after.consumer,
        after.provider,
        before.version,
        date(before.created_at),
        after.version,
        date(after.created_at),
        links.pact(after),
        links.pact(before),
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comparison_ends_when_its_time_is_up() {
        let lines =
            |from: usize| -> String { (from..from + 60_000).map(|n| format!("{}\n", n * 7919 % 10_007)).collect() };
        let begun = std::time::Instant::now();
        let changes = unified(lines(0).as_bytes(), lines(31).as_bytes(), Duration::from_millis(1));
        assert!(!changes.is_empty());
        assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    }

    #[test]
    fn changes_are_those_of_the_indented_documents() {
        let changes = unified(br#"{"a":1,"b":2}"#, br#"{ "a": 1, "b": 3 }"#, Duration::from_secs(5));
        assert!(changes.contains("-  \"b\": 2\n+  \"b\": 3\n"), "{changes}");
        assert_eq!(unified(b"{}", b"{ }", Duration::from_secs(5)), "");
    }
}
