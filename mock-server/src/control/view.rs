//! Mock servers and what went wrong with them, in the words of the official API.

use countersign_core::format::{self, decode_query};
use countersign_core::mismatch::Mismatch;
use countersign_core::pact::{
    Body, ContentType, HttpInteraction, HttpRequest, Interaction, InteractionKind, Pact, Specification,
};
use countersign_core::render::official_list;
use serde_json::{Value as Json, json};

use super::registry::Playing;
use crate::server::{Entry, InteractionName, Reason, RefusedRequest};

/// A mock server, with `status` `ok` once everything was asked for as agreed.
pub(super) fn server(playing: &Playing) -> Json {
    let Playing { id, pact, server } = playing;
    let traffic = server.traffic();
    let scheme = if server.certificate_pem().is_some() { "https" } else { "http" };
    json!({
        "id": id,
        "address": server.address().to_string(),
        "port": server.port(),
        "scheme": scheme,
        "url": server.url(),
        "consumer": pact.consumer,
        "provider": pact.provider,
        "status": if server.report().is_success() { "ok" } else { "error" },
        "metrics": { "requests": traffic.requests, "requests_by_path": traffic.by_path },
    })
}

/// Everything that keeps the server's pact from being written: refused requests in the order they came, then interactions
/// that nobody asked for.
pub(super) fn mismatches(playing: &Playing) -> Vec<Json> {
    let refused = playing.server.refused();
    let unused = playing.server.report().unused;
    refused.iter().map(refusal).chain(unused.iter().map(|name| missing(&playing.pact, name))).collect()
}

fn refusal(entry: &Entry) -> Json {
    let request = entry.request.clone().unwrap_or_else(|| call(&entry.refusal.request));
    let (method, path) = (&request.method, &request.path);
    match &entry.refusal.reason {
        Reason::Differs(closest) => json!({
            "type": "request-mismatch", "method": method, "path": path,
            "mismatches": official(&closest.mismatches),
            "interaction": interaction(&closest.interaction),
        }),
        Reason::Unknown(closest) => {
            let mut json = json!({
                "type": "request-not-found", "method": method, "path": path, "request": received(&request),
            });
            if let Some(closest) = closest {
                json["closest"] = interaction(&closest.interaction);
                json["closest"]["mismatches"] = official(&closest.mismatches);
            }
            json
        }
        Reason::Unreadable(reason) => json!({
            "type": "request-not-found", "method": method, "path": path, "request": received(&request),
            "reason": reason,
        }),
    }
}

fn official(mismatches: &[Mismatch]) -> Json {
    official_list(mismatches).into_iter().map(|(_, json)| json).collect()
}

fn interaction(name: &InteractionName) -> Json {
    json!({ "description": name.description, "providerStates": name.states })
}

/// A gRPC call, of which the journal knows the name.
fn call(name: &str) -> RefusedRequest {
    RefusedRequest { method: "POST".to_owned(), path: format!("/{name}"), ..RefusedRequest::default() }
}

fn missing(pact: &Pact, name: &InteractionName) -> Json {
    let is_meant = |interaction: &&Interaction| {
        interaction.description == name.description
            && interaction.provider_states.iter().map(|state| &state.name).eq(&name.states)
    };
    let request = match pact.interactions.iter().find(is_meant).and_then(Interaction::http) {
        Some(http) => http.request.clone(),
        None => HttpRequest { method: "POST".to_owned(), path: format!("/{}", name.request), ..HttpRequest::default() },
    };
    let (method, path) = (request.method.clone(), request.path.clone());
    json!({
        "type": "missing-request", "method": method, "path": path, "request": in_v3(request),
        "interaction": interaction(name),
    })
}

fn received(request: &RefusedRequest) -> Json {
    let mut http = HttpRequest { method: request.method.clone(), path: request.path.clone(), ..HttpRequest::default() };
    http.query = request.query.as_deref().map(decode_query).unwrap_or_default();
    for (name, value) in &request.headers {
        http.headers.entry(name.clone()).or_default().push(value.clone());
    }
    let content_type = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    http.body = match request.body.is_empty() {
        true => Body::Empty,
        false => Body::new(request.body.to_vec(), content_type.map(|(_, value)| ContentType::new(value))),
    };
    in_v3(http)
}

/// A request as it stands in a pact file of version 3.
fn in_v3(request: HttpRequest) -> Json {
    let mut pact = Pact { specification: Specification::V3, ..Pact::new("", "") };
    let exchange = HttpInteraction { request, ..HttpInteraction::default() };
    pact.interactions.push(Interaction::new("", InteractionKind::Http(Box::new(exchange))));
    format::to_json(&pact)["interactions"][0]["request"].take()
}
