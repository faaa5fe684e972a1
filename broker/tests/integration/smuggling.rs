//! Requests as no ordinary client sends them.

use std::time::Duration;

use countersign_broker::Config;
use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::TestBroker;

/// Sends bytes as they are; everything that comes back until the broker hangs up.
async fn exchange(broker: &TestBroker, request: &[u8]) -> String {
    let address = broker.url("").trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    // a broker that resets the connection says the same as one that closes it
    let reading = tokio::time::timeout(Duration::from_secs(60), stream.read_to_end(&mut answer)).await;
    assert!(reading.is_ok(), "the connection stays open after {:?}", String::from_utf8_lossy(request));
    String::from_utf8_lossy(&answer).into_owned()
}

/// The status line, of which there may be one at most.
async fn raw(broker: &TestBroker, request: &[u8]) -> String {
    let answer = exchange(broker, request).await;
    assert!(answer.matches("HTTP/1.1 ").count() <= 1, "one answer to one request: {answer}");
    answer.lines().next().unwrap_or_default().to_owned()
}

fn impatient() -> Config {
    Config { idle_timeout: Duration::from_millis(500), ..Config::in_memory() }
}

#[tokio::test]
async fn bodies_and_headers_have_bounds() {
    let broker = TestBroker::with(Config { body_limit: 100_000, ..Config::in_memory() }).await;
    let put = |body: String| {
        broker
            .request(Method::PUT, "/pacts/provider/b/consumer/a/version/1")
            .header("Content-Type", "application/json")
            .body(body)
    };
    broker.send(put("x".repeat(200_000))).await.expect(413);
    broker.send(put(format!("{}1{}", "[".repeat(40_000), "]".repeat(40_000)))).await.expect(400);
    broker.send(broker.request(Method::GET, "/").header("X-Big", "y".repeat(70_000))).await.expect(431);
    let mut many = broker.request(Method::GET, "/");
    for index in 0..500 {
        many = many.header(format!("x-{index}"), "1");
    }
    broker.send(many).await.expect(431);
    let traced = broker.send(broker.request(Method::GET, "/").header("X-Request-Id", "abc-1")).await;
    assert_eq!(traced.headers["x-request-id"], "abc-1");
    broker.stop().await;
}

#[tokio::test]
async fn nested_and_large_contracts_are_kept_whole() {
    let broker = TestBroker::start().await;
    let mut deep = json!(1);
    for _ in 0..100 {
        deep = json!([deep]);
    }
    let large = "x".repeat(4_000_000);
    let pact = json!({
        "consumer": { "name": "a" }, "provider": { "name": "b" },
        "interactions": [{
            "description": "<script>alert(1)</script>", "request": { "method": "GET", "path": "/" },
            "response": { "status": 200, "body": { "deep": deep, "large": large } },
        }],
    });
    broker.put("/pacts/provider/b/consumer/a/version/1", &pact).await.expect(201);
    let kept = broker.get("/pacts/provider/b/consumer/a/latest").await.expect(200).json();
    assert_eq!(kept["interactions"][0]["response"], pact["interactions"][0]["response"]);
    let browser = reqwest::Client::new().get(broker.url("/pacts/provider/b/consumer/a/latest"));
    let page = broker.send(browser.header("Accept", "text/html")).await.expect(200);
    assert!(!page.text.contains("<script>alert"));
    assert!(page.text.contains("&lt;script&gt;alert") || page.text.contains("&#60;script&#62;alert"));
    broker.stop().await;
}

#[tokio::test]
async fn paths_lead_nowhere_else() {
    let broker = TestBroker::start().await;
    for path in [
        "/pacticipants/..%2f..%2fetc",
        "/%2e%2e/tokens",
        "/../tokens",
        "/./tokens/",
        "//pacticipants",
        "/pacticipants//versions",
        "/pacticipants/a%00b",
        "/pacticipants/a%0ab",
        "/pacticipants/a%0d%0aX-Evil:%201",
        "/pacticipants/%ff%fe",
        "/pacticipants/%zz",
        "/static/..%2f..%2fx",
        "/static/../../x",
        "/static/%2e%2e/%2e%2e/Cargo.toml",
        "/static/style.css%00.js",
        "/hal-browser/..%2froutes.rs",
        "/doc/..%2f..%2fetc%2fpasswd",
        "/pacticipants\\..\\tokens",
    ] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\r\n");
        let answer = exchange(&broker, request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 4"), "{path}: {answer}");
        assert!(!answer.to_lowercase().contains("\r\nx-evil"), "{path}: {answer}");
    }
    // a raw NUL, and bytes that are no text
    for path in [&b"/pacticipants/a\0b"[..], b"/pacticipants/\xff\xfe", b"/a b"] {
        let request = [b"GET ", path, b" HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\r\n"].concat();
        let status = raw(&broker, &request).await;
        assert!(status.starts_with("HTTP/1.1 4") || status.is_empty(), "{path:?}: {status}");
    }
    broker.stop().await;
}

#[tokio::test]
async fn no_request_hides_another() {
    let broker = TestBroker::with(impatient()).await;
    broker.put("/pacticipants/a/versions/1", &json!({})).await.expect(201);
    let hidden = "0\r\n\r\nDELETE /pacticipants/a HTTP/1.1\r\nHost: b\r\n\r\n";
    for headers in [
        "Content-Length: 5\r\nContent-Length: 50",
        "Content-Length: 5, 50",
        "Content-Length: -1",
        "Content-Length: +5",
        "Content-Length: 0x5",
        "Content-Length : 5",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: identity, chunked, gzip",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding: chunked\r\n folded",
        " Transfer-Encoding: chunked",
        "X: a\r\n Content-Length: 5",
        "Content-Length: 5\r\n\tTransfer-Encoding: chunked",
        "X: a\0b",
    ] {
        let request = format!("POST /pacticipants HTTP/1.1\r\nHost: b\r\n{headers}\r\n\r\n{hidden}");
        let status = raw(&broker, request.as_bytes()).await;
        assert!(status.starts_with("HTTP/1.1 400") || status.is_empty(), "{headers:?}: {status}");
    }
    // both lengths: one of them must win for everybody, and the connection must not be used again
    for headers in
        ["Content-Length: 6\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 6"]
    {
        let request = format!(
            "POST /pacticipants HTTP/1.1\r\nHost: b\r\nContent-Type: application/json\r\n{headers}\r\n\r\n{hidden}"
        );
        let answer = exchange(&broker, request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 400") || answer.is_empty(), "{headers:?}: {answer}");
    }
    broker.get("/pacticipants/a").await.expect(200);
    broker.stop().await;
}

#[tokio::test]
async fn connections_that_say_nothing_are_closed() {
    let broker = TestBroker::with(impatient()).await;
    for beginning in [
        &b""[..],
        b"G",
        b"GET / HT",
        b"GET / HTTP/1.1\r\nHost: b\r\nX-Slow: ",
        b"PRI * HTTP/2.0\r\n",
        b"POST /pacticipants HTTP/1.1\r\nHost: b\r\nX",
    ] {
        let answer = exchange(&broker, beginning).await;
        assert!(!answer.contains("HTTP/1.1 2"), "{answer}");
    }
    // an answer, and then nothing more
    let answer = exchange(&broker, b"GET /health HTTP/1.1\r\nHost: b\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    broker.stop().await;
}

#[tokio::test]
async fn bodies_that_never_end_are_given_up() {
    let broker = TestBroker::with(Config { request_timeout: Duration::from_millis(500), ..impatient() }).await;
    let request =
        "POST /pacticipants HTTP/1.1\r\nHost: b\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{";
    let status = raw(&broker, request.as_bytes()).await;
    assert!(status.starts_with("HTTP/1.1 503"), "{status}");
    broker.stop().await;
}
