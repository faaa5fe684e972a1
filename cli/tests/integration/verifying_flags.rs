//! The official verifier's options: each is taken, and does what it is for.

use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use crate::command::{Outcome, run_in};
use crate::fake::{FakeBroker, hal};
use crate::tools::has_pact;

/// What the provider was asked: method, path and query, what the options are about of the headers, the body.
type Journal = Arc<Mutex<Vec<String>>>;

async fn provider() -> (u16, Journal) {
    let journal = Journal::default();
    let seen = Arc::clone(&journal);
    let router = axum::Router::new().fallback(async move |request: Request| -> Response {
        let (parts, body) = request.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let header = |name: &str| {
            let value = parts.headers.get(name).and_then(|value| value.to_str().ok());
            value.map_or_else(String::new, |value| format!(" {name}={value}"))
        };
        let (tenant, login) = (header("x-tenant"), header("authorization"));
        let line = format!("{} {}{tenant}{login} {}", parts.method, parts.uri, String::from_utf8_lossy(&body));
        seen.lock().unwrap().push(line.trim_end().to_owned());
        match parts.uri.path() {
            "/slow" => std::future::pending().await,
            path if path.starts_with("/wrong") => StatusCode::NOT_FOUND.into_response(),
            "/pact.json" => axum::Json(pact("web", &[("by address", "/item", None)])).into_response(),
            _ => axum::Json(json!({ "id": 1 })).into_response(),
        }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (port, journal)
}

/// A pact of interactions by description, path and state.
fn pact(consumer: &str, interactions: &[(&str, &str, Option<&str>)]) -> Value {
    let interaction = |(description, path, state): &(&str, &str, Option<&str>)| {
        let states: Vec<Value> = state.iter().map(|name| json!({ "name": name })).collect();
        json!({ "description": description, "providerStates": states,
            "request": { "method": "GET", "path": path }, "response": { "status": 200 } })
    };
    json!({ "consumer": { "name": consumer }, "provider": { "name": "stock" },
        "interactions": interactions.iter().map(interaction).collect::<Vec<_>>() })
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, pact: &Value| std::fs::write(folder.path().join(name), pact.to_string()).unwrap();
    std::fs::create_dir(folder.path().join("pacts")).unwrap();
    std::fs::create_dir(folder.path().join("nothing")).unwrap();
    write("good.json", &pact("shop", &[("an item", "/item", None), ("in a state", "/item/2", Some("stock exists"))]));
    write("pacts/one.json", &pact("mobile", &[("one", "/item/3", None)]));
    write("pacts/two.json", &pact("web", &[("two", "/item/4", None)]));
    write(
        "bad.json",
        &pact("shop", &[("a", "/wrong", Some("s")), ("b", "/wrong/2", Some("s")), ("c", "/wrong", None)]),
    );
    write("slow.json", &pact("shop", &[("slow", "/slow", None)]));
    folder
}

/// A line of options, the exit code, what is said, and what the provider was asked (`!` before what must not be there).
type Case = (&'static str, i32, &'static str, &'static str);

const CASES: &[Case] = &[
    ("-f good.json --hostname 127.0.0.1 --port PORT", 0, "2 interactions in 1 pact", "GET /item"),
    ("--file good.json --file bad.json -h 127.0.0.1 -p PORT", 1, "5 interactions in 2 pacts", "GET /wrong"),
    ("-d pacts HERE", 0, "2 interactions in 2 pacts", "GET /item/3"),
    ("--dir pacts --dir . -n stock HERE --filter-consumer mobile", 0, "1 interaction in", "GET /item/3"),
    ("--dir nothing HERE", 2, "no pacts were found", ""),
    ("--dir nothing --ignore-no-pacts-error HERE", 0, "0 interactions in 0 pacts", ""),
    ("-u http://127.0.0.1:PORT/pact.json HERE", 0, "1 interaction in 1 pact", "GET /pact.json"),
    (
        "--url http://127.0.0.1:PORT/pact.json --user me --password pw HERE",
        0,
        "",
        "GET /pact.json authorization=Basic bWU6cHc=",
    ),
    ("--url http://127.0.0.1:PORT/pact.json -t abc HERE", 0, "", "GET /pact.json authorization=Bearer abc"),
    ("--url http://127.0.0.1:PORT/pact.json --token abc HERE", 0, "", "GET /pact.json authorization=Bearer abc"),
    ("-f good.json -h 127.0.0.1 --transports http:PORT", 0, "", "GET /item"),
    ("-f good.json --transport http HERE", 0, "", "GET /item"),
    (
        "-f good.json --transport https --disable-ssl-verification --request-timeout 60000 HERE",
        1,
        "encrypted connection",
        "",
    ),
    ("-f good.json --base-path /api HERE", 0, "", "GET /api/item"),
    ("-f slow.json --request-timeout 200 HERE", 1, "brought no answer within 0.2 s", "GET /slow"),
    ("-f good.json -H X-Tenant=acme HERE", 0, "", "GET /item x-tenant=acme"),
    ("-f good.json --header X-Tenant=acme --header A=1 HERE", 0, "", "GET /item x-tenant=acme"),
    (
        "-f good.json -s http://127.0.0.1:PORT/s HERE",
        0,
        "",
        r#"POST /s {"action":"setup","params":{},"state":"stock exists"}"#,
    ),
    ("-f good.json --state-change-url http://127.0.0.1:PORT/s HERE", 0, "", r#"!POST /s {"action":"teardown""#),
    ("-f good.json -s http://127.0.0.1:PORT/s --state-change-teardown HERE", 0, "", r#"POST /s {"action":"teardown""#),
    (
        "-f good.json -s http://127.0.0.1:PORT/s --state-change-as-query HERE",
        0,
        "",
        "POST /s?action=setup&state=stock+exists",
    ),
    ("-f good.json HERE", 0, "State change 'stock exists' ignored", ""),
    ("-f good.json --filter-description ^an HERE", 0, "1 interaction in 1 pact", "!GET /item/2"),
    ("-f good.json --filter-state exists HERE", 0, "1 interaction in 1 pact", "GET /item/2"),
    ("-f good.json --filter-no-state HERE", 0, "1 interaction in 1 pact", "!GET /item/2"),
    ("-d pacts -c web HERE", 0, "", "!GET /item/3"),
    ("-f bad.json --exit-on-first-error HERE", 1, "not replayed: an earlier interaction failed", "!GET /wrong/2"),
    ("-f bad.json -j report.json HERE", 1, "3 failed", ""),
    ("-f bad.json --json report.json --last-failed HERE", 1, "3 interactions", "GET /wrong"),
    ("-f bad.json -x report.xml --html report.html --xslt none.xslt HERE", 1, "--xslt has no effect", ""),
    ("-f good.json --junit again.xml --no-colour HERE", 0, "", ""),
    ("-f good.json --no-color -l debug --pretty-log HERE", 0, "DEBUG", ""),
    ("-f good.json --loglevel trace --compact-log HERE", 0, "TRACE", ""),
    ("-f good.json --log-level info --full-log HERE", 0, "", ""),
    (
        "-f good.json --enable-otel --otel-exporter otlp --otel-exporter-endpoint http://127.0.0.1:PORT HERE",
        0,
        "",
        "POST /v1/traces",
    ),
    (
        "-f good.json --enable-otel-traces --otel-exporter-protocol http/protobuf --otel-exporter none HERE",
        0,
        "",
        "!POST /v1/traces",
    ),
    ("-f good.json --enable-otel-logs HERE", 0, "--enable-otel-logs has no effect", ""),
    ("-v", 0, "countersign", ""),
    ("--version", 0, env!("CARGO_PKG_VERSION"), ""),
    ("--help", 0, "--provider-name", ""),
];

async fn run(folder: &Path, options: &str, port: u16) -> Outcome {
    let options = options.replace("HERE", "--hostname 127.0.0.1 --port PORT").replace("PORT", &port.to_string());
    run_in(folder, &format!("verifier {options}"), &[]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_option_has_its_effect() {
    let folder = folder();
    let mut wrong = Vec::new();
    for (options, code, said, asked) in CASES {
        let (port, journal) = provider().await;
        let outcome = run(folder.path(), options, port).await;
        let journal = journal.lock().unwrap().join("\n");
        // the last line has no end
        let lines = format!("{journal}\n");
        let as_asked = match asked.strip_prefix('!') {
            Some(unwanted) => !lines.contains(unwanted),
            None => lines.contains(asked),
        };
        if outcome.code != *code || !outcome.told().contains(said) || !as_asked {
            wrong.push(format!("{options}\nasked {journal}\n{}", outcome.told()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    let there = |name: &str| folder.path().join(name).is_file();
    assert!(["report.json", "report.xml", "report.html", "again.xml"].into_iter().all(there));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_option_about_brokers_has_its_effect() {
    let folder = folder();
    let (port, _) = provider().await;
    let fake = FakeBroker::start().await;
    let link = |path: &str| json!({ "href": format!("BASE{path}") });
    let mut published = pact("shop", &[("an item", "/item", None)]);
    published["_links"] =
        json!({ "pb:publish-verification-results": link("/results"), "pb:provider": link("/provider") });
    fake.on("GET /pacts/provider/stock/latest", hal(200, &json!({ "_links": { "pb:pacts": [link("/pact")] } })));
    let chosen =
        json!({ "_embedded": { "pacts": [{ "shortDescription": "latest", "_links": { "self": link("/pact") } }] } });
    fake.on("POST /pacts/provider/stock/for-verification", hal(200, &chosen));
    // fails twice: once for good, and once before it is asked again
    for _ in 0..2 {
        fake.on("GET /pact", hal(503, &json!({})));
    }
    fake.on("GET /pact", hal(200, &published));
    let tags = "/versions/{version}/tags/{tag}";
    let links = json!({ "pb:branch-version": link("/branches/{branch}/{version}"), "pb:version-tag": link(tags) });
    fake.on("GET /provider", hal(200, &json!({ "_links": links })));
    for line in ["PUT /branches/main/7", "PUT /versions/7/tags/ci", "PUT /versions/7/tags/nightly", "POST /results"] {
        fake.on(line, hal(201, &json!({})));
    }
    let line = |options: &str| format!("--broker-url {} --provider-name stock HERE {options}", fake.url);
    let (mut codes, mut told) = (Vec::new(), String::new());
    for options in [
        "--retries 0",
        "--retries 1",
        "--consumer-version-tags dev,prod --provider-version 7 --provider-tags ci",
        r#"--consumer-version-selectors {"mainBranch":true} --consumer-version-selectors {"branch":"x","fallbackBranch":"main"}
           --enable-pending --include-wip-pacts-since 2026-01-01 --provider-branch main --provider-version 7"#,
        &format!("--webhook-callback-url {}/pact", fake.url),
        "--publish --provider-version 7 --provider-branch main --provider-tags ci,nightly --build-url http://ci/1",
    ] {
        let outcome = run(folder.path(), &line(options), port).await;
        codes.push(outcome.code);
        told.push_str(&format!("{options}\n{}\n", outcome.told()));
    }
    assert_eq!(codes, [2, 0, 0, 0, 0, 0], "{told}");
    let lines = fake.lines();
    for expected in [
        r#"POST /pacts/provider/stock/for-verification {"consumerVersionSelectors":[{"tag":"dev","latest":true},{"tag":"prod","latest":true}],"providerVersionTags":["ci"]"#,
        r#"POST /pacts/provider/stock/for-verification {"consumerVersionSelectors":[{"mainBranch":true},{"branch":"x","fallbackBranch":"main"}],"#,
        r#""includePendingStatus":true,"providerVersionBranch":"main","includeWipPactsSince":"2026-01-01"}"#,
        "PUT /branches/main/7",
        "PUT /versions/7/tags/ci",
        "PUT /versions/7/tags/nightly",
        r#"POST /results {"#,
        r#""buildUrl":"http://ci/1""#,
    ] {
        assert!(lines.contains(expected), "{expected} is missing in\n{lines}");
    }
    assert_eq!(
        lines.matches("GET /pacts/provider/stock/latest").count(),
        3,
        "the webhook's pact is the only one:\n{lines}"
    );
}

/// Each option that the official verifier's own help names stands in ours.
#[tokio::test]
async fn no_official_option_is_missing() {
    if !has_pact() {
        return;
    }
    let help = tokio::process::Command::new("pact").args(["verifier", "--help"]).output().await.unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let ours = run_in(&std::env::temp_dir(), "verify --help", &[]).await.stdout;
    let names = |text: &str| -> Vec<String> {
        let lines = text.lines().map(str::trim_start).filter(|line| line.starts_with('-'));
        let words = lines.flat_map(|line| line.split_whitespace().take_while(|word| word.starts_with('-')));
        words.map(|word| word.trim_end_matches(',').to_owned()).collect()
    };
    let ours = names(&ours);
    let missing: Vec<String> = names(&help).into_iter().filter(|name| !ours.contains(name)).collect();
    assert!(names(&help).len() > 50 && missing.is_empty(), "{missing:?}");
}
