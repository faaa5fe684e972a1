//! What a client can do wrong on the wire, and what it and its test are told.

use std::time::Duration;

use countersign_mock_server::{Config, MockServer};
use futures::channel::mpsc;
use serde_json::json;
use tonic::Request;

use crate::grpc::{CHECK_STOCK, CheckStockRequest, CheckStockResponse, Client, PROTO, check, inventory, known_sku};
use crate::support::{client, http2_client};

const RESTOCK: &str = "inventory.v1.InventoryService/Restock";

fn server(max_body: usize) -> MockServer {
    let pact = known_sku(inventory()).grpc("a delivery", |i| {
        i.method(PROTO, RESTOCK)
            .requests([json!({ "sku": "ABC-1" }), json!({ "sku": "XYZ-9" })])
            .response(json!({ "quantity_left": 7 }))
    });
    MockServer::start(&pact.into_document(), &Config { max_body, ..Config::default() }).unwrap()
}

/// Status and message of a call with this body.
async fn told(server: &MockServer, method: &str, encoding: Option<&str>, body: Vec<u8>) -> String {
    let call = http2_client().post(format!("{}/{method}", server.url())).header("content-type", "application/grpc");
    let call = encoding.into_iter().fold(call, |call, encoding| call.header("grpc-encoding", encoding));
    let response = call.body(body).send().await.unwrap();
    let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default();
    let message = percent_encoding::percent_decode_str(header("grpc-message")).decode_utf8().unwrap().into_owned();
    format!("{} {message}", header("grpc-status"))
}

#[tokio::test]
async fn what_cannot_be_taken_is_refused_in_words() {
    let server = server(1_000);
    let framed = |message: &[u8]| [&[0, 0, 0, 0, u8::try_from(message.len()).unwrap()], message].concat();
    let asked = |body: &[u8]| (CHECK_STOCK, None, body.to_vec());
    let cases = [
        ("no message", asked(b"")),
        ("a head that is cut off", asked(b"\0\0\0")),
        ("a frame that is cut off", asked(b"\0\0\0\0\x07\x0a")),
        ("two messages", asked(&[framed(b""), framed(b"")].concat())),
        ("an unknown flag", asked(b"\x07\0\0\0\0")),
        ("compressed without a word", asked(b"\x01\0\0\0\0")),
        ("an unknown compression", (CHECK_STOCK, Some("snappy"), b"\x01\0\0\0\0".to_vec())),
        ("not the gzip it says", (CHECK_STOCK, Some("gzip"), b"\x01\0\0\0\x01a".to_vec())),
        ("far too large", asked(b"\0\xff\xff\xff\xff")),
        ("too large", asked(&[0; 2_000])),
        ("no message of the type", asked(&framed(b"\x0a\xff"))),
        ("a wrong type", asked(&framed(b"\x0a\x05ABC-1\x12\x01x"))),
        ("no UTF-8", asked(&framed(b"\x0a\x01\xff"))),
        ("an unknown group", asked(&framed(b"\x0a\x05ABC-1\xa3\x06\xa4\x06"))),
        ("an unknown method", ("inventory.v1.InventoryService/Sell", None, framed(b""))),
        ("an unknown service", ("shop.v1.Shop/CheckStock", None, framed(b""))),
        ("no method", ("nowhere", None, framed(b""))),
        ("a wrong second message", (RESTOCK, None, [framed(b"\x0a\x05ABC-1"), framed(b"\x12\x01x")].concat())),
        ("a second message cut off", (RESTOCK, None, [framed(b"\x0a\x05ABC-1"), b"\0\0\0\0\x09x".to_vec()].concat())),
    ];
    let mut text = String::new();
    for (what, (method, encoding, body)) in cases {
        text.push_str(&format!("{what}: {}\n", told(&server, method, encoding, body).await));
    }
    insta::assert_snapshot!(text, @r#"
    no message: 3 inventory.v1.InventoryService/CheckStock could not be read: the call carries no message
    a head that is cut off: 3 inventory.v1.InventoryService/CheckStock could not be read: message 1 is cut off: 5 bytes were announced, 3 came
    a frame that is cut off: 3 inventory.v1.InventoryService/CheckStock could not be read: message 1 is cut off: 7 bytes were announced, 1 came
    two messages: 3 inventory.v1.InventoryService/CheckStock could not be read: several messages came, but the method takes one
    an unknown flag: 3 inventory.v1.InventoryService/CheckStock could not be read: message 1 begins with the byte 7, but a frame begins with 0, or with 1 where it is compressed
    compressed without a word: 3 inventory.v1.InventoryService/CheckStock could not be read: message 1 is marked as compressed, but the call names no grpc-encoding
    an unknown compression: 12 inventory.v1.InventoryService/CheckStock could not be read: message 1 is compressed as snappy, which this server does not read: it reads gzip
    not the gzip it says: 3 inventory.v1.InventoryService/CheckStock could not be read: message 1 is not the gzip that it says it is: unexpected end of file
    far too large: 8 inventory.v1.InventoryService/CheckStock could not be read: message 1 is larger than 1000 bytes
    too large: 8 inventory.v1.InventoryService/CheckStock could not be read: the call is larger than 1000 bytes
    no message of the type: 3 inventory.v1.InventoryService/CheckStock differs from 'a stock check for a known sku (given stock exists)'; $: expected {"sku":"ABC-1","quantity":2}, but got a body that cannot be read (the message ends inside a number): 2 bytes: 0a ff
    a wrong type: 3 inventory.v1.InventoryService/CheckStock differs from 'a stock check for a known sku (given stock exists)'; $.quantity: expected an integer like 2, but got a value that cannot be read (a length-delimited value came, but the field's type is int32)
    no UTF-8: 3 inventory.v1.InventoryService/CheckStock differs from 'a stock check for a known sku (given stock exists)'; $.sku: expected text matching [A-Z]+-[0-9] like "ABC-1", but got a value that cannot be read (the text is not UTF-8: invalid utf-8 sequence of 1 bytes from index 0)
    an unknown group: 3 inventory.v1.InventoryService/CheckStock differs from 'a stock check for a known sku (given stock exists)'; $: expected {"sku":"ABC-1","quantity":2}, but got a body that cannot be read (field 100 is a group that the schema does not have): 11 bytes: 0a 05 41 42 43 2d 31 a3 06 a4 06
    an unknown method: 12 no interaction expects inventory.v1.InventoryService/Sell; the closest is 'a stock check for a known sku (given stock exists)'; path: expected "/inventory.v1.InventoryService/CheckStock", but got "/inventory.v1.InventoryService/Sell"
    an unknown service: 12 no interaction expects shop.v1.Shop/CheckStock; the closest is 'a stock check for a known sku (given stock exists)'; path: expected "/inventory.v1.InventoryService/CheckStock", but got "/shop.v1.Shop/CheckStock"
    no method: 12 no interaction expects nowhere; the closest is 'a stock check for a known sku (given stock exists)'; path: expected "/inventory.v1.InventoryService/CheckStock", but got "/nowhere"
    a wrong second message: 3 inventory.v1.InventoryService/Restock differs from 'a delivery'; request 2 · $.quantity: expected "int32 quantity = 2", but got a value that cannot be read (a length-delimited value came, but the field's type is int32)
    a second message cut off: 3 inventory.v1.InventoryService/Restock could not be read: message 2 is cut off: 9 bytes were announced, 1 came
    "#);
    server.stop().await;
}

#[tokio::test]
async fn grpc_over_http1_is_told_what_it_needs() {
    let server = server(1_000);
    let call = client().post(format!("{}/{CHECK_STOCK}", server.url())).header("content-type", "application/grpc");
    let response = call.body(&b"\0\0\0\0\0"[..]).send().await.unwrap();
    assert_eq!(response.status(), 500);
    insta::assert_snapshot!(response.text().await.unwrap(), @r#"
    {
      "error": "POST /inventory.v1.InventoryService/CheckStock could not be read: it is agreed on as a gRPC call, which travels over HTTP/2, and this came over HTTP/1.1",
      "request": "POST /inventory.v1.InventoryService/CheckStock"
    }
    "#);
    server.stop().await;
}

#[tokio::test]
async fn a_client_that_hangs_up_in_the_middle_of_its_stream_is_reported() {
    let server = server(1_000);
    let channel = tonic::transport::Channel::from_shared(server.url()).unwrap().connect().await.unwrap();
    let mut caller: Client = tonic::client::Grpc::new(channel);
    caller.ready().await.unwrap();
    let is_reported = || !server.report().unexpected.is_empty();
    // on a busy machine the call may be given up before the server has seen it
    for patience in [100, 1_000, 10_000] {
        let (sender, receiver) = mpsc::unbounded();
        sender.unbounded_send(check("ABC-1", 0).into_inner()).unwrap();
        let codec = tonic_prost::ProstCodec::<CheckStockRequest, CheckStockResponse>::default();
        let call = caller.client_streaming(Request::new(receiver), format!("/{RESTOCK}").parse().unwrap(), codec);
        // the client gives up before it has said all
        let patience = Duration::from_millis(patience);
        let _ = tokio::time::timeout(patience, call).await.unwrap_err();
        let reported = async {
            while !is_reported() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        if tokio::time::timeout(patience, reported).await.is_ok() {
            break;
        }
        caller.ready().await.unwrap();
    }
    let report = server.report().to_string();
    assert!(report.contains("the client hung up before all of the call had come"), "{report}");
    server.stop().await;
}
