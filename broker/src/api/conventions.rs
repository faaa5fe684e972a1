//! What holds for every request and answer.

use std::any::Any;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::links::Links;
use super::problem::{ProblemDocument, internal};

const VERSION_HEADER: HeaderName = HeaderName::from_static("x-pact-broker-version");
const THIS_VERSION: HeaderValue = HeaderValue::from_static(env!("CARGO_PKG_VERSION"));

/// Whether the client is a browser that wants a page: its `Accept` names none of the formats the API speaks.
pub(crate) fn wants_html(headers: &HeaderMap) -> bool {
    const API_FORMATS: [&str; 5] = ["json", "csv", "yaml", "text/plain", "graphviz"];
    let mentions = |name: HeaderName, what: &str| {
        headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).any(|value| value.contains(what))
    };
    mentions(header::ACCEPT, "html")
        && !API_FORMATS.iter().any(|format| mentions(header::ACCEPT, format) || mentions(header::CONTENT_TYPE, format))
}

/// Refuses paths with control characters, gives every answer its common headers, and words problems the way the
/// client asked for.
pub(crate) async fn conventions(request: Request, next: Next) -> Response {
    let wants_problem = request
        .headers()
        .get_all(header::ACCEPT)
        .iter()
        .any(|value| value.to_str().is_ok_and(|value| value.contains("application/problem+json")));
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let base = host.map(|host| format!("http://{host}")).unwrap_or_default();
    let mut response = if has_control_characters(request.uri().path()) {
        let message = "the path contains a line break, a tab or a NUL";
        let document = ProblemDocument {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            kind: "unprocessable",
            title: "Unprocessable path",
            errors: Vec::new(),
            detail: Some(message.to_owned()),
        };
        as_problem(&document, &base)
    } else {
        next.run(request).await
    };
    if wants_problem && let Some(document) = response.extensions_mut().remove::<ProblemDocument>() {
        response = as_problem(&document, &base);
    }
    let headers = response.headers_mut();
    headers.insert(VERSION_HEADER, THIS_VERSION);
    headers.entry(header::VARY).or_insert(HeaderValue::from_static("Accept"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
    response
}

/// Whether a browser asks for JSON, which the page to walk through the API shows better than the browser itself.
pub(crate) fn wants_api_browser(request: &Request) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    request.method() == Method::GET && accept.starts_with("text/html") && accept.contains("json")
}

/// Sends a browser to the page that walks through the API, at the resource it asked for.
pub(crate) fn to_api_browser(links: &Links) -> Response {
    let place = links.here().strip_prefix(links.base()).unwrap_or("/");
    let page = format!("{}/hal-browser/browser.html#{place}", links.base());
    (StatusCode::SEE_OTHER, [(header::LOCATION, page)]).into_response()
}

/// A request for a picture or table by a name that ends like a file's, as one for the resource.
pub(crate) fn without_ending(mut request: Request) -> Request {
    const ENDINGS: [(&str, &str); 2] = [("/badge.svg", "/badge"), ("/relationships.csv", "/relationships")];
    let uri = request.uri();
    let Some((path, name)) = ENDINGS.iter().find_map(|(ending, name)| Some((uri.path().strip_suffix(ending)?, name)))
    else {
        return request;
    };
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    if let Ok(uri) = format!("{path}{name}{query}").parse() {
        *request.uri_mut() = uri;
    }
    request
}

fn has_control_characters(path: &str) -> bool {
    let bytes = path.as_bytes();
    bytes.windows(3).any(|three| {
        three[0] == b'%' && three[1] == b'0' && matches!(three[2].to_ascii_lowercase(), b'0' | b'9' | b'a' | b'd')
    })
}

fn as_problem(document: &ProblemDocument, base: &str) -> Response {
    let address = |kind: &str| format!("{base}/problems/{kind}");
    let mut body = json!({
        "title": document.title,
        "type": address(document.kind),
        "status": document.status.as_u16(),
        "instance": "/",
    });
    if let Some(detail) = &document.detail {
        body["detail"] = detail.as_str().into();
    }
    if !document.errors.is_empty() {
        let mut errors = document.errors.clone();
        for error in &mut errors {
            let kind = error["type"].as_str().map(address);
            error["type"] = kind.into();
        }
        body["errors"] = errors.into();
    }
    (
        document.status,
        [(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json;charset=utf-8"))],
        body.to_string(),
    )
        .into_response()
}

/// The answer when a handler panicked.
pub(crate) fn after_panic(panic: Box<dyn Any + Send>) -> Response<Body> {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without a message");
    let (document, body) = internal(message);
    (document.status, [(header::CONTENT_TYPE, super::hal::HAL_JSON)], body.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_like_files() {
        for (asked, meant) in [
            (
                "/pacts/provider/a/consumer/b/latest/badge.svg?label=x",
                "/pacts/provider/a/consumer/b/latest/badge?label=x",
            ),
            ("/relationships.csv", "/relationships"),
            ("/pacticipants/a.svg", "/pacticipants/a.svg"),
        ] {
            let request = Request::builder().uri(asked).body(Body::empty()).unwrap();
            assert_eq!(without_ending(request).uri().to_string(), meant);
        }
    }

    #[test]
    fn browsers_get_pages_and_clients_the_api() {
        for (accept, html) in [
            (vec!["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"], true),
            (vec!["text/html"], true),
            (vec!["*/*"], false),
            (vec![], false),
            (vec!["application/hal+json", "text/html"], false),
            (vec!["text/html, application/json"], false),
            (vec!["text/plain"], false),
        ] {
            let headers = accept.iter().map(|value| (header::ACCEPT, HeaderValue::from_static(value))).collect();
            assert_eq!(wants_html(&headers), html, "{accept:?}");
        }
    }
}
