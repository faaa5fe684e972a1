//! Tags on versions.

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::body::NoBody;
use super::hal::{date, no_content, ok, put, titled};
use super::links::Links;
use super::problem::{ApiError, ApiResult};
use super::resolve;
use crate::app::AppState;
use crate::store::tags::Tag;
use crate::store::{now, pacticipants, tags, versions};

pub(super) async fn get(
    State(app): State<AppState>,
    links: Links,
    Path((name, number, tag)): Path<(String, String, String)>,
) -> ApiResult {
    let mut conn = app.store.read().await?;
    let (_, version) = resolve::version(&mut conn, &name, &number).await?;
    let found = tags::find(&mut conn, version.id, &tag).await?.ok_or_else(ApiError::nothing_here)?;
    Ok(ok(&document(&links, &name, &number, &found)))
}

pub(super) async fn add(
    State(app): State<AppState>,
    links: Links,
    Path((name, number, tag)): Path<(String, String, String)>,
    _: NoBody,
) -> ApiResult {
    let mut tx = app.store.write().await?;
    let now = now();
    let pacticipant = pacticipants::ensure(&mut tx, &name, now).await?;
    let (version, _) = versions::ensure(&mut tx, pacticipant.id, &number, now).await?;
    let new = tags::put(&mut tx, &app.settings.rules, &pacticipant, &version, &tag, now).await?;
    let found = tags::find(&mut tx, version.id, &tag).await?.ok_or_else(ApiError::nothing_here)?;
    tx.commit().await?;
    Ok(put(new, &links.tag(&name, &number, &tag), &document(&links, &name, &number, &found)))
}

pub(super) async fn delete(
    State(app): State<AppState>,
    Path((name, number, tag)): Path<(String, String, String)>,
) -> ApiResult {
    let mut tx = app.store.write().await?;
    let (_, version) = resolve::version(&mut tx, &name, &number).await?;
    if !tags::delete(&mut tx, &version, &tag).await? {
        return Err(ApiError::nothing_here());
    }
    tx.commit().await?;
    Ok(no_content())
}

fn document(links: &Links, pacticipant: &str, number: &str, tag: &Tag) -> Value {
    json!({
        "name": tag.name,
        "createdAt": date(tag.created_at),
        "_links": {
            "self": titled(links.tag(pacticipant, number, &tag.name), tag.name.as_str()),
            "version": titled(links.version(pacticipant, number), number),
            "pacticipant": titled(links.pacticipant(pacticipant), pacticipant),
        },
    })
}
