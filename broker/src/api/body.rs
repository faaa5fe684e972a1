//! Request bodies.

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, Method, StatusCode, header};
use bytes::Bytes;
use serde_json::{Map, Value};

use super::problem::ApiError;

/// A JSON object as a request body; an empty body counts as an empty object.
pub(super) struct JsonObject(pub(super) Map<String, Value>);

/// A JSON object sent as `application/merge-patch+json`.
pub(super) struct MergePatch(pub(super) Map<String, Value>);

/// The bytes of a JSON body, as they came.
pub(super) struct JsonBytes(pub(super) Bytes);

/// No body is needed; one that is sent must be JSON.
pub(super) struct NoBody;

impl<S: Send + Sync> FromRequest<S> for JsonObject {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let JsonBytes(bytes) = JsonBytes::from_request(request, state).await?;
        Ok(Self(object(&bytes)?))
    }
}

impl<S: Send + Sync> FromRequest<S> for JsonBytes {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let method = request.method().clone();
        let kind = content_type(request.headers());
        let bytes = whole_body(request, state).await?;
        match kind.as_deref() {
            Some(kind) if is_json(kind) => Ok(Self(bytes)),
            None if bytes.is_empty() && method == Method::POST => Ok(Self(bytes)),
            _ => Err(ApiError::MediaType("application/json")),
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for MergePatch {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let kind = content_type(request.headers());
        let bytes = whole_body(request, state).await?;
        match kind.as_deref() {
            Some("application/merge-patch+json") => Ok(Self(object(&bytes)?)),
            _ => Err(ApiError::MediaType("application/merge-patch+json")),
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for NoBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        JsonBytes::from_request(request, state).await.map(|_| Self)
    }
}

async fn whole_body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, ApiError> {
    Bytes::from_request(request, state).await.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::TooLarge("the body is larger than this broker takes".to_owned()),
        _ => ApiError::Unusable(format!("the body could not be read: {rejection}")),
    })
}

fn content_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(value.split(';').next().unwrap_or(value).trim().to_ascii_lowercase())
}

fn is_json(kind: &str) -> bool {
    matches!(kind, "application/json" | "application/hal+json" | "text/json") || kind.ends_with("+json")
}

fn object(bytes: &[u8]) -> Result<Map<String, Value>, ApiError> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    if std::str::from_utf8(bytes).is_err() {
        return Err(ApiError::Unusable("the body is not UTF-8 text".to_owned()));
    }
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(ApiError::Unusable("the body is JSON, but no object".to_owned())),
        Err(error) => Err(ApiError::Unusable(format!("the body is not valid JSON: {error}"))),
    }
}
