//! Streams, compression, deadlines and reflection by an ordinary tonic client.

use std::time::Duration;

use countersign_core::protobuf::{GrpcCall, Schema};
use countersign_mock_server::prelude::*;
use countersign_mock_server::{Config, MockServer};
use futures::StreamExt as _;
use futures::channel::mpsc;
use serde_json::json;
use tonic::codec::CompressionEncoding;
use tonic::transport::Channel;
use tonic::{Request, Response, Status, Streaming};
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;

use crate::support::panic_text;

const PROTO: &str = "tests/proto/inventory.proto";
const CHECK: &str = "inventory.v1.InventoryService/CheckStock";
const WATCH: &str = "inventory.v1.InventoryService/WatchStock";
const RESTOCK: &str = "inventory.v1.InventoryService/Restock";
const NEGOTIATE: &str = "inventory.v1.InventoryService/Negotiate";

#[derive(Clone, PartialEq, prost::Message)]
struct Ask {
    #[prost(string, tag = "1")]
    sku: String,
    #[prost(int32, tag = "2")]
    quantity: i32,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Stock {
    #[prost(bool, tag = "1")]
    available: bool,
    #[prost(int32, tag = "2")]
    quantity_left: i32,
}

type Client = tonic::client::Grpc<Channel>;
type Codec = tonic_prost::ProstCodec<Ask, Stock>;

async fn connect(server: &MockServer) -> Client {
    let channel = Channel::from_shared(server.url()).unwrap().connect().await.unwrap();
    let mut client = tonic::client::Grpc::new(channel);
    client.ready().await.unwrap();
    client
}

fn path(method: &str) -> http::uri::PathAndQuery {
    format!("/{method}").parse().unwrap()
}

fn ask(sku: &str, quantity: i32) -> Ask {
    Ask { sku: sku.to_owned(), quantity }
}

fn pact() -> Pact {
    Pact::between("order-service", "inventory-service").proto_include("tests/proto/shared")
}

fn serve(pact: Pact) -> MockServer {
    MockServer::start(&pact.into_document(), &Config::default()).unwrap()
}

async fn watched(client: &mut Client, sku: &str) -> Result<Response<Streaming<Stock>>, Status> {
    client.ready().await.unwrap();
    client.server_streaming(Request::new(ask(sku, 0)), path(WATCH), Codec::default()).await
}

async fn restocked(client: &mut Client, asks: Vec<Ask>) -> Result<Stock, Status> {
    let asks = futures::stream::iter(asks);
    client.ready().await.unwrap();
    client.client_streaming(Request::new(asks), path(RESTOCK), Codec::default()).await.map(Response::into_inner)
}

#[tokio::test]
async fn a_server_streams_what_was_agreed_and_may_fail_then() {
    let server = serve(pact().grpc("updates until the shop closes", |i| {
        i.method(PROTO, WATCH)
            .request(json!({ "sku": "ABC-1" }))
            .responses([json!({ "quantity_left": 5 }), json!({ "quantity_left": integer(4) })])
            .metadata("x-warehouse", "w-1")
            .trailer("x-checksum", regex("[0-9a-f]+", "beef"))
            .then_status(Code::Unavailable, "closing time")
            .details(b"\x08\x0e\x12\x0cclosing time".to_vec())
    }));
    let mut client = connect(&server).await;
    let response = watched(&mut client, "ABC-1").await.unwrap();
    assert_eq!(response.metadata().get("x-warehouse").unwrap(), "w-1");
    assert!(response.metadata().get("x-checksum").is_none(), "a trailer comes after the messages");
    let mut updates = response.into_inner();
    let mut seen = Vec::new();
    let status = loop {
        match updates.message().await {
            Ok(update) => seen.push(update.unwrap().quantity_left),
            Err(status) => break status,
        }
    };
    assert_eq!(seen, [5, 4]);
    assert_eq!((status.code(), status.message()), (Code::Unavailable, "closing time"));
    assert_eq!(status.metadata().get("x-checksum").unwrap(), "beef");
    assert_eq!(status.details(), b"\x08\x0e\x12\x0cclosing time");
    assert!(server.report().is_success());
    server.stop().await;
}

fn bulk_restock(pact: Pact) -> Pact {
    pact.grpc("a bulk restock", |i| {
        i.method(PROTO, RESTOCK)
            .requests([
                json!({ "sku": "ABC-1", "quantity": integer(3) }),
                json!({ "sku": "XYZ-9", "quantity": integer(4) }),
            ])
            .response(json!({ "quantity_left": 7 }))
    })
}

#[tokio::test]
async fn a_client_streams_what_was_agreed() {
    let server = serve(bulk_restock(pact()));
    let mut client = connect(&server).await;
    let stock = restocked(&mut client, vec![ask("ABC-1", 30), ask("XYZ-9", 40)]).await.unwrap();
    assert_eq!(stock.quantity_left, 7);
    for (asks, said) in [
        (vec![ask("ABC-1", 30), ask("OTHER", 40)], r#"request 2 · $.sku: expected "XYZ-9", but got "OTHER""#),
        (vec![ask("ABC-1", 30)], r#"request 2 · $: expected {"sku":"XYZ-9","quantity":4}, but got nothing"#),
        (vec![ask("ABC-1", 3), ask("XYZ-9", 4), ask("ABC-1", 5)], "request 3 · $: "),
        (vec![], r#"request 1 · $: expected {"sku":"ABC-1","quantity":3}, but got nothing"#),
    ] {
        let status = restocked(&mut client, asks).await.unwrap_err();
        assert_eq!(status.code(), Code::FailedPrecondition);
        assert!(status.message().contains(said), "{status}");
    }
    server.stop().await;
}

fn negotiation(pact: Pact) -> Pact {
    pact.grpc("a negotiation", |i| {
        i.method(PROTO, NEGOTIATE).conversation([
            sent(json!({ "sku": "ABC-1", "quantity": integer(10) })),
            received(json!({ "available": false, "quantity_left": integer(5) })),
            sent(json!({ "sku": "ABC-1", "quantity": integer(5) })),
            received(json!({ "available": true })),
        ])
    })
}

/// Says something, and hears what the server says to that.
async fn exchanged(
    sender: &mpsc::UnboundedSender<Ask>,
    answers: &mut Streaming<Stock>,
    message: Ask,
) -> Result<Option<Stock>, Status> {
    sender.unbounded_send(message).unwrap();
    tokio::time::timeout(Duration::from_secs(20), answers.message()).await.expect("an answer comes")
}

async fn negotiating(client: &mut Client) -> (mpsc::UnboundedSender<Ask>, Streaming<Stock>) {
    let (sender, receiver) = mpsc::unbounded();
    client.ready().await.unwrap();
    // the client waits for headers before it says a word
    let response = client.streaming(Request::new(receiver), path(NEGOTIATE), Codec::default()).await.unwrap();
    (sender, response.into_inner())
}

#[tokio::test]
async fn both_sides_stream_in_the_agreed_order() {
    let server = serve(negotiation(pact()));
    let mut client = connect(&server).await;
    let (sender, mut answers) = negotiating(&mut client).await;
    let first = exchanged(&sender, &mut answers, ask("ABC-1", 9)).await.unwrap().unwrap();
    assert_eq!((first.available, first.quantity_left), (false, 5));
    let second = exchanged(&sender, &mut answers, ask("ABC-1", 4)).await.unwrap().unwrap();
    assert!(second.available);
    drop(sender);
    assert_eq!(answers.message().await.unwrap(), None);
    assert!(server.report().is_success());

    let (sender, mut answers) = negotiating(&mut client).await;
    exchanged(&sender, &mut answers, ask("ABC-1", 9)).await.unwrap();
    let status = exchanged(&sender, &mut answers, ask("XYZ-9", 4)).await.unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition);
    assert!(status.message().contains(r#"request 2 · $.sku: expected "ABC-1", but got "XYZ-9""#), "{status}");
    server.stop().await;
}

#[tokio::test]
async fn of_several_conversations_the_one_that_fits_goes_on() {
    let server = serve(negotiation(pact()).grpc("a refusal", |i| {
        i.method(PROTO, NEGOTIATE)
            .conversation([sent(json!({ "sku": "NOPE" })), received(json!({ "quantity_left": integer(1) }))])
    }));
    let mut client = connect(&server).await;
    let (sender, mut answers) = negotiating(&mut client).await;
    let answer = exchanged(&sender, &mut answers, ask("NOPE", 0)).await.unwrap().unwrap();
    assert_eq!(answer.quantity_left, 1);
    drop(sender);
    assert_eq!(answers.message().await.unwrap(), None);
    server.stop().await;
}

#[tokio::test]
async fn a_client_that_hangs_up_is_reported() {
    let server = serve(negotiation(pact()));
    let mut client = connect(&server).await;
    let (sender, mut answers) = negotiating(&mut client).await;
    exchanged(&sender, &mut answers, ask("ABC-1", 9)).await.unwrap();
    drop((answers, sender, client));
    let reported = async {
        while server.report().is_success() || server.report().differing.len() + server.report().unexpected.len() == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), reported).await.expect("the report tells");
    let report = server.report().to_string();
    assert!(report.contains("the client hung up") || report.contains("request 2 · $"), "{report}");
    server.stop().await;
}

#[tokio::test]
async fn gzip_and_large_messages_travel_both_ways() {
    let large = "x".repeat(6 * 1024 * 1024);
    let text = large.clone();
    let server = serve(pact().grpc("a large sku", move |i| {
        i.method(PROTO, CHECK).request(json!({ "sku": text })).response(json!({ "quantity_left": 1 }))
    }));
    for compressing in [false, true] {
        let mut client = connect(&server).await;
        if compressing {
            client = client.send_compressed(CompressionEncoding::Gzip).accept_compressed(CompressionEncoding::Gzip);
        }
        let request = Request::new(ask(&large, 0));
        let response = client.unary(request, path(CHECK), Codec::default()).await.unwrap();
        assert_eq!(response.metadata().get("grpc-encoding").is_some(), compressing);
        assert_eq!(response.into_inner().quantity_left, 1);
    }
    server.stop().await;
}

#[tokio::test]
async fn deadlines_are_kept() {
    let server = serve(bulk_restock(negotiation(pact())));
    let mut client = connect(&server).await;
    let (_sender, receiver) = mpsc::unbounded::<Ask>();
    let mut request = Request::new(receiver);
    request.metadata_mut().insert("grpc-timeout", "50m".parse().unwrap());
    let response = client.streaming(request, path(NEGOTIATE), Codec::default()).await.unwrap();
    let status = response.into_inner().message().await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded, "{status}");
    server.stop().await;
}

#[tokio::test]
async fn the_schema_is_told_by_reflection() {
    let server = serve(bulk_restock(pact()));
    let channel = Channel::from_shared(server.url()).unwrap().connect().await.unwrap();
    let mut client = ServerReflectionClient::new(channel);
    let message_request = Some(MessageRequest::FileContainingSymbol("inventory.v1.InventoryService".to_owned()));
    let questions = futures::stream::iter([ServerReflectionRequest { host: String::new(), message_request }]);
    let answer = client.server_reflection_info(questions).await.unwrap().into_inner().next().await.unwrap().unwrap();
    let Some(MessageResponse::FileDescriptorResponse(files)) = answer.message_response else { panic!("{answer:?}") };
    assert!(!files.file_descriptor_proto.is_empty());
    server.stop().await;
}

#[tokio::test]
async fn streams_are_recorded_so_that_other_tools_do_not_take_them_for_unary_calls() {
    let document = bulk_restock(negotiation(pact())).into_document();
    let configuration = |index: usize| document.interactions[index].plugin_configuration["protobuf"].clone();
    assert_eq!(configuration(0)["service"], ".inventory.v1.InventoryService/Negotiate#bidi-streaming");
    assert_eq!(configuration(0)["streaming"]["order"], json!(["c0", "s0", "c1", "s1"]));
    assert_eq!(configuration(1)["service"], ".inventory.v1.InventoryService/Restock#client-streaming");
    assert_eq!(configuration(1)["streaming"]["requests"].as_array().unwrap().len(), 1);
    let written = countersign_core::format::write(&document);
    let read = countersign_core::format::read(&written).unwrap();
    for (interaction, requests) in read.interactions.iter().zip([2, 2]) {
        let call = GrpcCall::from_interaction(&read, interaction).unwrap();
        assert_eq!(call.requests().count(), requests);
    }
}

#[tokio::test]
async fn descriptors_serve_as_well_as_files() {
    let schema = Schema::compile(PROTO.as_ref(), &["tests/proto/shared".into()]).unwrap();
    let descriptors = schema.descriptors().to_vec();
    let server = serve(pact().grpc("a check", |i| {
        i.method_of(descriptors, CHECK).request(json!({ "sku": "A" })).response(json!({ "quantity_left": 1 }))
    }));
    let mut client = connect(&server).await;
    let stock = client.unary(Request::new(ask("A", 0)), path(CHECK), Codec::default()).await.unwrap().into_inner();
    assert_eq!(stock.quantity_left, 1);
    server.stop().await;
}

#[test]
fn what_cannot_be_agreed_on_is_said_with_file_line_or_field() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let broken = file("broken.proto", "syntax = \"proto3\";\nmessage A { int32 a = ; }\n");
    let import = file("import.proto", "syntax = \"proto3\";\nimport \"nowhere.proto\";\nmessage A {}\n");
    let refused = |build: &dyn Fn() -> Pact| {
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(build()))).unwrap_err();
        panic_text(panic.as_ref()).replace(folder.path().to_str().unwrap(), "FOLDER")
    };
    let request = |json: serde_json::Value| {
        move || pact().grpc("a", |i| i.method(PROTO, CHECK).request(json.clone()).response(json!({})))
    };
    let texts = [
        refused(&|| pact().grpc("a", |i| i.method(broken.clone(), "a.B/C").request(()).response(()))),
        refused(&|| pact().grpc("a", |i| i.method(import.clone(), "a.B/C").request(()).response(()))),
        refused(&|| pact().grpc("a", |i| i.method(PROTO, "inventory.v1.Warehouse/C").request(()).response(()))),
        refused(&request(json!({ "skuu": "A" }))),
        refused(&request(json!({ "quantity": "many" }))),
        refused(&request(json!({ "quantity": regex("[0-9]", "12") }))),
        refused(&|| {
            pact().grpc("a", |i| {
                i.method(PROTO, CHECK)
                    .request(json!({}))
                    .response(json!({ "warehouse": { "id": { "a": 1 } }, "tags": [1, null] }))
            })
        }),
        refused(&|| pact().grpc("a", |i| i.method(PROTO, CHECK).request(json!({})).responses([json!({}), json!({})]))),
        refused(&|| pact().grpc("a", |i| i.method(PROTO, WATCH).conversation([sent(json!({})), received(json!({}))]))),
    ];
    insta::assert_snapshot!(texts.join("\n"), @r#"
    the call 'a' cannot be used: FOLDER/broken.proto does not compile:
    broken.proto:2:23: expected an integer, but found ';'
    the call 'a' cannot be used: FOLDER/import.proto does not compile:
    import.proto:2:1: import 'nowhere.proto' not found
    the call 'a' cannot be used: there is no service 'inventory.v1.Warehouse'; the services are inventory.v1.InventoryService
    the call 'a' cannot be used: request $: inventory.v1.CheckStockRequest has no field 'skuu', it has sku, quantity
    the call 'a' cannot be used: request $.quantity: takes a whole number from -2147483648 to 2147483647, not "many"
    the call 'a' cannot be used: request $.quantity: the example 12 does not match the regular expression '[0-9]'
    the call 'a' cannot be used: response $.warehouse.id: takes a text, not {"a":1}
    response $.tags[1]: takes a text, not null
    the call 'a' cannot be used: /inventory.v1.InventoryService/CheckStock gives one response, and 2 were said
    the call 'a' cannot be used: /inventory.v1.InventoryService/WatchStock takes one request, so that there is no conversation: say `request` and `responses`
    "#);
}
