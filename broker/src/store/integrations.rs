//! Which consumer talks to which provider.

use super::rows::{Page, contains_pattern};
use super::{Conn, StoreError};

/// A consumer and a provider that have, or had, a pact.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Integration {
    /// The consumer's row.
    pub consumer_id: i64,
    /// The consumer's name.
    pub consumer: String,
    /// The provider's row.
    pub provider_id: i64,
    /// The provider's name.
    pub provider: String,
    /// When the first pact was published, in microseconds since 1970.
    pub created_at: i64,
    /// When a pact or a verification last arrived.
    pub contract_data_updated_at: i64,
}

/// Notes that contract data of this pair changed, creating the integration if need be.
///
/// # Errors
///
/// The database failed; so for every function of this module.
pub async fn touch(
    conn: &mut Conn,
    consumer: i64,
    provider: i64,
    now: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO integrations (consumer_id, provider_id, created_at, contract_data_updated_at) \
         VALUES ($1, $2, $3, $3) ON CONFLICT (consumer_id, provider_id) DO UPDATE SET \
         contract_data_updated_at = excluded.contract_data_updated_at",
    )
    .bind(consumer)
    .bind(provider)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Integrations by consumer and provider name, all or those where a name contains `search`.
pub async fn list(
    conn: &mut Conn,
    search: Option<&str>,
    page: Option<Page>,
) -> Result<(Vec<Integration>, i64), StoreError> {
    let pattern = contains_pattern(search.unwrap_or_default());
    let (limit, offset) = Page::window(page);
    let found = sqlx::query_as(
        r"SELECT i.consumer_id, c.name AS consumer, i.provider_id, p.name AS provider, i.created_at,
          i.contract_data_updated_at FROM integrations i JOIN pacticipants c ON c.id = i.consumer_id
          JOIN pacticipants p ON p.id = i.provider_id
          WHERE LOWER(c.name) LIKE $1 ESCAPE '\' OR LOWER(p.name) LIKE $1 ESCAPE '\'
          ORDER BY LOWER(c.name), LOWER(p.name), c.name, p.name LIMIT $2 OFFSET $3",
    )
    .bind(&pattern)
    .bind(limit)
    .bind(offset)
    .fetch_all(&mut *conn)
    .await?;
    let total = sqlx::query_scalar(
        r"SELECT COUNT(*) FROM integrations i JOIN pacticipants c ON c.id = i.consumer_id
          JOIN pacticipants p ON p.id = i.provider_id
          WHERE LOWER(c.name) LIKE $1 ESCAPE '\' OR LOWER(p.name) LIKE $1 ESCAPE '\'",
    )
    .bind(&pattern)
    .fetch_one(conn)
    .await?;
    Ok((found, total))
}

/// The consumers integrated with a provider, by name.
pub async fn consumers_of(
    conn: &mut Conn,
    provider: i64,
) -> Result<Vec<(i64, String)>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT c.id, c.name FROM integrations i JOIN pacticipants c ON c.id = i.consumer_id WHERE i.provider_id = $1 ORDER BY c.name",
    )
    .bind(provider)
    .fetch_all(conn)
    .await?)
}

/// The providers integrated with a consumer, by name.
pub async fn providers_of(
    conn: &mut Conn,
    consumer: i64,
) -> Result<Vec<(i64, String)>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT p.id, p.name FROM integrations i JOIN pacticipants p ON p.id = i.provider_id WHERE i.consumer_id = $1 ORDER BY p.name",
    )
    .bind(consumer)
    .fetch_all(conn)
    .await?)
}

/// Deletes an integration with its pacts and verifications, and the versions and pacticipants nothing else needs.
pub async fn delete(conn: &mut Conn, consumer: i64, provider: i64) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM pact_contents WHERE consumer_id = $1 AND provider_id = $2",
        "DELETE FROM integrations WHERE consumer_id = $1 AND provider_id = $2",
    ] {
        sqlx::query(sql)
            .bind(consumer)
            .bind(provider)
            .execute(&mut *conn)
            .await?;
    }
    for pacticipant in [consumer, provider] {
        delete_orphans(conn, pacticipant).await?;
    }
    Ok(())
}

async fn delete_orphans(conn: &mut Conn, pacticipant: i64) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM versions WHERE pacticipant_id = $1 \
         AND NOT EXISTS (SELECT 1 FROM pact_publications x WHERE x.version_id = versions.id) \
         AND NOT EXISTS (SELECT 1 FROM verifications x WHERE x.provider_version_id = versions.id)",
        "DELETE FROM pacticipants WHERE id = $1 \
         AND NOT EXISTS (SELECT 1 FROM versions x WHERE x.pacticipant_id = pacticipants.id) \
         AND NOT EXISTS (SELECT 1 FROM integrations x WHERE x.consumer_id = pacticipants.id OR x.provider_id = pacticipants.id)",
    ] {
        sqlx::query(sql)
            .bind(pacticipant)
            .execute(&mut *conn)
            .await?;
    }
    super::branches::restore_heads(conn, pacticipant).await?;
    super::tags::restore_heads(conn, pacticipant).await
}
