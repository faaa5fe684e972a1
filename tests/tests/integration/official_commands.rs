//! Every sub-command of the official command's `broker`, against this broker.

use countersign_broker::{Broker, Config};
use countersign_tests::tools::has_pact;
use serde_json::json;

const CONTRACT: &str = "pact.json";

/// Runs `pact broker` with these words in a folder; its exit code and both streams.
async fn pact(folder: &std::path::Path, url: &str, line: &str) -> (i32, String) {
    let mut words: Vec<&str> = line.split_whitespace().collect();
    words.extend(["--broker-base-url", url]);
    let output = tokio::process::Command::new("pact")
        .arg("broker")
        .args(&words)
        .current_dir(folder)
        .env_remove("PACT_BROKER_BASE_URL")
        .env("PACT_BROKER_HTTP_RETRIES", "0")
        .output()
        .await
        .unwrap();
    let told = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).join("\n");
    (output.status.code().unwrap_or(-1), told)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_subcommand_does_its_work() {
    if !has_pact() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let contract = json!({
        "consumer": { "name": "web" }, "provider": { "name": "orders" },
        "interactions": [{
            "description": "an order", "providerStates": [{ "name": "an order exists" }],
            "request": { "method": "GET", "path": "/orders/7" }, "response": { "status": 200 },
        }],
        "metadata": { "pactSpecification": { "version": "3.0.0" } },
    });
    std::fs::write(folder.path().join(CONTRACT), contract.to_string()).unwrap();
    let broker = Broker::start(Config::in_memory()).await.unwrap();
    let hook = "0123456789abcdef01";
    let webhook = format!("create-or-update-webhook https://ci.example.com -X POST --uuid {hook} --contract-published");
    let mut failed = Vec::new();
    for (line, code, words) in [
        ("publish pact.json --consumer-app-version 1 --branch main --tag dev", 0, "web"),
        ("list-latest-pact-versions", 0, "orders"),
        ("get-pacts --provider orders", 0, "web"),
        ("get-pacts --provider orders --latest", 0, "web"),
        ("get-pacts --provider orders --consumer web --branch main", 0, "web"),
        // its table of a single pact panics, with any broker
        ("get-pacts --provider orders --consumer web --branch main --latest --output json", 0, "web"),
        ("provider-states list --provider orders", 0, "an order exists"),
        ("create-environment --name staging --display-name Staging", 0, ""),
        ("list-environments", 0, "staging"),
        ("create-or-update-pacticipant --name orders --main-branch main", 0, ""),
        ("describe-pacticipant --name orders", 0, "orders"),
        ("list-pacticipants", 0, "orders"),
        ("create-or-update-version --pacticipant orders --version 7 --branch main", 0, ""),
        ("describe-version --pacticipant orders --version 7", 0, "7"),
        ("create-version-tag --pacticipant orders --version 7 --tag prod", 0, ""),
        ("record-deployment --pacticipant orders --version 7 --environment staging", 0, ""),
        ("can-i-deploy --pacticipant web --version 1 --to-environment staging", 1, ""),
        ("can-i-merge --pacticipant web --version 1", 1, ""),
        ("record-undeployment --pacticipant orders --environment staging", 0, ""),
        ("record-release --pacticipant orders --version 7 --environment staging", 0, ""),
        ("record-support-ended --pacticipant orders --version 7 --environment staging", 0, ""),
        ("can-i-deploy --pacticipant orders --version 7 --to-environment staging", 0, ""),
        ("delete-version-tag --pacticipant orders --version 7 --tag prod", 0, ""),
        ("delete-branch --pacticipant orders --branch main", 0, ""),
        ("create-webhook https://ci.example.com -X POST --contract-published", 0, ""),
        (webhook.as_str(), 0, ""),
    ] {
        let (got, told) = pact(folder.path(), broker.url(), line).await;
        if got != code || !told.contains(words) {
            failed.push(format!("{line}: exit code {got}\n{told}"));
        }
    }
    let (code, told) = pact(folder.path(), broker.url(), &format!("delete-webhook --uuid {hook}")).await;
    if code != 0 {
        failed.push(format!("delete-webhook: {told}"));
    }
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
    broker.stop().await.unwrap();
}
