//! Verifying a provider with the real binary.

use std::path::Path;

use axum::Json;
use axum::routing::{get, post};
use serde_json::{Value, json};

use crate::command::{Outcome, run_in};

/// A provider on a port of its own; it stops with the test's runtime.
async fn provider() -> u16 {
    let router = axum::Router::new()
        .route("/stock", get(|| async { Json(json!({ "left": "4" })) }))
        .route("/item", get(|| async { Json(json!({ "id": 1 })) }))
        .route("/states", post(|| async { "" }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    port
}

fn write_pact(folder: &Path, path: &str, body: &Value) {
    let pact = json!({
        "consumer": { "name": "shop" }, "provider": { "name": "stock" },
        "interactions": [{
            "description": format!("GET {path}"), "providerStates": [{ "name": "some exist" }],
            "request": { "method": "GET", "path": path }, "response": { "status": 200, "body": body },
        }],
        "metadata": { "pactSpecification": { "version": "3.0.0" } },
    });
    std::fs::write(folder.join("pact.json"), pact.to_string()).unwrap();
}

async fn verify(folder: &Path, options: &str) -> (Outcome, Value) {
    let line = format!("verify --file pact.json --json report.json --junit report.xml {options}");
    let outcome = run_in(folder, &line, &[]).await;
    let report = serde_json::from_slice(&std::fs::read(folder.join("report.json")).unwrap()).unwrap();
    assert!(std::fs::read_to_string(folder.join("report.xml")).unwrap().starts_with("<?xml"));
    (outcome, report)
}

/// The report without the times at the ends of lines, which differ from run to run.
fn timeless(text: &str) -> String {
    let line = |line: &str| match line.find(" REST ") {
        Some(end) => line[..end].trim_end().to_owned(),
        None => line.split(" in 0.").next().unwrap_or_default().to_owned(),
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_provider_that_agrees_ends_with_zero() {
    let (folder, port) = (tempfile::tempdir().unwrap(), provider().await);
    write_pact(folder.path(), "/item", &json!({ "id": 1 }));
    let states = format!("--hostname 127.0.0.1 --port {port} --state-change-url http://127.0.0.1:{port}/states");
    let (outcome, report) = verify(folder.path(), &states).await;
    assert_eq!((outcome.code, &report["result"]), (0, &json!(true)));
    insta::assert_snapshot!(timeless(&outcome.stdout), @"
    shop → stock
      ✓ GET /item

    1 interaction in 1 pact: 1 passed, 0 failed
    ");
}

#[tokio::test]
async fn a_provider_that_differs_ends_with_one() {
    let (folder, port) = (tempfile::tempdir().unwrap(), provider().await);
    write_pact(folder.path(), "/stock", &json!({ "left": 5 }));
    let (outcome, report) = verify(folder.path(), &format!("--provider-base-url http://127.0.0.1:{port}")).await;
    assert_eq!((outcome.code, &report["result"]), (1, &json!(false)));
    insta::assert_snapshot!(timeless(&outcome.stdout), @r#"
    shop → stock
      ✗ GET /stock
          GET /stock
          given some exist
          $.left
            - expected 5
            + but got "4" (a string)

    warning: State change 'some exist' ignored: there is no state change URL (--state-change-url) and no handler
    1 interaction in 1 pact: 0 passed, 1 failed
    "#);
}

#[tokio::test]
async fn pacts_that_cannot_be_loaded_end_with_two_and_a_report() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("pact.json"), "{").unwrap();
    let (outcome, report) = verify(folder.path(), "--port 1").await;
    assert_eq!(report["result"], json!(false));
    insta::assert_snapshot!(outcome.told(), @"
    exit code 2
    --- stderr
    error: could not load the pacts: pact.json: not JSON: EOF while parsing an object at line 1 column 1
    ");
}

#[tokio::test]
async fn every_report_is_written_and_github_is_told() {
    let (folder, port) = (tempfile::tempdir().unwrap(), provider().await);
    write_pact(folder.path(), "/stock", &json!({ "left": 5 }));
    let line = format!(
        "verify --file pact.json --provider-base-url http://127.0.0.1:{port} --html reports/page.html --markdown page.md \
         --xslt unused.xslt -l none"
    );
    let variables = [("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", "summary.md")];
    let outcome = run_in(folder.path(), &line, &variables).await;
    assert_eq!((outcome.code, outcome.stderr.as_str()), (1, ""));
    let annotation = outcome.stdout.lines().find(|line| line.starts_with("::error")).unwrap();
    assert_eq!(
        annotation,
        "::error title=shop → stock%3A GET /stock::$.left%0A- expected 5%0A+ but got \"4\" (a string)"
    );
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(read("reports/page.html").starts_with("<!doctype html>"));
    assert_eq!(read("page.md"), read("summary.md"));
    assert!(read("page.md").contains("| ❌ | shop |"));
}

#[tokio::test]
async fn a_dry_run_tells_what_would_be_asked() {
    let folder = tempfile::tempdir().unwrap();
    write_pact(folder.path(), "/item", &json!({ "id": 1 }));
    let outcome = run_in(folder.path(), "verify --file *.json --port 1 --dry-run --json plan.json", &[]).await;
    assert_eq!(outcome.code, 0);
    insta::assert_snapshot!(outcome.stdout.replace(&std::thread::available_parallelism().map_or(4, |it| it.get() * 4).to_string(), "N"), @"
      shop → provider
        #1       REST  GET /item given some exist

      1 interaction in 1 pact come down to 1 exchange: 0 with up to N at a time, 1 one after another
    ");
    let plan: Value = serde_json::from_slice(&std::fs::read(folder.path().join("plan.json")).unwrap()).unwrap();
    assert_eq!(plan["pacts"][0]["interactions"][0]["replay"], 1);
}

#[tokio::test]
async fn only_what_failed_last_time_is_verified_again() {
    let (folder, port) = (tempfile::tempdir().unwrap(), provider().await);
    write_pact(folder.path(), "/stock", &json!({ "left": 5 }));
    let first = folder.path().join("first.json");
    std::fs::rename(folder.path().join("pact.json"), &first).unwrap();
    write_pact(folder.path(), "/item", &json!({ "id": 1 }));
    let line = |more: &str| {
        format!("verify --dir . --provider-name stock --hostname 127.0.0.1 --port {port} --json report {more}")
    };
    assert_eq!(run_in(folder.path(), &line(""), &[]).await.code, 1);
    let again = run_in(folder.path(), &line("--last-failed"), &[]).await;
    assert_eq!(again.code, 1);
    assert!(again.stdout.contains("1 interaction in"), "{}", again.stdout);
}

#[tokio::test]
async fn a_version_is_detected_shown_and_published_for_a_single_pact() {
    let (folder, port) = (tempfile::tempdir().unwrap(), provider().await);
    let published = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let journal = std::sync::Arc::clone(&published);
    let router = axum::Router::new().fallback(move |request: axum::extract::Request| async move {
        let host = request.headers()["host"].to_str().unwrap().to_owned();
        let link = |path: &str| json!({ "href": format!("http://{host}{path}") });
        let (parts, body) = request.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        match parts.uri.path() {
            "/pact" => Json(json!({
                "consumer": { "name": "shop" }, "provider": { "name": "stock" },
                "interactions": [
                    { "description": "an item", "request": { "method": "GET", "path": "/item" }, "response": { "status": 200 } }
                ],
                "_links": { "pb:publish-verification-results": link("/results"), "pb:provider": link("/provider") },
            })),
            "/provider" => Json(json!({ "_links": { "pb:branch-version": link("/branch/{branch}/{version}") } })),
            path => {
                let body = serde_json::from_slice::<Value>(&body).unwrap_or_default();
                journal.lock().unwrap().push((path.to_owned(), body));
                Json(json!({}))
            }
        }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let broker = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let variables = [
        ("GITHUB_SHA", "77aa012"),
        ("GITHUB_REF", "refs/heads/main"),
        ("GITHUB_SERVER_URL", "https://github.com"),
        ("GITHUB_REPOSITORY", "o/r"),
        ("GITHUB_RUN_ID", "7"),
    ];
    let line = format!("verify --url {broker}/pact --provider-name stock --hostname 127.0.0.1 --port {port} --publish");
    let outcome = run_in(folder.path(), &line, &variables).await;
    assert_eq!(outcome.code, 0, "{}", outcome.told());
    assert!(outcome.stdout.contains("stock 77aa012 (main), as the build or git tells"), "{}", outcome.stdout);
    assert!(outcome.stdout.contains("results published for stock 77aa012"), "{}", outcome.stdout);
    let published = published.lock().unwrap();
    assert_eq!(published[0].0, "/branch/main/77aa012");
    assert_eq!(published[1].1["providerApplicationVersion"], "77aa012");
    assert_eq!(published[1].1["buildUrl"], "https://github.com/o/r/actions/runs/7");
}

#[tokio::test]
async fn options_are_grouped_and_exit_codes_told() {
    let help = run_in(&std::env::temp_dir(), "verify --help", &[]).await;
    assert_eq!(help.code, 0);
    for heading in [
        "Pacts:",
        "Authentication:",
        "Provider:",
        "Provider states:",
        "Filters:",
        "Broker:",
        "Publishing:",
        "Reports:",
        "Running:",
        "Telemetry:",
        "Exit codes:",
    ] {
        assert!(help.stdout.contains(heading), "{heading} is missing:\n{}", help.stdout);
    }
}
