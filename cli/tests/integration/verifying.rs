//! Verifying a provider with the real binary.

use std::path::Path;

use axum::Json;
use axum::routing::{get, post};
use serde_json::{Value, json};

use crate::command::{Outcome, run_in};

/// A provider on a port of its own; it stops with the test's runtime.
async fn provider() -> u16 {
    let router = axum::Router::new()
        .route("/stock", get(|| async { Json(json!({ "left": "4" })) }))
        .route("/item", get(|| async { Json(json!({ "id": 1 })) }))
        .route("/states", post(|| async { "" }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    port
}

fn write_pact(folder: &Path, path: &str, body: &Value) {
    let pact = json!({
        "consumer": { "name": "shop" }, "provider": { "name": "stock" },
        "interactions": [{
            "description": format!("GET {path}"), "providerStates": [{ "name": "some exist" }],
            "request": { "method": "GET", "path": path }, "response": { "status": 200, "body": body },
        }],
        "metadata": { "pactSpecification": { "version": "3.0.0" } },
    });
    std::fs::write(folder.join("pact.json"), pact.to_string()).unwrap();
}

async fn verify(folder: &Path, options: &str) -> (Outcome, Value) {
    let line = format!("verify --file pact.json --json report.json --junit report.xml {options}");
    let outcome = run_in(folder, &line, &[]).await;
    let report = serde_json::from_slice(&std::fs::read(folder.join("report.json")).unwrap()).unwrap();
    assert!(std::fs::read_to_string(folder.join("report.xml")).unwrap().starts_with("<?xml"));
    (outcome, report)
}

/// The report without the times at the ends of lines, which differ from run to run.
fn timeless(text: &str) -> String {
    let line = |line: &str| match line.find(" REST ") {
        Some(end) => line[..end].trim_end().to_owned(),
        None => line.split(" in 0.").next().unwrap_or_default().to_owned(),
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_provider_that_agrees_ends_with_zero() {
    let (folder, port) = (tempfile::tempdir().unwrap(), provider().await);
    write_pact(folder.path(), "/item", &json!({ "id": 1 }));
    let states = format!("--hostname 127.0.0.1 --port {port} --state-change-url http://127.0.0.1:{port}/states");
    let (outcome, report) = verify(folder.path(), &states).await;
    assert_eq!((outcome.code, &report["result"]), (0, &json!(true)));
    insta::assert_snapshot!(timeless(&outcome.stdout), @"
    shop → stock
      ✓ GET /item

    1 interaction in 1 pact: 1 passed, 0 failed
    ");
}

#[tokio::test]
async fn a_provider_that_differs_ends_with_one() {
    let (folder, port) = (tempfile::tempdir().unwrap(), provider().await);
    write_pact(folder.path(), "/stock", &json!({ "left": 5 }));
    let (outcome, report) = verify(folder.path(), &format!("--provider-base-url http://127.0.0.1:{port}")).await;
    assert_eq!((outcome.code, &report["result"]), (1, &json!(false)));
    insta::assert_snapshot!(timeless(&outcome.stdout), @r#"
    shop → stock
      ✗ GET /stock
          given some exist
          $.left
            - expected 5
            + but got "4" (a string)

    warning: State change 'some exist' ignored: there is no state change URL (--state-change-url) and no handler
    1 interaction in 1 pact: 0 passed, 1 failed
    "#);
}

#[tokio::test]
async fn pacts_that_cannot_be_loaded_end_with_two_and_a_report() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("pact.json"), "{").unwrap();
    let (outcome, report) = verify(folder.path(), "--port 1").await;
    assert_eq!(report["result"], json!(false));
    insta::assert_snapshot!(outcome.told(), @"
    exit code 2
    --- stderr
    error: could not load the pacts: pact.json: not JSON: EOF while parsing an object at line 1 column 1
    ");
}
