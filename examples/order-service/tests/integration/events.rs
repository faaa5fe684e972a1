//! Are the events this service publishes what their consumers need?

use countersign_provider_verifier::{Outcome, PactFiles, ProducedMessage, Verifier};
use order_service::OrderPlaced;
use serde_json::json;

type Event = fn() -> Vec<u8>;

fn order_placed() -> Vec<u8> {
    let event = OrderPlaced { order_id: "ord_7".into(), total_amount: 12.5, sku: "ABC-1".into(), quantity: 2 };
    event.to_bytes()
}

fn order_placed_in_cents() -> Vec<u8> {
    json!({ "orderId": "ord_7", "totalAmount": "1250 ct" }).to_string().into_bytes()
}

async fn verify(event: Event) -> Outcome {
    let pacts = tempfile::tempdir().unwrap();
    notification_service::contracts::record(Some(pacts.path())).await;
    Verifier::of("order-service")
        .message("an order was placed", |_| async move {
            Ok(ProducedMessage::new("application/json", event()).metadata("topic", OrderPlaced::TOPIC))
        })
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
