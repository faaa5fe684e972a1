//! A pact's page.

use countersign_core::format;
use countersign_core::pact::{Interaction, InteractionKind, Pact};
use countersign_core::protobuf::{CallPattern, CallTerms, Outcome, Schema, StatusCode, register, write_message};
use serde_json::{Value, json};

use super::{STOCK, Site, rule, site_with_stock_check};

#[tokio::test]
async fn a_pact_reads_as_a_conversation_with_the_findings_in_place() {
    let site = site_with_stock_check().await;
    let found = json!([{ "attribute": "body", "identifier": "$.quantity_left", "description": "expected an integer" }]);
    site.verify(STOCK, "77aa012", Some(("a stock check for a known sku", found))).await;
    let words = site.words("/pacts/provider/inventory-service/consumer/order-service/latest").await;
    insta::assert_snapshot!(words, @r#"
    order-service → inventory-service
    Can I deploy?
    Matrix
    Raw JSON
    Consumer version
    1f3c9ab main
    Status
    ✗ failed by 77aa012 just now
    Published
    just now
    Contract
    1 interaction, REST · Pact specification 3.0.0
    ✗ 1 of 1 failed in this verification
    a stock check for a known sku
    a stock check for a known sku GET /inventory/ABC-1?quantity=2
    REST ✗ failed
    $.quantity_left expected an integer
    given stock exists (sku ABC-1, quantity 5)
    GET /inventory/ABC-1?quantity=2
    query quantity
    2 an integer
    200 OK
    header Content-Type
    application/json
    {
    "quantity_left": 5,an integer
    "city": "Oslo",any string
    "tags": ["fragile"]1 or more items, each any string
    }
    "#);
}

/// A pact with a gRPC call that has a stream of answers, and one that fails.
fn grpc_pact() -> Value {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("stock.proto");
    let text = r#"syntax = "proto3"; package stock.v1;
        service Stock { rpc Watch(Ask) returns (stream Level); rpc Check(Ask) returns (Level); }
        message Ask { string sku = 1; } message Level { string sku = 1; uint32 left = 2; }"#;
    std::fs::write(&file, text).unwrap();
    let schema = Schema::compile(&file, &[]).unwrap();
    let mut pact = Pact::new("c", "p");
    register(&mut pact, &schema);
    let sku = json!({ "sku": "ABC-1" });
    let levels = vec![json!({ "sku": "ABC-1", "left": 5 }), json!({ "sku": "ABC-1", "left": "matching(integer, 4)" })];
    let failure =
        Outcome::Status { code: StatusCode::parse("NOT_FOUND").unwrap(), message: Some("unknown sku".into()) };
    for (description, method, outcome) in [
        ("updates", "stock.v1.Stock/Watch", Outcome::Messages(levels)),
        ("nothing there", "stock.v1.Stock/Check", failure),
    ] {
        let method = schema.method(method).unwrap();
        let call = CallPattern {
            request: sku.clone(),
            request_metadata: indexmap::IndexMap::new(),
            outcome,
            response_metadata: indexmap::IndexMap::new(),
        };
        pact.interactions.push(call.to_interaction(description, &schema, &method).unwrap());
    }
    format::to_json(&pact)
}

#[tokio::test]
async fn a_grpc_call_shows_its_fields() {
    let site = Site::open().await;
    site.publish("c", "1", "p", grpc_pact()).await;
    let words = site.words("/pacts/provider/p/consumer/c/version/1").await;
    let (_, interactions) = words.split_once("Pact specification 4.0\n").unwrap();
    insta::assert_snapshot!(interactions, @r#"
    updates Stock/Watch
    gRPC server stream
    stock.v1.Stock Watch
    stock.v1.Ask
    {
    "sku": "ABC-1"
    }
    response 1
    stock.v1.Level
    {
    "sku": "ABC-1",
    "left": 5
    }
    response 2
    stock.v1.Level
    {
    "sku": "ABC-1",
    "left": 4an integer
    }
    nothing there Stock/Check
    gRPC
    stock.v1.Stock Check
    stock.v1.Ask
    {
    "sku": "ABC-1"
    }
    NOT_FOUND
    status message
    unknown sku
    "#);
}

#[tokio::test]
async fn a_message_shows_its_metadata_and_contents() {
    let site = Site::open().await;
    let pact = json!({
        "interactions": [{
            "type": "Asynchronous/Messages", "description": "an order was placed",
            "metadata": { "topic": "order.placed", "contentType": "application/json" },
            "contents": { "content": { "total": 29.99 }, "contentType": "application/json", "encoded": false },
            "matchingRules": { "body": { "$.total": rule(json!({ "match": "decimal" })) } },
        }],
        "metadata": { "pactSpecification": { "version": "4.0" } },
    });
    site.publish("notifier", "1", "orders", pact).await;
    let words = site.words("/pacts/provider/orders/consumer/notifier/version/1").await;
    let expected = "message\nmetadata topic\norder.placed\napplication/json\n{\n\"total\": 29.99a decimal number\n}";
    assert!(words.ends_with(expected), "{words}");
}

#[tokio::test]
async fn a_long_pact_comes_in_pages_and_can_be_searched() {
    let site = Site::open().await;
    let interaction = |number: usize| {
        json!({
            "description": format!("request {number}"),
            "request": { "method": "GET", "path": format!("/things/{number}") }, "response": { "status": 200 },
        })
    };
    let interactions: Vec<Value> = (0..120).map(interaction).collect();
    let pact = json!({ "interactions": interactions, "metadata": { "pactSpecification": { "version": "3.0.0" } } });
    site.publish("c", "1", "p", pact).await;
    let here = "/pacts/provider/p/consumer/c/version/1";
    for (query, shown) in [("", 50), ("?page=3", 20), ("?page=9", 0), ("?q=THINGS/11", 11), ("?page=x", 50)] {
        let page = site.browse(&format!("{here}{query}")).await.body;
        assert_eq!(page.matches("<details").count(), shown, "{query}");
    }
    let words = site.words(&format!("{here}?q=none")).await;
    assert!(words.contains("No interaction has “none”"), "{words}");
}

#[tokio::test]
async fn what_is_no_pact_is_shown_as_it_came() {
    let site = Site::open().await;
    site.publish("c", "1", "p", json!({ "anything": "<b>", "interactions": 7 })).await;
    let words = site.words("/pacts/provider/p/consumer/c/version/1").await;
    assert!(words.contains("This document cannot be shown as a pact:"), "{words}");
    assert!(words.contains(r#""anything":"<b>""#), "{words}");
}

#[tokio::test]
async fn all_requests_of_a_stream_and_the_contents_of_an_event_show_their_fields() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("stock.proto");
    let text = r#"syntax = "proto3"; package stock.v1;
        service Stock { rpc Restock(stream Ask) returns (Level); }
        message Ask { string sku = 1; } message Level { string sku = 1; uint32 left = 2; }"#;
    std::fs::write(&file, text).unwrap();
    let schema = Schema::compile(&file, &[]).unwrap();
    let mut pact = Pact::new("c", "p");
    register(&mut pact, &schema);
    let call = CallPattern {
        request: json!({ "sku": "ABC-1" }),
        request_metadata: indexmap::IndexMap::new(),
        outcome: Outcome::Messages(vec![json!({ "left": 7 })]),
        response_metadata: indexmap::IndexMap::new(),
    };
    let terms =
        CallTerms { further_requests: vec![json!({ "sku": "matching(type, 'XYZ-9')" })], ..CallTerms::default() };
    let method = schema.method("stock.v1.Stock/Restock").unwrap();
    pact.interactions.push(call.to_interaction_with("a delivery", &schema, &method, &terms).unwrap());
    let level = schema.message("stock.v1.Level").unwrap();
    let (message, configuration) = write_message(&schema, &level, &json!({ "sku": "ABC-1", "left": 3 })).unwrap();
    let mut event = Interaction::new("stock changed", InteractionKind::AsynchronousMessage(Box::new(message)));
    event.plugin_configuration.insert("protobuf".to_owned(), configuration);
    pact.interactions.push(event);

    let site = Site::open().await;
    site.publish("c", "1", "p", format::to_json(&pact)).await;
    let words = site.words("/pacts/provider/p/consumer/c/version/1").await;
    let (_, interactions) = words.split_once("Pact specification 4.0\n").unwrap();
    insta::assert_snapshot!(interactions, @r#"
    a delivery Stock/Restock
    gRPC client stream
    request 1
    stock.v1.Stock Restock
    stock.v1.Ask
    {
    "sku": "ABC-1"
    }
    request 2
    stock.v1.Ask
    {
    "sku": "XYZ-9"any string
    }
    OK
    stock.v1.Level
    {
    "left": 7
    }
    stock changed
    message
    stock.v1.Level
    {
    "sku": "ABC-1",
    "left": 3
    }
    "#);
}
