//! What happens around every request: its identity, its limits, its figures, and a second try after a collision.

use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tracing::{Instrument as _, field};

use super::problem::{ApiError, Collided};
use super::{route_table, trace};
use crate::app::{AppState, call, without_body};
use crate::domain::webhook::{STARS, is_secret_header};
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
    let method = request.method().clone();
    let span = tracing::info_span!("request", id, trace = field::Empty, %method, path = request.uri().path());
    trace::join(&span, request.headers());
    if app.settings.surfaces.log_headers {
        span.in_scope(|| tracing::info!(headers = shown(request.headers()), "asked"));
    }
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
        if app.settings.surfaces.log_headers {
            tracing::info!(headers = shown(response.headers()), "answers");
        }
        tracing::info!(status, route, took_ms = begun.elapsed().as_secs_f64() * 1000.0, "answered");
    });
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// Tells the figures which route answered, and those who could not read its answer that they could not.
pub(super) async fn mark_route(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let unacceptable = route.as_ref().and_then(|route| {
        let choosy = !accepts(request.headers(), "");
        let offered = choosy.then(|| route_table::answers(request.method(), route.as_str())).flatten()?;
        (!accepts(request.headers(), offered)).then_some(offered)
    });
    let mut response = match unacceptable {
        Some(offered) => ApiError::NotAcceptable(offered).into_response(),
        None => next.run(request).await,
    };
    if let Some(route) = route {
        response.extensions_mut().insert(route);
    }
    response
}

/// Whether a client takes an answer of one of these media types. Whoever speaks any JSON takes all of ours, browsers take what
/// there is, and a client that says nothing takes anything.
fn accepts(headers: &HeaderMap, offered: &str) -> bool {
    let mut asked = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).peekable();
    if asked.peek().is_none() {
        return true;
    }
    let is_offered = |range: &str| {
        offered.split(", ").any(|kind| {
            range == kind || range.strip_suffix("/*").is_some_and(|family| kind.split('/').next() == Some(family))
        })
    };
    asked.flat_map(|value| value.split(',')).any(|range| {
        let range = range.split(';').next().unwrap_or(range).trim().to_ascii_lowercase();
        range.contains("json") || matches!(range.as_str(), "" | "*" | "*/*" | "text/html") || is_offered(&range)
    })
}

/// The identity a proxy or client gave a request, as far as it is fit for logs; else a new one.
fn request_id(headers: &HeaderMap) -> String {
    let given = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let fits = |id: &&str| {
        (1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte))
    };
    given.filter(fits).map_or_else(|| uuid::Uuid::new_v4().simple().to_string(), str::to_owned)
}

/// Headers for logs, one after another, secrets left out.
fn shown(headers: &HeaderMap) -> String {
    let shown = headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        let value = if is_secret_header(name.as_str(), &value) { STARS.into() } else { value };
        format!("{name}: {value}")
    });
    shown.collect::<Vec<_>>().join("; ")
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
    fn answers_are_in_a_form_the_client_takes() {
        let with = |accept: &'static [&str]| {
            accept.iter().map(|value| (header::ACCEPT, HeaderValue::from_static(value))).collect::<HeaderMap>()
        };
        for (accept, offered, takes) in [
            (&[][..], "application/hal+json", true),
            (&["application/json"], "application/hal+json", true),
            (&["application/*"], "application/hal+json", true),
            (&["text/csv", "application/hal+json"], "application/hal+json", true),
            (&["image/png;q=0.1, */*;q=0.01"], "application/hal+json", true),
            (&["image/png"], "application/hal+json", false),
            (&["application/yaml"], "application/hal+json", false),
            (&["image/*"], "image/svg+xml", true),
            (&["text/plain"], "text/csv", false),
            (&["text/csv"], "text/csv", true),
            (&["text/plain"], "application/hal+json, text/plain", true),
            (&["application/openmetrics-text; version=1.0.0, text/plain;q=0.5"], "text/plain", true),
        ] {
            assert_eq!(accepts(&with(accept), offered), takes, "{accept:?} {offered}");
        }
    }

    #[test]
    fn logged_headers_have_no_secrets() {
        let headers = HeaderMap::from_iter([
            (header::AUTHORIZATION, HeaderValue::from_static("Bearer s3cret")),
            (header::HOST, HeaderValue::from_static("b")),
        ]);
        assert_eq!(shown(&headers), "authorization: **********; host: b");
    }
}
