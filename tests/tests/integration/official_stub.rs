//! The official stub server plays the GraphQL pacts written here: it takes a query in any layout, and no other query.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use countersign_core::format;
use countersign_mock_server::prelude::*;
use countersign_tests::tools::has_pact;
use serde_json::{Value as Json, json};

const QUERY: &str = "query Stock($sku: ID!) {
  # what is left, and where
  stock(sku: $sku, note: \"a  b\") { left, warehouse { city } }
}";

/// A stub server that ends with the test.
struct Stub {
    process: Child,
    port: u16,
}

impl Drop for Stub {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Stub {
    fn start(pact: &Path) -> Self {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let mut command = Command::new("pact");
        command.arg("stub").arg("--file").arg(pact).args(["--port", &port.to_string()]);
        command.env("PACT_DO_NOT_TRACK", "true").stdout(Stdio::null()).stderr(Stdio::null());
        let stub = Self { process: command.spawn().unwrap(), port };
        let end = Instant::now() + Duration::from_secs(60);
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            assert!(Instant::now() < end, "the official stub server listens within a minute");
            std::thread::sleep(Duration::from_millis(50));
        }
        stub
    }

    fn status(&self, body: &Json) -> u16 {
        let body = body.to_string();
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        let head = "POST /graphql HTTP/1.1\r\nHost: stub\r\nConnection: close\r\nContent-Type: application/json";
        write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split(' ').nth(1).unwrap().parse().unwrap()
    }
}

#[test]
fn queries_match_in_any_layout() {
    if !has_pact() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let pact = Pact::between("web", "shop")
        .http("the stock of a sku", |i| {
            i.request(graphql(QUERY, json!({ "sku": like("ABC-1") })))
                .response(ok().json(json!({ "data": { "stock": { "left": integer(5) } } })))
        })
        .into_document();
    let file = folder.path().join(pact.file_name());
    std::fs::write(&file, format::write(&pact)).unwrap();
    let stub = Stub::start(&file);

    let asked = |query: &str| stub.status(&json!({ "query": query, "variables": { "sku": "XYZ-9" } }));
    assert_eq!(asked(QUERY), 200);
    assert_eq!(asked("query Stock($sku:ID!){stock(sku:$sku note:\"a  b\"){left warehouse{city}}}"), 200);
    assert_eq!(
        asked("\n\nquery Stock ( $sku : ID ! )\n{ stock(sku: $sku,note: \"a  b\") { left warehouse { city } } } # end"),
        200
    );
    assert_ne!(asked(&QUERY.replace("left,", "")), 200);
    assert_ne!(asked(&QUERY.replace("a  b", "a b")), 200);
}
