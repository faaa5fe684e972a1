//! Webhooks.

use serde_json::Value;

use super::pacts::Pair;
use super::rows::Flag;
use super::{Conn, StoreError};
use crate::domain::webhook::{Event, Party, Webhook, WebhookFields, WebhookRequest};
use crate::webhook::Keyring;

#[derive(sqlx::FromRow)]
struct WebhookRow {
    id: i64,
    uuid: String,
    description: Option<String>,
    consumer: Option<String>,
    consumer_label: Option<String>,
    provider: Option<String>,
    provider_label: Option<String>,
    #[sqlx(try_from = "Flag")]
    enabled: bool,
    request: String,
    secrets: Option<String>,
    events: String,
    created_at: i64,
    updated_at: i64,
}

fn party(name: Option<String>, label: Option<String>) -> Option<Party> {
    name.map(Party::Name).or(label.map(Party::Label))
}

impl WebhookRow {
    fn read(self, keyring: &Keyring) -> Result<Webhook, StoreError> {
        let open: Value = serde_json::from_str(&self.request)?;
        // secrets of another key stay stars: the webhook can still be seen, changed and deleted
        let secrets = self.secrets.as_deref().and_then(|sealed| keyring.open_sealed(sealed));
        let secrets: Option<Value> = secrets.as_deref().map(serde_json::from_str).transpose()?;
        Ok(Webhook {
            id: self.id,
            uuid: self.uuid,
            fields: WebhookFields {
                description: self.description,
                consumer: party(self.consumer, self.consumer_label),
                provider: party(self.provider, self.provider_label),
                enabled: self.enabled,
                request: WebhookRequest::from_parts(&open, secrets.as_ref()),
                events: self.events.split(' ').filter_map(Event::parse).collect(),
            },
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

macro_rules! select_webhooks {
    ($tail:literal) => {
        concat!(
            "SELECT w.id, w.uuid, w.description, c.name AS consumer, w.consumer_label, p.name AS provider, ",
            "w.provider_label, w.enabled, w.request, w.secrets, w.events, w.created_at, w.updated_at FROM webhooks w ",
            "LEFT JOIN pacticipants c ON c.id = w.consumer_id LEFT JOIN pacticipants p ON p.id = w.provider_id ",
            $tail
        )
    };
}

/// A webhook's columns, ready to be written.
#[derive(Clone, Debug)]
pub(crate) struct Written<'a> {
    /// What people chose.
    pub(crate) fields: &'a WebhookFields,
    /// The row of the consumer it names.
    pub(crate) consumer_id: Option<i64>,
    /// The row of the provider it names.
    pub(crate) provider_id: Option<i64>,
    /// Its secrets, encrypted.
    pub(crate) secrets: Option<String>,
}

fn label(party: Option<&Party>) -> Option<&str> {
    match party {
        Some(Party::Label(label)) => Some(label),
        _ => None,
    }
}

/// Writes a webhook under this identity; whether it is new.
///
/// # Errors
///
/// The database failed; so for every function of this module.
pub(crate) async fn put(conn: &mut Conn, uuid: &str, written: &Written<'_>, now: i64) -> Result<bool, StoreError> {
    let existed: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM webhooks WHERE uuid = $1").bind(uuid).fetch_one(&mut *conn).await?;
    let fields = written.fields;
    let events: Vec<&str> = fields.events.iter().map(|event| event.name()).collect();
    sqlx::query(
        "INSERT INTO webhooks (uuid, description, consumer_id, consumer_label, provider_id, provider_label, enabled, \
         request, secrets, events, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11) \
         ON CONFLICT (uuid) DO UPDATE SET description = excluded.description, consumer_id = excluded.consumer_id, \
         consumer_label = excluded.consumer_label, provider_id = excluded.provider_id, \
         provider_label = excluded.provider_label, enabled = excluded.enabled, request = excluded.request, \
         secrets = excluded.secrets, events = excluded.events, updated_at = excluded.updated_at",
    )
    .bind(uuid)
    .bind(&fields.description)
    .bind(written.consumer_id)
    .bind(label(fields.consumer.as_ref()))
    .bind(written.provider_id)
    .bind(label(fields.provider.as_ref()))
    .bind(i64::from(fields.enabled))
    .bind(fields.request.open_part().to_string())
    .bind(&written.secrets)
    .bind(events.join(" "))
    .bind(now)
    .execute(conn)
    .await?;
    Ok(existed == 0)
}

/// The webhook with this identity.
pub(crate) async fn find(conn: &mut Conn, keyring: &Keyring, uuid: &str) -> Result<Option<Webhook>, StoreError> {
    let row: Option<WebhookRow> =
        sqlx::query_as(select_webhooks!("WHERE w.uuid = $1")).bind(uuid).fetch_optional(conn).await?;
    row.map(|row| row.read(keyring)).transpose()
}

/// The webhook in this row.
pub(crate) async fn by_id(conn: &mut Conn, keyring: &Keyring, id: i64) -> Result<Option<Webhook>, StoreError> {
    let row: Option<WebhookRow> =
        sqlx::query_as(select_webhooks!("WHERE w.id = $1")).bind(id).fetch_optional(conn).await?;
    row.map(|row| row.read(keyring)).transpose()
}

/// Which webhooks to list, by the pacticipants they name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// All.
    All,
    /// Those that name exactly these, `None` being nobody.
    Exactly {
        /// The consumer's row.
        consumer: Option<i64>,
        /// The provider's row.
        provider: Option<i64>,
    },
    /// Those that events of this pair trigger.
    Meeting(Pair),
}

/// Webhooks, oldest first.
pub(crate) async fn list(conn: &mut Conn, keyring: &Keyring, scope: Scope) -> Result<Vec<Webhook>, StoreError> {
    let rows: Vec<WebhookRow> =
        match scope {
            Scope::All => sqlx::query_as(select_webhooks!("ORDER BY w.id")).fetch_all(conn).await?,
            Scope::Exactly { consumer, provider } => sqlx::query_as(select_webhooks!(
                "WHERE COALESCE(w.consumer_id, 0) = COALESCE($1, 0) AND COALESCE(w.provider_id, 0) = COALESCE($2, 0) \
                 ORDER BY w.id"
            ))
            .bind(consumer)
            .bind(provider)
            .fetch_all(conn)
            .await?,
            Scope::Meeting(pair) => sqlx::query_as(select_webhooks!(
                "WHERE (w.consumer_id IS NULL OR w.consumer_id = $1) AND (w.provider_id IS NULL OR w.provider_id = $2) \
                 AND (w.consumer_label IS NULL OR EXISTS \
                  (SELECT 1 FROM labels l WHERE l.pacticipant_id = $1 AND l.name = w.consumer_label)) \
                 AND (w.provider_label IS NULL OR EXISTS \
                  (SELECT 1 FROM labels l WHERE l.pacticipant_id = $2 AND l.name = w.provider_label)) ORDER BY w.id"
            ))
            .bind(pair.consumer)
            .bind(pair.provider)
            .fetch_all(conn)
            .await?,
        };
    rows.into_iter().map(|row| row.read(keyring)).collect()
}

/// Whether there is any webhook that events can trigger.
pub(crate) async fn any_enabled(conn: &mut Conn) -> Result<bool, StoreError> {
    let found: Option<i64> =
        sqlx::query_scalar("SELECT id FROM webhooks WHERE enabled = 1 LIMIT 1").fetch_optional(conn).await?;
    Ok(found.is_some())
}

/// Deletes a webhook; deliveries that are still due end with it.
pub(crate) async fn delete(conn: &mut Conn, id: i64, now: i64) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE triggered_webhooks SET status = 'failure', due_at = NULL, updated_at = $2 \
         WHERE webhook_id = $1 AND due_at IS NOT NULL",
    )
    .bind(id)
    .bind(now)
    .execute(&mut *conn)
    .await?;
    sqlx::query("DELETE FROM webhooks WHERE id = $1").bind(id).execute(conn).await?;
    Ok(())
}
