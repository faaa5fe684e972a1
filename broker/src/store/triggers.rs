//! The outbox: webhooks that events have triggered, and what became of them.

use std::time::Duration;

use uuid::Uuid;

use super::dialect::Dialect;
use super::pacts::Pair;
use super::rows::Flag;
use super::{Conn, StoreError, now};
use crate::domain::pact::Pact;

/// A webhook that was triggered.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Triggered {
    /// Its row.
    pub id: i64,
    /// Its public identity.
    pub uuid: String,
    /// The row of the webhook, if it still exists.
    pub webhook_id: Option<i64>,
    /// The webhook's identity.
    pub webhook_uuid: String,
    /// The consumer's name.
    pub consumer: String,
    /// The provider's name.
    pub provider: String,
    /// The consumer version's number.
    pub version: String,
    /// What triggered it: `resource_creation` or `user`.
    pub trigger_type: String,
    /// The event.
    pub event_name: String,
    /// `not_run`, `retrying`, `success` or `failure`.
    pub status: String,
    /// What the template's places stand for, as JSON.
    pub variables: String,
    /// How often it was attempted.
    pub attempts: i64,
    /// When the next attempt is due, in microseconds since 1970.
    pub due_at: Option<i64>,
    /// When it was triggered.
    pub created_at: i64,
}

macro_rules! select_triggered {
    ($tail:literal) => {
        concat!(
            "SELECT t.id, t.uuid, t.webhook_id, t.webhook_uuid, c.name AS consumer, p.name AS provider, ",
            "v.number AS version, t.trigger_type, t.event_name, t.status, t.variables, t.attempts, t.due_at, t.created_at ",
            "FROM triggered_webhooks t JOIN pacticipants c ON c.id = t.consumer_id ",
            "JOIN pacticipants p ON p.id = t.provider_id JOIN versions v ON v.id = t.version_id ",
            $tail
        )
    };
}

/// A webhook about to be put into the outbox.
#[derive(Clone, Debug)]
pub struct NewTrigger<'a> {
    /// The webhook's row.
    pub webhook_id: i64,
    /// The webhook's identity.
    pub webhook_uuid: &'a str,
    /// The pact it is about.
    pub pact: &'a Pact,
    /// The verification it is about.
    pub verification: Option<i64>,
    /// `resource_creation` or `user`.
    pub trigger_type: &'a str,
    /// The event.
    pub event_name: &'a str,
    /// What the template's places stand for, as JSON.
    pub variables: String,
}

/// Puts a webhook into the outbox, due at once; its new identity.
///
/// # Errors
///
/// The database failed; so for every function of this module.
pub async fn add(conn: &mut Conn, new: &NewTrigger<'_>, now: i64) -> Result<String, StoreError> {
    let uuid = Uuid::new_v4().to_string();
    sqlx::query(
        "INSERT INTO triggered_webhooks (uuid, webhook_id, webhook_uuid, consumer_id, provider_id, version_id, \
         verification_id, trigger_type, event_name, status, variables, due_at, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'not_run', $10, $11, $11, $11)",
    )
    .bind(&uuid)
    .bind(new.webhook_id)
    .bind(new.webhook_uuid)
    .bind(new.pact.consumer_id)
    .bind(new.pact.provider_id)
    .bind(new.pact.version_id)
    .bind(new.verification)
    .bind(new.trigger_type)
    .bind(new.event_name)
    .bind(&new.variables)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(uuid)
}

/// Whether anything waits to be delivered now.
pub async fn any_due(conn: &mut Conn) -> Result<bool, StoreError> {
    let found: Option<i64> =
        sqlx::query_scalar("SELECT id FROM triggered_webhooks WHERE due_at <= $1 AND claimed_until <= $1 LIMIT 1")
            .bind(now())
            .fetch_optional(conn)
            .await?;
    Ok(found.is_some())
}

/// Takes the delivery that is due longest for this broker alone, for as long as `span`: whoever dies meanwhile leaves it
/// to the others.
pub(crate) async fn claim(conn: &mut Conn, dialect: Dialect, span: Duration) -> Result<Option<Triggered>, StoreError> {
    let now = now();
    let picked = format!(
        "SELECT id FROM triggered_webhooks WHERE due_at <= $1 AND claimed_until <= $1 ORDER BY due_at, id LIMIT 1 {}",
        dialect.skip_locked()
    );
    let picked: Option<i64> =
        sqlx::query_scalar(sqlx::AssertSqlSafe(picked)).bind(now).fetch_optional(&mut *conn).await?;
    let Some(id) = picked else {
        return Ok(None);
    };
    let until = now.saturating_add(i64::try_from(span.as_micros()).unwrap_or(i64::MAX));
    sqlx::query("UPDATE triggered_webhooks SET claimed_until = $2, attempts = attempts + 1 WHERE id = $1")
        .bind(id)
        .bind(until)
        .execute(&mut *conn)
        .await?;
    Ok(sqlx::query_as(select_triggered!("WHERE t.id = $1")).bind(id).fetch_optional(conn).await?)
}

/// Records what became of an attempt. `again_at` is when to try once more; without it this was the last attempt.
pub async fn finish(
    conn: &mut Conn,
    id: i64,
    success: bool,
    logs: &str,
    again_at: Option<i64>,
) -> Result<(), StoreError> {
    let now = now();
    let status = match (success, again_at) {
        (true, _) => "success",
        (false, Some(_)) => "retrying",
        (false, None) => "failure",
    };
    sqlx::query(
        "UPDATE triggered_webhooks SET status = $2, due_at = $3, claimed_until = 0, updated_at = $4 WHERE id = $1",
    )
    .bind(id)
    .bind(status)
    .bind(again_at.filter(|_| !success))
    .bind(now)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "INSERT INTO webhook_executions (triggered_webhook_id, success, logs, created_at) \
         SELECT id, $2, $3, $4 FROM triggered_webhooks WHERE id = $1",
    )
    .bind(id)
    .bind(i64::from(success))
    .bind(logs)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Makes a triggered webhook due at once, with all its attempts ahead.
pub async fn again(conn: &mut Conn, id: i64) -> Result<(), StoreError> {
    let now = now();
    sqlx::query(
        "UPDATE triggered_webhooks SET status = 'not_run', attempts = 0, due_at = $2, claimed_until = 0, \
         trigger_type = 'user', updated_at = $2 WHERE id = $1",
    )
    .bind(id)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// The triggered webhook with this identity.
pub async fn find(conn: &mut Conn, uuid: &str) -> Result<Option<Triggered>, StoreError> {
    Ok(sqlx::query_as(select_triggered!("WHERE t.uuid = $1")).bind(uuid).fetch_optional(conn).await?)
}

/// What the latest event of a pair triggered, newest first.
pub async fn latest_of_pair(conn: &mut Conn, pair: Pair) -> Result<Vec<Triggered>, StoreError> {
    Ok(sqlx::query_as(select_triggered!(
        "WHERE t.id IN (SELECT MAX(x.id) FROM triggered_webhooks x WHERE x.consumer_id = $1 AND x.provider_id = $2 \
         GROUP BY x.webhook_uuid, x.event_name) ORDER BY t.id DESC"
    ))
    .bind(pair.consumer)
    .bind(pair.provider)
    .fetch_all(conn)
    .await?)
}

/// What became of the last delivery of one webhook and event about one pair.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct LastTriggered {
    /// The consumer's row.
    pub consumer_id: i64,
    /// The provider's row.
    pub provider_id: i64,
    /// `not_run`, `retrying`, `success` or `failure`.
    pub status: String,
    /// When it was triggered, in microseconds since 1970.
    pub created_at: i64,
}

/// The last delivery of each webhook and event about each pair.
pub async fn last_of_each(conn: &mut Conn) -> Result<Vec<LastTriggered>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT t.consumer_id, t.provider_id, t.status, t.created_at FROM triggered_webhooks t WHERE t.id IN \
         (SELECT MAX(x.id) FROM triggered_webhooks x GROUP BY x.consumer_id, x.provider_id, x.webhook_uuid, x.event_name)",
    )
    .fetch_all(conn)
    .await?)
}

/// What a consumer version's pact triggered, newest first.
pub async fn of_pact(conn: &mut Conn, version: i64, provider: i64) -> Result<Vec<Triggered>, StoreError> {
    Ok(sqlx::query_as(select_triggered!(
        "WHERE t.version_id = $1 AND t.provider_id = $2 AND t.verification_id IS NULL ORDER BY t.id DESC"
    ))
    .bind(version)
    .bind(provider)
    .fetch_all(conn)
    .await?)
}

/// What a verification triggered, newest first.
pub async fn of_verification(conn: &mut Conn, verification: i64) -> Result<Vec<Triggered>, StoreError> {
    Ok(sqlx::query_as(select_triggered!("WHERE t.verification_id = $1 ORDER BY t.id DESC"))
        .bind(verification)
        .fetch_all(conn)
        .await?)
}

/// Forgets what a consumer version's pact triggered.
pub async fn delete_of_pact(conn: &mut Conn, version: i64, provider: i64) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM triggered_webhooks WHERE version_id = $1 AND provider_id = $2")
        .bind(version)
        .bind(provider)
        .execute(conn)
        .await?;
    Ok(())
}

/// An attempt to deliver.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Execution {
    /// Whether the receiver took it.
    #[sqlx(try_from = "Flag")]
    pub success: bool,
    /// What was sent and what came back, secrets left out.
    pub logs: String,
    /// When, in microseconds since 1970.
    pub created_at: i64,
}

/// The attempts of a triggered webhook, oldest first.
pub async fn executions(conn: &mut Conn, triggered: i64) -> Result<Vec<Execution>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT success, logs, created_at FROM webhook_executions WHERE triggered_webhook_id = $1 ORDER BY id",
    )
    .bind(triggered)
    .fetch_all(conn)
    .await?)
}

/// Deletes deliveries that ended before `before`; how many.
pub async fn delete_older(conn: &mut Conn, before: i64) -> Result<u64, StoreError> {
    Ok(sqlx::query("DELETE FROM triggered_webhooks WHERE due_at IS NULL AND updated_at < $1")
        .bind(before)
        .execute(conn)
        .await?
        .rows_affected())
}
