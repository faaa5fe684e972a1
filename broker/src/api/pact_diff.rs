//! What changed between two contents.

use axum::extract::{Path, State};
use serde_json::Value;
use similar::TextDiff;

use super::hal::{date, text};
use super::links::Links;
use super::problem::{ApiError, ApiResult};
use super::resolve;
use crate::app::AppState;
use crate::domain::pact::Pact;
use crate::store::{Conn, pacts};

/// The changes from one document to another, line by line of their indented JSON.
pub(super) fn unified(before: &[u8], after: &[u8]) -> String {
    let (before, after) = (indented(before), indented(after));
    TextDiff::from_lines(&before, &after)
        .unified_diff()
        .context_radius(3)
        .to_string()
}

fn indented(bytes: &[u8]) -> String {
    let pretty = serde_json::from_slice::<Value>(bytes)
        .and_then(|value| serde_json::to_string_pretty(&value));
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
    let pact = pacts::of_version(&mut conn, parties.pair(), &number)
        .await?
        .ok_or_else(ApiError::nothing_here)?;
    let previous = pacts::previous_distinct(&mut conn, &pact)
        .await?
        .ok_or_else(ApiError::nothing_here)?;
    Ok(text(comparison(&mut conn, &links, &previous, &pact).await?))
}

/// From another version's content to this version's.
pub(super) async fn with_version(
    State(app): State<AppState>,
    links: Links,
    Path((provider, consumer, number, other)): Path<(String, String, String, String)>,
) -> ApiResult {
    let mut conn = app.store.read().await?;
    let pair = resolve::parties(&mut conn, &provider, &consumer)
        .await?
        .pair();
    let pact = pacts::of_version(&mut conn, pair, &number)
        .await?
        .ok_or_else(ApiError::nothing_here)?;
    let other = pacts::of_version(&mut conn, pair, &other)
        .await?
        .ok_or_else(ApiError::nothing_here)?;
    Ok(text(comparison(&mut conn, &links, &other, &pact).await?))
}

/// From one content to another.
pub(super) async fn contents(
    State(app): State<AppState>,
    links: Links,
    Path((provider, consumer, sha, other)): Path<(String, String, String, String)>,
) -> ApiResult {
    let mut conn = app.store.read().await?;
    let pair = resolve::parties(&mut conn, &provider, &consumer)
        .await?
        .pair();
    let mut publications = Vec::new();
    for sha in [&other, &sha] {
        let content = pacts::content_by_sha(&mut conn, pair, sha)
            .await?
            .ok_or_else(ApiError::nothing_here)?;
        let found = pacts::latest_with_content(&mut conn, content.id).await?;
        publications.push(found.ok_or_else(ApiError::nothing_here)?);
    }
    Ok(text(
        comparison(&mut conn, &links, &publications[0], &publications[1]).await?,
    ))
}

async fn comparison(
    conn: &mut Conn,
    links: &Links,
    before: &Pact,
    after: &Pact,
) -> Result<String, ApiError> {
    let changes = unified(
        &pacts::bytes(conn, before.content_id).await?,
        &pacts::bytes(conn, after.content_id).await?,
    );
    let changes = if changes.is_empty() {
        "No differences.\n".to_owned()
    } else {
        changes
    };
    Ok(format!(
        "# Changes in the pact between {} and {}\n\n{} ({}) -> {} ({})\n\n{changes}\n# Links\npact-version: {}\ncomparison-pact-version: {}\n",
        after.consumer,
        after.provider,
        before.version,
        date(before.created_at),
        after.version,
        date(after.created_at),
        links.pact(after),
        links.pact(before),
    ))
}
