//! Traces reach a collector.

use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::http::{HeaderMap, Uri};
use axum::routing::post;
use serde_json::json;

use crate::command::run_in;

#[tokio::test]
async fn a_collector_gets_the_spans_whose_ids_the_provider_saw() {
    let exported = Arc::new(Mutex::new(Vec::<(String, Bytes)>::new()));
    let parents = Arc::new(Mutex::new(Vec::<String>::new()));
    let (journal, seen) = (Arc::clone(&exported), Arc::clone(&parents));
    let router = axum::Router::new()
        .route(
            "/v1/traces",
            post(move |headers: HeaderMap, body: Bytes| async move {
                let key = headers.get("x-key").map(|key| key.to_str().unwrap().to_owned()).unwrap_or_default();
                journal.lock().unwrap().push((key, body));
            }),
        )
        .fallback(move |_: Uri, headers: HeaderMap| async move {
            seen.lock().unwrap().push(headers["traceparent"].to_str().unwrap().to_owned());
        });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let folder = tempfile::tempdir().unwrap();
    let pact = json!({
        "consumer": { "name": "shop" }, "provider": { "name": "stock" },
        "interactions": [{
            "description": "an item", "request": { "method": "GET", "path": "/item" }, "response": { "status": 200 },
        }],
    });
    std::fs::write(folder.path().join("pact.json"), pact.to_string()).unwrap();
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", url.as_str()),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-key=abc"),
        ("OTEL_SERVICE_NAME", "stock-verification"),
    ];
    let line = format!("verify --file pact.json --provider-base-url {url}");
    let outcome = run_in(folder.path(), &line, &variables).await;
    assert_eq!(outcome.code, 0, "{}", outcome.told());
    let parent = parents.lock().unwrap()[0].clone();
    let ids: Vec<Vec<u8>> = parent.split('-').map(bytes_of_hex).collect();
    let exported = exported.lock().unwrap();
    assert!(!exported.is_empty(), "nothing was exported: {}", outcome.told());
    let all = exported.iter().flat_map(|(_, body)| body.to_vec()).collect::<Vec<_>>();
    let contains = |piece: &[u8]| all.windows(piece.len()).any(|window| window == piece);
    assert!(contains(&ids[1]) && contains(&ids[2]), "the spans are not those of {parent}");
    assert!(contains(b"an item") && contains(b"stock-verification"));
    assert_eq!(exported[0].0, "abc");
}

fn bytes_of_hex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|index| u8::from_str_radix(&text[index * 2..index * 2 + 2], 16).unwrap()).collect()
}
