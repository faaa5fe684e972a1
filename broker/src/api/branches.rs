//! Branches and the versions on them.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::body::NoBody;
use super::hal::{date, hal, no_content, ok, put, titled};
use super::links::Links;
use super::paging::{add_page, page, page_or_first};
use super::problem::{ApiError, ApiResult};
use super::query::Query;
use super::{resolve, resources, versions as version_api};
use crate::app::AppState;
use crate::store::{branches, now, pacticipants, versions};

pub(super) async fn list(
    State(app): State<AppState>,
    links: Links,
    Path(name): Path<String>,
    query: Query,
) -> ApiResult {
    let page = page_or_first(&query)?;
    let mut conn = app.store.read().await?;
    let pacticipant = resolve::pacticipant(&mut conn, &name).await?;
    let (found, total) = branches::list(&mut conn, pacticipant.id, query.text("q"), page).await?;
    let documents: Vec<Value> = found.iter().map(|branch| resources::branch(&links, &name, branch)).collect();
    let rels: Vec<Value> =
        found.iter().map(|branch| titled(links.branch(&name, &branch.name), branch.name.as_str())).collect();
    let mut document = resources::members(json!({
        "_embedded": { "branches": documents },
        "_links": {
            "self": titled(links.here(), format!("Branches of {name}")),
            "pb:pacticipant": titled(links.pacticipant(&name), name.as_str()),
            "pb:branches": rels,
        },
    }));
    add_page(&mut document, &links, Some(page), total);
    Ok(ok(&Value::Object(document)))
}

/// Deletes all branches but the main one and those excluded.
pub(super) async fn delete_all(State(app): State<AppState>, Path(name): Path<String>, query: Query) -> ApiResult {
    let mut tx = app.store.write().await?;
    let pacticipant = resolve::pacticipant(&mut tx, &name).await?;
    let mut keep = query.texts("exclude");
    keep.extend(pacticipant.main_branch.clone());
    let deleted = branches::delete_all_but(&mut tx, pacticipant.id, &keep).await?;
    tx.commit().await?;
    let text = format!("Deleted {} branches of {name}.", deleted.len());
    Ok(hal(StatusCode::ACCEPTED, &json!({ "notices": [{ "type": "success", "text": text }] })))
}

pub(super) async fn get(
    State(app): State<AppState>,
    links: Links,
    Path((name, branch)): Path<(String, String)>,
) -> ApiResult {
    let mut conn = app.store.read().await?;
    let (pacticipant, branch) = resolve::branch(&mut conn, &name, &branch).await?;
    Ok(ok(&resources::branch(&links, &pacticipant.name, &branch)))
}

pub(super) async fn delete(State(app): State<AppState>, Path((name, branch)): Path<(String, String)>) -> ApiResult {
    let mut tx = app.store.write().await?;
    let (_, branch) = resolve::branch(&mut tx, &name, &branch).await?;
    branches::delete(&mut tx, branch.id).await?;
    tx.commit().await?;
    Ok(no_content())
}

pub(super) async fn list_versions(
    State(app): State<AppState>,
    links: Links,
    Path((name, branch)): Path<(String, String)>,
    query: Query,
) -> ApiResult {
    let page = page(&query)?;
    let mut conn = app.store.read().await?;
    let (pacticipant, branch) = resolve::branch(&mut conn, &name, &branch).await?;
    let (found, total) = branches::versions(&mut conn, branch.id, page).await?;
    let mut document = version_api::list_document(&mut conn, &links, &pacticipant, &found).await?;
    add_page(&mut document, &links, page, total);
    Ok(ok(&Value::Object(document)))
}

pub(super) async fn latest_version(
    State(app): State<AppState>,
    links: Links,
    Path((name, branch)): Path<(String, String)>,
) -> ApiResult {
    let mut conn = app.store.read().await?;
    let (pacticipant, branch) = resolve::branch(&mut conn, &name, &branch).await?;
    let head = branches::head(&mut conn, pacticipant.id, &branch.name).await?.ok_or_else(ApiError::nothing_here)?;
    Ok(ok(&version_api::one(&mut conn, &links, &pacticipant, &head).await?))
}

pub(super) async fn get_version(
    State(app): State<AppState>,
    links: Links,
    Path((name, branch, number)): Path<(String, String, String)>,
) -> ApiResult {
    let mut conn = app.store.read().await?;
    let (_, branch) = resolve::branch(&mut conn, &name, &branch).await?;
    let (_, version) = resolve::version(&mut conn, &name, &number).await?;
    let found = branches::membership(&mut conn, branch.id, version.id).await?.ok_or_else(ApiError::nothing_here)?;
    Ok(ok(&membership(&links, &name, &branch.name, &number, found.created_at)))
}

pub(super) async fn add_version(
    State(app): State<AppState>,
    links: Links,
    Path((name, branch, number)): Path<(String, String, String)>,
    _: NoBody,
) -> ApiResult {
    let mut tx = app.store.write().await?;
    let now = now();
    let pacticipant = pacticipants::ensure(&mut tx, &name, now).await?;
    let (version, _) = versions::ensure(&mut tx, pacticipant.id, &number, now).await?;
    let new = branches::add_version(&mut tx, &app.settings.rules, &pacticipant, &branch, version.id, now).await?;
    let (_, found) = resolve::branch(&mut tx, &name, &branch).await?;
    let joined = branches::membership(&mut tx, found.id, version.id).await?.ok_or_else(ApiError::nothing_here)?;
    tx.commit().await?;
    let document = membership(&links, &name, &branch, &number, joined.created_at);
    Ok(put(new, &links.branch_version(&name, &branch, &number), &document))
}

pub(super) async fn remove_version(
    State(app): State<AppState>,
    Path((name, branch, number)): Path<(String, String, String)>,
) -> ApiResult {
    let mut tx = app.store.write().await?;
    let (_, branch) = resolve::branch(&mut tx, &name, &branch).await?;
    let (_, version) = resolve::version(&mut tx, &name, &number).await?;
    branches::membership(&mut tx, branch.id, version.id).await?.ok_or_else(ApiError::nothing_here)?;
    branches::remove_version(&mut tx, &branch, version.id).await?;
    tx.commit().await?;
    Ok(no_content())
}

fn membership(links: &Links, pacticipant: &str, branch: &str, number: &str, created_at: i64) -> Value {
    json!({
        "createdAt": date(created_at),
        "_links": {
            "self": titled(links.branch_version(pacticipant, branch, number), "Version on a branch"),
            "pb:branch": titled(links.branch(pacticipant, branch), branch),
            "pb:version": titled(links.version(pacticipant, number), number),
            "pb:pacticipant": titled(links.pacticipant(pacticipant), pacticipant),
        },
    })
}
