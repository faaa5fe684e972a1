//! Messages in protobuf, from the consumer's test to the provider's verification.

use countersign_core::format;
use countersign_core::pact::Pact;
use countersign_mock_server::prelude as dsl;
use countersign_provider_verifier::{ProducedMessage, Verifier};
use prost::Message as _;
use serde_json::json;

use crate::pacts::{ran, verdicts};

const PROTO: &str = r#"
syntax = "proto3";
package shop.v1;
message OrderPlaced { string order_id = 1; double total_amount = 2; repeated string skus = 3; }
"#;

/// The event as a provider of today writes it, which has more than the consumer knows.
#[derive(Clone, PartialEq, prost::Message)]
struct OrderPlaced {
    #[prost(string, tag = "1")]
    order_id: String,
    #[prost(double, tag = "2")]
    total_amount: f64,
    #[prost(string, repeated, tag = "3")]
    skus: Vec<String>,
    #[prost(string, tag = "9")]
    note: String,
}

fn placed() -> OrderPlaced {
    let skus = vec!["ABC-1".to_owned(), "XYZ-9".to_owned()];
    OrderPlaced { order_id: "ord_7".to_owned(), total_amount: 12.5, skus, note: "a gift".to_owned() }
}

/// The contract as a consumer's test writes it, read back from its file.
async fn recorded(content_type: Option<&str>) -> Pact {
    let folder = tempfile::tempdir().unwrap();
    let proto = folder.path().join("events.proto");
    std::fs::write(&proto, PROTO).unwrap();
    let contents = json!({
        "order_id": dsl::regex("ord_[0-9]+", "ord_456"),
        "total_amount": dsl::decimal(29.99),
        "skus": dsl::each_like("ABC-1"),
    });
    let contract = dsl::Pact::between("mail", "orders").output_dir(folder.path()).message("an order was placed", |m| {
        let m = match content_type {
            Some(content_type) => m.metadata("contentType", content_type),
            None => m,
        };
        m.metadata("topic", "order.placed").protobuf(&proto, "shop.v1.OrderPlaced", contents)
    });
    let path =
        contract.try_consume(|message| async move { OrderPlaced::decode(message.bytes()).map(drop) }).await.unwrap();
    format::read(&std::fs::read(path).unwrap()).unwrap()
}

async fn verified(pact: &Pact, content_type: &str, event: &OrderPlaced) -> Vec<String> {
    let verifier = Verifier::of("orders").message("an order was placed", |_| async {
        Ok(ProducedMessage::new(content_type, event.encode_to_vec()).metadata("topic", "order.placed"))
    });
    verdicts(&ran(verifier.pacts(pact.clone()).verify().await))
}

#[tokio::test]
async fn a_provider_is_held_to_the_event_that_its_consumer_decodes() {
    const TYPED: &str = "application/protobuf;message=.shop.v1.OrderPlaced";
    let pact = recorded(None).await;
    let without_order = OrderPlaced { order_id: String::new(), ..placed() };
    for (content_type, event, expected) in [
        (TYPED, placed(), "agreed"),
        ("application/protobuf", placed(), "content type"),
        (TYPED, OrderPlaced { order_id: "order 7".to_owned(), ..placed() }, "$.order_id"),
        (TYPED, without_order, "$.order_id"),
        (TYPED, OrderPlaced { total_amount: 0.0, ..placed() }, "$.total_amount"),
        (TYPED, OrderPlaced { skus: Vec::new(), ..placed() }, "$.skus"),
        ("application/json", placed(), "content type"),
    ] {
        assert_eq!(verified(&pact, content_type, &event).await, [expected], "{content_type} {event:?}");
    }
}

#[tokio::test]
async fn a_topic_may_have_a_content_type_of_its_own() {
    let pact = recorded(Some("application/x-protobuf")).await;
    assert_eq!(verified(&pact, "application/x-protobuf", &placed()).await, ["agreed"]);
    let without_order = OrderPlaced { order_id: String::new(), ..placed() };
    assert_eq!(verified(&pact, "application/x-protobuf", &without_order).await, ["$.order_id"]);
    assert_eq!(verified(&pact, "application/protobuf", &placed()).await, ["content type"]);
}
