//! Everything a request can travel in: TLS, compression, chunks, methods, and clients that misbehave.

use std::io::Write as _;
use std::time::{Duration, Instant};

use countersign_mock_server::prelude::*;
use countersign_mock_server::{AllowedOrigin, Config, Cors, MockServer, Tls};
use serde_json::{Value as Json, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{client, fetch};

fn order() -> Pact {
    Pact::between("order-service", "inventory-service").http("an order", |i| {
        i.request(post("/orders").json(json!({ "sku": "ABC-1", "quantity": integer(2) }))).response(created())
    })
}

fn start(config: &Config) -> MockServer {
    MockServer::start(&order().into_document(), config).unwrap()
}

fn trusting(pem: &str) -> reqwest::ClientBuilder {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let certificate = reqwest::Certificate::from_pem(pem.as_bytes()).unwrap();
    reqwest::Client::builder().tls_certs_only([certificate])
}

#[tokio::test]
async fn tls_with_a_generated_certificate_speaks_both_versions_of_http() {
    let server = start(&Config { tls: Some(Tls::generated().unwrap()), ..Config::default() });
    let pem = server.certificate_pem().unwrap();
    let body = json!({ "sku": "ABC-1", "quantity": 3 });
    assert!(server.url().starts_with("https://127.0.0.1:"), "{}", server.url());
    for host in ["127.0.0.1", "localhost"] {
        let url = format!("https://{host}:{}/orders", server.port());
        let newer = trusting(pem).build().unwrap().post(&url).json(&body).send().await.unwrap();
        assert_eq!((newer.status().as_u16(), newer.version()), (201, http::Version::HTTP_2), "{host}");
        let older = trusting(pem).http1_only().build().unwrap().post(&url).json(&body).send().await.unwrap();
        assert_eq!((older.status().as_u16(), older.version()), (201, http::Version::HTTP_11), "{host}");
    }
    client().get(server.url()).send().await.expect_err("nobody else trusts the certificate");
    server.stop().await;
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

async fn send(server: &MockServer, coding: &str, body: Vec<u8>) -> (u16, String) {
    let request = client().post(format!("{}/orders", server.url()));
    let request = request.header("Content-Type", "application/json").header("Content-Encoding", coding);
    let response = request.body(body).send().await.unwrap();
    let status = response.status().as_u16();
    let answer = response.json::<Json>().await.unwrap_or_default();
    (status, answer["error"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn compressed_bodies_are_compared_as_they_were() {
    let server = start(&Config { max_body: 1_000, ..Config::default() });
    let fitting = r#"{"sku":"ABC-1","quantity":7}"#;
    assert_eq!(send(&server, "gzip", gzip(fitting)).await.0, 201);
    let other = send(&server, "gzip", gzip(r#"{"sku":"ABC-2","quantity":7}"#)).await;
    assert_eq!((other.0, other.1.as_str()), (500, "POST /orders differs from 'an order'"));
    let bomb = send(&server, "gzip", gzip(&"a".repeat(10_000))).await;
    let too_large = "POST /orders could not be read: its body is larger than 1000 bytes once it is decompressed";
    assert_eq!((bomb.0, bomb.1.as_str()), (413, too_large));
    let unknown = send(&server, "zstd", b"x".to_vec()).await;
    let reason =
        "POST /orders could not be read: its body has the content coding 'zstd': gzip, deflate and br are read";
    assert_eq!((unknown.0, unknown.1.as_str()), (415, reason));
    server.stop().await;
}

/// Says these lines over a plain connection and reads until the server closes it.
async fn say(server: &MockServer, text: &str) -> String {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // a connection that is reset has said all it will say
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn chunked_bodies_are_read() {
    let server = start(&Config::default());
    let answer = say(
        &server,
        "POST /orders HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Transfer-Encoding: chunked\r\n\r\n10\r\n{\"sku\":\"ABC-1\",\"\r\nc\r\nquantity\":2}\r\n0\r\n\r\n",
    )
    .await;
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn every_method_can_be_agreed_on() {
    let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "X-SOMETHING"];
    let contract = methods.iter().fold(Pact::between("a", "b"), |contract, method| {
        contract.http(format!("{method} it"), |i| i.request(request(method, "/it")).response(status(202)))
    });
    let server = MockServer::start(&contract.into_document(), &Config::default()).unwrap();
    for method in methods {
        let request = client().request(method.parse().unwrap(), format!("{}/it", server.url()));
        assert_eq!(request.send().await.unwrap().status(), 202, "{method}");
    }
    assert!(server.report().is_success(), "{}", server.report());
    let refused = client().head(format!("{}/none", server.url())).send().await.unwrap();
    assert_eq!(refused.status(), 500);
    server.stop().await;
}

#[tokio::test]
async fn a_preflight_request_is_answered_on_request_and_is_no_mismatch() {
    let config = Config { cors: Cors::Preflight(AllowedOrigin::Caller), ..Config::default() };
    let server = start(&config);
    let preflight = client().request(http::Method::OPTIONS, format!("{}/orders", server.url()));
    let answer = preflight.header("Origin", "http://shop.example").send().await.unwrap();
    assert_eq!(answer.status(), 204);
    assert_eq!(answer.headers()["access-control-allow-origin"], "http://shop.example");
    assert!(server.mismatches().is_empty());
    let answer = fetch(format!("{}/orders", server.url())).await;
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
    server.stop().await;

    let server = start(&Config::default());
    let preflight = client().request(http::Method::OPTIONS, format!("{}/orders", server.url()));
    assert_eq!(preflight.send().await.unwrap().status(), 500);
    server.stop().await;
}

#[tokio::test]
async fn a_client_that_hangs_up_within_its_body_is_reported() {
    let server = start(&Config::default());
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(b"POST /orders HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{\"sku\"").await.unwrap();
    drop(stream);
    let deadline = Instant::now() + Duration::from_secs(20);
    while server.mismatches().is_empty() {
        assert!(Instant::now() < deadline, "the server did not notice");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let report = server.report().to_string();
    assert!(report.contains("POST /orders\n      could not be read: the connection ended within its body"), "{report}");
    server.stop().await;
}

#[tokio::test]
async fn clients_that_go_silent_are_not_waited_for() {
    let server = start(&Config { patience: Duration::from_millis(100), ..Config::default() });
    let head = say(&server, "POST /orders HTTP/1.1\r\nHost").await;
    assert!(head.is_empty() || head.starts_with("HTTP/1.1 408"), "{head}");
    let body = say(&server, "POST /orders HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{").await;
    assert!(body.starts_with("HTTP/1.1 408 "), "{body}");
    assert!(body.contains("nothing more of its body came for 0.1 seconds"), "{body}");
    server.stop().await;
}

#[tokio::test]
async fn huge_heads_are_refused() {
    let server = start(&Config::default());
    let header = "x".repeat(200_000);
    let answer = say(&server, &format!("GET / HTTP/1.1\r\nHost: a\r\nX-Huge: {header}\r\n\r\n")).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{answer}");
    assert_eq!(fetch(format!("{}/still-there", server.url())).await.status(), 500);
    server.stop().await;
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let server = start(&Config::default());
    let error = MockServer::start(&order().into_document(), &Config { address: server.address(), ..Config::default() });
    let error = error.unwrap_err().to_string();
    let expected = format!("cannot listen on {}: Address already in use", server.address());
    assert!(error.starts_with(&expected), "{error}");
    server.stop().await;
}

#[tokio::test]
async fn bodies_that_are_no_utf8_are_compared_as_bytes() {
    let pact = json!({
        "consumer": { "name": "a" }, "provider": { "name": "b" },
        "interactions": [{
            "description": "an upload", "type": "Synchronous/HTTP",
            "request": {
                "method": "POST", "path": "/upload",
                "body": { "content": "/wD+", "contentType": "application/octet-stream", "encoded": "base64" },
            },
            "response": { "status": 201 },
        }],
        "metadata": { "pactSpecification": { "version": "4.0" } },
    });
    let server = MockServer::start(&countersign_core::format::from_json(pact).unwrap(), &Config::default()).unwrap();
    let upload = |bytes: &'static [u8]| {
        client().post(format!("{}/upload", server.url())).header("Content-Type", "application/octet-stream").body(bytes)
    };
    assert_eq!(upload(b"\xff\x00\xfe").send().await.unwrap().status(), 201);
    let refused = upload(b"\xff\x00\xfd").send().await.unwrap();
    assert_eq!(refused.status(), 500);
    assert_eq!(refused.json::<Json>().await.unwrap()["closest"]["mismatches"].as_array().unwrap().len(), 1);
    server.stop().await;
}

#[tokio::test]
async fn a_path_is_compared_as_it_is_written() {
    let contract = Pact::between("a", "b").http("an item", |i| i.request(get("/items/A-1")).response(ok()));
    let server = MockServer::start(&contract.into_document(), &Config::default()).unwrap();
    for (path, status) in [("/items/A-1", 200), ("/%69tems/%41%2D1", 500), ("/items%2FA-1", 500)] {
        assert_eq!(fetch(format!("{}{path}", server.url())).await.status(), status, "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_pact_file_is_played_without_being_read_as_a_whole() {
    let pact = order().into_document();
    let server = MockServer::start_file(&countersign_core::format::write(&pact), &Config::default()).unwrap();
    let body = json!({ "sku": "ABC-1", "quantity": 3 });
    let answer = client().post(format!("{}/orders", server.url())).json(&body).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    assert!(server.report().is_success());
    server.stop().await;
    for (file, expected) in [
        ("{", "not JSON: EOF while parsing an object at line 1 column 1"),
        (
            r#"{"consumer":{"name":"a"},"provider":{"name":"b"},"interactions":[{"response":{"status":101}},3]}"#,
            "interactions[1]",
        ),
        (
            r#"{"consumer":{"name":"a"},"provider":{"name":"b"},"interactions":[{"response":{"status":101}}]}"#,
            "'' cannot be played",
        ),
    ] {
        let error = MockServer::start_file(file.as_bytes(), &Config::default()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}
