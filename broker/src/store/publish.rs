//! Writing pacts.

use super::pacts::Pair;
use super::rows::Flag;
use super::{Conn, StoreError, integrations, verifications};
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
    /// When it was published, in microseconds since 1970.
    pub created_at: i64,
}

/// A version's pact after a document was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// What became of the document.
    pub stored: Stored,
    /// The pact.
    pub current: Current,
    /// Whether its content has any result.
    pub verified: bool,
}

/// A version's pact with a provider, if it has one.
///
/// # Errors
///
/// The database failed; so for every function of this module.
pub async fn current(conn: &mut Conn, version: i64, provider: i64) -> Result<Option<Current>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT cp.content_id, pc.sha, pp.revision, cp.created_at FROM current_pacts cp \
         JOIN pact_contents pc ON pc.id = cp.content_id JOIN pact_publications pp ON pp.id = cp.publication_id \
         WHERE cp.version_id = $1 AND cp.provider_id = $2",
    )
    .bind(version)
    .bind(provider)
    .fetch_optional(conn)
    .await?)
}

/// Publishes a document as a version's pact, whatever it had `before`. Known content is not stored again: the bytes that
/// came first stay.
pub async fn store(
    conn: &mut Conn,
    pair: Pair,
    version: i64,
    document: &PactDocument,
    before: Option<Current>,
    now: i64,
) -> Result<Published, StoreError> {
    integrations::touch(conn, pair.consumer, pair.provider, now).await?;
    let (stored, revision) = match before {
        Some(before) if before.sha == document.sha => {
            let verified = verifications::ever_verified(conn, before.content_id).await?;
            return Ok(Published { stored: Stored::Unchanged, current: before, verified });
        }
        Some(before) => (Stored::Replaced, before.revision + 1),
        None => (Stored::Created, 1),
    };
    let (content_id, verified) = content(conn, pair, document, now).await?;
    let publication: i64 = sqlx::query_scalar(
        "INSERT INTO pact_publications (version_id, provider_id, consumer_id, revision, content_id, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
    )
    .bind(version)
    .bind(pair.provider)
    .bind(pair.consumer)
    .bind(revision)
    .bind(content_id)
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
    .bind(content_id)
    .bind(now)
    .execute(conn)
    .await?;
    let current = Current { content_id, sha: document.sha.clone(), revision, created_at: now };
    Ok(Published { stored, current, verified })
}

/// The row of a document's content, stored if it is new, and whether it has any result.
async fn content(conn: &mut Conn, pair: Pair, document: &PactDocument, now: i64) -> Result<(i64, bool), StoreError> {
    const FIND: &str = "SELECT pc.id, CASE WHEN EXISTS (SELECT 1 FROM verifications x WHERE x.content_id = pc.id) \
                        THEN 1 ELSE 0 END FROM pact_contents pc \
                        WHERE pc.consumer_id = $1 AND pc.provider_id = $2 AND pc.sha = $3";
    let find = || sqlx::query_as(FIND).bind(pair.consumer).bind(pair.provider).bind(&document.sha);
    let known: Option<(i64, Flag)> = find().fetch_optional(&mut *conn).await?;
    if let Some((id, verified)) = known {
        return Ok((id, verified.into()));
    }
    let new: Option<i64> = sqlx::query_scalar(
        "INSERT INTO pact_contents (consumer_id, provider_id, sha, content, created_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT DO NOTHING RETURNING id",
    )
    .bind(pair.consumer)
    .bind(pair.provider)
    .bind(&document.sha)
    .bind(&document.bytes)
    .bind(now)
    .fetch_optional(&mut *conn)
    .await?;
    if let Some(id) = new {
        return Ok((id, false));
    }
    // somebody else stored the same meanwhile
    let (id, verified): (i64, Flag) = find().fetch_one(conn).await?;
    Ok((id, verified.into()))
}
