//! What a provider can do wrong on the wire, and what the verifier says of it.

use std::time::Duration;

use countersign_core::pact::Pact as Document;
use countersign_core::protobuf::Schema;
use countersign_core::render;
use countersign_mock_server::prelude::*;
use countersign_provider_verifier::{Finding, Verdict, Verifier};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::pacts::{ran, verdicts};

const PROTO: &str = r#"
syntax = "proto3";
package inventory.v1;
message Ask { string sku = 1; }
message Place { int32 shelf = 1; }
message Stock { string sku = 1; int32 left = 2; Place place = 3; }
service Inventory { rpc Check(Ask) returns (Stock); rpc Watch(Ask) returns (stream Stock); }
"#;

fn schema() -> Schema {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("inventory.proto");
    std::fs::write(&file, PROTO).unwrap();
    Schema::compile(&file, &[]).unwrap()
}

fn pact(method: &str) -> Document {
    let schema = schema();
    let pact = Pact::between("shop", "stock");
    let pact = pact.grpc("a call", |i| {
        let call = i.method_of(schema.descriptors().to_vec(), format!("inventory.v1.Inventory/{method}"));
        let stock = |left: i32| json!({ "sku": "A", "left": left, "place": { "shelf": 3 } });
        let call = call.request(json!({ "sku": "A" }));
        if method == "Watch" { call.responses([stock(5), stock(4)]) } else { call.response(stock(5)) }
    });
    pact.into_document()
}

/// A message as the pact agreed on it, in its frame.
const STOCK: &[u8] = b"\0\0\0\0\x09\x0a\x01A\x10\x05\x1a\x02\x08\x03";

/// The one after it.
const LESS: &[u8] = b"\0\0\0\0\x09\x0a\x01A\x10\x04\x1a\x02\x08\x03";

/// A server that is nothing but frames of HTTP/2: it takes what comes and answers the first call with these bytes.
async fn answering(frames: Vec<Vec<u8>>, and_then: After) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, frames.clone(), and_then));
        }
    });
    url
}

/// What happens after the answer.
#[derive(Clone, Copy, PartialEq)]
enum After {
    HangUp,
    Wait,
}

async fn serve(mut stream: TcpStream, frames: Vec<Vec<u8>>, after: After) {
    let mut preface = [0; 24];
    if stream.read_exact(&mut preface).await.is_err() {
        return;
    }
    let _ = stream.write_all(&frame(4, 0, 0, b"")).await;
    loop {
        let mut head = [0; 9];
        if stream.read_exact(&mut head).await.is_err() {
            return;
        }
        let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
        stream.read_exact(&mut payload).await.unwrap();
        match (head[3], head[4]) {
            // settings and pings are acknowledged
            (4, 0) => stream.write_all(&frame(4, 1, 0, b"")).await.unwrap(),
            (6, 0) => stream.write_all(&frame(6, 1, 0, &payload)).await.unwrap(),
            // the client has said all it has to say
            (0 | 1, flags) if flags & 1 == 1 => break,
            _ => {}
        }
    }
    for answer in frames {
        let _ = stream.write_all(&answer).await;
    }
    if after == After::Wait {
        let _ = stream.read_to_end(&mut Vec::new()).await;
    }
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// Header fields, each written out.
fn headers(fields: &[(&str, &str)], flags: u8) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in fields {
        block.push(0);
        for text in [name, value] {
            block.push(u8::try_from(text.len()).unwrap());
            block.extend_from_slice(text.as_bytes());
        }
    }
    frame(1, 4 | flags, 1, &block)
}

fn started(more: &[(&str, &str)]) -> Vec<u8> {
    headers(&[&[(":status", "200"), ("content-type", "application/grpc")], more].concat(), 0)
}

fn data(bytes: &[u8]) -> Vec<u8> {
    frame(0, 0, 1, bytes)
}

fn ended() -> Vec<u8> {
    headers(&[("grpc-status", "0")], 1)
}

fn reset() -> Vec<u8> {
    frame(3, 0, 1, &[0, 0, 0, 2])
}

async fn told(method: &str, url: &str) -> String {
    // given a schema, the verifier does not ask for it by reflection
    let verifier = Verifier::of("stock").grpc(url).grpc_schema(schema());
    let verifier = verifier.timeout(Duration::from_secs(2)).pacts(pact(method));
    let verification = ran(verifier.verify().await);
    let interaction = verification.interactions().next().unwrap();
    let verdict = match &interaction.replayed.verdict {
        Verdict::Disagreed(findings) => {
            let words = |finding: &Finding| {
                let number = finding.response.map(|number| format!("response {number} · ")).unwrap_or_default();
                format!("{number}{}", render::words(&finding.mismatch))
            };
            findings.iter().map(words).collect::<Vec<_>>().join("; ")
        }
        _ => verdicts(&verification).remove(0),
    };
    let port = url.rsplit(':').next().unwrap();
    verdict.replace(port, "[port]")
}

#[tokio::test]
async fn a_provider_that_breaks_the_rules_is_told_how() {
    let framed = |bytes: &[u8]| [&[0, 0, 0, 0, u8::try_from(bytes.len()).unwrap()], bytes].concat();
    let snappy = [("grpc-encoding", "snappy")];
    let cases = [
        ("a frame that is cut off", "Check", vec![started(&[]), data(&STOCK[..9]), ended()]),
        ("a head that is cut off", "Check", vec![started(&[]), data(&STOCK[..3]), ended()]),
        ("an unknown flag", "Check", vec![started(&[]), data(b"\x07\0\0\0\0"), ended()]),
        ("compressed without a word", "Check", vec![started(&[]), data(b"\x01\0\0\0\0"), ended()]),
        ("an unknown compression", "Check", vec![started(&snappy), data(b"\x01\0\0\0\0"), ended()]),
        (
            "not the gzip it says",
            "Check",
            vec![started(&[("grpc-encoding", "gzip")]), data(b"\x01\0\0\0\x01a"), ended()],
        ),
        ("no message", "Check", vec![started(&[]), ended()]),
        ("no status", "Check", vec![started(&[]), data(STOCK), frame(0, 1, 1, b"")]),
        ("no such type", "Check", vec![started(&[]), data(&framed(b"\x0a\x01A\x12\x01x")), ended()]),
        (
            "a wrong type inside",
            "Check",
            vec![started(&[]), data(&framed(b"\x0a\x01A\x10\x05\x1a\x03\x0a\x01x")), ended()],
        ),
        ("no UTF-8", "Check", vec![started(&[]), data(&framed(b"\x0a\x01\xff\x10\x05\x1a\x02\x08\x03")), ended()]),
        (
            "a page",
            "Check",
            vec![headers(&[(":status", "404"), ("content-type", "text/html")], 0), frame(0, 1, 1, b"<p>no</p>")],
        ),
        ("a call that is reset", "Check", vec![started(&[]), reset()]),
        ("a stream that is reset", "Watch", vec![started(&[]), data(STOCK), reset()]),
    ];
    let mut text = String::new();
    for (what, method, frames) in cases {
        let url = answering(frames, After::Wait).await;
        text.push_str(&format!("{what}: {}\n", told(method, &url).await));
    }
    insta::assert_snapshot!(text, @r#"
    a frame that is cut off: metadata grpc-status
      - expected "OK"
      + but got "INTERNAL: message 1 is cut off: 9 bytes were announced, 4 came"
    a head that is cut off: metadata grpc-status
      - expected "OK"
      + but got "INTERNAL: message 1 is cut off: 3 of the 5 bytes before it came"
    an unknown flag: metadata grpc-status
      - expected "OK"
      + but got "INTERNAL: protocol error: received message with invalid compression flag: 7 (valid flags are 0 and 1) while receiving response with status: 200 OK"
    compressed without a word: metadata grpc-status
      - expected "OK"
      + but got "INTERNAL: protocol error: received message with compressed-flag but no grpc-encoding was specified"
    an unknown compression: metadata grpc-status
      - expected "OK"
      + but got "UNIMPLEMENTED: Content is compressed with `snappy` which isn't supported"
    not the gzip it says: metadata grpc-status
      - expected "OK"
      + but got "INTERNAL: Error decompressing: unexpected end of file, while receiving response with status: 200 OK"
    no message: $
      - expected {"sku":"A","left":5,"place":{"shelf":3}}
      + but got nothing
    no status: metadata grpc-status
      - expected "OK"
      + but got "UNKNOWN: protocol error: missing grpc-status trailer, stream was terminated without a final status (possible truncation by a proxy or load balancer)"
    no such type: $.left
      - expected 5
      + but got a value that cannot be read (a length-delimited value came, but the field's type is int32)
    a wrong type inside: $.place.shelf
      - expected 3
      + but got a value that cannot be read (a length-delimited value came, but the field's type is int32)
    no UTF-8: $.sku
      - expected "A"
      + but got a value that cannot be read (the text is not UTF-8: invalid utf-8 sequence of 1 bytes from index 0)
    a page: metadata grpc-status
      - expected "OK"
      + but got "INTERNAL: protocol error: received message with invalid compression flag: 60 (valid flags are 0 and 1) while receiving response with status: 404 Not Found"
    a call that is reset: /inventory.v1.Inventory/Check at http://127.0.0.1:[port] broke off after 0 messages (stream error received: unexpected internal error encountered)
    a stream that is reset: /inventory.v1.Inventory/Watch at http://127.0.0.1:[port] broke off after 1 message (stream error received: unexpected internal error encountered)
    "#);
}

#[tokio::test]
async fn a_provider_that_goes_away_or_never_ends_is_told_so() {
    let mut text = String::new();
    let cases = [
        ("hangs up before an answer", "Check", vec![], After::HangUp),
        ("hangs up after headers", "Check", vec![started(&[])], After::HangUp),
        ("hangs up in a stream", "Watch", vec![started(&[]), data(STOCK)], After::HangUp),
        ("never answers", "Check", vec![], After::Wait),
        ("never ends", "Check", vec![started(&[]), data(STOCK)], After::Wait),
        ("never goes on", "Watch", vec![started(&[]), data(STOCK)], After::Wait),
        ("never ends a stream", "Watch", vec![started(&[]), data(STOCK), data(LESS)], After::Wait),
    ];
    for (what, method, frames, after) in cases {
        let url = answering(frames, after).await;
        let told = told(method, &url).await;
        // how the system calls it depends on what was under way
        let told = match (after, told.split_once(" ("), told.rsplit_once(')')) {
            (After::HangUp, Some((before, _)), Some((_, behind))) => format!("{before} (…){behind}"),
            _ => told,
        };
        text.push_str(&format!("{what}: {told}\n"));
    }
    insta::assert_snapshot!(text, @r#"
    hangs up before an answer: http://127.0.0.1:[port] gave /inventory.v1.Inventory/Check no answer in gRPC, the connection broke (…): is it a gRPC server that listens there?
    hangs up after headers: /inventory.v1.Inventory/Check at http://127.0.0.1:[port] broke off after 0 messages (…)
    hangs up in a stream: /inventory.v1.Inventory/Watch at http://127.0.0.1:[port] broke off after 1 message (…)
    never answers: /inventory.v1.Inventory/Check at http://127.0.0.1:[port] brought no answer within 2 s
    never ends: /inventory.v1.Inventory/Check at http://127.0.0.1:[port] brought no answer within 2 s
    never goes on: response 2 · $
      - expected {"sku":"A","left":4,"place":{"shelf":3}}
      + but got nothing
    never ends a stream: metadata grpc-status
      - expected "OK"
      + but got "a stream that was still open after 2 s and 2 messages"
    "#);
}

#[tokio::test]
async fn something_else_at_the_address_is_told_from_nobody() {
    let mut text = String::new();
    let others: [(&str, &'static [u8]); 2] = [
        ("HTTP/1.1", b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 2\r\n\r\nno"),
        ("garbage", b"220 mail.example.org ESMTP\r\n"),
    ];
    for (what, answer) in others {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.write_all(answer).await;
                let _ = stream.read_to_end(&mut Vec::new()).await;
            }
        });
        text.push_str(&format!("{what}: {}\n", told("Check", &url).await));
    }
    text.push_str(&format!("nobody: {}\n", told("Check", &crate::provider::nobody().await).await));
    insta::assert_snapshot!(text, @r"
    HTTP/1.1: http://127.0.0.1:[port] gave /inventory.v1.Inventory/Check no answer in gRPC, the connection broke (connection error detected: frame with invalid size): is it a gRPC server that listens there?
    garbage: http://127.0.0.1:[port] gave /inventory.v1.Inventory/Check no answer in gRPC, the connection broke (connection error detected: frame with invalid size): is it a gRPC server that listens there?
    nobody: /inventory.v1.Inventory/Check found nobody to answer at http://127.0.0.1:[port] (Connection refused (os error 111)): is the provider running?
    ");
}
