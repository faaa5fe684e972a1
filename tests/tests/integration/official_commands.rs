//! Every sub-command of the official command's `broker`, against this broker.

use std::collections::BTreeSet;

use countersign_broker::{Broker, Config};
use countersign_tests::tools::has_pact;
use serde_json::json;

const CONTRACT: &str = "pact.json";

/// Sub-commands that ask no broker for anything: they install and run one, or print something.
const WITHOUT_A_BROKER: [&str; 4] = ["help", "ruby", "docker", "generate-uuid"];

/// Runs `pact broker` with these words in a folder; its exit code and both streams.
async fn pact(folder: &std::path::Path, url: Option<&str>, line: &str) -> (i32, String) {
    let mut words: Vec<&str> = line.split_whitespace().collect();
    words.extend(url.iter().flat_map(|url| ["--broker-base-url", *url]));
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

/// The sub-commands that `pact broker --help` lists.
async fn subcommands(folder: &std::path::Path) -> BTreeSet<String> {
    let (_, help) = pact(folder, None, "--help").await;
    let list = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    list.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

/// A receiver of webhooks, which says yes to everything.
async fn receiver() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let app = axum::Router::new().fallback(|| async { "taken" });
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
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
    let mut config = Config::in_memory();
    config.webhooks.hosts = vec!["127.0.0.1".to_owned()];
    config.webhooks.schemes = vec!["http".to_owned()];
    let broker = Broker::start(config).await.unwrap();
    let (hook, receiver) = ("0123456789abcdef01", receiver().await);
    let mut failed = Vec::new();
    let mut done = BTreeSet::new();
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
        ("create-environment --name attic --output id", 0, "-"),
        ("list-environments", 0, "staging"),
        ("describe-environment --uuid UUID", 0, "attic"),
        ("update-environment --uuid UUID --name cellar --production", 0, ""),
        ("describe-environment --uuid UUID", 0, "cellar"),
        ("delete-environment --uuid UUID", 0, ""),
        ("describe-environment --uuid UUID", 1, ""),
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
        ("create-webhook RECEIVER -X POST --contract-published", 0, ""),
        ("create-or-update-webhook RECEIVER -X POST --uuid HOOK --contract-published", 0, ""),
        ("test-webhook --uuid HOOK", 0, "200"),
        ("delete-webhook --uuid HOOK", 0, ""),
    ] {
        let attic = environment(broker.url()).await;
        let line = line.replace("HOOK", hook).replace("RECEIVER", &receiver).replace("UUID", &attic);
        let (got, told) = pact(folder.path(), Some(broker.url()), &line).await;
        if got != code || !told.contains(words) {
            failed.push(format!("{line}: exit code {got}\n{told}"));
        }
        done.insert(line.split(' ').next().unwrap().to_owned());
    }
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
    let mut forgotten = subcommands(folder.path()).await;
    assert!(forgotten.len() > 25, "{forgotten:?}");
    forgotten.retain(|name| !done.contains(name) && !WITHOUT_A_BROKER.contains(&name.as_str()));
    assert!(forgotten.is_empty(), "nobody tries {forgotten:?}");
    let (code, uuid) = pact(folder.path(), None, "generate-uuid").await;
    assert!(code == 0 && uuid.trim().len() == 36, "{uuid}");
    broker.stop().await.unwrap();
}

/// The identity of the environment that is made, renamed and deleted; one of nobody when it is not there.
async fn environment(broker: &str) -> String {
    let client = countersign_broker_client::BrokerClient::builder(broker).build().unwrap();
    let known = client.environments().await.unwrap();
    let found = known.into_iter().find(|known| matches!(known.details.name.as_str(), "attic" | "cellar"));
    found.map_or_else(|| "00000000-0000-4000-8000-000000000000".to_owned(), |found| found.uuid)
}
