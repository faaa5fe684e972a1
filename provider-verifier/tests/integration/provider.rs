//! A provider that remembers what it was asked and misbehaves on request.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value as Json, json};

/// What it was asked, in order: `GET /path?query` or `POST /states {"action":…}`.
type Journal = Arc<Mutex<Vec<String>>>;

/// A running provider; it stops when dropped.
pub(crate) struct Provider {
    pub(crate) url: String,
    journal: Journal,
    task: tokio::task::JoinHandle<()>,
}

impl Provider {
    pub(crate) async fn start() -> Self {
        let journal = Journal::default();
        let router = Router::new().fallback(answer).with_state(Arc::clone(&journal));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, journal, task }
    }

    pub(crate) fn states_url(&self) -> String {
        format!("{}/states", self.url)
    }

    /// What it was asked so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.journal.lock().unwrap().clone()
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Accepts connections, reads a little, and hangs up.
pub(crate) async fn resetting() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let Ok((stream, _)) = listener.accept().await else { return };
            let _ = stream.readable().await;
            drop(stream);
        }
    });
    url
}

/// An address where nobody listens.
pub(crate) async fn nobody() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

async fn answer(State(journal): State<Journal>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let shown = if body.is_empty() { String::new() } else { format!(" {}", String::from_utf8_lossy(&body)) };
    let agent = parts.headers.get("x-tenant").map_or(String::new(), |value| format!(" x-tenant={value:?}"));
    journal.lock().unwrap().push(format!("{} {}{agent}{shown}", parts.method, parts.uri));
    match parts.uri.path() {
        "/stock/ABC-1" => axum::Json(json!({ "sku": "ABC-1", "left": 5, "extra": true })).into_response(),
        "/stock/TEXT" => axum::Json(json!({ "sku": "TEXT", "left": "4" })).into_response(),
        "/moved" => axum::response::Redirect::temporary("/stock/ABC-1").into_response(),
        "/slow" => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            ().into_response()
        }
        "/states" => state(&body),
        "/failing-states" => (axum::http::StatusCode::INTERNAL_SERVER_ERROR, "no such state").into_response(),
        "/echo" => ([("content-type", "application/json")], body).into_response(),
        "/" => message(&body),
        path if path.starts_with("/item/") => axum::Json(json!({ "id": path["/item/".len()..] })).into_response(),
        _ => (axum::http::StatusCode::NOT_FOUND, "nothing here").into_response(),
    }
}

fn state(body: &Bytes) -> Response {
    let call: Json = serde_json::from_slice(body).unwrap();
    match call["state"].as_str() {
        Some("an item exists") => axum::Json(json!({ "id": 77 })).into_response(),
        Some("broken") => (axum::http::StatusCode::BAD_REQUEST, "cannot do that").into_response(),
        _ => ().into_response(),
    }
}

fn message(body: &Bytes) -> Response {
    let question: Json = serde_json::from_slice(body).unwrap();
    match question["description"].as_str() {
        Some("an order was placed") => {
            // {"topic":"orders"}
            let metadata = ("pact-message-metadata", "eyJ0b3BpYyI6Im9yZGVycyJ9");
            ([metadata], axum::Json(json!({ "id": "ord-1", "total": 29.5 }))).into_response()
        }
        // a Stock { sku: "ABC-1", left: 4 }
        Some("stock changed") => {
            let headers = [("content-type", "application/protobuf;message=.inventory.v1.Stock")];
            (headers, Bytes::from_static(b"\x0a\x05ABC-1\x10\x04")).into_response()
        }
        _ => (axum::http::StatusCode::NOT_FOUND, "no such message").into_response(),
    }
}
