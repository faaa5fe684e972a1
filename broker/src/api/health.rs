//! Signs of life.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::hal::{hal, link, ok};
use super::links::Links;
use super::problem::{ApiError, ApiResult};
use crate::app::AppState;

/// The process answers.
pub(super) async fn health() -> Response {
    ok(&json!({ "ok": true }))
}

/// Fails on purpose, to try out how failures are reported.
pub(super) async fn fail() -> ApiResult {
    Err(ApiError::Internal(crate::store::StoreError::Database(sqlx::Error::Protocol("asked to fail".to_owned()))))
}

/// The process answers and can reach its database.
pub(super) async fn ready(State(app): State<AppState>) -> Response {
    match app.store.ping().await {
        Ok(()) => ok(&json!({ "ok": true })),
        Err(error) => {
            tracing::warn!(%error, "the database does not answer");
            hal(StatusCode::SERVICE_UNAVAILABLE, &json!({ "ok": false, "error": "the database does not answer" }))
        }
    }
}

pub(super) async fn heartbeat(State(app): State<AppState>, links: Links) -> ApiResult {
    if !app.settings.surfaces.diagnostics {
        return Err(ApiError::nothing_here());
    }
    Ok(ok(&json!({ "ok": true, "_links": { "self": link(links.here()) } })))
}

pub(super) async fn dependencies(State(app): State<AppState>, links: Links) -> ApiResult {
    if !app.settings.surfaces.diagnostics {
        return Err(ApiError::nothing_here());
    }
    let reachable = app.store.ping().await.is_ok();
    let status = if reachable { StatusCode::OK } else { StatusCode::INTERNAL_SERVER_ERROR };
    Ok(hal(status, &json!({ "database": { "ok": reachable }, "_links": { "self": link(links.here()) } })))
}
