//! Integrations: which consumer talks to which provider.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::hal::{no_content, ok, titled};
use super::links::Links;
use super::paging::{add_page, page};
use super::problem::ApiResult;
use super::query::Query;
use super::{resolve, resources};
use crate::app::AppState;
use crate::store::integrations::{self, Integration};

pub(super) async fn list(
    State(app): State<AppState>,
    links: Links,
    headers: HeaderMap,
    query: Query,
) -> ApiResult {
    let page = page(&query)?;
    let mut conn = app.store.read().await?;
    let (found, total) = integrations::list(&mut conn, query.text("q"), page).await?;
    let wants_json =
        headers.get_all(header::ACCEPT).iter().any(|value| value.to_str().is_ok_and(|value| value.contains("json")));
    if !wants_json {
        return Ok(graph(&found));
    }
    let documents: Vec<Value> = found
        .iter()
        .map(|integration| document(&links, integration))
        .collect();
    let mut document = resources::members(json!({
        "_embedded": { "integrations": documents },
        "_links": { "self": titled(links.here(), "Integrations") },
    }));
    add_page(&mut document, &links, page, total);
    Ok(ok(&Value::Object(document)))
}

fn document(links: &Links, integration: &Integration) -> Value {
    let (consumer, provider) = (integration.consumer.as_str(), integration.provider.as_str());
    let own = links.to(&["integrations", "provider", provider, "consumer", consumer]);
    json!({
        "consumer": { "name": consumer },
        "provider": { "name": provider },
        "_links": {
            "pb:dashboard": titled(links.to(&["dashboard", "provider", provider, "consumer", consumer]), "Dashboard"),
            "pb:matrix": titled(links.to(&["matrix", "provider", provider, "consumer", consumer]), "Matrix"),
            "pb:group": titled(links.to(&["pacticipants", consumer]), "Neighbours of the consumer"),
            "pb:delete_integration": titled(own, "Delete this integration"),
        },
    })
}

/// The integrations as a Graphviz graph.
fn graph(found: &[Integration]) -> Response {
    let quoted = |name: &str| format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""));
    let mut dot =
        "digraph {\n  ranksep=3; ratio=auto; overlap=false; node [shape=plaintext, fontname=Helvetica];\n".to_owned();
    for integration in found {
        dot.push_str(&format!(
            "  {} -> {}\n",
            quoted(&integration.consumer),
            quoted(&integration.provider)
        ));
    }
    dot.push_str("}\n");
    (
        [(
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/vnd.graphviz;charset=utf-8"),
        )],
        dot,
    )
        .into_response()
}

pub(super) async fn delete(
    State(app): State<AppState>,
    Path((provider, consumer)): Path<(String, String)>,
) -> ApiResult {
    let mut tx = app.store.write().await?;
    let pair = resolve::parties(&mut tx, &provider, &consumer)
        .await?
        .pair();
    integrations::delete(&mut tx, pair.consumer, pair.provider).await?;
    tx.commit().await?;
    Ok(no_content())
}

pub(super) async fn delete_all(State(app): State<AppState>) -> ApiResult {
    let mut tx = app.store.write().await?;
    let (found, _) = integrations::list(&mut tx, None, None).await?;
    for integration in found {
        integrations::delete(&mut tx, integration.consumer_id, integration.provider_id).await?;
    }
    tx.commit().await?;
    Ok(no_content())
}
