//! The API describing itself: relations, an OpenAPI description, and a page to walk through it.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value, json};

use super::hal::{hal, ok};
use super::index::RELATIONS;
use super::links::Links;
use super::problem::{ApiError, ApiResult};
use super::route_table::{Operation, ROUTES};
use crate::app::AppState;

const BROWSER: &str = include_str!("browser/browser.html");
const BROWSER_SCRIPT: &str = include_str!("browser/browser.js");
const BROWSER_STYLE: &str = include_str!("browser/browser.css");

/// What a relation means.
pub(super) async fn relation(links: Links, Path(name): Path<String>) -> ApiResult {
    let bare = name.strip_prefix("pb:").or_else(|| name.strip_prefix("beta:")).unwrap_or(&name);
    let known = RELATIONS.iter().find(|(relation, _, _)| relation.split(':').next_back() == Some(bare));
    let of_resources = MORE_RELATIONS.iter().find(|(relation, _)| *relation == bare);
    let (title, path) = match (known, of_resources) {
        (Some((_, path, title)), _) => (*title, Some(*path)),
        (None, Some((_, title))) => (*title, None),
        (None, None) => return Err(ApiError::nothing_here()),
    };
    let mut document = json!({ "rel": bare, "title": title, "_links": { "self": { "href": links.here() } } });
    if let Some(path) = path {
        document["path"] = path.into();
        let operations: Vec<Value> = ROUTES
            .iter()
            .filter(|route| same_shape(route.path, path.split('?').next().unwrap_or(path)))
            .flat_map(|route| route.operations)
            .map(|operation| json!({ "method": operation.method, "summary": operation.summary }))
            .collect();
        document["operations"] = operations.into();
    }
    Ok(ok(&document))
}

/// Relations that only resources other than the index have.
const MORE_RELATIONS: &[(&str, &str)] = &[
    ("consumer", "The consumer of a pact"),
    ("consumer-version", "The consumer version that published a pact"),
    ("consumer-versions", "The consumer versions that have this content"),
    ("provider", "The provider of a pact"),
    ("pact-versions", "The pacts of a version"),
    ("previous-distinct", "The previous pact with another content"),
    ("diff-previous-distinct", "What changed since the previous pact with another content"),
    ("diff", "What changed since another content"),
    ("pact-webhooks", "The webhooks of a consumer and a provider"),
    ("consumer-webhooks", "The webhooks of a consumer"),
    ("tag-prod-version", "Tags the consumer version as prod"),
    ("tag-version", "Tags the consumer version"),
    ("version-tag", "A tag on a version"),
    ("branch-version", "A version on a branch"),
    ("label", "A label of a pacticipant"),
    ("versions", "The versions of a pacticipant or branch"),
    ("branches", "The branches of a pacticipant"),
    ("publish-verification-results", "Where a verifier hands in what it found"),
    ("latest-verification-results", "The latest verification result of a content"),
    ("triggered-webhooks", "What was triggered by a pact or a verification result"),
    ("matrix-for-consumer-version", "The matrix rows of a consumer version"),
    ("record-deployment", "Records that this version was deployed to an environment"),
    ("record-release", "Records that this version was released to an environment"),
    ("deployed-environments", "Where a version is deployed"),
    ("released-environments", "Where a version is released and supported"),
    ("currently-deployed-deployed-versions", "What runs in an environment"),
    ("currently-supported-released-versions", "What is released and supported in an environment"),
    ("execute", "Sends a webhook's request now"),
    ("create", "Creates a webhook"),
    ("logs", "What was sent and what came back"),
    ("error-logs", "The logs of deliveries that failed"),
    ("redeliver", "Sends a webhook's request again"),
    ("can-i-deploy-badge", "A picture of whether a version can be deployed"),
    ("can-i-deploy-branch-to-environment-badge", "A picture of whether a branch's head can be deployed"),
    ("group", "Those a pacticipant is tied to"),
];

/// Whether two paths differ only in the names of their variables.
fn same_shape(one: &str, other: &str) -> bool {
    let shape = |path: &str| -> Vec<String> {
        path.split('/').map(|step| if step.starts_with('{') { "{}".to_owned() } else { step.to_owned() }).collect()
    };
    shape(one) == shape(other)
}

/// The OpenAPI description of everything answered here.
pub(super) async fn openapi(State(app): State<AppState>, links: Links) -> Response {
    let mut paths = Map::new();
    for route in ROUTES {
        let mut item = Map::new();
        let parameters: Vec<Value> = route
            .path
            .split('/')
            .filter_map(|step| step.strip_prefix('{')?.strip_suffix('}'))
            .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
            .collect();
        if !parameters.is_empty() {
            item.insert("parameters".to_owned(), parameters.into());
        }
        for operation in route.operations {
            item.insert(operation.method.to_ascii_lowercase(), operation_document(route.path, operation));
        }
        paths.insert(route.path.to_owned(), item.into());
    }
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Countersign Broker",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The Pact Broker API, with what this broker adds to it.",
        },
        "servers": [{ "url": links.base() }],
        "paths": paths,
        "components": { "securitySchemes": {
            "basic": { "type": "http", "scheme": "basic" },
            "bearer": { "type": "http", "scheme": "bearer" },
        }},
    });
    if app.guard.asks() {
        document["security"] = json!([{ "basic": [] }, { "bearer": [] }]);
    }
    hal_as_json(&document)
}

fn operation_document(path: &str, operation: &Operation) -> Value {
    let mut responses = Map::new();
    for status in operation.statuses {
        let content = match (*status, operation.answers) {
            (204, _) | (_, "") => json!({}),
            (400.., _) => json!({ "application/hal+json": {}, "application/problem+json": {} }),
            (_, kinds) => {
                kinds.split(", ").map(|kind| (kind.to_owned(), json!({}))).collect::<Map<String, Value>>().into()
            }
        };
        let mut response = json!({ "description": phrase(*status) });
        if content.as_object().is_some_and(|content| !content.is_empty()) {
            response["content"] = content;
        }
        responses.insert(status.to_string(), response);
    }
    let mut document = json!({
        "summary": operation.summary,
        "operationId": format!("{} {path}", operation.method),
        "responses": responses,
    });
    if !operation.takes.is_empty() {
        document["requestBody"] = json!({ "content": { operation.takes: { "schema": { "type": "object" } } } });
    }
    document
}

fn phrase(status: u16) -> &'static str {
    match status {
        200 => "As asked",
        201 => "Created",
        202 => "Accepted",
        204 => "Done",
        400 => "The request is not valid",
        404 => "There is no such thing",
        409 => "It contradicts what is there",
        415 => "The body is of another kind",
        422 => "Understood, and not possible",
        503 => "Not right now",
        _ => "See its body",
    }
}

fn hal_as_json(document: &Value) -> Response {
    let mut response = hal(axum::http::StatusCode::OK, document);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json;charset=utf-8"));
    response
}

fn file(kind: &'static str, text: &'static str) -> Response {
    const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; \
                          form-action 'self'; frame-ancestors 'none'";
    (
        [
            (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
            (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
            (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        ],
        text,
    )
        .into_response()
}

/// A page to walk through the API.
pub(super) async fn browser(State(app): State<AppState>, Path(name): Path<String>) -> Response {
    match name.as_str() {
        _ if !app.settings.surfaces.api_browser => ApiError::nothing_here().into_response(),
        "browser.html" => file("text/html;charset=utf-8", BROWSER),
        "browser.js" => file("text/javascript;charset=utf-8", BROWSER_SCRIPT),
        "browser.css" => file("text/css;charset=utf-8", BROWSER_STYLE),
        _ => ApiError::nothing_here().into_response(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Every path in the router's source.
    fn routed() -> BTreeSet<String> {
        let source = include_str!("routes.rs");
        let mut found = BTreeSet::new();
        for (index, _) in source.match_indices('"') {
            let rest = &source[index + 1..];
            let Some(end) = rest.find('"') else { continue };
            let before = source[..index].trim_end();
            let text = &rest[..end];
            if before.ends_with("p!(") {
                found.insert(format!("/pacts/provider/{{provider}}/consumer/{{consumer}}{text}"));
            } else if before.ends_with(".route(") && text.starts_with('/') {
                found.insert(text.to_owned());
            }
        }
        found
    }

    #[test]
    fn every_route_is_described_and_every_description_routed() {
        let described: BTreeSet<String> = ROUTES.iter().map(|route| route.path.to_owned()).collect();
        let routed = routed();
        assert!(routed.len() > 90, "{}", routed.len());
        assert_eq!(routed.difference(&described).collect::<Vec<_>>(), Vec::<&String>::new(), "not described");
        assert_eq!(described.difference(&routed).collect::<Vec<_>>(), Vec::<&String>::new(), "not routed");
    }
}
