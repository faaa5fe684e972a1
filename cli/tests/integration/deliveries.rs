//! What webhooks have sent, and sending it again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use countersign_broker::{Broker, Config};
use serde_json::json;

use crate::command::{Outcome, run_in};
use crate::serving::http;

#[tokio::test(flavor = "multi_thread")]
async fn deliveries_are_listed_described_and_made_again() {
    let refusals = Arc::new(AtomicUsize::new(1));
    let left = Arc::clone(&refusals);
    let receiver = axum::Router::new().fallback(move || async move {
        let refuses = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        if refuses { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/build", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, receiver).await });
    let mut config = Config::in_memory();
    config.webhooks.hosts = vec!["127.0.0.1".to_owned()];
    config.webhooks.schemes = vec!["http".to_owned()];
    config.webhooks.retry_schedule = Vec::new();
    let broker = Broker::start(config).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let pact = json!({ "consumer": { "name": "web" }, "provider": { "name": "orders" }, "interactions": [] });
    std::fs::write(folder.path().join("pact.json"), pact.to_string()).unwrap();
    let variables = [("PACT_BROKER_BASE_URL", broker.url())];
    let run = async |line: &str| -> Outcome { run_in(folder.path(), line, &variables).await };
    let none = run("list-webhook-deliveries --consumer web --provider orders").await;
    assert_eq!(none.code, 1, "{}", none.told());
    let hook = format!("create-webhook {url} -X POST --user me:pa55word --contract-published");
    assert_eq!(run(&hook).await.code, 0);
    assert_eq!(run("publish pact.json --consumer-app-version 1").await.code, 0);
    let list = "list-webhook-deliveries --consumer web --provider orders --version 1";
    let ended = async |word: &str| {
        let begun = Instant::now();
        loop {
            let listed = run(list).await;
            assert_eq!(listed.code, 0, "{}", listed.told());
            if listed.stdout.contains(word) {
                return listed.stdout;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "{}", listed.stdout);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let listed = ended("failure").await;
    assert!(listed.contains("contract_published"), "{listed}");
    let uuid = listed.lines().nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    let described = run(&format!("describe-webhook-delivery --uuid {uuid}")).await;
    assert!(
        described.stdout.contains("Attempt 1") && described.stdout.contains("Answered 503"),
        "{}",
        described.told()
    );
    assert!(!described.stdout.contains("pa55word"));
    let again = run(&format!("redeliver-webhook --uuid {uuid}")).await;
    assert_eq!((again.code, again.stdout), (0, format!("✓ delivery {uuid} will be sent again\n")));
    ended("success").await;
    let described = run(&format!("describe-webhook-delivery --uuid {uuid}")).await.stdout;
    assert!(described.contains("Attempt 2") && described.contains("Answered 200"), "{described}");
    assert_eq!(run("redeliver-webhook --uuid 00000000-0000-4000-8000-000000000000").await.code, 1);
    let everything = http().get(format!("{}/webhooks", broker.url())).send().await.unwrap().text().await.unwrap();
    assert!(!everything.contains("pa55word"));
    broker.stop().await.unwrap();
}
