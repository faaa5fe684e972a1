//! What changed between two contents.

use std::time::Duration;

use axum::extract::State;
use serde_json::Value;
use similar::TextDiff;

use super::hal::{date, text};
use super::links::Links;
use super::of_pair::OfPair;
use super::problem::{ApiError, ApiResult};
use crate::app::AppState;
use crate::domain::pact::Pact;
use crate::store::pacts;

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
pub(super) async fn with_previous(State(app): State<AppState>, links: Links, mut of: OfPair) -> ApiResult {
    let pact = of.pact().await?;
    let previous = pacts::previous_distinct(&mut of.conn, &pact).await?.ok_or_else(ApiError::nothing_here)?;
    comparison(&app, of, &links, &previous, &pact).await
}

/// From another version's content to this version's.
pub(super) async fn with_version(State(app): State<AppState>, links: Links, mut of: OfPair) -> ApiResult {
    let pact = of.pact().await?;
    let other = pacts::of_version(&mut of.conn, of.pair, of.names.get("other")).await?;
    let other = other.ok_or_else(ApiError::nothing_here)?;
    comparison(&app, of, &links, &other, &pact).await
}

/// From one content to another.
pub(super) async fn contents(State(app): State<AppState>, links: Links, mut of: OfPair) -> ApiResult {
    let before = with_digest(&mut of, "other").await?;
    let after = with_digest(&mut of, "sha").await?;
    comparison(&app, of, &links, &before, &after).await
}

async fn with_digest(of: &mut OfPair, segment: &str) -> Result<Pact, ApiError> {
    let content = pacts::content_by_sha(&mut of.conn, of.pair, of.names.get(segment)).await?;
    let content = content.ok_or_else(ApiError::nothing_here)?;
    pacts::latest_with_content(&mut of.conn, content.id).await?.ok_or_else(ApiError::nothing_here)
}

/// The changes as text. Comparing takes long where everything differs, so it happens beside other requests' work and
/// is given up after a while.
async fn comparison(app: &AppState, mut of: OfPair, links: &Links, before: &Pact, after: &Pact) -> ApiResult {
    let old = pacts::bytes(&mut of.conn, before.content_id).await?;
    let new = pacts::bytes(&mut of.conn, after.content_id).await?;
    drop(of);
    let limit = app.settings.rules.diff_timeout;
    let comparing = tokio::task::spawn_blocking(move || unified(&old, &new, limit));
    let changes = match tokio::time::timeout(limit, comparing).await {
        Ok(Ok(changes)) => changes,
        Ok(Err(_)) | Err(_) => {
            return Err(ApiError::TooSlow(format!(
                "comparing the two pacts takes longer than {} s, which is what --pact-content-diff-timeout allows",
                limit.as_secs_f64()
            )));
        }
    };
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
