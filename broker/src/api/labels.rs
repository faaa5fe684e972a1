//! Labels on pacticipants.

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::body::NoBody;
use super::hal::{date, link, no_content, ok, put, titled};
use super::links::Links;
use super::problem::{ApiError, ApiResult};
use super::resolve;
use crate::app::AppState;
use crate::store::labels::Label;
use crate::store::{labels, now};

pub(super) async fn all(State(app): State<AppState>, links: Links) -> ApiResult {
    let mut conn = app.store.read().await?;
    let labels: Vec<Value> = labels::all(&mut conn)
        .await?
        .into_iter()
        .map(|name| json!({ "name": name }))
        .collect();
    Ok(ok(
        &json!({ "_embedded": { "labels": labels }, "_links": { "self": titled(links.here(), "Labels") } }),
    ))
}

pub(super) async fn get(
    State(app): State<AppState>,
    links: Links,
    Path((name, label)): Path<(String, String)>,
) -> ApiResult {
    let mut conn = app.store.read().await?;
    let pacticipant = resolve::pacticipant(&mut conn, &name).await?;
    let found = labels::find(&mut conn, pacticipant.id, &label)
        .await?
        .ok_or_else(ApiError::nothing_here)?;
    Ok(ok(&document(&links, &name, &found)))
}

pub(super) async fn add(
    State(app): State<AppState>,
    links: Links,
    Path((name, label)): Path<(String, String)>,
    _: NoBody,
) -> ApiResult {
    let mut tx = app.store.write().await?;
    let pacticipant = resolve::pacticipant(&mut tx, &name).await?;
    let now = now();
    let new = labels::put(&mut tx, pacticipant.id, &label, now).await?;
    let found = labels::find(&mut tx, pacticipant.id, &label)
        .await?
        .ok_or_else(ApiError::nothing_here)?;
    tx.commit().await?;
    Ok(put(
        new,
        &links.to(&["pacticipants", &name, "labels", &label]),
        &document(&links, &name, &found),
    ))
}

pub(super) async fn delete(
    State(app): State<AppState>,
    Path((name, label)): Path<(String, String)>,
) -> ApiResult {
    let mut tx = app.store.write().await?;
    let pacticipant = resolve::pacticipant(&mut tx, &name).await?;
    if !labels::delete(&mut tx, pacticipant.id, &label).await? {
        return Err(ApiError::nothing_here());
    }
    tx.commit().await?;
    Ok(no_content())
}

fn document(links: &Links, pacticipant: &str, label: &Label) -> Value {
    json!({
        "name": label.name,
        "createdAt": date(label.created_at),
        "_links": {
            "self": titled(links.to(&["pacticipants", pacticipant, "labels", &label.name]), label.name.as_str()),
            "pacticipant": link(links.pacticipant(pacticipant)),
        },
    })
}
