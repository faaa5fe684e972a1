//! A provider that knows a pact by heart: it answers every request with the example, or with something else on purpose.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use countersign_core::format::encode_query;
use countersign_core::pact::{Body, HttpInteraction, HttpResponse, InteractionKind, Message, Pact};
use countersign_core::plan::{ReceivedRequest, RequestPlan};
use serde_json::Value as Json;

use crate::wire::{Asked, Reply, response, serve};

/// How faithfully a player plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Playing {
    /// Every answer is the example.
    Faithful,
    /// Every JSON member is one of another type, and every other body is turned around.
    Twisted,
    /// Every answer is an empty 200.
    Mute,
}

/// Starts a player of a pact; it stops with the test's runtime.
pub(crate) async fn play(pact: Pact, playing: Playing) -> String {
    let plans: Vec<_> = pact
        .interactions
        .iter()
        .filter_map(|interaction| interaction.http())
        .map(|http| (RequestPlan::compile(&http.request), http.clone()))
        .collect();
    serve(move |asked| {
        let found = plans.iter().find(|(plan, http)| fits(plan, http, asked)).map(|(_, http)| &http.response);
        let bytes = match (found, asked.path.as_str()) {
            (Some(agreed), _) => answer(agreed, playing),
            (None, "/") => message(&pact, asked, playing),
            (None, _) => response(404, &[], format!("nothing fits {asked:?}").as_bytes()),
        };
        Reply::Bytes(bytes)
    })
    .await
}

fn fits(plan: &RequestPlan, http: &HttpInteraction, asked: &Asked) -> bool {
    // state values take the place of examples in the path, so plain equality would be asking too much
    let generated = !http.request.generators.is_empty();
    let headers = asked.headers.iter().map(|(name, value)| (name.as_str().into(), value.as_str().into())).collect();
    let received = ReceivedRequest {
        method: &asked.method,
        path: &asked.path,
        query: asked.query.as_deref(),
        headers,
        body: &asked.body,
    };
    let example = encode_query(&http.request.query);
    plan.check(&received).is_empty()
        || (generated && asked.method.eq_ignore_ascii_case(&http.request.method) && asked.path == http.request.path)
        || (asked.path == http.request.path && asked.query.as_deref().unwrap_or_default() == example)
            && asked.method.eq_ignore_ascii_case(&http.request.method)
}

fn answer(agreed: &HttpResponse, playing: Playing) -> Vec<u8> {
    if playing == Playing::Mute {
        return response(200, &[], b"");
    }
    let (content_type, body) = body(&agreed.body, playing);
    let mut headers: Vec<(String, String)> = Vec::new();
    for (name, values) in &agreed.headers {
        headers.extend(values.iter().map(|value| (name.clone(), value.clone())));
    }
    headers.retain(|(name, _)| !name.eq_ignore_ascii_case("content-length"));
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
        headers.extend(content_type.map(|content_type| ("Content-Type".to_owned(), content_type)));
    }
    response(agreed.status, &headers, &body)
}

fn message(pact: &Pact, asked: &Asked, playing: Playing) -> Vec<u8> {
    let question: Json = serde_json::from_slice(&asked.body).unwrap_or_default();
    let found =
        pact.interactions.iter().find(|interaction| question["description"] == interaction.description.as_str());
    let message: Option<&Message> = found.and_then(|interaction| match &interaction.kind {
        InteractionKind::AsynchronousMessage(message) => Some(&**message),
        InteractionKind::SynchronousMessage(message) => message.responses.first(),
        InteractionKind::Http(_) => None,
    });
    let Some(message) = message else { return response(404, &[], b"no such message") };
    let (content_type, body) = body(&message.contents, playing);
    let mut headers = Vec::new();
    headers.extend(content_type.map(|content_type| ("Content-Type".to_owned(), content_type)));
    let metadata = Json::Object(message.metadata.iter().map(|(name, value)| (name.clone(), value.clone())).collect());
    headers.push(("Pact-Message-Metadata".to_owned(), BASE64.encode(metadata.to_string())));
    response(200, &headers, if playing == Playing::Mute { b"" } else { &body })
}

fn body(agreed: &Body, playing: Playing) -> (Option<String>, Vec<u8>) {
    let Some(contents) = agreed.contents() else { return (None, Vec::new()) };
    let content_type = contents.content_type.as_ref().map(|it| it.as_str().to_owned());
    let mut bytes = contents.bytes.to_vec();
    if playing == Playing::Twisted {
        match serde_json::from_slice::<Json>(&bytes) {
            Ok(json) => bytes = twisted(json).to_string().into_bytes(),
            Err(_) => bytes.reverse(),
        }
    }
    (content_type, bytes)
}

/// The same shape, in which texts are numbers and everything else is a text.
fn twisted(json: Json) -> Json {
    match json {
        Json::Object(members) => members.into_iter().map(|(name, value)| (name, twisted(value))).collect(),
        Json::Array(items) => items.into_iter().map(twisted).collect(),
        Json::String(_) => 7.into(),
        _ => "twisted".into(),
    }
}
