//! Pacts served as a fake provider.

use countersign_core::pact::Pact;
use countersign_mock_server::stub::{StateFilter, StubConfig, StubServer};
use serde_json::{Value as Json, json};

use crate::support::{client, fetch};

fn pact(left: [u32; 2]) -> Pact {
    let check = |state: &str, left: u32| {
        json!({
            "description": format!("{left} are left"), "providerStates": [{ "name": state }],
            "request": { "method": "GET", "path": "/stock" },
            "response": { "status": 200, "body": { "left": left } },
        })
    };
    let pact = json!({
        "consumer": { "name": "shop" }, "provider": { "name": "stock" },
        "interactions": [
            check("some exist", left[0]),
            check("none exist", left[1]),
            { "description": "health", "request": { "path": "/health" }, "response": { "status": 204 } },
            {
                "description": "an order",
                "request": {
                    "method": "POST", "path": "/orders", "headers": { "Content-Type": "application/json" },
                    "body": { "sku": "A" },
                },
                "response": { "status": 201 },
            },
        ],
        "metadata": { "pactSpecification": { "version": "3.0.0" } },
    });
    countersign_core::format::from_json(pact).unwrap()
}

fn start(config: StubConfig) -> StubServer {
    StubServer::start(vec![pact([5, 0])], config).unwrap()
}

async fn left(stub: &StubServer, state: Option<&str>) -> Option<u64> {
    let mut request = client().get(format!("{}/stock", stub.url()));
    if let Some(state) = state {
        request = request.header("X-State", state);
    }
    let answer: Json = request.send().await.unwrap().json().await.unwrap();
    answer["left"].as_u64()
}

async fn status(stub: &StubServer, path: &str) -> u16 {
    fetch(format!("{}{path}", stub.url())).await.status().as_u16()
}

#[tokio::test]
async fn the_same_request_always_gets_the_same_answer() {
    let stub = start(StubConfig::default());
    assert_eq!(stub.size(), 4);
    assert_eq!([left(&stub, None).await, left(&stub, None).await], [Some(5), Some(5)]);
    let unknown = fetch(format!("{}/nowhere", stub.url())).await;
    assert_eq!(unknown.status(), 404);
    assert!(unknown.text().await.unwrap().contains("no interaction expects GET /nowhere"));
    stub.stop().await;
}

#[tokio::test]
async fn header_fields_alone_are_no_reason_to_refuse() {
    let stub = start(StubConfig::default());
    for (content_type, body, expected) in [
        ("application/json", r#"{"sku":"A"}"#, 201),
        ("text/plain", r#"{"sku":"A"}"#, 201),
        ("application/json", r#"{"sku":"B"}"#, 404),
    ] {
        let request = client().post(format!("{}/orders", stub.url())).header("Content-Type", content_type).body(body);
        assert_eq!(request.send().await.unwrap().status(), expected, "{content_type} {body}");
    }
    stub.stop().await;
}

#[tokio::test]
async fn states_choose_what_is_played() {
    let states = StateFilter::matching("none", false).unwrap();
    let stub = start(StubConfig { states, ..StubConfig::default() });
    assert_eq!((left(&stub, None).await, status(&stub, "/health").await), (Some(0), 404));
    stub.stop().await;
    let states = StateFilter::matching("none", true).unwrap();
    let stub = start(StubConfig { states, ..StubConfig::default() });
    assert_eq!((left(&stub, None).await, status(&stub, "/health").await), (Some(0), 204));
    stub.stop().await;
}

#[tokio::test]
async fn a_header_chooses_by_state() {
    let stub = start(StubConfig { state_header: Some("X-State".parse().unwrap()), ..StubConfig::default() });
    for (state, expected) in [
        (None, Some(5)),
        (Some("none exist"), Some(0)),
        (Some("^none"), Some(0)),
        (Some("other"), None),
        (Some("some ("), None),
    ] {
        assert_eq!(left(&stub, state).await, expected, "{state:?}");
    }
    stub.stop().await;
}

#[tokio::test]
async fn reloading_changes_the_answers_and_bad_pacts_do_not() {
    let stub = start(StubConfig::default());
    stub.reload(vec![pact([7, 0])]).unwrap();
    assert_eq!(left(&stub, None).await, Some(7));
    let mut unplayable = pact([8, 0]);
    if let countersign_core::pact::InteractionKind::Http(http) = &mut unplayable.interactions[0].kind {
        http.response.status = 101;
    }
    stub.reload(vec![unplayable]).unwrap_err();
    assert_eq!(left(&stub, None).await, Some(7));
    stub.stop().await;
}
