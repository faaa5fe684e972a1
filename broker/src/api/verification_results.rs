//! Verification results.

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::body::JsonObject;
use super::hal::{add, created, date, link, no_content, ok, titled};
use super::links::Links;
use super::of_pair::OfPair;
use super::problem::{ApiError, ApiResult};
use super::{resolve, resources, triggered_webhooks};
use crate::app::AppState;
use crate::domain::pact::Pact;
use crate::domain::verification::{NewVerification, Verification};
use crate::domain::verification_context::VerificationContext;
use crate::store::pacts::{Content, Pair};
use crate::store::{Conn, integrations, now, pact_lists, pacts, triggers, verifications, versions};
use crate::webhook::{self, Triggers};

/// A content's place: provider, consumer, digest.
type Place = (String, String, String);

pub(super) async fn publish(
    State(app): State<AppState>,
    links: Links,
    Path(place): Path<Place>,
    body: JsonObject,
) -> ApiResult {
    record(app, links, place, VerificationContext::default(), body).await
}

pub(super) async fn publish_with_context(
    State(app): State<AppState>,
    links: Links,
    Path((provider, consumer, sha, context)): Path<(String, String, String, String)>,
    body: JsonObject,
) -> ApiResult {
    record(app, links, (provider, consumer, sha), VerificationContext::decode(&context), body).await
}

async fn record(
    app: AppState,
    links: Links,
    place: Place,
    context: VerificationContext,
    JsonObject(body): JsonObject,
) -> ApiResult {
    let result = NewVerification::parse(&body).map_err(ApiError::Invalid)?;
    let mut tx = app.store.write().await?;
    let (pair, content) = find_content(&mut tx, &place).await?;
    let now = now();
    let (version, _) = versions::ensure(&mut tx, pair.provider, &result.provider_version, now).await?;
    let recorded = verifications::record(&mut tx, content.id, version.id, result, &context, now).await?;
    integrations::touch(&mut tx, pair.consumer, pair.provider, now).await?;
    let triggers = Triggers { keyring: &app.keyring, links: &links, now };
    webhook::verified(&mut tx, triggers, content.id, &context.consumer_versions, &recorded).await?;
    tx.commit().await?;
    app.outbox.notify_one();
    let (provider, consumer, sha) = &place;
    Ok(created(&links.verification(provider, consumer, sha, recorded.number), &document(&links, &place, &recorded)))
}

async fn find_content(conn: &mut Conn, (provider, consumer, sha): &Place) -> Result<(Pair, Content), ApiError> {
    if let Some(found) = pacts::content_by_names(conn, consumer, provider, sha).await? {
        return Ok(found);
    }
    // which of the names is unknown, if one is
    resolve::parties(conn, provider, consumer).await?;
    Err(ApiError::nothing_here())
}

async fn find(conn: &mut Conn, place: &Place, number: &str) -> Result<Verification, ApiError> {
    let number: i64 = number.parse().map_err(|_| ApiError::nothing_here())?;
    let (_, content) = find_content(conn, place).await?;
    verifications::find(conn, content.id, number).await?.ok_or_else(ApiError::nothing_here)
}

pub(super) async fn get(links: Links, mut of: OfPair) -> ApiResult {
    let (place, found) = found(&mut of).await?;
    Ok(ok(&document(&links, &place, &found)))
}

/// The result a path names, and where it is.
async fn found(of: &mut OfPair) -> Result<(Place, Verification), ApiError> {
    let place = place(of);
    let found = find(&mut of.conn, &place, of.names.get("number")).await?;
    Ok((place, found))
}

fn place(of: &OfPair) -> Place {
    (of.parties.provider.name.clone(), of.parties.consumer.name.clone(), of.names.get("sha").to_owned())
}

pub(super) async fn delete(
    State(app): State<AppState>,
    Path((provider, consumer, sha, number)): Path<(String, String, String, String)>,
) -> ApiResult {
    let mut tx = app.store.write().await?;
    let found = find(&mut tx, &(provider, consumer, sha), &number).await?;
    verifications::delete(&mut tx, &found).await?;
    tx.commit().await?;
    Ok(no_content())
}

pub(super) async fn triggered_webhooks(State(app): State<AppState>, links: Links, mut of: OfPair) -> ApiResult {
    let (_, verification) = found(&mut of).await?;
    let found = triggers::of_verification(&mut of.conn, verification.number).await?;
    Ok(ok(&triggered_webhooks::collection(&app, &links, &found, "Webhooks triggered by this result")))
}

pub(super) async fn latest(links: Links, mut of: OfPair) -> ApiResult {
    let place = place(&of);
    let (_, content) = find_content(&mut of.conn, &place).await?;
    let found = verifications::latest(&mut of.conn, content.id).await?.ok_or_else(ApiError::nothing_here)?;
    Ok(ok(&document(&links, &place, &found)))
}

pub(super) async fn latest_of_version(links: Links, mut of: OfPair) -> ApiResult {
    let pact = of.pact().await?;
    latest_of(&mut of.conn, &links, Some(pact)).await
}

pub(super) async fn latest_of_latest(links: Links, mut of: OfPair) -> ApiResult {
    let pact = pacts::latest(&mut of.conn, of.pair).await?;
    latest_of(&mut of.conn, &links, pact).await
}

pub(super) async fn latest_of_latest_tagged(links: Links, mut of: OfPair) -> ApiResult {
    let pact = pacts::latest_tagged(&mut of.conn, of.pair, of.names.get("tag")).await?;
    latest_of(&mut of.conn, &links, pact).await
}

async fn latest_of(conn: &mut Conn, links: &Links, pact: Option<Pact>) -> Result<Response, ApiError> {
    let pact = pact.ok_or_else(ApiError::nothing_here)?;
    let found = verifications::latest(conn, pact.content_id).await?.ok_or_else(ApiError::nothing_here)?;
    Ok(ok(&document(links, &(pact.provider, pact.consumer, pact.sha), &found)))
}

/// The latest results of every pact of a consumer version, with a verdict over them.
pub(super) async fn of_consumer_version(
    State(app): State<AppState>,
    links: Links,
    Path((consumer, number)): Path<(String, String)>,
) -> ApiResult {
    let mut conn = app.store.read().await?;
    let (_, version) = resolve::version(&mut conn, &consumer, &number).await?;
    let (mut successful, mut failed, mut unknown, mut documents) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for pact in pact_lists::of_consumer_version(&mut conn, version.id).await? {
        match verifications::latest(&mut conn, pact.content_id).await? {
            Some(found) => {
                let names = if found.success { &mut successful } else { &mut failed };
                names.push(pact.provider.clone());
                documents.push(document(&links, &(pact.provider, pact.consumer, pact.sha), &found));
            }
            None => unknown.push(pact.provider),
        }
    }
    let success = failed.is_empty() && unknown.is_empty();
    Ok(ok(&json!({
        "success": success,
        "providerSummary": { "successful": successful, "failed": failed, "unknown": unknown },
        "_embedded": { "verificationResults": documents },
        "_links": { "self": titled(links.here(), format!("Latest verification results of {consumer} {number}")) },
    })))
}

fn document(links: &Links, (provider, consumer, sha): &Place, verification: &Verification) -> Value {
    let own = links.verification(provider, consumer, sha, verification.number);
    let mut document = resources::members(json!({
        "providerName": provider,
        "providerApplicationVersion": verification.provider_version,
        "success": verification.success,
        "verificationDate": date(verification.created_at),
    }));
    add(&mut document, "buildUrl", verification.build_url.clone());
    add(&mut document, "testResults", verification.test_results.clone());
    add(&mut document, "verifiedBy", verification.verified_by.clone());
    document.insert(
        "_links".to_owned(),
        json!({
            "self": titled(own.as_str(), "Verification result"),
            "pb:pact-version": titled(links.content(provider, consumer, sha), "The verified contract"),
            "pb:provider-version": titled(links.version(provider, &verification.provider_version), verification.provider_version.as_str()),
            "pb:triggered-webhooks": link(format!("{own}/triggered-webhooks")),
        }),
    );
    Value::Object(document)
}
