//! `countersign stub`, by itself and beside the official one.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::command::run_in;
use crate::fake::{FakeBroker, hal};
use crate::serving::{Serving, http};
use crate::tools::has_pact;

fn pact(consumer: &str, left: u32) -> Value {
    json!({
        "consumer": { "name": consumer }, "provider": { "name": "stock" },
        "interactions": [
            {
                "description": "some are left", "providerStates": [{ "name": "stock exists" }],
                "request": { "method": "GET", "path": format!("/{consumer}") },
                "response": { "status": 200, "headers": { "Content-Type": "application/json" }, "body": { "left": left } },
            },
            {
                "description": "none are left", "providerStates": [{ "name": "nothing is left" }],
                "request": { "method": "GET", "path": format!("/{consumer}") },
                "response": { "status": 410, "headers": { "X-Reason": "sold" } },
            },
            {
                "description": "an item", "request": {
                    "method": "GET", "path": "/items/7", "query": { "tag": ["a", "b"] },
                    "matchingRules": { "path": { "combine": "AND", "matchers": [{ "match": "regex", "regex": "/items/\\d+" }] } },
                },
                "response": { "status": 200, "body": "seven", "headers": { "Content-Type": "text/plain" } },
            },
            {
                "description": "an order", "request": {
                    "method": "POST", "path": "/orders", "headers": { "Content-Type": "application/json", "X-Shop": "1" },
                    "body": { "sku": "A", "count": 2 },
                    "matchingRules": { "body": { "$.count": { "combine": "AND", "matchers": [{ "match": "integer" }] } } },
                },
                "response": { "status": 201, "headers": { "Location": "/orders/7" } },
            },
        ],
        "metadata": { "pactSpecification": { "version": "3.0.0" } },
    })
}

fn write(folder: &Path, name: &str, pact: &Value) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, pact.to_string()).unwrap();
}

/// A request: method, target, header fields and body.
type Asked = (&'static str, &'static str, &'static [(&'static str, &'static str)], &'static str);

const JSON: (&str, &str) = ("Content-Type", "application/json");

const REQUESTS: [Asked; 17] = [
    ("GET", "/shop", &[], ""),
    ("GET", "/shop", &[("X-State", "nothing is left")], ""),
    ("GET", "/shop", &[("X-State", "nothing")], ""),
    ("GET", "/shop", &[("X-State", "neither")], ""),
    ("GET", "/shop?more=1", &[], ""),
    ("HEAD", "/shop", &[], ""),
    ("POST", "/shop", &[], ""),
    ("GET", "/nowhere", &[], ""),
    ("GET", "/items/12?tag=a&tag=b", &[], ""),
    ("GET", "/items/12?tag=b&tag=a", &[], ""),
    ("GET", "/items/x?tag=a&tag=b", &[], ""),
    ("POST", "/orders", &[JSON, ("X-Shop", "1")], r#"{"sku":"A","count":9}"#),
    ("POST", "/orders", &[JSON, ("X-Shop", "2")], r#"{"sku":"A","count":9}"#),
    ("POST", "/orders", &[JSON], r#"{"sku":"B","count":9}"#),
    ("POST", "/orders", &[("Content-Type", "text/plain")], r#"{"sku":"A","count":9}"#),
    ("OPTIONS", "/shop", &[("Origin", "http://page")], ""),
    ("OPTIONS", "/shop", &[("Referer", "http://page/x")], ""),
];

/// What a stub answers: the status, and what was agreed on when it fits.
async fn answer(stub: &Serving, (method, target, headers, body): Asked) -> String {
    let mut request = http().request(method.parse().unwrap(), stub.url(target)).body(body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await.unwrap();
    let mut told = response.status().to_string();
    // our body for what does not fit says why, the official one is empty
    let fits = response.status() != 404;
    let mut fields: Vec<_> = response
        .headers()
        .iter()
        .filter(|(name, _)| !["date", "content-length", "transfer-encoding"].contains(&name.as_str()))
        .filter(|(name, _)| fits || name.as_str().starts_with("access-control"))
        .map(|(name, value)| format!("\n{name}: {}", value.to_str().unwrap()))
        .collect();
    fields.sort();
    told.extend(fields);
    let body = response.text().await.unwrap();
    if fits {
        told.push_str(&format!("\n{body}"));
    }
    told
}

#[tokio::test]
async fn answers_are_those_of_the_official_stub() {
    if !has_pact() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "pacts/deep/shop.json", &pact("shop", 5));
    for options in [
        "",
        "--cors",
        "--cors --cors-referer",
        "--provider-state nothing",
        "--provider-state nothing --empty-provider-state",
        "--provider-state-header-name X-State",
    ] {
        let line = format!("stub --port PORT --dir pacts {options}");
        let theirs = Serving::official(folder.path(), &line).await;
        let ours = Serving::ours(folder.path(), &line.replace("PORT", "0")).await;
        for request in REQUESTS {
            assert_eq!(answer(&ours, request).await, answer(&theirs, request).await, "{options}: {request:?}");
        }
    }
}

async fn left(stub: &Serving, consumer: &str) -> Option<u64> {
    let answer: Value = http().get(stub.url(&format!("/{consumer}"))).send().await.unwrap().json().await.unwrap();
    answer["left"].as_u64()
}

#[tokio::test]
async fn files_are_loaded_again_when_they_change() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "pacts/shop.json", &pact("shop", 5));
    write(folder.path(), "single.json", &pact("web", 1));
    let mut stub = Serving::ours(folder.path(), "stub --dir pacts --file single.json --watch").await;
    assert_eq!((left(&stub, "shop").await, left(&stub, "web").await), (Some(5), Some(1)));
    write(folder.path(), "pacts/shop.json", &pact("shop", 6));
    stub.wait_for("Reloaded").await;
    assert_eq!(left(&stub, "shop").await, Some(6));
    // many programs write beside a file and rename
    write(folder.path(), "single.json.new", &pact("web", 2));
    std::fs::rename(folder.path().join("single.json.new"), folder.path().join("single.json")).unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while left(&stub, "web").await != Some(2) {
        assert!(Instant::now() < deadline);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    std::fs::write(folder.path().join("pacts/shop.json"), "{").unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(left(&stub, "shop").await, Some(6), "what cannot be loaded changes nothing");
}

#[tokio::test]
async fn a_brokers_pacts_are_chosen_by_name() {
    let fake = FakeBroker::start().await;
    let consumers = ["shop", "web", "webshop"];
    let pacts: Vec<_> = consumers
        .iter()
        .map(|consumer| {
            json!({
                "_embedded": {
                    "consumer": { "name": consumer, "_embedded": { "version": { "number": "1" } } },
                    "provider": { "name": "stock" },
                },
                "_links": { "self": [{ "href": format!("{}/pacts/{consumer}", fake.url) }] },
            })
        })
        .collect();
    fake.on("GET /pacts/latest", hal(200, &json!({ "pacts": pacts, "_links": {} })));
    for consumer in consumers {
        fake.on(&format!("GET /pacts/{consumer}"), hal(200, &pact(consumer, 3)));
    }
    let folder = tempfile::tempdir().unwrap();
    for (options, expected) in [
        ("", [true, true, true]),
        ("--consumer-name web", [false, true, false]),
        ("--consumer-name web.* --provider-name stock", [false, true, true]),
        ("--provider-name other", [false, false, false]),
    ] {
        let line = format!("stub --broker-url {} --token t0p {options}", fake.url);
        let stub = Serving::ours(folder.path(), &line).await;
        for (consumer, there) in consumers.iter().zip(expected) {
            assert_eq!(left(&stub, consumer).await.is_some(), there, "{options}: {consumer}");
        }
    }
    let stub = Serving::ours(folder.path(), &format!("stub --url {}/pacts/web --user me:secret", fake.url)).await;
    assert_eq!(left(&stub, "web").await, Some(3));
}

#[tokio::test]
async fn tls_is_there_on_request() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "pact.json", &pact("shop", 5));
    let stub = Serving::ours(folder.path(), "stub --file pact.json --tls-certificate ca.pem").await;
    let pem = std::fs::read(folder.path().join("ca.pem")).unwrap();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().tls_certs_only([reqwest::Certificate::from_pem(&pem).unwrap()]);
    let url = format!("https://localhost:{}/shop", stub.port);
    assert_eq!(client.no_proxy().build().unwrap().get(url).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn mistakes_are_named_together() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("pacts")).unwrap();
    std::fs::write(folder.path().join("pacts/broken.json"), "{").unwrap();
    let mut told = String::new();
    for line in ["stub", "stub --file none.json --dir pacts --dir nowhere", "stub --file x --provider-state ("] {
        told.push_str(&format!("{line}: {}", run_in(folder.path(), line, &[]).await.told()));
    }
    insta::assert_snapshot!(told, @"
    stub: exit code 1
    --- stderr
    error: nothing to serve: name pacts with --file, --dir or --url, or a broker with --broker-url (PACT_BROKER_BASE_URL)
    stub --file none.json --dir pacts --dir nowhere: exit code 1
    --- stderr
    error: could not load the pacts, for 3 reasons
      - nowhere: No such file or directory (os error 2)
      - none.json: cannot be read: No such file or directory (os error 2)
      - pacts/broken.json: not JSON: EOF while parsing an object at line 1 column 1
    stub --file x --provider-state (: exit code 2
    --- stderr
    error: invalid value '(' for '--provider-state <REGEX>': Parsing error at position 1: Opening parenthesis without closing parenthesis

    For more information, try '--help'.
    ");
}
