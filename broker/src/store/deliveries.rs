//! What became of webhooks' deliveries, as the pages about them show it.

use super::{Conn, StoreError};

/// A delivery that an event, or a person, asked for.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Delivery {
    /// Its row.
    pub id: i64,
    /// Its public identity.
    pub uuid: String,
    /// The consumer's name.
    pub consumer: String,
    /// The provider's name.
    pub provider: String,
    /// The consumer version's number.
    pub version: String,
    /// The event.
    pub event_name: String,
    /// `not_run`, `retrying`, `success` or `failure`.
    pub status: String,
    /// How often it was attempted.
    pub attempts: i64,
    /// When it was triggered, in microseconds since 1970.
    pub created_at: i64,
}

/// The newest deliveries of a webhook, newest first, at most `limit`.
///
/// # Errors
///
/// The database failed; so for every function of this module.
pub async fn of_webhook(conn: &mut Conn, webhook: &str, limit: i64) -> Result<Vec<Delivery>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT t.id, t.uuid, c.name AS consumer, p.name AS provider, v.number AS version, t.event_name, t.status, \
         t.attempts, t.created_at FROM triggered_webhooks t JOIN pacticipants c ON c.id = t.consumer_id \
         JOIN pacticipants p ON p.id = t.provider_id JOIN versions v ON v.id = t.version_id \
         WHERE t.webhook_uuid = $1 ORDER BY t.id DESC LIMIT $2",
    )
    .bind(webhook)
    .bind(limit)
    .fetch_all(conn)
    .await?)
}

/// The newest delivery of each webhook: the webhook's identity, the delivery's status, when it was triggered.
pub async fn newest(conn: &mut Conn) -> Result<Vec<(String, String, i64)>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT t.webhook_uuid, t.status, t.created_at FROM triggered_webhooks t \
         WHERE t.id IN (SELECT MAX(x.id) FROM triggered_webhooks x GROUP BY x.webhook_uuid)",
    )
    .fetch_all(conn)
    .await?)
}
