//! Tests without an async runtime.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use countersign_mock_server::prelude::*;

use crate::support::read_pact;

#[test]
fn a_test_needs_no_runtime() {
    let directory = tempfile::tempdir().unwrap();
    let provider = Pact::between("shop", "stock")
        .http("a check", |i| i.request(get("/stock/7")).response(ok().text("5 left")))
        .output_dir(directory.path())
        .start_blocking();
    assert_eq!(provider.url(), format!("http://127.0.0.1:{}", provider.port()));

    let mut stream = TcpStream::connect(("127.0.0.1", provider.port())).unwrap();
    stream.write_all(b"GET /stock/7 HTTP/1.1\r\nHost: stock\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n5 left"), "{answer}");

    let pact = read_pact(&provider.try_finish().unwrap());
    let test = pact.interactions[0].comments["testname"].as_str().unwrap();
    assert_eq!(test, "blocking::a_test_needs_no_runtime");
}

#[test]
fn the_port_is_free_once_the_contract_is_finished() {
    let directory = tempfile::tempdir().unwrap();
    let provider = Pact::between("shop", "stock")
        .http("a check", |i| i.request(get("/")).response(ok()))
        .output_dir(directory.path())
        .start_blocking();
    let port = provider.port();
    assert!(provider.try_finish().is_err());
    let free = (0..200).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(10));
        TcpStream::connect(("127.0.0.1", port)).is_err()
    });
    assert!(free, "something still listens on {port}");
}

#[test]
fn an_answer_that_is_under_way_arrives_after_the_end() {
    let directory = tempfile::tempdir().unwrap();
    let body = "x".repeat(8 * 1024 * 1024);
    let provider = Pact::between("shop", "stock")
        .http("a large answer", |i| i.request(get("/")).response(ok().text(body.as_str())))
        .output_dir(directory.path())
        .start_blocking();
    let mut stream = TcpStream::connect(("127.0.0.1", provider.port())).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: stock\r\n\r\n").unwrap();
    let mut start = [0; 100];
    stream.read_exact(&mut start).unwrap();
    provider.finish();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).unwrap();
    assert!(start.len() + rest.len() > body.len(), "{}", rest.len());
}
