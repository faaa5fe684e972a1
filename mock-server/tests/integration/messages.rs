//! Messages: handed to the code under test, and recorded only when it took them.

use std::cell::RefCell;

use countersign_mock_server::ContractError;
use countersign_mock_server::prelude::*;
use serde_json::{Value as Json, json};

use crate::support::{panic_text, read_pact, told};

fn order_placed() -> MessagePact {
    Pact::between("notification-service", "order-service").message("an order was placed", |m| {
        m.given("an order exists", json!({ "id": "ord_456" }))
            .metadata("topic", "order.placed")
            .metadata("key", regex("ord_[0-9]+", "ord_456"))
            .json(json!({ "orderId": like("ord_456"), "totalAmount": decimal(29.99) }))
    })
}

#[tokio::test]
async fn a_message_that_is_taken_is_recorded() {
    let directory = tempfile::tempdir().unwrap();
    let path = order_placed()
        .output_dir(directory.path())
        .try_consume(|message| async move {
            assert_eq!(
                (message.description(), message.content_type()),
                ("an order was placed", Some("application/json"))
            );
            assert_eq!(message.metadata("topic"), Some(&json!("order.placed")));
            let order: Json = message.json().unwrap();
            assert_eq!(order, json!({ "orderId": "ord_456", "totalAmount": 29.99 }));
            // code that takes bytes is served as well
            serde_json::from_slice::<Json>(message.bytes()).map(drop)
        })
        .await
        .unwrap();
    insta::assert_snapshot!(std::fs::read_to_string(path).unwrap(), @r#"
    {
      "consumer": {
        "name": "notification-service"
      },
      "interactions": [
        {
          "type": "Asynchronous/Messages",
          "pending": false,
          "comments": {
            "testname": "messages::a_message_that_is_taken_is_recorded"
          },
          "description": "an order was placed",
          "providerStates": [
            {
              "name": "an order exists",
              "params": {
                "id": "ord_456"
              }
            }
          ],
          "contents": {
            "content": {
              "orderId": "ord_456",
              "totalAmount": 29.99
            },
            "contentType": "application/json",
            "encoded": false
          },
          "metadata": {
            "contentType": "application/json",
            "key": "ord_456",
            "topic": "order.placed"
          },
          "matchingRules": {
            "body": {
              "$.orderId": {
                "combine": "AND",
                "matchers": [
                  {
                    "match": "type"
                  }
                ]
              },
              "$.totalAmount": {
                "combine": "AND",
                "matchers": [
                  {
                    "match": "decimal"
                  }
                ]
              }
            },
            "metadata": {
              "key": {
                "combine": "AND",
                "matchers": [
                  {
                    "match": "regex",
                    "regex": "ord_[0-9]+"
                  }
                ]
              }
            }
          }
        }
      ],
      "metadata": {
        "pactSpecification": {
          "version": "4.0"
        }
      },
      "provider": {
        "name": "order-service"
      }
    }
    "#);
}

#[tokio::test]
async fn messages_of_every_kind_are_taken_one_after_another() {
    let directory = tempfile::tempdir().unwrap();
    let seen = RefCell::new(Vec::new());
    order_placed()
        .message("a text", |m| m.text("hello"))
        .message("an image", |m| m.metadata("contentType", "image/png").body_like(*b"\x89PNG\r\n\x1a\n", "image/png"))
        .message("XML", |m| m.xml(element("order").attribute("id", integer(7))))
        .message("protobuf", |m| m.body([8, 1], "application/protobuf; message=.orders.Placed"))
        .message("a deletion", |m| m.metadata("key", "ord_456").without_contents())
        .output_dir(directory.path())
        .consume(|message| {
            let line = format!("{}: {:?} {}", message.description(), message.content_type(), message.bytes().len());
            seen.borrow_mut().push(line);
            async {}
        })
        .await;
    assert_eq!(
        seen.into_inner(),
        [
            "an order was placed: Some(\"application/json\") 41",
            "a text: Some(\"text/plain\") 5",
            "an image: Some(\"image/png\") 8",
            "XML: Some(\"application/xml\") 22",
            "protobuf: Some(\"application/protobuf; message=.orders.Placed\") 2",
            "a deletion: None 0",
        ]
    );
    let pact = read_pact(&directory.path().join("notification-service-order-service.json"));
    assert_eq!(pact.interactions.len(), 6);
}

#[tokio::test]
async fn a_message_that_is_not_taken_is_reported_and_nothing_is_recorded() {
    let directory = tempfile::tempdir().unwrap();
    let error = order_placed()
        .message("an order was cancelled", |m| m.json(json!({ "orderId": like("ord_456"), "reason": null })))
        .output_dir(directory.path())
        .try_consume(|message| async move {
            #[derive(Debug, serde::Deserialize)]
            struct Order {
                #[serde(rename = "totalAmount")]
                _total: f64,
            }
            message.json::<Order>()
        })
        .await
        .unwrap_err();
    insta::assert_snapshot!(error, @r#"
    the messages agreed on between notification-service and order-service were not all taken:
      ✓ an order was placed (given an order exists)
      ✗ an order was cancelled
          the consumer did not take it: missing field `totalAmount` at line 1 column 35
          the message: {"orderId":"ord_456","reason":null}, contentType: "application/json"
    "#);
    let ContractError::NotTaken { report, .. } = error else { panic!("{error}") };
    assert_eq!(report.outcomes.iter().map(|outcome| outcome.problems.len()).collect::<Vec<_>>(), [0, 2]);
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn blocking_handlers_are_served_too() {
    let directory = tempfile::tempdir().unwrap();
    order_placed().output_dir(directory.path()).consume_blocking(|message| message.json::<Json>());
    let refused = order_placed().output_dir(directory.path());
    insta::assert_snapshot!(told(|| refused.consume_blocking(|_| Err::<(), _>("the mail server is down"))), @r#"
    the messages agreed on between notification-service and order-service were not all taken:
      ✗ an order was placed (given an order exists)
          the consumer did not take it: the mail server is down
          the message: {"orderId":"ord_456","totalAmount":29.99}, contentType: "application/json", key: "ord_456", topic: "order.placed"
    "#);
}

#[tokio::test]
async fn a_failing_handler_names_the_line_of_the_test() {
    use futures::FutureExt as _;
    let line = line!() + 1;
    let consuming = order_placed().consume(|_| async { Err::<(), _>("no") });
    let text = panic_text(std::panic::AssertUnwindSafe(consuming).catch_unwind().await.unwrap_err().as_ref());
    assert!(text.ends_with(&format!("  at {}:{line}:36", file!())), "{text}");
}

#[test]
fn a_panic_inside_a_handler_keeps_its_own_words() {
    let panicking = || order_placed().consume_blocking(|_| -> () { panic!("my own words") });
    assert_eq!(told(panicking), "my own words");
}

#[tokio::test]
async fn generators_are_at_work() {
    let directory = tempfile::tempdir().unwrap();
    let ids = RefCell::new(Vec::new());
    for _ in 0..2 {
        Pact::between("audit", "orders")
            .message("an entry", |m| m.metadata("id", random_uuid()).json(json!({ "id": random_uuid() })))
            .output_dir(directory.path())
            .consume(|message| {
                ids.borrow_mut().push(message.json::<Json>().unwrap()["id"].clone());
                ids.borrow_mut().push(message.metadata("id").unwrap().clone());
                async {}
            })
            .await;
    }
    let ids = ids.into_inner();
    let mut distinct = ids.clone();
    distinct.sort_by_key(ToString::to_string);
    distinct.dedup();
    assert_eq!(distinct.len(), 4, "{ids:?}");
}

fn price() -> ExchangePact {
    Pact::between("order-service", "price-service").synchronous_message("the price of a sku", |m| {
        m.given_state("prices are known")
            .request(payload().metadata("topic", "prices.ask").json(json!({ "sku": like("ABC-1") })))
            .response(json!({ "amount": decimal(29.99) }))
            .response(payload().metadata("topic", "prices.done").text("end"))
    })
}

#[tokio::test]
async fn a_conversation_is_checked_and_answered() {
    let directory = tempfile::tempdir().unwrap();
    let path = price()
        .output_dir(directory.path())
        .try_converse(|exchange| async move {
            assert_eq!(exchange.example().bytes(), br#"{"sku":"ABC-1"}"#);
            let answers = exchange.send_with(r#"{"sku":"XYZ-9"}"#, [("topic", "prices.ask")])?;
            let [price, end] = answers else { panic!("{answers:?}") };
            assert_eq!(price.json::<Json>().unwrap(), json!({ "amount": 29.99 }));
            assert_eq!((end.bytes(), end.metadata("topic")), (b"end".as_slice(), Some(&json!("prices.done"))));
            Ok::<_, countersign_mock_server::consumer::NotAgreed>(())
        })
        .await
        .unwrap();
    let pact = read_pact(&path);
    assert_eq!(pact.interactions[0].description, "the price of a sku");
}

#[test]
fn a_conversation_that_differs_is_reported() {
    let directory = tempfile::tempdir().unwrap();
    let report = |handler: fn(Exchange) -> Result<(), String>| {
        told(|| price().output_dir(directory.path()).converse_blocking(handler))
    };
    let differs =
        report(|exchange| exchange.send(r#"{"sku":7,"express":true}"#).map(drop).map_err(|error| error.to_string()));
    insta::assert_snapshot!(differs, @r#"
    the messages agreed on between order-service and price-service were not all taken:
      ✗ the price of a sku (given prices are known)
          what was sent is not what was agreed on:
          $.express
            - expected no such member
            + but got true
          $.sku
            - expected any string like "ABC-1"
            + but got 7 (a number)
          metadata topic
            - expected "prices.ask"
            + but got nothing
    "#);
    let ignored = report(|exchange| {
        let _ = exchange.send("no JSON");
        Ok(())
    });
    insta::assert_snapshot!(ignored, @r#"
    the messages agreed on between order-service and price-service were not all taken:
      ✗ the price of a sku (given prices are known)
          what was sent is not what was agreed on:
          $
            - expected {"sku":"ABC-1"}
            + but got a body that cannot be read (expected ident at line 1 column 2): "no JSON"
          metadata topic
            - expected "prices.ask"
            + but got nothing
    "#);
    insta::assert_snapshot!(report(|_| Ok(())), @r"
    the messages agreed on between order-service and price-service were not all taken:
      ✗ the price of a sku (given prices are known)
          was agreed but never sent: hand what the consumer writes to `send`
    ");
    insta::assert_snapshot!(report(|_| Err("no connection".to_owned())), @r"
    the messages agreed on between order-service and price-service were not all taken:
      ✗ the price of a sku (given prices are known)
          the consumer gave up: no connection
    ");
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
}
