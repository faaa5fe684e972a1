//! Writing pacts.

use super::pacts::Pair;
use super::{Conn, StoreError, integrations};
use crate::domain::publication::PactDocument;

/// What became of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    /// The version had no pact with this provider.
    Created,
    /// The version had this very content already; nothing was written.
    Unchanged,
    /// Another content was replaced.
    Replaced,
}

/// A version's pact as it is now.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Current {
    /// The row of its content.
    pub content_id: i64,
    /// What names its content.
    pub sha: String,
    /// Its revision.
    pub revision: i64,
}

/// A version's pact with a provider, if it has one.
///
/// # Errors
///
/// The database failed; so for every function of this module.
pub async fn current(
    conn: &mut Conn,
    version: i64,
    provider: i64,
) -> Result<Option<Current>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT cp.content_id, pc.sha, pp.revision FROM current_pacts cp JOIN pact_contents pc ON pc.id = cp.content_id \
         JOIN pact_publications pp ON pp.id = cp.publication_id WHERE cp.version_id = $1 AND cp.provider_id = $2",
    )
    .bind(version)
    .bind(provider)
    .fetch_optional(conn)
    .await?)
}

/// Publishes a document as a version's pact, whatever it had before. Known content is not stored again: the bytes that
/// came first stay.
pub async fn store(
    conn: &mut Conn,
    pair: Pair,
    version: i64,
    document: &PactDocument,
    now: i64,
) -> Result<Stored, StoreError> {
    let before = current(conn, version, pair.provider).await?;
    integrations::touch(conn, pair.consumer, pair.provider, now).await?;
    if before
        .as_ref()
        .is_some_and(|before| before.sha == document.sha)
    {
        return Ok(Stored::Unchanged);
    }
    let content = store_content(conn, pair, document, now).await?;
    let revision = before.as_ref().map_or(1, |before| before.revision + 1);
    let publication: i64 = sqlx::query_scalar(
        "INSERT INTO pact_publications (version_id, provider_id, consumer_id, revision, content_id, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
    )
    .bind(version)
    .bind(pair.provider)
    .bind(pair.consumer)
    .bind(revision)
    .bind(content)
    .bind(now)
    .fetch_one(&mut *conn)
    .await?;
    sqlx::query(
        "INSERT INTO current_pacts (version_id, provider_id, consumer_id, publication_id, content_id, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (version_id, provider_id) DO UPDATE SET \
         publication_id = excluded.publication_id, content_id = excluded.content_id, created_at = excluded.created_at",
    )
    .bind(version)
    .bind(pair.provider)
    .bind(pair.consumer)
    .bind(publication)
    .bind(content)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(if before.is_some() {
        Stored::Replaced
    } else {
        Stored::Created
    })
}

async fn store_content(
    conn: &mut Conn,
    pair: Pair,
    document: &PactDocument,
    now: i64,
) -> Result<i64, StoreError> {
    sqlx::query(
        "INSERT INTO pact_contents (consumer_id, provider_id, sha, content, created_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT DO NOTHING",
    )
    .bind(pair.consumer)
    .bind(pair.provider)
    .bind(&document.sha)
    .bind(&document.bytes)
    .bind(now)
    .execute(&mut *conn)
    .await?;
    Ok(sqlx::query_scalar(
        "SELECT id FROM pact_contents WHERE consumer_id = $1 AND provider_id = $2 AND sha = $3",
    )
    .bind(pair.consumer)
    .bind(pair.provider)
    .bind(&document.sha)
    .fetch_one(conn)
    .await?)
}
