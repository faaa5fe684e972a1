//! The same pacts judged by the official verifier.

use std::process::{Command, Stdio};

use countersign_provider_verifier::{StateChangeUrl, Verifier, report};
use serde_json::{Value as Json, json};

use crate::pacts::{With as _, document, get, stock_check};
use crate::provider::Provider;

pub(crate) fn official_is_installed() -> bool {
    let found = Command::new("pact").arg("--help").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if found.is_ok_and(|status| status.success()) {
        return true;
    }
    let required = std::env::var("COUNTERSIGN_REQUIRE_ALL").is_ok_and(|value| value == "1");
    assert!(!required, "the official `pact` command is required but not installed: pip install pact-python-cli");
    eprintln!("skipped: the official `pact` command is not installed (pip install pact-python-cli)");
    false
}

/// The types of findings by interaction, and the errors' texts.
pub(crate) fn essence(report: &Json, list: &str) -> Vec<(String, Vec<String>)> {
    let errors = report[list].as_array().into_iter().flatten();
    let mut found: Vec<_> = errors
        .map(|error| {
            let mismatches = error["mismatch"]["mismatches"].as_array().into_iter().flatten();
            let mut types: Vec<_> = mismatches.map(|it| it["type"].as_str().unwrap().to_owned()).collect();
            types.extend(error["mismatch"].get("message").map(|_| "error".to_owned()));
            types.sort();
            (error["interaction"].as_str().unwrap().to_owned(), types)
        })
        .collect();
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn verdicts_agree_with_the_official_verifier() {
    if !official_is_installed() {
        return;
    }
    let provider = Provider::start().await;
    let folder = tempfile::tempdir().unwrap();
    let header = get("/item/4", 200).with("response", json!({ "status": 200, "headers": { "X-Missing": ["a"] } }));
    let mut generated = get("/item/1", 200).in_state("an item exists");
    generated["request"]["generators"] = json!({ "path": { "type": "ProviderState", "expression": "/item/${id}" } });
    let pact = document(
        "shop",
        [
            stock_check("/stock/ABC-1"),
            stock_check("/stock/TEXT"),
            stock_check("/stock/NONE"),
            stock_check("/stock/TEXT").with("description", json!("pending")).with("pending", json!(true)),
            get("/item/3", 201),
            header,
            generated,
            json!({ "type": "Asynchronous/Messages", "description": "an order was placed",
                "contents": { "content": { "id": "ord-1" }, "contentType": "application/json" },
                "metadata": { "topic": "orders" } }),
            json!({ "type": "Asynchronous/Messages", "description": "an order was placed",
                "providerStates": [{ "name": "again" }],
                "contents": { "content": { "id": 1 }, "contentType": "application/json" },
                "metadata": { "topic": "other" } }),
        ],
    );
    let file = folder.path().join("shop-stock.json");
    std::fs::write(&file, pact.to_string()).unwrap();

    let (official, exit_code) = official(&provider.url, Some(provider.states_url()), &file).await;
    let outcome = Verifier::of("stock")
        .http(&provider.url)
        .state_change_url(StateChangeUrl::new(provider.states_url()))
        .pacts(file.as_path())
        .verify()
        .await;
    let ours = report::json(&outcome);
    assert_eq!(i32::from(outcome.exit_code()), exit_code);
    assert_eq!(ours["result"], official["result"]);
    assert_eq!(essence(&ours, "errors"), essence(&official, "errors"));
    assert_eq!(essence(&ours, "pendingErrors"), essence(&official, "pendingErrors"));
}

/// What the official verifier reports, and its exit code.
pub(crate) async fn official(provider: &str, states: Option<String>, file: &std::path::Path) -> (Json, i32) {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.json");
    let port = provider.rsplit(':').next().unwrap().to_owned();
    let mut command = Command::new("pact");
    command
        .args(["verifier", "--hostname", "127.0.0.1", "--provider-name", "stock", "--no-colour"])
        .args(["--port", &port])
        .args(states.iter().flat_map(|url| ["--state-change-url", url]))
        .arg("--file")
        .arg(file)
        .arg("--json")
        .arg(&report)
        .env("PACT_DO_NOT_TRACK", "true");
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let report = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
    (report, output.status.code().unwrap())
}
