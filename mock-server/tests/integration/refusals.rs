//! What a test and its client hear when the conversation is not what was agreed.

use countersign_mock_server::prelude::*;
use countersign_mock_server::{Config, ContractError, MockServer};
use futures::FutureExt as _;
use serde_json::{Value as Json, json};

use crate::support::{client, fetch, panic_text, without_port};

fn contract() -> Pact {
    Pact::between("order-service", "inventory-service")
        .http("a stock check", |i| {
            i.given_state("stock exists").request(get("/inventory/ABC-1").query("quantity", "2")).response(ok())
        })
        .http("a reservation", |i| {
            i.request(post("/reservations").json(json!({ "sku": "ABC-1", "quantity": integer(2) }))).response(created())
        })
}

#[tokio::test]
async fn a_client_hears_what_differs_from_the_closest_interaction() {
    let server = MockServer::start(&contract().into_document(), &Config::default()).unwrap();
    let response = fetch(format!("{}/inventory/ABC-1?quantity=3", server.url())).await;
    assert_eq!(response.status(), 500);
    assert_eq!(response.headers()["x-pact"], "Request-Mismatch");
    assert_eq!(response.headers()["content-type"], "application/json");
    insta::assert_snapshot!(response.text().await.unwrap(), @r#"
    {
      "error": "GET /inventory/ABC-1?quantity=3 differs from 'a stock check (given stock exists)'",
      "request": "GET /inventory/ABC-1?quantity=3",
      "closest": {
        "description": "a stock check",
        "providerStates": [
          "stock exists"
        ],
        "request": "GET /inventory/ABC-1?quantity=2",
        "mismatches": [
          {
            "part": "query",
            "location": "query quantity[0]",
            "kind": "not-equal",
            "rule": null,
            "expected": "2",
            "actual": "3",
            "text": "expected \"2\", but got \"3\""
          }
        ]
      }
    }
    "#);

    let body = json!({ "sku": "ABC-1", "quantity": "two", "express": true });
    let response = client().post(format!("{}/reservations", server.url())).json(&body).send().await.unwrap();
    let refusal: Json = response.json().await.unwrap();
    let places: Vec<_> = refusal["closest"]["mismatches"].as_array().unwrap().iter().map(|m| &m["location"]).collect();
    assert_eq!(refusal["closest"]["description"], "a reservation");
    assert_eq!(places.len(), 2, "{refusal:#}");
    server.stop().await;
}

#[tokio::test]
async fn a_request_that_nothing_expects_is_told_apart() {
    let server = MockServer::start(&contract().into_document(), &Config::default()).unwrap();
    let response = client().put(format!("{}/reservations", server.url())).send().await.unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["x-pact"]),
        (500, &"Unexpected-Request".parse().unwrap())
    );
    let refusal: Json = response.json().await.unwrap();
    assert_eq!(refusal["error"], "no interaction expects PUT /reservations; the closest is 'a reservation'");
    assert_eq!(server.mismatches().len(), 1);
    server.stop().await;
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused() {
    let config = Config { max_body: 10, ..Config::default() };
    let server = MockServer::start(&contract().into_document(), &config).unwrap();
    let response = client().post(format!("{}/reservations", server.url())).body("more than ten").send().await.unwrap();
    assert_eq!(response.status(), 413);
    let refusal: Json = response.json().await.unwrap();
    assert_eq!(refusal["error"], "POST /reservations could not be read: its body is larger than 10 bytes");
    server.stop().await;
}

#[tokio::test]
async fn finishing_reports_all_that_was_not_kept_and_writes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let inventory = contract()
        .http("a release", |i| i.request(delete("/reservations/7")).response(no_content()))
        .http("a health check", |i| i.request(get("/health")).response(ok()))
        .output_dir(directory.path())
        .start()
        .await;
    fetch(format!("{}/health", inventory.url())).await;
    fetch(format!("{}/inventory/ABC-1?quantity=3&express", inventory.url())).await;
    fetch(format!("{}/inventory/ABC-1?quantity=3&express", inventory.url())).await;
    client().put(format!("{}/reservations", inventory.url())).send().await.unwrap();

    let port = inventory.port();
    let error = inventory.try_finish().await.unwrap_err();
    insta::assert_snapshot!(without_port(&error.to_string(), port), @r#"
    the contract between order-service and inventory-service was not kept:
      ✓ a health check
      ✗ a stock check (given stock exists)
          GET /inventory/ABC-1?quantity=3&express (2 times) is not what was agreed:
          query quantity[0]
            - expected "2"
            + but got "3"
          query express
            - expected no such parameter
            + but got ""
      ✗ a reservation
          was agreed but never asked for: POST /reservations
      ✗ a release
          was agreed but never asked for: DELETE /reservations/7
      ? PUT /reservations
          was asked for but never agreed on; closest is 'a reservation':
          method
            - expected "POST"
            + but got "PUT"
          header Content-Type
            - expected "application/json"
            + but got nothing
          content type
            - expected "application/json"
            + but got "text/plain"
    "#);
    let ContractError::NotKept { report, .. } = error else { panic!("{error}") };
    assert_eq!((report.exercised.len(), report.unused.len()), (1, 2));
    assert_eq!((report.differing.len(), report.unexpected.len()), (1, 1));
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn finishing_panics_with_the_report() {
    let inventory = contract().start().await;
    let finishing = std::panic::AssertUnwindSafe(async { inventory.finish().await });
    let text = panic_text(finishing.catch_unwind().await.unwrap_err().as_ref());
    insta::assert_snapshot!(text, @r"
    the contract between order-service and inventory-service was not kept:
      ✗ a stock check (given stock exists)
          was agreed but never asked for: GET /inventory/ABC-1?quantity=2
      ✗ a reservation
          was agreed but never asked for: POST /reservations
    ");
}

#[test]
fn a_contract_that_is_dropped_is_verified_all_the_same() {
    let dropped = std::panic::catch_unwind(|| drop(contract().start_blocking())).unwrap_err();
    assert!(panic_text(dropped.as_ref()).starts_with("the contract between order-service and inventory-service was"));
}

#[test]
fn a_failing_test_keeps_its_own_words() {
    let failed = std::panic::catch_unwind(|| {
        let _inventory = contract().start_blocking();
        panic!("the test's own words");
    });
    assert_eq!(panic_text(failed.unwrap_err().as_ref()), "the test's own words");
}

#[tokio::test]
async fn interactions_that_no_server_can_play_are_all_named() {
    let pact = json!({
        "consumer": { "name": "a" }, "provider": { "name": "b" },
        "interactions": [
            { "description": "bad status", "request": {}, "response": { "status": 101 } },
            { "description": "bad header", "request": {}, "response": { "headers": { "a b": "c" } } },
        ],
    });
    let pact = countersign_core::format::from_json(pact).unwrap();
    let error = MockServer::start(&pact, &Config::default()).unwrap_err();
    insta::assert_snapshot!(error.to_string(), @r#"
    'bad status' cannot be played: 101 is no status that a response can end with
    'bad header' cannot be played: "a b" is no header name
    "#);
}
