//! What happens around every request: its identity, its limits, its figures, and a second try after a collision.

use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tracing::Instrument as _;

use super::problem::{ApiError, Collided};
use crate::app::{AppState, call, without_body};
use crate::store::dialect::Dialect;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// How many bytes of headers are read.
const HEADER_LIMIT: usize = 64 * 1024;

/// How often a transaction that collided with another is tried.
const ATTEMPTS: u32 = 8;

/// Names each request, limits it, counts it, and logs it.
pub(crate) async fn observe(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = request_id(request.headers());
    if let Ok(value) = HeaderValue::from_str(&id) {
        request.headers_mut().insert(REQUEST_ID, value);
    }
    let trace = trace_id(request.headers());
    let method = request.method().clone();
    let span = tracing::info_span!("request", id, trace, %method, path = request.uri().path());
    let mut response = if header_bytes(request.headers()) > HEADER_LIMIT {
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE.into_response()
    } else {
        match tokio::time::timeout(app.settings.request_timeout, next.run(request).instrument(span.clone())).await {
            Ok(response) => response,
            Err(_) => ApiError::Unavailable("the request took too long and was given up".to_owned()).into_response(),
        }
    };
    let route = response.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    app.metrics.request(method.as_str(), &route, response.status().as_u16(), begun.elapsed());
    span.in_scope(|| {
        let status = response.status().as_u16();
        tracing::info!(status, route, took_ms = begun.elapsed().as_secs_f64() * 1000.0, "answered");
    });
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// Tells the figures which route answered.
pub(super) async fn mark_route(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut response = next.run(request).await;
    if let Some(route) = route {
        response.extensions_mut().insert(route);
    }
    response
}

/// The identity a proxy or client gave a request, as far as it is fit for logs; else a new one.
fn request_id(headers: &HeaderMap) -> String {
    let given = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let fits = |id: &&str| {
        (1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte))
    };
    given.filter(fits).map_or_else(|| uuid::Uuid::new_v4().simple().to_string(), str::to_owned)
}

/// The trace a request belongs to: the second part of `traceparent`.
fn trace_id(headers: &HeaderMap) -> Option<String> {
    let parent = headers.get("traceparent")?.to_str().ok()?;
    let trace = parent.split('-').nth(1)?;
    (trace.len() == 32 && trace.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| trace.to_owned())
}

fn header_bytes(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum()
}

/// Has the API answer. On PostgreSQL, writers may collide: then the whole request is tried again, as its transaction
/// left nothing behind.
pub(crate) async fn repeating(app: &AppState, api: Router, request: Request) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if reads || app.store.dialect() == Dialect::Sqlite {
        return call(api, request).await;
    }
    let head = without_body(&request);
    let body = match to_bytes(request.into_body(), app.settings.body_limit).await {
        Ok(body) => body,
        Err(error) => {
            return ApiError::TooLarge(format!("the body could not be read: {error}")).into_response();
        }
    };
    let mut attempt = 1;
    loop {
        let mut copy = without_body(&head);
        *copy.body_mut() = Body::from(body.clone());
        let response = call(api.clone(), copy).await;
        if attempt == ATTEMPTS || response.extensions().get::<Collided>().is_none() {
            return response;
        }
        let most = 10u64 << attempt;
        tokio::time::sleep(Duration::from_millis(fastrand::u64(1..=most))).await;
        attempt += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities_come_from_outside_only_when_they_are_harmless() {
        let with = |id: &'static str| HeaderMap::from_iter([(REQUEST_ID, HeaderValue::from_static(id))]);
        assert_eq!(request_id(&with("abc-1")), "abc-1");
        assert_ne!(request_id(&with("a b")), "a b");
        assert_eq!(request_id(&HeaderMap::new()).len(), 32);
    }

    #[test]
    fn traces_are_recognised() {
        let with = |text: &'static str| {
            HeaderMap::from_iter([("traceparent".parse().unwrap(), HeaderValue::from_static(text))])
        };
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        assert_eq!(trace_id(&with("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")).as_deref(), Some(id));
        assert_eq!(trace_id(&with("nonsense")), None);
    }
}
