//! A bare axum server: the fast provider that is verified, and the limit that a mock server is measured against. Below
//! [`SLOWLY`] it takes its time.

use std::time::Duration;

use axum::extract::Path;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};

use crate::contract;

/// The path below which each answer takes [`SLOWNESS`].
pub(crate) const SLOWLY: &str = "/slowly";

/// How long a slow answer takes.
pub(crate) const SLOWNESS: Duration = Duration::from_millis(20);

/// Starts the server on a free port of 127.0.0.1; it runs as long as the process.
pub(crate) async fn start() -> anyhow::Result<u16> {
    let app = Router::new()
        .route("/items/{index}", get(item))
        .route("/slowly/items/{index}", get(slow_item))
        .route("/_states", post(|| async { Json(serde_json::json!({})) }));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(port)
}

async fn item(Path(index): Path<usize>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], contract::body(index).to_string())
}

async fn slow_item(index: Path<usize>) -> impl IntoResponse {
    tokio::time::sleep(SLOWNESS).await;
    item(index).await
}
