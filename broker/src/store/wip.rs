//! What pending status and work in progress are decided from.

use std::collections::HashSet;

use super::verifications::{LineKind, not_kept_on, successes};
use super::{Conn, StoreError, now, selection};
use crate::config::Rules;
use crate::domain::consumer_selector::PactsForVerification;
use crate::domain::pending::{Line, Lines, is_pending, is_work_in_progress};
use crate::domain::selection::{Selected, fold};

/// The branch, or the tags, a provider version belongs to, with the time each was first used.
///
/// # Errors
///
/// The database failed; so for every function of this module.
pub async fn provider_lines(
    conn: &mut Conn,
    provider: i64,
    question: &PactsForVerification,
) -> Result<Lines, StoreError> {
    if let Some(name) = &question.provider_branch {
        let since = sqlx::query_scalar("SELECT MIN(created_at) FROM branches WHERE pacticipant_id = $1 AND name = $2")
            .bind(provider)
            .bind(name)
            .fetch_one(conn)
            .await?;
        return Ok(Lines::Branch(Line { name: name.clone(), since }));
    }
    if question.provider_tags.is_empty() {
        return Ok(Lines::Unknown);
    }
    let mut lines = Vec::new();
    for name in &question.provider_tags {
        let since = sqlx::query_scalar("SELECT MIN(created_at) FROM tags WHERE pacticipant_id = $1 AND name = $2")
            .bind(provider)
            .bind(name)
            .fetch_one(&mut *conn)
            .await?;
        lines.push(Line { name: name.clone(), since });
    }
    Ok(Lines::Tags(lines))
}

fn kind(lines: &Lines) -> LineKind {
    match lines {
        Lines::Tags(_) => LineKind::Tags,
        Lines::Branch(_) | Lines::Unknown => LineKind::Branches,
    }
}

/// The contracts whose successes have to be looked at one by one. Those kept by the branch itself, not as work in
/// progress, are neither pending nor work in progress there, whatever else was said about them.
async fn undecided(
    conn: &mut Conn,
    provider: i64,
    contracts: &[Selected],
    lines: &Lines,
) -> Result<Vec<i64>, StoreError> {
    let contents: Vec<i64> = contracts.iter().map(|contract| contract.pact.content_id).collect();
    match lines {
        Lines::Branch(line) => not_kept_on(conn, &contents, provider, &line.name).await,
        Lines::Tags(_) | Lines::Unknown => Ok(contents),
    }
}

/// The contracts, of those selected, that are pending.
pub async fn pending(
    conn: &mut Conn,
    provider: i64,
    selected: &[Selected],
    lines: &Lines,
) -> Result<HashSet<i64>, StoreError> {
    let contents = undecided(conn, provider, selected, lines).await?;
    // whether a success is recent says nothing about pending status
    let successes = successes(conn, &contents, kind(lines), i64::MAX).await?;
    Ok(contents
        .into_iter()
        .filter(|content| is_pending(successes.get(content).map_or(&[], Vec::as_slice), lines))
        .collect())
}

/// Heads of branches and tags published since a time whose contract the provider has not settled yet, without those
/// selected anyway.
pub async fn work_in_progress(
    conn: &mut Conn,
    provider: i64,
    selected: &[Selected],
    lines: &Lines,
    since: i64,
    rules: &Rules,
) -> Result<Vec<Selected>, StoreError> {
    let micros = |span: std::time::Duration| i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
    let elsewhere_since = now().saturating_sub(micros(rules.wip_look_back));
    let chosen: HashSet<i64> = selected.iter().map(|selected| selected.pact.content_id).collect();
    let heads = selection::all_heads(conn, provider).await?;
    let since = if rules.dynamic_wip_window {
        now() - recent(heads.iter().map(|(pact, _)| now() - pact.created_at))
    } else {
        since
    };
    let fresh = heads.into_iter().filter(|(pact, _)| pact.created_at > since && !chosen.contains(&pact.content_id));
    let mut candidates = fold(fresh);
    let contents = undecided(conn, provider, &candidates, lines).await?;
    let successes = successes(conn, &contents, kind(lines), elsewhere_since).await?;
    let unsettled: HashSet<i64> = contents
        .into_iter()
        .filter(|content| {
            is_work_in_progress(successes.get(content).map_or(&[], Vec::as_slice), lines, elsewhere_since)
        })
        .collect();
    candidates.retain(|candidate| unsettled.contains(&candidate.pact.content_id));
    Ok(candidates)
}

const DAY: i64 = 24 * 60 * 60 * 1_000_000;

/// The age that four fifths do not pass, between a week and two.
fn recent(ages: impl Iterator<Item = i64>) -> i64 {
    let mut ages: Vec<i64> = ages.collect();
    ages.sort_unstable();
    let at = ages.get(ages.len() * 4 / 5).copied().unwrap_or(0);
    at.clamp(7 * DAY, 14 * DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_recent_depends_on_what_there_is() {
        assert_eq!(recent([].into_iter()), 7 * DAY);
        assert_eq!(recent((0..10).map(|days| days * 2 * DAY)), 14 * DAY);
        assert_eq!(recent((0..10).map(|days| days * DAY)), 8 * DAY);
    }
}
