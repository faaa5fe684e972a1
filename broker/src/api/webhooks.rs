//! Webhooks.

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::body::JsonObject;
use super::hal::{created, link, no_content, ok, put, titled};
use super::links::Links;
use super::of_pair::OfPair;
use super::problem::{ApiError, ApiResult};
use super::resolve;
use super::webhook_documents::{execution, list_document, webhook_document};
use crate::app::AppState;
use crate::domain::field_problem::FieldProblem;
use crate::domain::pact::Pact;
use crate::domain::verification::Verification;
use crate::domain::webhook::{Party, Webhook, WebhookFields};
use crate::domain::webhook_fields;
use crate::store::webhooks::{self, Scope, Written};
use crate::store::{Conn, now, pact_lists, pacticipants, pacts, triggers, verifications};
use crate::webhook::{Variables, placeholders, variables};

pub(super) async fn list(State(app): State<AppState>, links: Links) -> ApiResult {
    let mut conn = app.store.read().await?;
    let found = webhooks::list(&mut conn, &app.keyring, Scope::All).await?;
    Ok(ok(&list_document(&links, &found, &links.to(&["webhooks"]))))
}

pub(super) async fn create(State(app): State<AppState>, links: Links, JsonObject(body): JsonObject) -> ApiResult {
    write(&app, &links, body, None).await
}

/// Webhooks of exactly one pair.
pub(super) async fn of_pair(State(app): State<AppState>, links: Links, mut of: OfPair) -> ApiResult {
    exactly(&app, &mut of.conn, &links, Some(of.pair.consumer), Some(of.pair.provider)).await
}

pub(super) async fn of_provider(State(app): State<AppState>, links: Links, Path(name): Path<String>) -> ApiResult {
    let mut conn = app.store.read().await?;
    let provider = resolve::provider(&mut conn, &name).await?;
    exactly(&app, &mut conn, &links, None, Some(provider.id)).await
}

pub(super) async fn of_consumer(State(app): State<AppState>, links: Links, Path(name): Path<String>) -> ApiResult {
    let mut conn = app.store.read().await?;
    let consumer = resolve::pacticipant(&mut conn, &name).await?;
    exactly(&app, &mut conn, &links, Some(consumer.id), None).await
}

async fn exactly(
    app: &AppState,
    conn: &mut Conn,
    links: &Links,
    consumer: Option<i64>,
    provider: Option<i64>,
) -> ApiResult {
    let found = webhooks::list(conn, &app.keyring, Scope::Exactly { consumer, provider }).await?;
    Ok(ok(&list_document(links, &found, links.here_without_query())))
}

pub(super) async fn create_for_pair(
    State(app): State<AppState>,
    links: Links,
    Path((provider, consumer)): Path<(String, String)>,
    JsonObject(body): JsonObject,
) -> ApiResult {
    create_scoped(app, links, Some(consumer), Some(provider), body).await
}

pub(super) async fn create_for_provider(
    State(app): State<AppState>,
    links: Links,
    Path(provider): Path<String>,
    JsonObject(body): JsonObject,
) -> ApiResult {
    create_scoped(app, links, None, Some(provider), body).await
}

pub(super) async fn create_for_consumer(
    State(app): State<AppState>,
    links: Links,
    Path(consumer): Path<String>,
    JsonObject(body): JsonObject,
) -> ApiResult {
    create_scoped(app, links, Some(consumer), None, body).await
}

/// The pacticipants come from the path, and one that does not exist is a 404.
async fn create_scoped(
    app: AppState,
    links: Links,
    consumer: Option<String>,
    provider: Option<String>,
    mut body: Map<String, Value>,
) -> ApiResult {
    let mut conn = app.store.read().await?;
    for (role, name) in [("provider", provider), ("consumer", consumer)] {
        body.shift_remove(role);
        if let Some(name) = name {
            if pacticipants::find(&mut conn, &name).await?.is_none() {
                return Err(ApiError::NotFound(format!("No {role} with name '{name}' found")));
            }
            body.insert(role.to_owned(), json!({ "name": name }));
        }
    }
    drop(conn);
    write(&app, &links, body, None).await
}

pub(super) async fn get(State(app): State<AppState>, links: Links, Path(uuid): Path<String>) -> ApiResult {
    let mut conn = app.store.read().await?;
    Ok(ok(&webhook_document(&links, &find(&app, &mut conn, &uuid).await?)))
}

async fn find(app: &AppState, conn: &mut Conn, uuid: &str) -> Result<Webhook, ApiError> {
    let found = webhooks::find(conn, &app.keyring, uuid).await?;
    found.ok_or_else(|| ApiError::NotFound(format!("No webhook with uuid '{uuid}' found")))
}

pub(super) async fn replace(
    State(app): State<AppState>,
    links: Links,
    Path(uuid): Path<String>,
    JsonObject(body): JsonObject,
) -> ApiResult {
    let fits = uuid.len() >= 16 && uuid.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if !fits {
        return Err(ApiError::field("uuid", "must be 16 or more letters, digits, underscores and dashes"));
    }
    write(&app, &links, body, Some(uuid)).await
}

/// Creates a webhook, or writes the one of this identity.
async fn write(app: &AppState, links: &Links, body: Map<String, Value>, uuid: Option<String>) -> ApiResult {
    let mut fields =
        webhook_fields::parse(&body, &app.settings.webhooks, app.courier.hosts()).map_err(ApiError::Invalid)?;
    let location = uuid.is_some();
    let uuid = uuid.unwrap_or_else(|| Uuid::new_v4().to_string());
    let mut tx = app.store.write().await?;
    if let Some(before) = webhooks::find(&mut tx, &app.keyring, &uuid).await? {
        fields.request.keep_secrets_of(&before.fields.request);
    }
    let written = prepare(app, &mut tx, &fields).await?;
    let new = webhooks::put(&mut tx, &uuid, &written, now()).await?;
    let document = webhook_document(links, &find(app, &mut tx, &uuid).await?);
    tx.commit().await?;
    let address = links.to(&["webhooks", &uuid]);
    Ok(if location { put(new, &address, &document) } else { created(&address, &document) })
}

async fn prepare<'a>(app: &AppState, conn: &mut Conn, fields: &'a WebhookFields) -> Result<Written<'a>, ApiError> {
    let mut problems = Vec::new();
    let mut rows = [None, None];
    for (slot, (role, party)) in
        [("consumer", &fields.consumer), ("provider", &fields.provider)].into_iter().enumerate()
    {
        if let Some(Party::Name(name)) = party {
            match pacticipants::find(conn, name).await? {
                Some(found) => rows[slot] = Some(found.id),
                None => problems.push(FieldProblem::invalid(
                    format!("{role}.name"),
                    format!("there is no pacticipant named {name:?}"),
                )),
            }
        }
    }
    let secrets = match fields.request.secret_part() {
        Some(secrets) => app.keyring.seal(&secrets.to_string()).map(Some).unwrap_or_else(|reason| {
            problems.push(FieldProblem::invalid("request.password", reason));
            None
        }),
        None => None,
    };
    if !problems.is_empty() {
        return Err(ApiError::Invalid(problems));
    }
    let [consumer_id, provider_id] = rows;
    Ok(Written { fields, consumer_id, provider_id, secrets })
}

pub(super) async fn delete(State(app): State<AppState>, Path(uuid): Path<String>) -> ApiResult {
    let mut tx = app.store.write().await?;
    let webhook = find(&app, &mut tx, &uuid).await?;
    webhooks::delete(&mut tx, webhook.id, now()).await?;
    tx.commit().await?;
    Ok(no_content())
}

/// Sends a webhook's request now, about the latest pact it would meet.
pub(super) async fn execute(State(app): State<AppState>, links: Links, Path(uuid): Path<String>) -> ApiResult {
    let mut conn = app.store.read().await?;
    let webhook = find(&app, &mut conn, &uuid).await?;
    let variables = test_variables(&mut conn, &links, &webhook.fields).await?;
    drop(conn);
    let own = links.to(&["webhooks", &uuid]);
    let rels = json!({ "webhook": link(own.as_str()), "try-again": titled(format!("{own}/execute"), "Send it again") });
    send(&app, &webhook.fields, &variables, rels).await
}

/// Sends the request of a webhook that is not stored.
pub(super) async fn execute_unsaved(
    State(app): State<AppState>,
    links: Links,
    JsonObject(body): JsonObject,
) -> ApiResult {
    let fields =
        webhook_fields::parse(&body, &app.settings.webhooks, app.courier.hosts()).map_err(ApiError::Invalid)?;
    let mut conn = app.store.read().await?;
    let variables = test_variables(&mut conn, &links, &fields).await?;
    drop(conn);
    send(&app, &fields, &variables, json!({ "try-again": titled(links.here(), "Send it again") })).await
}

async fn send(
    app: &AppState,
    fields: &WebhookFields,
    variables: &Variables,
    rels: Value,
) -> Result<Response, ApiError> {
    let identity = Uuid::new_v4().to_string();
    let delivery = app.courier.deliver(&fields.request, variables, &identity).await;
    app.metrics.webhook(delivery.success);
    let mut document = execution(&delivery);
    document["_links"] = rels;
    Ok(ok(&document))
}

async fn test_variables(conn: &mut Conn, links: &Links, fields: &WebhookFields) -> Result<Variables, ApiError> {
    let fits = |party: &Option<Party>, name: &str| match party {
        Some(Party::Name(wanted)) => wanted == name,
        Some(Party::Label(_)) | None => true,
    };
    let pacts = pact_lists::latest_of_everyone(conn).await?;
    let pact: Option<Pact> =
        pacts.into_iter().find(|pact| fits(&fields.consumer, &pact.consumer) && fits(&fields.provider, &pact.provider));
    let Some(pact) = pact else {
        return Ok(placeholders(links, "test"));
    };
    let verification: Option<Verification> = verifications::latest(conn, pact.content_id).await?;
    let subject = crate::webhook::Subject {
        event: "test",
        pact: &pact,
        verification: verification.as_ref(),
        provider_version: None,
    };
    Ok(variables(conn, links, subject).await?)
}

/// Puts a delivery that ended back into the outbox.
pub(super) async fn redeliver(State(app): State<AppState>, links: Links, Path(uuid): Path<String>) -> ApiResult {
    let mut tx = app.store.write().await?;
    let found = triggers::find(&mut tx, &uuid).await?.ok_or_else(ApiError::nothing_here)?;
    if found.webhook_id.is_none() {
        return Err(ApiError::Impossible("the webhook was deleted, so there is nothing to send again".to_owned()));
    }
    triggers::again(&mut tx, found.id).await?;
    let found = triggers::find(&mut tx, &uuid).await?.ok_or_else(ApiError::nothing_here)?;
    tx.commit().await?;
    app.outbox.notify_one();
    Ok(ok(&super::triggered_webhooks::document(&app, &links, &found)))
}

/// How the webhooks of a pair fared.
pub(super) async fn status(State(app): State<AppState>, links: Links, mut of: OfPair) -> ApiResult {
    let found = triggers::latest_of_pair(&mut of.conn, of.pair).await?;
    let pact = pacts::latest(&mut of.conn, of.pair).await?;
    let names = (of.parties.provider.name.as_str(), of.parties.consumer.name.as_str());
    Ok(ok(&super::triggered_webhooks::status_document(&app, &links, names, pact.as_ref(), &found)))
}
