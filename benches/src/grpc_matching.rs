//! Checks of protobuf messages beside the checks of the same contents as JSON: the same pattern, bytes in, differences out.

use std::path::Path;

use anyhow::ensure;
use countersign_core::format;
use countersign_core::pact::{Body, ContentType, Contents, HttpResponse, Pact};
use countersign_core::pattern::{Pattern, each_like, integer, like, regex};
use countersign_core::plan::{GrpcResponsePlan, ReceivedReply, ReceivedResponse, ResponsePlan};
use countersign_core::protobuf::{CallPattern, GrpcCall, Outcome, Schema, StatusCode, encode, register};
use countersign_core::rule::Category;
use serde_json::{Value, json};

use crate::figures::{Better, Figure, Figures};
use crate::matching::{beside, headers};

const METHOD: &str = "bench.v1.Shelves/Get";

const PROTO: &str = r#"syntax = "proto3";
package bench.v1;
message Ask { string sku = 1; }
message Item {
  int32 id = 1; string sku = 2; bool available = 3; double price = 4; string warehouse = 5; repeated string tags = 6;
}
message Shelf { string city = 1; int64 revision = 2; map<string, int32> counts = 3; repeated Item items = 4; Item first = 5; }
service Shelves { rpc Get(Ask) returns (Shelf); }
"#;

/// How many bytes the large message has, about.
const LARGE: usize = 100_000;

/// `limit` is the check of the JSON.
pub(crate) fn run() -> anyhow::Result<Figures> {
    let folder = tempfile::tempdir()?;
    let schema = schema(folder.path())?;
    let small = json!({ "first": item_pattern() });
    let medium = json!({
        "city": like("Oslo"), "revision": integer(7), "counts": { "N-1": integer(3), "N-2": 4 },
        "items": each_like(item_pattern()), "first": item_pattern()
    });
    let list = vec![
        figure(&schema, "small", &small, &json!({ "first": item(0) }), 1000)?,
        figure(&schema, "medium", &medium, &shelf(10), 200)?,
        figure(&schema, "large", &medium, &shelf(LARGE / 55), 1)?,
    ];
    Ok(Figures { unit: "µs", better: Better::Less, list })
}

fn schema(folder: &Path) -> anyhow::Result<Schema> {
    let file = folder.join("shelves.proto");
    std::fs::write(&file, PROTO)?;
    Ok(Schema::compile(&file, &[])?)
}

fn item_pattern() -> Value {
    json!({
        "id": integer(7), "sku": like("ABC-7"), "available": true, "price": 12.5,
        "warehouse": regex(r"w-\d+", "w-1"), "tags": ["fragile"]
    })
}

fn item(index: usize) -> Value {
    json!({
        "id": 7 + index, "sku": format!("ABC-{index}"), "available": true, "price": 12.5, "warehouse": format!("w-{index}"),
        "tags": ["fragile"]
    })
}

fn shelf(items: usize) -> Value {
    json!({
        "city": "Bergen", "revision": 1_234_567, "counts": { "N-1": 5, "N-2": 4 },
        "items": (0..items).map(item).collect::<Vec<_>>(), "first": item(1)
    })
}

fn figure(schema: &Schema, name: &str, pattern: &Value, came: &Value, repeat: u32) -> anyhow::Result<Figure> {
    let grpc = grpc_plan(schema, pattern)?;
    let message = encode(&schema.method(METHOD)?.output(), came)?.bytes;
    let reply = ReceivedReply {
        status: StatusCode::OK,
        status_message: "",
        messages: vec![&message],
        headers: vec![("content-type".into(), "application/grpc".into())],
        trailers: Vec::new(),
    };
    let found = grpc.check(&reply);
    ensure!(found.is_empty(), "the message does not fit: {:?}", found.first());
    let json = json_plan(pattern)?;
    let body = serde_json::to_vec(came)?;
    let response = ReceivedResponse { status: 200, headers: headers(&[]), body: &body };
    let found = json.check(&response);
    ensure!(found.is_empty(), "the body does not fit: {:?}", found.first());
    let check_json = || {
        std::hint::black_box(json.check(&response).len());
    };
    let name = format!("grpc/{name} ({} bytes, {} as JSON)", message.len(), body.len());
    Ok(beside(&name, repeat, || grpc.check(&reply).len(), check_json))
}

fn grpc_plan(schema: &Schema, pattern: &Value) -> anyhow::Result<GrpcResponsePlan> {
    let call = CallPattern {
        request: json!({ "sku": "ABC-7" }),
        request_metadata: Default::default(),
        outcome: Outcome::Messages(vec![pattern.clone()]),
        response_metadata: Default::default(),
    };
    let mut pact = Pact::new("bench-consumer", "bench-provider");
    pact.interactions.push(call.to_interaction("a shelf", schema, &schema.method(METHOD)?)?);
    register(&mut pact, schema);
    // as it is read from a file
    let pact = format::read(&format::write(&pact))?;
    Ok(GrpcResponsePlan::compile(&GrpcCall::from_interaction(&pact, &pact.interactions[0])?)?)
}

fn json_plan(pattern: &Value) -> anyhow::Result<ResponsePlan> {
    let pattern = Pattern::parse(pattern)?;
    let mut response = HttpResponse::default();
    pattern.add_to(Category::Body, None, &mut response.rules, &mut response.generators);
    response.body = Body::Present(Contents {
        bytes: serde_json::to_vec(&pattern.example)?,
        content_type: Some(ContentType::new("application/json")),
        hint: None,
        encoding: None,
    });
    Ok(ResponsePlan::compile(&response))
}
