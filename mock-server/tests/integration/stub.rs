//! Pacts served as a fake provider.

use countersign_core::pact::Pact;
use countersign_mock_server::stub::{StateFilter, StubConfig, StubServer};
use serde_json::{Value as Json, json};

use crate::support::{client, fetch, http2_client};

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

#[tokio::test]
async fn grpc_calls_are_answered_beside_http() {
    use countersign_mock_server::prelude::{get, integer, ok};
    let contract = countersign_mock_server::Pact::between("order-service", "inventory-service")
        .proto_include("tests/proto/shared")
        .http("health", |i| i.request(get("/health")).response(ok()))
        .grpc("a stock check", |i| {
            i.given_state("stock exists")
                .method("tests/proto/inventory.proto", "inventory.v1.InventoryService/CheckStock")
                .request(json!({ "sku": "ABC-1", "quantity": integer(2) }))
                .response(json!({ "available": true, "quantity_left": integer(5) }))
        });
    let config = StubConfig { state_header: Some("X-State".parse().unwrap()), ..StubConfig::default() };
    let stub = StubServer::start(vec![contract.into_document()], config).unwrap();
    // sku "ABC-1" and quantity 7, as they travel
    let message: &[u8] = b"\x00\x00\x00\x00\x09\x0a\x05ABC-1\x10\x07";
    let call = async |state: &str| {
        let request = http2_client()
            .post(format!("{}/inventory.v1.InventoryService/CheckStock", stub.url()))
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .header("x-state", state);
        let response = request.body(message).send().await.unwrap();
        let refused = response.headers().contains_key("grpc-status");
        (refused, response.bytes().await.unwrap())
    };
    // available is true, and 5 are left
    assert_eq!(call("stock").await, (false, (&b"\x00\x00\x00\x00\x04\x08\x01\x10\x05"[..]).into()));
    assert!(call("other").await.0, "no call of that state is agreed on");
    assert_eq!(status(&stub, "/health").await, 200);
    stub.stop().await;
}
