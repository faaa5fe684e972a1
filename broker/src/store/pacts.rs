//! Single pacts: by version, by content, latest of a kind, and their bytes.

use std::collections::HashSet;

use sqlx::AssertSqlSafe;

use super::dialect::Dialect;
use super::{Conn, StoreError};
use crate::domain::pact::Pact;

/// The columns of a [`Pact`].
///
/// `select_pacts!(tail)` starts from `current_pacts cp`; `tail` joins, restricts and orders. With `lead`, the query
/// starts from those tables instead and reaches `cp` through them: `CROSS JOIN` fixes that order for SQLite, so that a
/// handful of heads is looked up rather than a provider's whole history walked. `line` adds a column of that name.
macro_rules! select_pacts {
    ($tail:literal) => {
        select_pacts!(@ "", "", $tail)
    };
    (lead $lead:literal, $tail:literal) => {
        select_pacts!(@ "", concat!($lead, " CROSS JOIN "), $tail)
    };
    (lead $lead:literal, line $line:literal, $tail:literal) => {
        select_pacts!(@ concat!(", ", $line, " AS line"), concat!($lead, " CROSS JOIN "), $tail)
    };
    (@ $extra:expr, $lead:expr, $tail:literal) => {
        concat!(
            "SELECT cp.consumer_id, c.name AS consumer, cp.provider_id, p.name AS provider, cp.version_id, ",
            "v.number AS version, cp.content_id, pc.sha, pp.revision, cp.created_at",
            $extra,
            " FROM ",
            $lead,
            "current_pacts cp ",
            "JOIN pact_publications pp ON pp.id = cp.publication_id JOIN pact_contents pc ON pc.id = cp.content_id ",
            "JOIN versions v ON v.id = cp.version_id JOIN pacticipants c ON c.id = cp.consumer_id ",
            "JOIN pacticipants p ON p.id = cp.provider_id ",
            $tail
        )
    };
}
pub(super) use select_pacts;

/// A consumer and a provider that both exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The consumer's row.
    pub consumer: i64,
    /// The provider's row.
    pub provider: i64,
}

/// A content address that is known.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Content {
    /// Its row.
    pub id: i64,
    /// What names it.
    pub sha: String,
    /// When it was first published, in microseconds since 1970.
    pub created_at: i64,
}

/// The pact of one consumer version.
///
/// # Errors
///
/// The database failed; so for every function of this module.
pub async fn of_version(conn: &mut Conn, pair: Pair, number: &str) -> Result<Option<Pact>, StoreError> {
    Ok(sqlx::query_as(select_pacts!("WHERE v.pacticipant_id = $1 AND v.number = $3 AND cp.provider_id = $2"))
        .bind(pair.consumer)
        .bind(pair.provider)
        .bind(number)
        .fetch_optional(conn)
        .await?)
}

/// The latest publication of a pair.
pub async fn latest(conn: &mut Conn, pair: Pair) -> Result<Option<Pact>, StoreError> {
    Ok(sqlx::query_as(select_pacts!(
        "WHERE cp.consumer_id = $1 AND cp.provider_id = $2 ORDER BY cp.version_id DESC LIMIT 1"
    ))
    .bind(pair.consumer)
    .bind(pair.provider)
    .fetch_optional(conn)
    .await?)
}

/// The latest publication of a pair whose version carries a tag.
pub async fn latest_tagged(conn: &mut Conn, pair: Pair, tag: &str) -> Result<Option<Pact>, StoreError> {
    Ok(sqlx::query_as(select_pacts!(
        "JOIN tags t ON t.version_id = cp.version_id AND t.name = $3 \
         WHERE cp.consumer_id = $1 AND cp.provider_id = $2 ORDER BY cp.version_id DESC LIMIT 1"
    ))
    .bind(pair.consumer)
    .bind(pair.provider)
    .bind(tag)
    .fetch_optional(conn)
    .await?)
}

/// The latest publication of a pair whose version carries no tag.
pub async fn latest_untagged(conn: &mut Conn, pair: Pair) -> Result<Option<Pact>, StoreError> {
    Ok(sqlx::query_as(select_pacts!(
        "WHERE cp.consumer_id = $1 AND cp.provider_id = $2 \
         AND NOT EXISTS (SELECT 1 FROM tags t WHERE t.version_id = cp.version_id) ORDER BY cp.version_id DESC LIMIT 1"
    ))
    .bind(pair.consumer)
    .bind(pair.provider)
    .fetch_optional(conn)
    .await?)
}

/// The latest publication of a pair whose version is on a branch.
pub async fn latest_on_branch(conn: &mut Conn, pair: Pair, branch: &str) -> Result<Option<Pact>, StoreError> {
    Ok(sqlx::query_as(select_pacts!(
        "JOIN branch_versions m ON m.version_id = cp.version_id \
         JOIN branches b ON b.id = m.branch_id AND b.pacticipant_id = cp.consumer_id AND b.name = $3 \
         WHERE cp.consumer_id = $1 AND cp.provider_id = $2 ORDER BY cp.version_id DESC LIMIT 1"
    ))
    .bind(pair.consumer)
    .bind(pair.provider)
    .bind(branch)
    .fetch_optional(conn)
    .await?)
}

/// The content of a pair with this digest.
pub async fn content_by_sha(conn: &mut Conn, pair: Pair, sha: &str) -> Result<Option<Content>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT id, sha, created_at FROM pact_contents WHERE consumer_id = $1 AND provider_id = $2 AND sha = $3",
    )
    .bind(pair.consumer)
    .bind(pair.provider)
    .bind(sha)
    .fetch_optional(conn)
    .await?)
}

/// The content with this digest of a pair, by their names.
pub async fn content_by_names(
    conn: &mut Conn,
    consumer: &str,
    provider: &str,
    sha: &str,
) -> Result<Option<(Pair, Content)>, StoreError> {
    let found: Option<(i64, i64, i64, i64)> = sqlx::query_as(
        "SELECT c.id, p.id, pc.id, pc.created_at FROM pacticipants c CROSS JOIN pacticipants p \
         JOIN pact_contents pc ON pc.consumer_id = c.id AND pc.provider_id = p.id \
         WHERE c.name = $1 AND p.name = $2 AND pc.sha = $3",
    )
    .bind(consumer)
    .bind(provider)
    .bind(sha)
    .fetch_optional(conn)
    .await?;
    Ok(found.map(|(consumer, provider, id, created_at)| {
        (Pair { consumer, provider }, Content { id, sha: sha.to_owned(), created_at })
    }))
}

/// The latest publication of a content.
pub async fn latest_with_content(conn: &mut Conn, content: i64) -> Result<Option<Pact>, StoreError> {
    Ok(sqlx::query_as(select_pacts!("WHERE cp.content_id = $1 ORDER BY cp.version_id DESC LIMIT 1"))
        .bind(content)
        .fetch_optional(conn)
        .await?)
}

/// Every publication of a content, latest first.
pub async fn all_with_content(conn: &mut Conn, content: i64) -> Result<Vec<Pact>, StoreError> {
    Ok(sqlx::query_as(select_pacts!("WHERE cp.content_id = $1 ORDER BY cp.version_id DESC"))
        .bind(content)
        .fetch_all(conn)
        .await?)
}

/// The latest earlier publication with another content.
pub async fn previous_distinct(conn: &mut Conn, pact: &Pact) -> Result<Option<Pact>, StoreError> {
    Ok(sqlx::query_as(select_pacts!(
        "WHERE cp.consumer_id = $1 AND cp.provider_id = $2 AND cp.version_id < $3 AND cp.content_id <> $4 \
         ORDER BY cp.version_id DESC LIMIT 1"
    ))
    .bind(pact.consumer_id)
    .bind(pact.provider_id)
    .bind(pact.version_id)
    .bind(pact.content_id)
    .fetch_optional(conn)
    .await?)
}

/// Those of these pacts whose previous distinct content has a result, as (consumer version, provider).
pub async fn once_verified(conn: &mut Conn, pacts: &[&Pact]) -> Result<HashSet<(i64, i64)>, StoreError> {
    let dialect = Dialect::of_connection(conn);
    let sql = format!(
        "SELECT cp.version_id, cp.provider_id FROM current_pacts cp WHERE {} AND {} AND EXISTS (SELECT 1 FROM \
         current_verifications x WHERE x.content_id = (SELECT b.content_id FROM current_pacts b \
         WHERE b.consumer_id = cp.consumer_id AND b.provider_id = cp.provider_id AND b.version_id < cp.version_id \
         AND b.content_id <> cp.content_id ORDER BY b.version_id DESC LIMIT 1))",
        dialect.among("cp.version_id", 1),
        dialect.among("cp.provider_id", 2)
    );
    let found: Vec<(i64, i64)> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(dialect.id_list(pacts.iter().map(|pact| &pact.version_id)))
        .bind(dialect.id_list(pacts.iter().map(|pact| &pact.provider_id)))
        .fetch_all(conn)
        .await?;
    Ok(found.into_iter().collect())
}

/// The bytes of a content, as they came.
pub async fn bytes(conn: &mut Conn, content: i64) -> Result<Vec<u8>, StoreError> {
    Ok(sqlx::query_scalar("SELECT content FROM pact_contents WHERE id = $1").bind(content).fetch_one(conn).await?)
}

/// Deletes the pact of one consumer version, all its revisions.
pub async fn delete(conn: &mut Conn, version: i64, provider: i64) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM pact_publications WHERE version_id = $1 AND provider_id = $2")
        .bind(version)
        .bind(provider)
        .execute(conn)
        .await?;
    Ok(())
}

/// The content of the latest earlier publication whose version carries a tag.
pub async fn before_tagged(conn: &mut Conn, pact: &Pact, tag: &str) -> Result<Option<i64>, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT cp.content_id FROM current_pacts cp JOIN tags t ON t.version_id = cp.version_id AND t.name = $4 \
         WHERE cp.consumer_id = $1 AND cp.provider_id = $2 AND cp.version_id < $3 ORDER BY cp.version_id DESC LIMIT 1",
    )
    .bind(pact.consumer_id)
    .bind(pact.provider_id)
    .bind(pact.version_id)
    .bind(tag)
    .fetch_optional(conn)
    .await?)
}

/// The content of the latest earlier publication whose version carries no tag.
pub async fn before_untagged(conn: &mut Conn, pact: &Pact) -> Result<Option<i64>, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT cp.content_id FROM current_pacts cp WHERE cp.consumer_id = $1 AND cp.provider_id = $2 \
         AND cp.version_id < $3 AND NOT EXISTS (SELECT 1 FROM tags t WHERE t.version_id = cp.version_id) \
         ORDER BY cp.version_id DESC LIMIT 1",
    )
    .bind(pact.consumer_id)
    .bind(pact.provider_id)
    .bind(pact.version_id)
    .fetch_optional(conn)
    .await?)
}

/// The publications of a content by these consumer versions (rows); with none given, its latest.
pub async fn with_content_by(conn: &mut Conn, content: i64, versions: &[i64]) -> Result<Vec<Pact>, StoreError> {
    if versions.is_empty() {
        return Ok(latest_with_content(conn, content).await?.into_iter().collect());
    }
    let mut all = all_with_content(conn, content).await?;
    all.retain(|pact| versions.contains(&pact.version_id));
    Ok(all)
}
