//! The web UI in a real browser: a person looks up a pact and asks whether its consumer may be deployed.

use std::path::PathBuf;

use countersign_broker::{Broker, Config, RunningBroker};
use countersign_broker_client::{BrokerClient, Contract, OnConflict, ProviderVersion, Publication, VerificationResult};
use countersign_tests::browser::Browser;
use countersign_tests::tools::chromium;
use serde_json::{Value, json};

const CONSUMER: &str = "order-service";
const PROVIDER: &str = "inventory-service";

fn pact() -> Vec<u8> {
    let rule = |rule: Value| json!({ "matchers": [rule] });
    let pact = json!({
        "consumer": { "name": CONSUMER }, "provider": { "name": PROVIDER },
        "interactions": [{
            "description": "a stock check for a known sku",
            "providerStates": [{ "name": "stock exists", "params": { "sku": "ABC-1" } }],
            "request": { "method": "GET", "path": "/inventory/ABC-1" },
            "response": {
                "status": 200, "headers": { "Content-Type": "application/json" },
                "body": { "quantity_left": 5, "warehouse": { "id": "w-1", "city": "Oslo" }, "tags": ["fragile"] },
                "matchingRules": { "body": {
                    "$.quantity_left": rule(json!({ "match": "integer" })),
                    "$.warehouse.id": rule(json!({ "match": "regex", "regex": r"w-\d+" })),
                    "$.warehouse.city": rule(json!({ "match": "type" })),
                    "$.tags": rule(json!({ "match": "type", "min": 1 })),
                } },
            },
        }],
        "metadata": { "pactSpecification": { "version": "3.0.0" } },
    });
    pact.to_string().into_bytes()
}

/// A broker with one pact that `success` says was kept by the provider version in production.
async fn broker(success: bool) -> RunningBroker {
    let broker = Broker::start(Config::in_memory()).await.unwrap();
    let client = BrokerClient::builder(broker.url()).build().unwrap();
    let contract = Contract { provider: PROVIDER.to_owned(), content: pact(), on_conflict: OnConflict::default() };
    let publication = Publication {
        consumer: CONSUMER.to_owned(),
        version: "1f3c9ab".to_owned(),
        branch: Some("main".to_owned()),
        contracts: vec![contract],
        ..Publication::default()
    };
    let published = client.publish(&publication).await.unwrap();
    let pact = client.fetch_pact(&published.pact_urls[0]).await.unwrap();
    let document: Value = serde_json::from_slice(&pact.bytes).unwrap();
    let id = &document["interactions"][0]["_id"];
    let mismatches = if success {
        json!([])
    } else {
        json!([{ "attribute": "status", "description": "expected 200, but got 500" }])
    };
    let result = VerificationResult {
        success,
        test_results: vec![json!({ "interactionId": id, "success": success, "mismatches": mismatches })],
        ..VerificationResult::default()
    };
    let version =
        ProviderVersion { number: "77aa012".to_owned(), branch: Some("main".to_owned()), ..ProviderVersion::default() };
    client.publish_verification(&pact, &version, &result).await.unwrap();
    client.record_deployment(PROVIDER, "77aa012", "production", None).await.unwrap();
    broker
}

/// Lets a person visit a broker's pages; nothing may turn up in the browser's console.
async fn visit(success: bool, person: impl FnOnce(&mut Browser, &str) -> anyhow::Result<()> + Send + 'static) {
    let Some(executable): Option<PathBuf> = chromium() else { return };
    let broker = broker(success).await;
    let address = broker.url().to_owned();
    let complaints = tokio::task::spawn_blocking(move || {
        let mut browser = Browser::launch(&executable)?;
        person(&mut browser, &address)?;
        browser.leave()
    });
    assert_eq!(complaints.await.unwrap().unwrap(), Vec::<String>::new(), "in the browser's console");
    broker.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_overview_to_the_pact_to_the_answer() {
    visit(true, |browser, broker| {
        browser.open(&format!("{broker}/"))?;
        assert!(browser.text()?.contains("1 integration"));

        browser.follow("table.list tbody th a", "/latest")?;
        let text = browser.text()?;
        for words in
            ["an integer", r"text matching w-\d+", "any string", "1 or more items", "given stock exists (sku ABC-1)"]
        {
            assert!(text.contains(words), "{words} in {text}");
        }

        browser.follow(".actions a", "/can-i-deploy")?;
        assert_eq!(browser.value("document.querySelector('#pacticipant').value")?, CONSUMER);
        browser.follow("form.ask button", "environment=production")?;
        let text = browser.text()?;
        assert!(text.contains("Yes. order-service 1f3c9ab can go to production."), "{text}");
        assert_eq!(browser.value("document.querySelectorAll('table.list tbody tr').length")?, 1);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_stands_under_its_interaction_and_keeps_from_deploying() {
    visit(false, |browser, broker| {
        browser.open(&format!("{broker}/pacts/provider/{PROVIDER}/consumer/{CONSUMER}/latest"))?;
        let findings = browser.value("document.querySelector('details .findings').innerText")?;
        let findings = findings.as_str().unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(findings, "status expected 200, but got 500");

        let query = format!("pacticipant={CONSUMER}&branch=main&environment=production");
        browser.open(&format!("{broker}/can-i-deploy?{query}"))?;
        let text = browser.text()?;
        let answer = "No: inventory-service 77aa012 failed to verify the pact of order-service 1f3c9ab.";
        assert!(text.contains(answer), "{text}");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_theme_is_remembered() {
    visit(true, |browser, broker| {
        let paper = "getComputedStyle(document.body).backgroundColor";
        browser.open(&format!("{broker}/"))?;
        let first = browser.value(paper)?;
        browser.click("#theme")?;
        browser.until(&format!("{paper} !== {first}"))?;
        let second = browser.value(paper)?;
        browser.picture("other-theme")?;
        browser.open(&format!("{broker}/matrix"))?;
        assert_eq!(browser.value(paper)?, second);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_fit_a_telephone() {
    visit(false, |browser, broker| {
        browser.resize(360)?;
        let deploy = format!("/can-i-deploy?pacticipant={CONSUMER}&version=1f3c9ab&environment=production");
        let pact = format!("/pacts/provider/{PROVIDER}/consumer/{CONSUMER}/latest");
        for (name, page) in [("overview", "/"), ("pact", &pact), ("can-i-deploy", &deploy), ("matrix", "/matrix")] {
            browser.open(&format!("{broker}{page}"))?;
            browser.picture(&format!("360-{name}"))?;
            let width = browser.value("document.documentElement.scrollWidth")?;
            assert!(width.as_u64().unwrap() <= 360, "{page} is {width} wide");
        }
        Ok(())
    })
    .await;
}
