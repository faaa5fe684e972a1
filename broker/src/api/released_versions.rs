//! Released versions.

use axum::Extension;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::body::{JsonObject, MergePatch};
use super::hal::{add, date, ok, put, titled};
use super::links::Links;
use super::problem::{ApiError, ApiResult};
use super::query::Query;
use super::{resolve, resources};
use crate::app::AppState;
use crate::auth::Caller;
use crate::domain::deployment::ReleasedVersion;
use crate::store::{now, releases};

pub(super) async fn record(
    State(app): State<AppState>,
    links: Links,
    Path((name, number, uuid)): Path<(String, String, String)>,
    _: JsonObject,
) -> ApiResult {
    let mut tx = app.store.write().await?;
    let (_, version) = resolve::version(&mut tx, &name, &number).await?;
    let environment = resolve::environment(&mut tx, &uuid).await?;
    let (released, new) = releases::record(&mut tx, &version, environment.id, now()).await?;
    tx.commit().await?;
    Ok(put(new, &links.to(&["released-versions", &released.uuid]), &document(&links, &released)))
}

pub(super) async fn of_version(
    State(app): State<AppState>,
    links: Links,
    Path((name, number, uuid)): Path<(String, String, String)>,
) -> ApiResult {
    let mut conn = app.store.read().await?;
    let (_, version) = resolve::version(&mut conn, &name, &number).await?;
    let environment = resolve::environment(&mut conn, &uuid).await?;
    let found = releases::of_version(&mut conn, version.id, environment.id).await?;
    Ok(ok(&collection(&links, &found, "Released versions")))
}

pub(super) async fn currently_supported(
    State(app): State<AppState>,
    links: Links,
    Path(uuid): Path<String>,
    query: Query,
) -> ApiResult {
    let mut conn = app.store.read().await?;
    let environment = resolve::environment(&mut conn, &uuid).await?;
    let (pacticipant, version) = (query.text("pacticipant"), query.text("version"));
    let found = releases::currently_supported(&mut conn, environment.id, pacticipant, version).await?;
    let title = format!("Versions released and supported in {}", environment.fields.name);
    Ok(ok(&collection(&links, &found, &title)))
}

pub(super) async fn get(State(app): State<AppState>, links: Links, Path(uuid): Path<String>) -> ApiResult {
    let mut conn = app.store.read().await?;
    let found = releases::find(&mut conn, &uuid).await?.ok_or_else(ApiError::nothing_here)?;
    Ok(ok(&document(&links, &found)))
}

pub(super) async fn update(
    State(app): State<AppState>,
    links: Links,
    Path(uuid): Path<String>,
    Extension(caller): Extension<Caller>,
    MergePatch(body): MergePatch,
) -> ApiResult {
    let mut tx = app.store.write().await?;
    let before = releases::find(&mut tx, &uuid).await?.ok_or_else(ApiError::nothing_here)?;
    if let Some(reason) = caller.outside_scope(&before.pacticipant.name) {
        return Err(ApiError::Forbidden(reason));
    }
    match body.get("currentlySupported") {
        None => {}
        Some(Value::Bool(false)) => releases::end_support(&mut tx, &uuid, now()).await?,
        Some(Value::Bool(true)) => {
            return Err(ApiError::Impossible(
                "currentlySupported cannot be set back to true: record the release again instead".to_owned(),
            ));
        }
        Some(_) => return Err(ApiError::field("currentlySupported", "must be false")),
    }
    let found = releases::find(&mut tx, &uuid).await?.ok_or_else(ApiError::nothing_here)?;
    tx.commit().await?;
    Ok(ok(&document(&links, &found)))
}

fn collection(links: &Links, found: &[ReleasedVersion], title: &str) -> Value {
    let documents: Vec<Value> = found.iter().map(|released| document(links, released)).collect();
    json!({
        "_embedded": { "releasedVersions": documents },
        "_links": { "self": titled(links.here(), title) },
    })
}

fn document(links: &Links, released: &ReleasedVersion) -> Value {
    let mut document = resources::members(json!({
        "uuid": released.uuid,
        "currentlySupported": released.currently_supported,
    }));
    add(&mut document, "supportEndedAt", released.support_ended_at.map(date));
    document.insert("createdAt".to_owned(), date(released.created_at).into());
    let name = &released.pacticipant.name;
    document.insert(
        "_embedded".to_owned(),
        json!({
            "pacticipant": resources::short_pacticipant(links, name),
            "version": {
                "number": released.version.number,
                "_links": { "self": titled(links.version(name, &released.version.number), released.version.number.as_str()) },
            },
            "environment": resources::environment(links, &released.environment),
        }),
    );
    let own = links.to(&["released-versions", &released.uuid]);
    document.insert("_links".to_owned(), json!({ "self": titled(own, "Released version") }));
    Value::Object(document)
}
