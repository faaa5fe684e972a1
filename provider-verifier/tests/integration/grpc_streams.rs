//! Streams, fields that did not arrive, and schemas that have changed. The provider is a mock server that plays another
//! contract, with another version of the schema where that matters.

use std::time::Duration;

use countersign_core::pact::Pact as Document;
use countersign_core::protobuf::Schema;
use countersign_mock_server::consumer::AnsweredGrpc;
use countersign_mock_server::prelude::*;
use countersign_mock_server::{Config, MockServer};
use countersign_provider_verifier::{Verification, Verifier};
use serde_json::json;

use crate::pacts::{ran, verdicts};

const PROTO: &str = r#"
syntax = "proto3";
package inventory.v1;
message Ask { string sku = 1; int32 quantity = 2; }
message Stock { string sku = 1; int32 left = 2; }
service Inventory {
  rpc Check(Ask) returns (Stock);
  rpc Watch(Ask) returns (stream Stock);
  rpc Restock(stream Ask) returns (Stock);
  rpc Negotiate(stream Ask) returns (stream Stock);
}
"#;

/// What a call says, put into a contract with this version of the schema.
fn contract(proto: &str, build: impl FnOnce(Pact, Vec<u8>) -> Pact) -> Document {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("inventory.proto");
    std::fs::write(&file, proto).unwrap();
    let schema = Schema::compile(&file, &[]).unwrap();
    build(Pact::between("shop", "stock"), schema.descriptors().to_vec()).into_document()
}

/// The contract verified by a server that plays the other one.
async fn against(agreed: Document, played: &Document, strict: bool) -> Verification {
    let server = MockServer::start(played, &Config::default()).unwrap();
    let verifier = Verifier::of("stock").grpc(server.url()).timeout(Duration::from_secs(20)).strict(strict);
    let verification = ran(verifier.pacts(agreed).verify().await);
    server.stop().await;
    verification
}

fn watch(responses: &[(&str, i32)], sequence: fn(AnsweredGrpc) -> AnsweredGrpc) -> Document {
    let responses: Vec<_> = responses.iter().map(|(sku, left)| json!({ "sku": sku, "left": left })).collect();
    contract(PROTO, |pact, schema| {
        pact.grpc("a watch", |i| {
            let call = i.method_of(schema, "inventory.v1.Inventory/Watch").request(json!({ "sku": "A" }));
            sequence(call.responses(responses))
        })
    })
}

#[tokio::test]
async fn streams_are_compared_as_was_agreed() {
    let played = watch(&[("A", 9), ("A", 5), ("B", 1), ("A", 4)], |it| it);
    let exact = |it: AnsweredGrpc| it;
    for (agreed, expected) in [
        (watch(&[("A", 9), ("A", 5), ("B", 1), ("A", 4)], exact), vec!["agreed"]),
        (watch(&[("A", 9), ("A", 5)], exact), vec!["response 3 · $"]),
        (watch(&[("A", 9), ("A", 6), ("B", 1), ("A", 4)], exact), vec!["response 2 · $.left"]),
        (watch(&[("A", 9), ("A", 5)], AnsweredGrpc::at_least), vec!["agreed"]),
        (watch(&[("A", 5), ("A", 4)], AnsweredGrpc::at_least), vec!["response 1 · $.left, response 2 · $.left"]),
        (watch(&[("A", 5), ("A", 4)], AnsweredGrpc::in_order), vec!["agreed"]),
        (watch(&[("A", 4), ("A", 5)], AnsweredGrpc::in_order), vec!["response 2 · $"]),
    ] {
        assert_eq!(verdicts(&against(agreed, &played, false).await), expected);
    }
}

fn restock(quantities: [i32; 2], left: i32) -> Document {
    contract(PROTO, |pact, schema| {
        pact.grpc("a delivery", |i| {
            i.method_of(schema, "inventory.v1.Inventory/Restock")
                .requests(quantities.map(|quantity| json!({ "sku": "A", "quantity": quantity })))
                .response(json!({ "left": left }))
        })
    })
}

#[tokio::test]
async fn a_stream_of_requests_is_replayed() {
    assert_eq!(verdicts(&against(restock([3, 4], 7), &restock([3, 4], 7), false).await), ["agreed"]);
    assert_eq!(verdicts(&against(restock([3, 4], 7), &restock([3, 4], 8), false).await), ["$.left"]);
    let refused = against(restock([3, 5], 7), &restock([3, 4], 7), false).await;
    assert_eq!(verdicts(&refused), ["metadata grpc-status"]);
}

fn negotiation(answers: [i32; 2]) -> Document {
    contract(PROTO, |pact, schema| {
        pact.grpc("a negotiation", |i| {
            i.method_of(schema, "inventory.v1.Inventory/Negotiate").conversation([
                sent(json!({ "sku": "A", "quantity": 9 })),
                received(json!({ "left": answers[0] })),
                sent(json!({ "sku": "A", "quantity": 4 })),
                received(json!({ "left": answers[1] })),
            ])
        })
    })
}

#[tokio::test]
async fn a_conversation_is_replayed_in_turn() {
    assert_eq!(verdicts(&against(negotiation([5, 6]), &negotiation([5, 6]), false).await), ["agreed"]);
    let differs = against(negotiation([5, 6]), &negotiation([5, 7]), false).await;
    assert_eq!(verdicts(&differs), ["response 2 · $.left"]);
}

fn check(proto: &str, response: serde_json::Value) -> Document {
    contract(proto, |pact, schema| {
        pact.grpc("a check", |i| {
            i.method_of(schema, "inventory.v1.Inventory/Check").request(json!({ "sku": "A" })).response(response)
        })
    })
}

/// The same pact as another tool would have written it.
fn of_others(mut pact: Document) -> Document {
    for interaction in &mut pact.interactions {
        let configuration = interaction.plugin_configuration["protobuf"].as_object_mut().unwrap();
        configuration.remove("presence").unwrap();
    }
    pact
}

#[tokio::test]
async fn fields_that_the_example_sets_have_to_arrive() {
    let agreed = || check(PROTO, json!({ "sku": like("A"), "left": integer(5) }));
    let played = check(PROTO, json!({ "sku": "A" }));
    assert_eq!(verdicts(&against(agreed(), &played, false).await), ["$.left"]);

    let lenient = against(of_others(agreed()), &played, false).await;
    assert_eq!(verdicts(&lenient), ["agreed"]);
    assert_eq!(lenient.warnings.len(), 1);
    assert!(lenient.warnings[0].contains("$.left did not arrive"), "{:?}", lenient.warnings);
    assert_eq!(verdicts(&against(of_others(agreed()), &played, true).await), ["$.left"]);
}

#[tokio::test]
async fn a_schema_that_no_longer_has_what_is_read_is_found_by_reflection() {
    let agreed = || check(PROTO, json!({ "sku": like("A"), "left": integer(5) }));
    let newer = PROTO.replace("int32 left = 2;", "int32 left = 2; string colour = 3; bool more = 4;");
    let verification =
        against(agreed(), &check(&newer, json!({ "sku": "A", "left": 5, "colour": "red" })), false).await;
    assert_eq!(verdicts(&verification), ["agreed"]);
    assert_eq!(verification.warnings, [""; 0]);

    let retyped = PROTO.replace("int32 left = 2;", "sint32 left = 2;");
    let played = check(&retyped, json!({ "sku": "A", "left": 5 }));
    let found = against(agreed(), &played, false).await;
    assert_eq!(verdicts(&found), ["$.left"]);
    let warned = against(of_others(agreed()), &played, false).await;
    assert_eq!(verdicts(&warned), ["agreed"]);
    assert!(
        warned.warnings[0].contains("'int32 left = 2' in the pact's schema and 'sint32 left = 2'"),
        "{:?}",
        warned.warnings
    );
    assert_eq!(verdicts(&against(of_others(agreed()), &played, true).await), ["$.left"]);

    let renumbered = PROTO.replace("int32 left = 2;", "int32 left = 7;");
    let played = check(&renumbered, json!({ "sku": "A", "left": 5 }));
    assert_eq!(verdicts(&against(agreed(), &played, false).await), ["$.left"]);
}

#[tokio::test]
async fn streams_that_are_told_in_an_unknown_way_are_refused() {
    let mut agreed = restock([3, 4], 7);
    agreed.interactions[0].plugin_configuration["protobuf"]["streaming"]["version"] = json!(2);
    let verdict = verdicts(&against(agreed, &restock([3, 4], 7), false).await).remove(0);
    assert!(verdict.contains("it is written in version 2, and this reads version 1"), "{verdict}");
}
