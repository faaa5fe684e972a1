//! HAL documents.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// The media type of everything that is not said otherwise.
pub(super) const HAL_JSON: HeaderValue = HeaderValue::from_static("application/hal+json;charset=utf-8");

/// The header that names the consumer version of a pact found by "latest".
pub(super) const CONSUMER_VERSION: HeaderName = HeaderName::from_static("x-pact-consumer-version");

/// A HAL answer.
pub(super) fn hal(status: StatusCode, document: &impl Serialize) -> Response {
    let body = serde_json::to_vec(document).expect("every key of a document is text");
    (status, [(header::CONTENT_TYPE, HAL_JSON)], body).into_response()
}

/// A HAL answer with status 200.
pub(super) fn ok(document: &impl Serialize) -> Response {
    hal(StatusCode::OK, document)
}

/// A HAL answer with status 201 that says where the new resource is.
pub(super) fn created(location: &str, document: &Value) -> Response {
    let mut response = hal(StatusCode::CREATED, document);
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// 201 when it is new, 200 when it was there.
pub(super) fn put(new: bool, location: &str, document: &Value) -> Response {
    if new { created(location, document) } else { ok(document) }
}

/// 204.
pub(super) fn no_content() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// Text, as `text/plain`.
pub(super) fn text(body: String) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("text/plain;charset=utf-8"))], body).into_response()
}

/// A link.
pub(super) fn link(href: impl Into<String>) -> Value {
    json!({ "href": href.into() })
}

/// The links of something that has no others.
#[derive(Debug, Serialize)]
pub(super) struct OwnLink {
    #[serde(rename = "self")]
    own: Link,
}

#[derive(Debug, Serialize)]
struct Link {
    href: String,
}

impl OwnLink {
    pub(super) fn to(href: String) -> Self {
        Self { own: Link { href } }
    }
}

/// A link with a title.
pub(super) fn titled(href: impl Into<String>, title: impl Into<String>) -> Value {
    json!({ "title": title.into(), "href": href.into() })
}

/// A link with a title and a name.
pub(super) fn named(href: impl Into<String>, title: impl Into<String>, name: impl Into<String>) -> Value {
    json!({ "title": title.into(), "name": name.into(), "href": href.into() })
}

/// A link with variables to fill in.
pub(super) fn templated(href: impl Into<String>, title: &str) -> Value {
    json!({ "title": title, "href": href.into(), "templated": true })
}

/// Microseconds since 1970 as clients read times.
pub(super) fn date(micros: i64) -> String {
    Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH).strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

/// Adds `createdAt`, and `updatedAt` when something changed since.
pub(super) fn add_dates(document: &mut Map<String, Value>, created_at: i64, updated_at: i64) {
    document.insert("createdAt".to_owned(), date(created_at).into());
    if updated_at != created_at {
        document.insert("updatedAt".to_owned(), date(updated_at).into());
    }
}

/// Adds a member that has a value.
pub(super) fn add<T: Into<Value>>(document: &mut Map<String, Value>, key: &str, value: Option<T>) {
    if let Some(value) = value {
        document.insert(key.to_owned(), value.into());
    }
}
