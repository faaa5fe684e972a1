//! grpcio, the Python implementation of gRPC, against the mock server and under the verifier.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use countersign_mock_server::prelude::*;
use countersign_mock_server::{Config, MockServer};
use countersign_provider_verifier::Verifier;
use countersign_tests::tools::python_with;
use serde_json::json;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/integration/grpcio")
}

fn contract() -> Pact {
    let proto = folder().join("inventory.proto");
    let method = |name: &str| format!("inventory.v1.Inventory/{name}");
    Pact::between("python", "inventory")
        .grpc("a check", |i| {
            i.method(&proto, method("Check"))
                .request(json!({ "sku": "ABC-1", "quantity": integer(-2) }))
                .metadata("x-tenant", regex("[a-z]+", "acme"))
                .response(json!({
                    "available": true,
                    "left": integer(-7),
                    "by_warehouse": { "w-1": 0, "": 3 },
                    "tags": each_like(like("a")),
                }))
                .trailer("x-region", "north")
        })
        .grpc("a check of what nobody knows", |i| {
            i.method(&proto, method("Check"))
                .request(json!({ "sku": "NOPE", "quantity": 1 }))
                .metadata("x-tenant", "acme")
                .status(Code::NotFound, "unknown sku")
        })
        .grpc("updates", |i| {
            i.method(&proto, method("Watch"))
                .request(json!({ "sku": "ABC-1" }))
                .responses([json!({ "left": 5 }), json!({ "left": integer(6) })])
                .at_least()
        })
        .grpc("a delivery", |i| {
            i.method(&proto, method("Restock"))
                .requests([json!({ "sku": "ABC-1", "quantity": 3 }), json!({ "sku": "XYZ-9", "quantity": 4 })])
                .response(json!({ "left": 7 }))
        })
        .grpc("a negotiation", |i| {
            i.method(&proto, method("Negotiate")).conversation([
                sent(json!({ "sku": "ABC-1", "quantity": integer(9) })),
                received(json!({ "available": false, "left": 5 })),
                sent(json!({ "sku": "ABC-1", "quantity": integer(4) })),
                received(json!({ "available": true, "left": 5 })),
            ])
        })
}

#[tokio::test]
async fn a_grpcio_client_works_with_the_mock_server() {
    let Some(python) = python_with("grpc_tools", "pip install grpcio-tools") else { return };
    let server = MockServer::start(&contract().into_document(), &Config::default()).unwrap();
    let (script, target) = (folder().join("client.py"), format!("127.0.0.1:{}", server.port()));
    let run = move || Command::new(python).arg(script).arg(target).output().unwrap();
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    let heard = String::from_utf8_lossy(&output.stdout).into_owned();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{heard}\n{said}\n{}", server.report());
    insta::assert_snapshot!(heard, @r#"
    {"check": {"available": true, "left": -7, "by_warehouse": {"": 3, "w-1": 0}, "tags": ["a"]}, "trailers": {"x-region": "north"}}
    {"check": {"available": true, "left": -7, "by_warehouse": {"": 3, "w-1": 0}, "tags": ["a"]}, "trailers": {"x-region": "north"}}
    {"refused": "NOT_FOUND", "details": "unknown sku"}
    {"watch": [{"available": false, "left": 5, "by_warehouse": {}, "tags": []}, {"available": false, "left": 6, "by_warehouse": {}, "tags": []}]}
    {"restock": {"available": false, "left": 7, "by_warehouse": {}, "tags": []}}
    {"negotiate": [{"available": false, "left": 5, "by_warehouse": {}, "tags": []}, {"available": true, "left": 5, "by_warehouse": {}, "tags": []}]}
    "#);
    assert!(server.report().is_success(), "{}", server.report());
    server.stop().await;
}

/// A Python process that ends with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // it may have ended by itself
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn a_grpcio_server_is_verified() {
    let Some(python) = python_with("grpc_reflection, grpc_tools", "pip install grpcio-tools grpcio-reflection") else {
        return;
    };
    let process = Command::new(python)
        .arg(folder().join("server.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut server = Server(process);
    let output = server.0.stdout.take().unwrap();
    let read = move || {
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line).unwrap();
        line
    };
    let port = tokio::task::spawn_blocking(read).await.unwrap();
    let verifier = Verifier::of("inventory").grpc(format!("http://127.0.0.1:{}", port.trim()));
    let verification = verifier.pacts(contract().into_document()).verify().await.unwrap_verified();
    assert_eq!(verification.warnings, [""; 0]);
    assert_eq!(verification.interactions().count(), 5);
}
