//! A bare axum server: the fast provider that is verified, and the limit that a mock server is measured against. Below
//! [`SLOWLY`] it takes its time.

use std::time::Duration;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
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

/// A server that hands out bytes it has ready, and does nothing else: what a mock server can be at most. Runs as long as the
/// process, and prints its port.
pub(crate) async fn serve_ready(items: usize) -> anyhow::Result<()> {
    let ready: Arc<Vec<Bytes>> = Arc::new((0..items).map(|index| contract::body(index).to_string().into()).collect());
    let app = Router::new().route("/items/{index}", get(ready_item)).with_state(ready);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("{}", listener.local_addr()?.port());
    Ok(axum::serve(listener.tap_io(|stream| drop(stream.set_nodelay(true))), app).await?)
}

async fn ready_item(State(ready): State<Arc<Vec<Bytes>>>, Path(index): Path<usize>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], ready[index].clone())
}

async fn slow_item(index: Path<usize>) -> impl IntoResponse {
    tokio::time::sleep(SLOWNESS).await;
    item(index).await
}
