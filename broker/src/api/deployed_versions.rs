//! Deployed versions.

use axum::Extension;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::body::{JsonObject, MergePatch};
use super::hal::{add, created, date, ok, titled};
use super::links::Links;
use super::problem::{ApiError, ApiResult};
use super::query::Query;
use super::{resolve, resources};
use crate::app::AppState;
use crate::auth::Caller;
use crate::domain::deployment::{DeployedVersion, instance_name};
use crate::store::{deployments, now};

pub(super) async fn record(
    State(app): State<AppState>,
    links: Links,
    Path((name, number, uuid)): Path<(String, String, String)>,
    JsonObject(body): JsonObject,
) -> ApiResult {
    let given =
        ["applicationInstance", "target"].iter().find_map(|key| body.get(*key).filter(|value| !value.is_null()));
    let instance = match given {
        None => None,
        Some(Value::String(text)) if !text.contains(['\n', '\r']) => instance_name(Some(text)),
        Some(_) => {
            return Err(ApiError::field("applicationInstance", "must be text on one line"));
        }
    };
    let mut tx = app.store.write().await?;
    let (_, version) = resolve::version(&mut tx, &name, &number).await?;
    let environment = resolve::environment(&mut tx, &uuid).await?;
    let deployed = deployments::record(&mut tx, &version, environment.id, instance.as_deref(), now()).await?;
    tx.commit().await?;
    Ok(created(&links.to(&["deployed-versions", &deployed.uuid]), &document(&links, &deployed)))
}

pub(super) async fn of_version(
    State(app): State<AppState>,
    links: Links,
    Path((name, number, uuid)): Path<(String, String, String)>,
) -> ApiResult {
    let mut conn = app.store.read().await?;
    let (_, version) = resolve::version(&mut conn, &name, &number).await?;
    let environment = resolve::environment(&mut conn, &uuid).await?;
    let found = deployments::of_version(&mut conn, version.id, environment.id).await?;
    Ok(ok(&collection(&links, &found, "Deployed versions")))
}

pub(super) async fn currently_deployed(
    State(app): State<AppState>,
    links: Links,
    Path(uuid): Path<String>,
    query: Query,
) -> ApiResult {
    let mut conn = app.store.read().await?;
    let environment = resolve::environment(&mut conn, &uuid).await?;
    // given and blank means the unnamed instance
    let instance = query.raw("applicationInstance").or_else(|| query.raw("target")).map(str::trim);
    let pacticipant = query.text("pacticipant");
    let found = deployments::currently_deployed(&mut conn, environment.id, pacticipant, instance).await?;
    let title = format!("Versions deployed to {}", environment.fields.name);
    Ok(ok(&collection(&links, &found, &title)))
}

pub(super) async fn get(State(app): State<AppState>, links: Links, Path(uuid): Path<String>) -> ApiResult {
    let mut conn = app.store.read().await?;
    let found = deployments::find(&mut conn, &uuid).await?.ok_or_else(ApiError::nothing_here)?;
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
    let before = deployments::find(&mut tx, &uuid).await?.ok_or_else(ApiError::nothing_here)?;
    if let Some(reason) = caller.outside_scope(&before.pacticipant.name) {
        return Err(ApiError::Forbidden(reason));
    }
    match body.get("currentlyDeployed") {
        None => {}
        Some(Value::Bool(false)) => deployments::end(&mut tx, &uuid, now()).await?,
        Some(Value::Bool(true)) => {
            return Err(ApiError::Impossible(
                "currentlyDeployed cannot be set back to true: record another deployment instead".to_owned(),
            ));
        }
        Some(_) => return Err(ApiError::field("currentlyDeployed", "must be false")),
    }
    let found = deployments::find(&mut tx, &uuid).await?.ok_or_else(ApiError::nothing_here)?;
    tx.commit().await?;
    Ok(ok(&document(&links, &found)))
}

fn collection(links: &Links, found: &[DeployedVersion], title: &str) -> Value {
    let documents: Vec<Value> = found.iter().map(|deployed| document(links, deployed)).collect();
    json!({
        "_embedded": { "deployedVersions": documents },
        "_links": { "self": titled(links.here(), title) },
    })
}

fn document(links: &Links, deployed: &DeployedVersion) -> Value {
    let mut document = resources::members(json!({
        "uuid": deployed.uuid,
        "currentlyDeployed": deployed.currently_deployed,
    }));
    add(&mut document, "target", deployed.application_instance.clone());
    add(&mut document, "applicationInstance", deployed.application_instance.clone());
    add(&mut document, "undeployedAt", deployed.undeployed_at.map(date));
    document.insert("createdAt".to_owned(), date(deployed.created_at).into());
    let name = &deployed.pacticipant.name;
    document.insert(
        "_embedded".to_owned(),
        json!({
            "pacticipant": resources::short_pacticipant(links, name),
            "version": {
                "number": deployed.version.number,
                "_links": { "self": titled(links.version(name, &deployed.version.number), deployed.version.number.as_str()) },
            },
            "environment": resources::environment(links, &deployed.environment),
        }),
    );
    let own = links.to(&["deployed-versions", &deployed.uuid]);
    document.insert("_links".to_owned(), json!({ "self": titled(own, "Deployed version") }));
    Value::Object(document)
}
