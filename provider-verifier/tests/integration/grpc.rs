//! gRPC calls, unary and with streams of responses.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use bytes::{BufMut as _, Bytes, BytesMut};
use countersign_core::pact::Pact;
use countersign_core::protobuf::{CallPattern, Outcome, Schema, StatusCode, encode, register};
use countersign_provider_verifier::{Transport, Verifier};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Value as Json, json};

use crate::pacts::{ran, verdicts};
use crate::provider::{Provider, nobody};

const PROTO: &str = r#"
syntax = "proto3";
package inventory.v1;
message StockRequest { string sku = 1; int32 quantity = 2; }
message Stock { string sku = 1; int32 left = 2; }
service Inventory {
  rpc CheckStock(StockRequest) returns (Stock);
  rpc WatchStock(StockRequest) returns (stream Stock);
}
"#;

fn schema() -> Schema {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("inventory.proto");
    std::fs::write(&file, PROTO).unwrap();
    Schema::compile(&file, &[]).unwrap()
}

/// What the provider answers: messages, then a status.
#[derive(Clone)]
struct Answer {
    messages: Vec<Json>,
    status: &'static str,
    message: &'static str,
}

type Asked = Arc<Mutex<Vec<(String, Option<String>, Vec<u8>)>>>;

/// A provider that gives the same answer to every call; it stops with the test's runtime.
async fn provider(answer: Answer) -> (String, Asked) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = Asked::default();
    let journal = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (answer, journal) = (answer.clone(), Arc::clone(&journal));
            let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
                let (answer, journal) = (answer.clone(), Arc::clone(&journal));
                async move {
                    let tenant = request.headers().get("x-tenant").map(|it| it.to_str().unwrap().to_owned());
                    let path = request.uri().path().to_owned();
                    let body = request.into_body().collect().await.unwrap().to_bytes();
                    journal.lock().unwrap().push((path, tenant, body[5..].to_vec()));
                    Ok::<_, Infallible>(response(&answer))
                }
            });
            let connection = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
            tokio::spawn(connection.serve_connection(TokioIo::new(stream), service));
        }
    });
    (url, asked)
}

type Frames = futures::stream::Iter<std::vec::IntoIter<Result<Frame<Bytes>, Infallible>>>;

fn response(answer: &Answer) -> hyper::Response<StreamBody<Frames>> {
    let stock = schema().message("inventory.v1.Stock").unwrap();
    let mut frames: Vec<_> = answer
        .messages
        .iter()
        .map(|message| {
            let bytes = encode(&stock, message).unwrap().bytes;
            let mut framed = BytesMut::new();
            framed.put_u8(0);
            framed.put_u32(u32::try_from(bytes.len()).unwrap());
            framed.put_slice(&bytes);
            Ok(Frame::data(framed.freeze()))
        })
        .collect();
    let mut trailers = http::HeaderMap::new();
    trailers.insert("grpc-status", answer.status.parse().unwrap());
    trailers.insert("grpc-message", answer.message.parse().unwrap());
    trailers.insert("x-region", "north".parse().unwrap());
    frames.push(Ok(Frame::trailers(trailers)));
    let body = StreamBody::new(futures::stream::iter(frames));
    hyper::Response::builder().header("content-type", "application/grpc").body(body).unwrap()
}

fn pact(method: &str, outcome: Outcome, response_metadata: &[(&str, Json)]) -> Pact {
    let schema = schema();
    let method = schema.method(method).unwrap();
    let pattern = CallPattern {
        request: json!({ "sku": "ABC-1", "quantity": 2 }),
        request_metadata: [("x-tenant".to_owned(), json!("acme"))].into_iter().collect(),
        outcome,
        response_metadata: response_metadata.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
    };
    let mut pact = Pact::new("shop", "stock");
    pact.interactions.push(pattern.to_interaction("a call", &schema, &method).unwrap());
    register(&mut pact, &schema);
    pact
}

fn messages(messages: &[Json]) -> Outcome {
    Outcome::Messages(messages.to_vec())
}

fn ok(messages: &[Json]) -> Answer {
    Answer { messages: messages.to_vec(), status: "0", message: "" }
}

async fn verified(answer: Answer, pact: Pact) -> Vec<String> {
    let (url, _) = provider(answer).await;
    verdicts(&ran(Verifier::of("stock").grpc(url).pacts(pact).verify().await))
}

#[tokio::test]
async fn a_unary_call_is_replayed_and_compared() {
    let agreed = messages(&[json!({ "sku": "ABC-1", "left": "matching(integer, 5)" })]);
    let check = pact("inventory.v1.Inventory/CheckStock", agreed, &[("x-region", json!("north"))]);
    let (url, asked) = provider(ok(&[json!({ "sku": "ABC-1", "left": 4 })])).await;
    let verification = Verifier::of("stock").grpc(url).pacts(check.clone()).verify().await.unwrap_verified();
    assert!(verification.interactions().all(|interaction| interaction.transport == Transport::Grpc));
    let (path, tenant, message) = asked.lock().unwrap().remove(0);
    assert_eq!((path.as_str(), tenant.as_deref()), ("/inventory.v1.Inventory/CheckStock", Some("acme")));
    assert_eq!(message, b"\x0a\x05ABC-1\x10\x02");

    assert_eq!(verified(ok(&[json!({ "sku": "ABC-2", "left": 4 })]), check).await, ["$.sku"]);
}

#[tokio::test]
async fn an_agreed_failure_has_to_come() {
    let outcome =
        || Outcome::Status { code: StatusCode::parse("NOT_FOUND").unwrap(), message: Some(json!("unknown sku")) };
    let check = || pact("inventory.v1.Inventory/CheckStock", outcome(), &[]);
    let failing = |status, message| Answer { messages: vec![], status, message };
    assert_eq!(verified(failing("5", "unknown sku"), check()).await, ["agreed"]);
    assert_eq!(verified(failing("5", "no idea"), check()).await, ["metadata grpc-message"]);
    assert!(verified(failing("13", "unknown sku"), check()).await[0].starts_with("metadata grpc-status"));
    let unexpected = pact("inventory.v1.Inventory/CheckStock", messages(&[json!({ "sku": "ABC-1" })]), &[]);
    assert_eq!(verified(failing("13", "broken"), unexpected).await, ["metadata grpc-status"]);
}

#[tokio::test]
async fn every_response_of_a_stream_counts() {
    let agreed = [json!({ "sku": "ABC-1", "left": 5 }), json!({ "sku": "ABC-1", "left": "matching(integer, 4)" })];
    let check = || pact("inventory.v1.Inventory/WatchStock", messages(&agreed), &[]);
    let stock = |sku: &str, left: u32| json!({ "sku": sku, "left": left });
    assert_eq!(verified(ok(&[stock("ABC-1", 5), stock("ABC-1", 3)]), check()).await, ["agreed"]);
    assert_eq!(verified(ok(&[stock("ABC-1", 5), stock("X", 3)]), check()).await, ["response 2 · $.sku"]);
    assert_eq!(verified(ok(&[stock("ABC-1", 5)]), check()).await, ["response 2 · $"]);
    let more = [stock("ABC-1", 5), stock("ABC-1", 3), stock("ABC-1", 2)];
    assert_eq!(verified(ok(&more), check()).await, ["response 3 · $"]);
    let early = Answer { messages: vec![stock("ABC-1", 5)], status: "13", message: "broken" };
    assert_eq!(verified(early, check()).await, ["response 2 · metadata grpc-status"]);
    let breaks_off = Answer { messages: vec![stock("ABC-1", 5), stock("ABC-1", 3)], status: "13", message: "broken" };
    assert_eq!(verified(breaks_off, check()).await, ["metadata grpc-status"]);
}

#[tokio::test]
async fn a_filter_signs_calls_too() {
    let check = pact("inventory.v1.Inventory/CheckStock", messages(&[json!({ "sku": "ABC-1" })]), &[]);
    let (url, asked) = provider(ok(&[json!({ "sku": "ABC-1" })])).await;
    let verifier = Verifier::of("stock").grpc(&url).pacts(check).request_filter(|mut request| async move {
        let (from, length) = (&request.headers()["x-tenant"], request.body().len());
        let signature = format!("{} {} {from:?} {length}", request.method(), request.uri().path());
        request.headers_mut().insert("x-tenant", signature.parse()?);
        *request.body_mut() = Bytes::from_static(b"\x0a\x01Z");
        Ok(request)
    });
    let _ = verifier.verify().await.unwrap_verified();
    let (_, signature, message) = asked.lock().unwrap().remove(0);
    let signed = r#"POST /inventory.v1.Inventory/CheckStock "acme" 9"#;
    assert_eq!((signature.as_deref(), message.as_slice()), (Some(signed), &b"\x0a\x01Z"[..]));
}

#[tokio::test]
async fn messages_without_end_are_given_up_at_the_limit() {
    let agreed = [json!({ "sku": "ABC-1" }), json!({ "sku": "ABC-1" })];
    let check = |method: &str| pact(&format!("inventory.v1.Inventory/{method}"), messages(&agreed[..1]), &[]);
    let large = |kilobytes: usize| json!({ "sku": "x".repeat(kilobytes << 10) });
    for (method, answers) in [("CheckStock", vec![large(3000)]), ("WatchStock", vec![large(300); 10])] {
        let (url, _) = provider(ok(&answers)).await;
        let verifier = Verifier::of("stock").grpc(url).max_response_size(1 << 20).pacts(check(method));
        let said = verdicts(&ran(verifier.verify().await)).remove(0);
        let expected = format!("/inventory.v1.Inventory/{method} brought more than 1 MiB, which is where reading ends");
        assert!(said.starts_with(&expected) || said.contains("$.sku"), "{said}");
        assert!(method != "CheckStock" || said.starts_with(&expected), "{said}");
    }
}

#[tokio::test]
async fn values_from_states_go_into_the_request() {
    let mut pact = pact("inventory.v1.Inventory/CheckStock", messages(&[json!({ "sku": "ABC-1" })]), &[]);
    let countersign_core::pact::InteractionKind::SynchronousMessage(message) = &mut pact.interactions[0].kind else {
        panic!("it is a call");
    };
    let generators = json!({ "body": { "$.sku": { "type": "ProviderState", "expression": "${sku}" } } });
    message.request.generators = countersign_core::generator::Generators::from_json(Some(&generators));
    pact.interactions[0].provider_states = vec![countersign_core::pact::ProviderState::new("stock exists")];
    let (url, asked) = provider(ok(&[json!({ "sku": "ABC-1" })])).await;
    let verifier = Verifier::of("stock").grpc(url).pacts(pact);
    let _ = verifier.state("stock exists", |_| async { Ok(json!({ "sku": "Z" })) }).verify().await.unwrap_verified();
    assert_eq!(asked.lock().unwrap()[0].2, b"\x0a\x01Z\x10\x02");
}

#[tokio::test]
async fn a_provider_that_is_down_is_no_agreed_failure() {
    let outcome = Outcome::Status { code: StatusCode::parse("UNAVAILABLE").unwrap(), message: None };
    let pact = pact("inventory.v1.Inventory/CheckStock", outcome, &[]);
    let verifier = Verifier::of("stock").grpc(nobody().await).timeout(Duration::from_secs(2)).pacts(pact);
    let verdict = verdicts(&ran(verifier.verify().await)).remove(0);
    assert!(verdict.contains("is the provider running?"), "{verdict}");
}

#[tokio::test]
async fn protobuf_messages_without_grpc_are_compared_by_their_schema() {
    let provider = Provider::start().await;
    let schema = schema();
    let document = |sku: &str| {
        let message =
            encode(&schema.message("inventory.v1.Stock").unwrap(), &json!({ "sku": sku, "left": 5 })).unwrap();
        json!({
            "type": "Asynchronous/Messages", "description": "stock changed",
            "contents": {
                "content": base64::engine::general_purpose::STANDARD.encode(message.bytes), "encoded": "base64",
                "contentType": "application/protobuf;message=.inventory.v1.Stock",
            },
            "matchingRules": { "body": { "$.left": { "matchers": [{ "match": "integer" }] } } },
            "pluginConfiguration": { "protobuf": { "descriptorKey": schema.key(), "message": ".inventory.v1.Stock" } },
        })
    };
    let mut pact = crate::pacts::pact([document("ABC-1"), document("XYZ-9")]);
    register(&mut pact, &schema);
    let verification = ran(Verifier::of("stock").http(&provider.url).pacts(pact).verify().await);
    assert_eq!(verdicts(&verification), ["agreed", "$.sku"]);
}
