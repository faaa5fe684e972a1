//! Are the events this service publishes what their consumers need?

use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::post;
use axum::{Json, Router};
use countersign_provider_verifier::{Outcome, PactFiles, Verifier};
use order_service::OrderPlaced;
use serde_json::{Value, json};

type Event = fn() -> Vec<u8>;

fn order_placed() -> Vec<u8> {
    let event = OrderPlaced { order_id: "ord_7".into(), total_amount: 12.5, sku: "ABC-1".into(), quantity: 2 };
    event.to_bytes()
}

fn order_placed_in_cents() -> Vec<u8> {
    json!({ "orderId": "ord_7", "totalAmount": "1250 ct" }).to_string().into_bytes()
}

/// Answers the verifier, which asks for messages over HTTP by their description.
async fn messages(event: Event) -> String {
    let answer = move |Json(question): Json<Value>| async move {
        if question["description"] != "an order was placed" {
            return (StatusCode::NOT_FOUND, "no such event").into_response();
        }
        let metadata = base64_of(&json!({ "topic": OrderPlaced::TOPIC }));
        ([("content-type", "application/json".to_owned()), ("pact-message-metadata", metadata)], event()).into_response()
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", post(answer))).await });
    url
}

fn base64_of(json: &Value) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(json.to_string())
}

async fn verify(event: Event) -> Outcome {
    let pacts = tempfile::tempdir().unwrap();
    notification_service::contracts::record(Some(pacts.path())).await;
    Verifier::of("order-service")
        .messages(messages(event).await)
        .state("an order exists", |_| async { Ok(()) })
        .pacts(PactFiles::at([pacts.path()]))
        .verify()
        .await
}

#[tokio::test]
async fn every_consumer_can_read_them() {
    verify(order_placed).await.unwrap_verified();
}

#[tokio::test]
async fn a_total_in_cents_would_break_the_letters() {
    let outcome = verify(order_placed_in_cents).await;
    assert_eq!(outcome.exit_code(), 1);
}
