use std::path::Path;

use super::*;
use crate::format;
use crate::mismatch::Mismatch;
use crate::pact::Pact;
use crate::pattern::{from_provider_state, integer, not_empty, regex};
use crate::plan::{GrpcRequestPlan, GrpcResponsePlan, ReceivedHeaders, ReceivedReply};
use crate::protobuf::{GrpcCall, register};
use crate::render::words;

const PROTO: &str = r#"syntax = "proto3";

package inventory.v1;

service InventoryService {
  rpc CheckStock(CheckStockRequest) returns (CheckStockResponse);
}

message CheckStockRequest {
  string sku = 1;
  int32 quantity = 2;
}

message CheckStockResponse {
  string sku = 1;
  bool available = 2;
  int32 on_hand = 3;
  repeated string tags = 4;
}
"#;

fn schema() -> Schema {
    static ONCE: std::sync::OnceLock<Schema> = std::sync::OnceLock::new();
    let compile = || {
        let folder = std::env::temp_dir().join(format!("countersign-interaction-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("inventory.proto");
        std::fs::write(&file, PROTO).unwrap();
        let schema = Schema::compile(Path::new(&file), &[]).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        schema
    };
    ONCE.get_or_init(compile).clone()
}

fn metadata(json: Json) -> IndexMap<String, Json> {
    json.as_object().unwrap().clone().into_iter().collect()
}

fn call(request: Json, outcome: Outcome) -> CallPattern {
    CallPattern { request, request_metadata: IndexMap::new(), outcome, response_metadata: IndexMap::new() }
}

/// The pact that a call gives, written and read again.
#[track_caller]
fn recorded(pattern: &CallPattern) -> (Json, GrpcCall) {
    let schema = schema();
    let method = schema.method("inventory.v1.InventoryService/CheckStock").unwrap();
    let interaction = pattern.to_interaction("a stock check", &schema, &method).unwrap();
    let mut pact = Pact::new("shop", "inventory");
    register(&mut pact, &schema);
    pact.interactions.push(interaction);
    let bytes = format::write(&pact);
    let pact = format::read(&bytes).unwrap();
    let call = GrpcCall::from_interaction(&pact, &pact.interactions[0]).unwrap();
    let json: Json = serde_json::from_slice(&bytes).unwrap();
    (json["interactions"][0].clone(), call)
}

#[test]
fn a_call_is_written_as_the_ecosystems_plugin_writes_it() {
    let mut pattern = call(
        json!({ "sku": "matching(regex, '[A-Z]{3}-\\\\d+', 'ABC-123')", "quantity": "matching(integer, 2)" }),
        Outcome::Messages(vec![json!({
            "sku": "matching(type, 'ABC-123')", "available": "matching(boolean, true)", "on_hand": "matching(integer, 42)"
        })]),
    );
    pattern.request_metadata = metadata(json!({ "x-tenant": "notEmpty('acme')" }));
    let (interaction, _) = recorded(&pattern);
    let rule = |rule: &str| json!({ "combine": "AND", "matchers": [{ "match": rule }] });
    let expected = json!({
        "type": "Synchronous/Messages", "transport": "grpc", "pending": false, "description": "a stock check",
        "pluginConfiguration": { "protobuf": {
            "descriptorKey": schema().key(),
            "service": ".inventory.v1.InventoryService/CheckStock",
            "expectations": {
                "request": { "sku": "matching(regex, '[A-Z]{3}-\\\\d+', 'ABC-123')", "quantity": "matching(integer, 2)" },
                "requestMetadata": { "x-tenant": "notEmpty('acme')" },
                "response": {
                    "sku": "matching(type, 'ABC-123')", "available": "matching(boolean, true)",
                    "on_hand": "matching(integer, 42)"
                }
            },
            // of our own: others keep what they do not know
            "presence": "required"
        }},
        "interactionMarkup": { "markupType": "COMMON_MARK", "markup": concat!(
            "```protobuf\nmessage CheckStockRequest {\n    string sku = 1;\n    int32 quantity = 2;\n}\n```\n",
            "```protobuf\nmessage CheckStockResponse {\n    string sku = 1;\n    bool available = 2;\n",
            "    int32 on_hand = 3;\n    repeated string tags = 4;\n}\n```\n",
        )},
        "request": {
            "contents": {
                "content": "CgdBQkMtMTIzEAI=", "contentTypeHint": "BINARY", "encoded": "base64",
                "contentType": "application/protobuf;message=.inventory.v1.CheckStockRequest"
            },
            "metadata": {
                "contentType": "application/protobuf;message=.inventory.v1.CheckStockRequest", "x-tenant": "acme"
            },
            "matchingRules": {
                "body": {
                    "$.sku": { "combine": "AND", "matchers": [{ "match": "regex", "regex": "[A-Z]{3}-\\d+" }] },
                    "$.quantity": rule("integer")
                },
                "metadata": { "x-tenant": rule("notEmpty") }
            }
        },
        "response": [{
            "contents": {
                "content": "CgdBQkMtMTIzEAEYKg==", "contentTypeHint": "BINARY", "encoded": "base64",
                "contentType": "application/protobuf;message=.inventory.v1.CheckStockResponse"
            },
            "metadata": { "contentType": "application/protobuf;message=.inventory.v1.CheckStockResponse" },
            "matchingRules": { "body": {
                "$.sku": rule("type"), "$.available": rule("boolean"), "$.on_hand": rule("integer")
            }}
        }]
    });
    // the order of members says nothing
    assert_eq!(interaction, expected);
}

#[test]
fn an_error_answer_has_a_status_and_no_message() {
    let outcome = Outcome::Status {
        code: StatusCode::parse("NOT_FOUND").unwrap(),
        message: Some(json!(not_empty("unknown sku"))),
    };
    let (interaction, call) = recorded(&call(json!({ "sku": "NOPE" }), outcome));
    let expected = json!([{
        "contents": { "content": "" },
        "metadata": {
            "contentType": "application/protobuf;message=.inventory.v1.CheckStockResponse",
            "grpc-status": "NOT_FOUND", "grpc-message": "unknown sku"
        },
        "matchingRules": { "metadata": { "grpc-message": { "combine": "AND", "matchers": [{ "match": "notEmpty" }] } } }
    }]);
    assert_eq!(interaction["response"], expected);
    let status = call.expected_status().unwrap();
    assert_eq!((status.code.name(), status.message.as_deref()), ("NOT_FOUND", Some("unknown sku")));
}

#[test]
fn what_was_recorded_is_read_back() {
    let mut pattern = call(
        json!({ "sku": regex("[A-Z]+", "ABC"), "quantity": 0 }),
        Outcome::Messages(vec![json!({ "sku": from_provider_state("${sku}", "ABC") })]),
    );
    pattern.request_metadata = metadata(json!({ "x-tenant": "acme", "x-tries": integer(3) }));
    pattern.response_metadata = metadata(json!({ "x-source": "cache" }));
    let (interaction, call) = recorded(&pattern);
    assert_eq!(call.method.path(), "/inventory.v1.InventoryService/CheckStock");
    assert_eq!(call.request.bytes, b"\x0a\x03ABC\x10\x00");
    let expected = [("x-tenant", "acme"), ("x-tries", "3")];
    assert!(call.request.metadata.iter().map(|(name, value)| (name.as_str(), value.as_str())).eq(expected));
    assert_eq!(call.responses[0].metadata["x-source"], "cache");
    let generators = json!({ "body": { "$.sku": { "type": "ProviderState", "expression": "${sku}" } } });
    assert_eq!(interaction["response"][0]["generators"], generators);
    let expectations = json!({
        "request": { "sku": "ABC", "quantity": 0 }, "requestMetadata": { "x-tenant": "acme", "x-tries": "3" },
        "response": { "sku": "ABC" }, "responseMetadata": { "x-source": "cache" }
    });
    assert_eq!(interaction["pluginConfiguration"]["protobuf"]["expectations"], expectations);
}

#[test]
fn empty_messages_are_empty_contents() {
    let (interaction, call) = recorded(&call(json!({}), Outcome::Messages(vec![json!({})])));
    assert_eq!(interaction["request"]["contents"], json!({ "content": "" }));
    assert!(call.request.bytes.is_empty() && call.expected_status().is_none());
}

#[test]
fn problems_of_all_parts_are_reported_together() {
    let mut pattern =
        call(json!({ "sku": regex("[", "x"), "qty": 1 }), Outcome::Messages(vec![json!({ "on_hand": "many" })]));
    pattern.request_metadata = metadata(json!({ "x-a": "matching(", "x-b": { "c": 1 } }));
    let schema = schema();
    let method = schema.method("InventoryService/CheckStock").unwrap();
    insta::assert_snapshot!(pattern.to_interaction("d", &schema, &method).unwrap_err(), @r#"
    request $.sku: the regular expression '[' does not compile: Parsing error at position 9: Invalid character class
    request $: inventory.v1.CheckStockRequest has no field 'qty', it has sku, quantity
    request metadata x-a $: expected the name of a rule, or $'name', but the text ends at character 10 of "matching("
    request metadata x-b $: takes a text, not {"c":"1"}
    response $.on_hand: takes a whole number from -2147483648 to 2147483647, not "many"
    "#);
}

fn found(mismatches: &[Mismatch]) -> String {
    mismatches.iter().map(|mismatch| words(mismatch).to_string()).collect::<Vec<_>>().join("\n")
}

fn headers<'a>(pairs: &[(&'a str, &'a str)]) -> ReceivedHeaders<'a> {
    pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
}

#[test]
fn a_request_must_be_what_was_agreed_and_nothing_else() {
    let mut pattern = call(json!({ "sku": regex("[A-Z]+", "ABC") }), Outcome::Messages(vec![json!({})]));
    pattern.request_metadata = metadata(json!({ "X-Tenant": not_empty("acme") }));
    let plan = GrpcRequestPlan::compile(&recorded(&pattern).1).unwrap();
    assert_eq!(found(&plan.check(b"\x0a\x03XYZ\x10\x00", &headers(&[("x-tenant", "b"), ("te", "trailers")]))), "");
    insta::assert_snapshot!(found(&plan.check(b"\x0a\x03xyz\x10\x02", &headers(&[]))), @r#"
    $.quantity
      - expected no such member
      + but got 2
    $.sku
      - expected text matching [A-Z]+ like "ABC"
      + but got "xyz"
    metadata X-Tenant
      - expected "acme"
      + but got nothing
    "#);
    insta::assert_snapshot!(found(&plan.check(b"\x0a\x05xyz", &headers(&[("x-tenant", "b")]))), @r#"
    $
      - expected {"sku":"ABC"}
      + but got a body that cannot be read (the message ends inside a value): 5 bytes: 0a 05 78 79 7a
    "#);
    insta::assert_snapshot!(found(&plan.check(b"\x08\x05", &headers(&[("x-tenant", "b")]))), @r#"
    $.sku
      - expected text matching [A-Z]+ like "ABC"
      + but got a value that cannot be read (a variable-length integer came, but the field's type is string)
    "#);
}

#[test]
fn an_answer_may_have_more_than_was_agreed() {
    let outcome = Outcome::Messages(vec![json!({ "on_hand": integer(5), "available": true })]);
    let plan = GrpcResponsePlan::compile(&recorded(&call(json!({}), outcome)).1).unwrap();
    let reply = |status: &str, message: &'static [u8]| ReceivedReply {
        status: StatusCode::parse(status).unwrap(),
        status_message: if status == "OK" { "" } else { "no such sku" },
        messages: if status == "OK" { vec![message] } else { Vec::new() },
        headers: headers(&[("x-more", "1")]),
        trailers: Vec::new(),
    };
    assert_eq!(found(&plan.check(&reply("OK", b"\x0a\x01x\x10\x01\x18\x07\x22\x01t"))), "");
    insta::assert_snapshot!(found(&plan.check(&reply("OK", b"\x18\x07"))), @r#"
    $.available
      - expected true
      + but got false
    "#);
    insta::assert_snapshot!(found(&plan.check(&reply("NOT_FOUND", b""))), @r#"
    metadata grpc-status
      - expected "OK"
      + but got "NOT_FOUND: no such sku"
    "#);
}

#[test]
fn an_agreed_failure_has_to_come() {
    let outcome = Outcome::Status { code: StatusCode::parse("5").unwrap(), message: Some("unknown sku".into()) };
    let plan = GrpcResponsePlan::compile(&recorded(&call(json!({}), outcome)).1).unwrap();
    let reply = |code: &str, message: &'static str| ReceivedReply {
        status: StatusCode::parse(code).unwrap(),
        status_message: message,
        messages: vec![b""],
        headers: Vec::new(),
        trailers: Vec::new(),
    };
    assert_eq!(found(&plan.check(&reply("NOT_FOUND", "unknown sku"))), "");
    insta::assert_snapshot!(found(&plan.check(&reply("INTERNAL", "boom"))), @r#"
    metadata grpc-status
      - expected "NOT_FOUND"
      + but got "INTERNAL: boom"
    metadata grpc-message
      - expected "unknown sku"
      + but got "boom"
    "#);
    insta::assert_snapshot!(found(&plan.check(&reply("OK", ""))), @r#"
    metadata grpc-status
      - expected "NOT_FOUND"
      + but got "OK"
    metadata grpc-message
      - expected "unknown sku"
      + but got nothing
    "#);
}
