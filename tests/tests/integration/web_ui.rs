//! The web UI in a real browser: a person looks up a pact and asks whether its consumer may be deployed.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chromiumoxide::cdp::browser_protocol::emulation::SetDeviceMetricsOverrideParams;
use chromiumoxide::cdp::browser_protocol::log::{EventEntryAdded, LogEntryLevel};
use chromiumoxide::cdp::js_protocol::runtime::{EventConsoleApiCalled, EventExceptionThrown};
use chromiumoxide::page::ScreenshotParams;
use chromiumoxide::{Browser, BrowserConfig, Page};
use countersign_broker::{Broker, Config, RunningBroker};
use countersign_broker_client::{BrokerClient, Contract, OnConflict, ProviderVersion, Publication, VerificationResult};
use countersign_tests::tools::chromium;
use futures::StreamExt as _;
use serde_json::{Value, json};

const CONSUMER: &str = "order-service";
const PROVIDER: &str = "inventory-service";

/// How long a page may take to get somewhere on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// A browser without a window, and what its pages complained about.
struct Visitor {
    browser: Browser,
    page: Page,
    complaints: Arc<Mutex<Vec<String>>>,
    profile: tempfile::TempDir,
}

impl Visitor {
    async fn arrive(executable: &Path) -> Self {
        let profile = tempfile::tempdir().unwrap();
        let flags = [
            "disable-gpu",
            "disable-quic",
            "no-first-run",
            "disable-background-networking",
            "disable-component-update",
            "disable-sync",
        ];
        let config = BrowserConfig::builder()
            .chrome_executable(executable)
            .no_sandbox()
            .args(flags)
            .user_data_dir(profile.path())
            .viewport(None)
            .build()
            .unwrap();
        let (browser, mut handler) = Browser::launch(config).await.unwrap();
        tokio::spawn(async move { while handler.next().await.is_some() {} });
        let page = browser.new_page("about:blank").await.unwrap();
        let complaints = listen(&page).await;
        Self { browser, page, complaints, profile }
    }

    async fn open(&self, address: &str) {
        self.page.goto(address).await.unwrap();
        self.page.wait_for_navigation().await.unwrap();
    }

    /// Clicks on what a selector finds and waits until the address has the text.
    async fn follow(&self, selector: &str, destination: &str) {
        self.page.find_element(selector).await.unwrap().click().await.unwrap();
        self.until(&format!("location.href.includes({destination:?}) && document.readyState === 'complete'")).await;
    }

    /// Waits until an expression is true.
    async fn until(&self, expression: &str) {
        let started = std::time::Instant::now();
        loop {
            // while a page gives way to the next, there is nothing to ask
            let answer = self.page.evaluate(expression).await;
            if answer.ok().and_then(|answer| answer.into_value().ok()) == Some(true) {
                return;
            }
            assert!(started.elapsed() < PATIENCE, "{expression} did not come true at {:?}", self.page.url().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn value(&self, expression: &str) -> Value {
        self.page.evaluate(expression).await.unwrap().into_value().unwrap()
    }

    /// What a person can read on the page.
    async fn text(&self) -> String {
        self.value("document.body.innerText").await.as_str().unwrap().to_owned()
    }

    async fn resize(&self, width: i64) {
        let size =
            SetDeviceMetricsOverrideParams::builder().width(width).height(900).device_scale_factor(1.0).mobile(false);
        self.page.execute(size.build().unwrap()).await.unwrap();
    }

    /// Keeps a picture of the page for a person to look at, in the folder that `COUNTERSIGN_SCREENSHOTS` names.
    async fn picture(&self, name: &str) {
        let Some(folder) = std::env::var_os("COUNTERSIGN_SCREENSHOTS") else { return };
        let whole = ScreenshotParams::builder().full_page(true).build();
        self.page.save_screenshot(whole, Path::new(&folder).join(format!("{name}.png"))).await.unwrap();
    }

    async fn leave(mut self) {
        self.browser.close().await.unwrap();
        self.browser.wait().await.unwrap();
        drop(self.profile);
        assert_eq!(*self.complaints.lock().unwrap(), Vec::<String>::new(), "in the browser's console");
    }
}

/// Collects errors: of scripts, of the network, of the content security policy.
async fn listen(page: &Page) -> Arc<Mutex<Vec<String>>> {
    let complaints = Arc::new(Mutex::new(Vec::new()));
    let mut entries = page.event_listener::<EventEntryAdded>().await.unwrap();
    let mut exceptions = page.event_listener::<EventExceptionThrown>().await.unwrap();
    let mut calls = page.event_listener::<EventConsoleApiCalled>().await.unwrap();
    page.enable_log().await.unwrap();
    page.enable_runtime().await.unwrap();
    let into = Arc::clone(&complaints);
    tokio::spawn(async move {
        loop {
            let complaint = tokio::select! {
                Some(entry) = entries.next() => {
                    (entry.entry.level == LogEntryLevel::Error).then(|| format!("{} ({:?})", entry.entry.text, entry.entry.url))
                }
                Some(exception) = exceptions.next() => Some(format!("{:?}", exception.exception_details)),
                Some(call) = calls.next() => Some(format!("{:?}", call.args)),
                else => return,
            };
            into.lock().unwrap().extend(complaint);
        }
    });
    complaints
}

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

#[tokio::test(flavor = "multi_thread")]
async fn from_the_overview_to_the_pact_to_the_answer() {
    let Some(executable) = chromium() else { return };
    let broker = broker(true).await;
    let visitor = Visitor::arrive(&executable).await;

    visitor.open(broker.url()).await;
    assert!(visitor.text().await.contains("1 integration"));

    visitor.follow("table.list tbody th a", "/latest").await;
    let text = visitor.text().await;
    for words in
        ["an integer", r"text matching w-\d+", "any string", "1 or more items", "given stock exists (sku ABC-1)"]
    {
        assert!(text.contains(words), "{words} in {text}");
    }

    visitor.follow(".actions a", "/can-i-deploy").await;
    assert_eq!(visitor.value("document.querySelector('#pacticipant').value").await, CONSUMER);
    visitor.follow("form.ask button", "environment=production").await;
    let text = visitor.text().await;
    assert!(text.contains("Yes. order-service 1f3c9ab can go to production."), "{text}");
    assert_eq!(visitor.value("document.querySelectorAll('table.list tbody tr').length").await, 1);

    visitor.leave().await;
    broker.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_stands_under_its_interaction_and_keeps_from_deploying() {
    let Some(executable) = chromium() else { return };
    let broker = broker(false).await;
    let visitor = Visitor::arrive(&executable).await;

    visitor.open(&format!("{}/pacts/provider/{PROVIDER}/consumer/{CONSUMER}/latest", broker.url())).await;
    let findings = visitor.value("document.querySelector('details .findings').innerText").await;
    assert_eq!(
        findings.as_str().unwrap().split_whitespace().collect::<Vec<_>>().join(" "),
        "status expected 200, but got 500"
    );

    let query = format!("pacticipant={CONSUMER}&branch=main&environment=production");
    visitor.open(&format!("{}/can-i-deploy?{query}", broker.url())).await;
    let text = visitor.text().await;
    assert!(
        text.contains("No: inventory-service 77aa012 failed to verify the pact of order-service 1f3c9ab."),
        "{text}"
    );

    visitor.leave().await;
    broker.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_theme_is_remembered() {
    let Some(executable) = chromium() else { return };
    let broker = broker(true).await;
    let visitor = Visitor::arrive(&executable).await;
    let paper = "getComputedStyle(document.body).backgroundColor";

    visitor.open(broker.url()).await;
    let first = visitor.value(paper).await;
    visitor.page.find_element("#theme").await.unwrap().click().await.unwrap();
    visitor.until(&format!("{paper} !== {first}")).await;
    let second = visitor.value(paper).await;
    visitor.open(&format!("{}/matrix", broker.url())).await;
    assert_eq!(visitor.value(paper).await, second);

    visitor.leave().await;
    broker.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_fit_a_telephone() {
    let Some(executable) = chromium() else { return };
    let broker = broker(false).await;
    let visitor = Visitor::arrive(&executable).await;

    visitor.resize(360).await;
    let deploy = format!("/can-i-deploy?pacticipant={CONSUMER}&version=1f3c9ab&environment=production");
    let pact = format!("/pacts/provider/{PROVIDER}/consumer/{CONSUMER}/latest");
    for (name, page) in [("overview", "/"), ("pact", &pact), ("can-i-deploy", &deploy), ("matrix", "/matrix")] {
        visitor.open(&format!("{}{page}", broker.url())).await;
        visitor.picture(&format!("360-{name}")).await;
        let width = visitor.value("document.documentElement.scrollWidth").await;
        assert!(width.as_u64().unwrap() <= 360, "{page} is {width} wide");
    }

    visitor.leave().await;
    broker.stop().await.unwrap();
}
