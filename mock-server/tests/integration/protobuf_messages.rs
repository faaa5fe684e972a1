//! Messages in protobuf: what the consumer gets, what is recorded, and mistakes.

use countersign_core::protobuf::{message_presence, message_type};
use countersign_mock_server::consumer::MessagePact;
use countersign_mock_server::prelude::*;
use prost::Message as _;
use serde_json::{Value as Json, json};

use crate::support::{read_pact, told};

const PROTO: &str = "tests/proto/events.proto";

#[derive(Clone, PartialEq, prost::Message)]
struct OrderPlaced {
    #[prost(string, tag = "1")]
    order_id: String,
    #[prost(double, tag = "2")]
    total_amount: f64,
    #[prost(message, repeated, tag = "3")]
    lines: Vec<Line>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Line {
    #[prost(string, tag = "1")]
    sku: String,
    #[prost(uint32, tag = "2")]
    quantity: u32,
}

fn events(contents: Json) -> MessagePact {
    Pact::between("notification-service", "order-service").proto_include("tests/proto/shared").message(
        "an order was placed",
        |m| {
            m.given_state("an order exists").metadata("topic", "order.placed").protobuf(
                PROTO,
                "shop.v1.OrderPlaced",
                contents,
            )
        },
    )
}

#[tokio::test]
async fn the_consumer_gets_bytes_and_the_pact_has_the_schema() {
    let folder = tempfile::tempdir().unwrap();
    let contents = json!({
        "order_id": regex("ord_[0-9]+", "ord_456"),
        "total_amount": decimal(29.99),
        "lines": each_like(json!({ "sku": like("ABC-1"), "quantity": integer(2) })),
    });
    let path = events(contents)
        .message("nothing happened", |m| m.protobuf(PROTO, "shop.v1.OrderPlaced", json!({})))
        .output_dir(folder.path())
        .try_consume(|message| async move {
            let event = OrderPlaced::decode(message.bytes())?;
            if message.description() == "nothing happened" {
                assert_eq!(event, OrderPlaced::default());
                return Ok::<_, prost::DecodeError>(());
            }
            let lines = vec![Line { sku: "ABC-1".to_owned(), quantity: 2 }];
            assert_eq!(event, OrderPlaced { order_id: "ord_456".to_owned(), total_amount: 29.99, lines });
            let content_type = "application/protobuf;message=.shop.v1.OrderPlaced";
            assert_eq!(message.content_type(), Some(content_type));
            assert_eq!(message.metadata("contentType"), Some(&json!(content_type)));
            assert_eq!(message.metadata("topic"), Some(&json!("order.placed")));
            Ok(())
        })
        .await
        .unwrap();
    let pact = read_pact(&path);
    let placed = pact.interactions.iter().find(|interaction| interaction.description == "an order was placed").unwrap();
    assert_eq!(message_type(&pact, placed).unwrap().unwrap().full_name(), "shop.v1.OrderPlaced");
    assert!(message_presence(placed).is_some());
    assert_eq!(placed.provider_states[0].name, "an order exists");
}

#[test]
fn generated_values_are_made_for_each_delivery() {
    let folder = tempfile::tempdir().unwrap();
    let contents = json!({
        "order_id": from_provider_state("${id}", "ord_1"),
        "lines": [{ "sku": random_regex("[A-Z]{12}", "AAAAAAAAAAAA"), "quantity": random_int(7..=9) }],
    });
    events(contents).output_dir(folder.path()).consume_blocking(|message| {
        let event = OrderPlaced::decode(message.bytes())?;
        assert_eq!(event.order_id, "ord_1");
        let line = &event.lines[0];
        assert!(line.sku != "AAAAAAAAAAAA" && line.sku.len() == 12, "{line:?}");
        assert!((7..=9).contains(&line.quantity), "{line:?}");
        Ok::<_, prost::DecodeError>(())
    });
}

#[test]
fn a_consumer_that_reads_something_else_fails() {
    let folder = tempfile::tempdir().unwrap();
    let report = told(|| {
        events(json!({ "order_id": "ord_456" }))
            .output_dir(folder.path())
            .consume_blocking(|message| serde_json::from_slice::<Json>(message.bytes()).map(drop));
    });
    assert!(report.contains("an order was placed") && report.contains("expected value at line"), "{report}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn mistakes_are_named_with_their_place() {
    let mistake = |contents| told(|| drop(events(contents)));
    insta::assert_snapshot!(mistake(json!({ "order_id": "ord_7", "price": 1 })), @"the message cannot be used: contents $: shop.v1.OrderPlaced has no field 'price', it has order_id, total_amount, lines, warehouse");
    insta::assert_snapshot!(mistake(json!({ "order_id": regex("[0-9]+", "ord_456") })), @r#"the message cannot be used: contents $.order_id: the example "ord_456" does not match the regular expression '[0-9]+'"#);
    insta::assert_snapshot!(mistake(json!({ "lines": [{ "quantity": random_string(3) }] })), @r#"the message cannot be used: contents $.lines[0].quantity: takes a whole number from 0 to 4294967295, not "abc""#);
    let texts = json!({ "pact:generator:type": "RandomString", "size": 3, "value": 2 });
    let told_of_texts = mistake(json!({ "lines": [{ "quantity": texts }] }));
    assert!(told_of_texts.contains("the value for $.lines[0].quantity cannot be used: "), "{told_of_texts}");
    let message = |proto: &'static str, name: &'static str| {
        told(move || {
            let contract = Pact::between("a", "b").proto_include("tests/proto/shared");
            drop(contract.message("m", |m| m.protobuf(proto, name, json!({}))));
        })
    };
    insta::assert_snapshot!(message(PROTO, "shop.v1.Order"), @"the message cannot be used: there is no message type 'shop.v1.Order'");
    insta::assert_snapshot!(message("tests/proto/none.proto", "shop.v1.Order"), @"the message cannot be used: cannot read tests/proto/none.proto: No such file or directory (os error 2)");
    let older = told(|| {
        events(json!({ "order_id": "ord_456" })).specification(Specification::V3).consume_blocking(|_| ());
    });
    insta::assert_snapshot!(older, @r#"
    the contract between notification-service and order-service says what version 3 of the specification has no words for; version 4 has:
      'an order was placed' pluginConfiguration: version 3.0.0 has no such attribute
      'the file' no plugins are loaded for version 3.0.0
    "#);
}
