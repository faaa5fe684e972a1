//! What the official verifier makes of pacts that say more than their version of the specification names.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output};

use countersign_core::format;
use countersign_core::pact::{Pact, Specification};
use countersign_tests::tools::has_pact;
use serde_json::{Value, json};

/// A provider that answers everything with one JSON document. It ends with the process.
fn provider(answer: &Value) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let answer = answer.to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // a client that goes away early is none of the test's business
            let _ = respond(stream, &answer);
        }
    });
    port
}

fn respond(stream: TcpStream, answer: &str) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let mut stream = stream;
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{answer}",
        answer.len()
    )
}

/// A V4 pact of one answer with rules on its body.
fn pact(content: &Value, rules: &Value) -> Pact {
    let pact = json!({
        "consumer": { "name": "web" }, "provider": { "name": "stock" },
        "interactions": [{
            "type": "Synchronous/HTTP", "description": "a check", "request": { "method": "GET", "path": "/" },
            "response": {
                "status": 200, "headers": { "Content-Type": ["application/json"] },
                "body": { "content": content, "contentType": "application/json", "encoded": false },
                "matchingRules": { "body": rules }
            }
        }],
        "metadata": { "pactSpecification": { "version": "4.0" } }
    });
    format::read(pact.to_string().as_bytes()).unwrap()
}

fn verify(pact: &Pact, port: u16) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pact.json");
    std::fs::write(&file, format::write(pact)).unwrap();
    let mut command = Command::new("pact");
    command.args(["verifier", "--no-colour", "--hostname", "127.0.0.1", "--provider-name", "stock", "--port"]);
    command.arg(port.to_string()).arg("--file").arg(&file).env("PACT_DO_NOT_TRACK", "true").output().unwrap()
}

fn rule(rule: Value) -> Value {
    json!({ "combine": "AND", "matchers": [rule] })
}

#[test]
fn the_schema_rule_fails_whatever_comes() {
    if !has_pact() {
        return;
    }
    let rules = json!({ "$.left": rule(json!({ "match": "schema", "schema": { "type": "integer" } })) });
    let example = json!({ "left": 5 });
    let output = verify(&pact(&example, &rules), provider(&example));
    let report = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{report}");
    assert!(report.contains("No catalogue entry found for key 'schema'"), "{report}");
}

#[test]
fn rules_of_v4_are_applied_in_older_versions() {
    if !has_pact() {
        return;
    }
    let rules = json!({
        "$.version": rule(json!({ "match": "semver" })), "$.name": rule(json!({ "match": "notEmpty" })),
        "$.sizes": rule(json!({ "match": "eachKey", "rules": [{ "match": "regex", "regex": "[A-Z]" }] })),
    });
    let four = pact(&json!({ "version": "1.0.0", "name": "x", "sizes": { "A": 1 } }), &rules);
    let fitting = provider(&json!({ "version": "2.1.0", "name": "y", "sizes": { "B": 1 } }));
    let other = provider(&json!({ "version": "two", "name": "", "sizes": { "b": 1 } }));
    for to in [Specification::V2, Specification::V3] {
        let conversion = format::convert(&four, to).unwrap();
        assert_eq!(conversion.notes.len(), 3, "{:?}", conversion.notes);
        let output = verify(&conversion.pact, fitting);
        assert_eq!(output.status.code(), Some(0), "{to}: {}", String::from_utf8_lossy(&output.stdout));
        let report = verify(&conversion.pact, other);
        let text = String::from_utf8_lossy(&report.stdout);
        assert_eq!(report.status.code(), Some(1), "{to}: {text}");
        assert!(["$.version", "$.name", "$.sizes"].iter().all(|path| text.contains(path)), "{to}: {text}");
    }
}
