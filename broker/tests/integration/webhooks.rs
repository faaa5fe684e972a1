//! Webhooks: what may be set up, what is sent, and what is told about it.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use countersign_broker::Config;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{TestBroker, each};

/// A receiver that refuses as often as told, and keeps what came.
#[derive(Clone, Default)]
struct Receiver {
    refusals: Arc<Mutex<usize>>,
    received: Arc<Mutex<Vec<(String, String, String)>>>,
}

impl Receiver {
    async fn start(refusals: usize) -> (Self, String) {
        let receiver = Self { refusals: Arc::new(Mutex::new(refusals)), ..Self::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new().fallback(receive).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        (receiver, url)
    }

    /// Waits until so many requests came: path, credentials, body.
    async fn wait_for(&self, count: usize) -> Vec<(String, String, String)> {
        let begun = Instant::now();
        loop {
            let received = self.received.lock().unwrap().clone();
            if received.len() >= count {
                return received;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "{} of {count} requests came", received.len());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn receive(State(receiver): State<Receiver>, request: Request) -> StatusCode {
    let path = request.uri().to_string();
    let authorization = request.headers().get("authorization").map(|value| value.to_str().unwrap().to_owned());
    let body = axum::body::to_bytes(request.into_body(), usize::MAX).await.unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    receiver.received.lock().unwrap().push((path, authorization.unwrap_or_default(), body));
    let mut refusals = receiver.refusals.lock().unwrap();
    if *refusals > 0 {
        *refusals -= 1;
        return StatusCode::INTERNAL_SERVER_ERROR;
    }
    StatusCode::OK
}

/// A broker whose webhooks may reach this machine.
fn trusting() -> Config {
    let mut config = Config::in_memory();
    config.webhooks.hosts = vec!["127.0.0.1".to_owned()];
    config.webhooks.schemes = vec!["http".to_owned(), "https".to_owned()];
    config.webhooks.retry_schedule = vec![Duration::from_millis(20); 3];
    config
}

fn webhook(url: &str, event: &str) -> Value {
    json!({
        "description": "tell CI",
        "events": [{ "name": event }],
        "request": {
            "method": "POST",
            "url": format!("{url}/build?consumer=${{pactbroker.consumerName}}"),
            "username": "me",
            "password": "s3cret",
            "body": { "event": "${pactbroker.eventName}", "pact": "${pactbroker.pactUrl}", "v": "${pactbroker.consumerVersionNumber}" },
        },
    })
}

/// Waits until a triggered webhook has ended, and returns its log.
async fn log_of(broker: &TestBroker, url: &str) -> Value {
    let begun = Instant::now();
    loop {
        let log = broker.get(url).await.expect(200).json();
        if log["status"] == "success" || log["status"] == "failure" {
            return log;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{log}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn logs_of_pact(broker: &TestBroker, version: &str) -> String {
    let path = format!("/pacts/provider/orders/consumer/web%20shop/version/{version}/triggered-webhooks");
    let triggered = broker.get(&path).await.expect(200).json();
    triggered["_embedded"]["triggeredWebhooks"][0]["_links"]["pb:logs"]["href"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_change_is_told_until_it_is_heard() {
    let (receiver, url) = Receiver::start(2).await;
    let broker = TestBroker::with(trusting()).await;
    broker.post("/webhooks", &webhook(&url, "contract_content_changed")).await.expect(201);
    broker.publish("web shop", "1", "orders").done().await;
    let received = receiver.wait_for(3).await;
    assert_eq!(received[0], received[2], "a repetition is the same request");
    let (path, authorization, body) = &received[2];
    assert_eq!(path, "/build?consumer=web%20shop");
    assert_eq!(authorization, "Basic bWU6czNjcmV0");
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!((&body["event"], &body["v"]), (&json!("contract_content_changed"), &json!("1")));
    broker.get(body["pact"].as_str().unwrap()).await.expect(200);
    let log = log_of(&broker, &logs_of_pact(&broker, "1").await).await;
    assert_eq!(log["status"], "success");
    let outcomes: Vec<bool> = log["executions"].as_array().unwrap().iter().map(|e| e["success"] == true).collect();
    assert_eq!(outcomes, [false, false, true]);
    assert!(!log.to_string().contains("s3cret"));
    // the same content under another version is no change
    broker.publish("web shop", "2", "orders").done().await;
    let path = "/pacts/provider/orders/consumer/web%20shop/version/2/triggered-webhooks";
    assert!(each(&broker.get(path).await.json()["_embedded"]["triggeredWebhooks"], "/name").is_empty());
    broker.stop().await;
}

#[tokio::test]
async fn what_nobody_hears_ends_as_a_failure_and_can_be_sent_again() {
    let (receiver, url) = Receiver::start(4).await;
    let broker = TestBroker::with(trusting()).await;
    let hook = broker.post("/webhooks", &webhook(&url, "contract_published")).await.expect(201).json();
    broker.publish("web shop", "1", "orders").done().await;
    let logs = logs_of_pact(&broker, "1").await;
    assert_eq!(log_of(&broker, &logs).await["status"], "failure");
    assert_eq!(receiver.wait_for(4).await.len(), 4);
    let status = broker.get("/pacts/provider/orders/consumer/web%20shop/webhooks/status").await.expect(200).json();
    assert_eq!(status["summary"], json!({ "successful": 0, "failed": 1 }));
    broker.post(&logs.replace("/logs", "/redeliver"), &json!({})).await.expect(200);
    receiver.wait_for(5).await;
    assert_eq!(log_of(&broker, &logs).await["status"], "success");
    // what was sent is known for longer than the webhook, which nobody can send again without it
    broker.delete(hook["_links"]["self"]["href"].as_str().unwrap()).await.expect(204);
    assert_eq!(broker.get(&logs).await.expect(200).json()["status"], "success");
    broker.post(&logs.replace("/logs", "/redeliver"), &json!({})).await.expect(422);
    broker.stop().await;
}

#[tokio::test]
async fn results_are_told_for_each_consumer_version() {
    let (receiver, url) = Receiver::start(0).await;
    let broker = TestBroker::with(trusting()).await;
    let mut hook = webhook(&url, "provider_verification_failed");
    hook["request"]["body"] = json!(
        "${pactbroker.consumerVersionNumber} ${pactbroker.providerVersionNumber} ${pactbroker.githubVerificationStatus}"
    );
    broker.post("/webhooks/provider/orders", &hook).await.expect(404);
    broker.publish("web shop", "1", "orders").branch("main").done().await;
    broker.publish("web shop", "2", "orders").branch("feature").done().await;
    broker.post("/webhooks/provider/orders", &hook).await.expect(201);
    let question = json!({ "consumerVersionSelectors": [{ "branch": "main" }, { "branch": "feature" }] });
    let pacts = broker.post("/pacts/provider/orders/for-verification", &question).await.expect(200).json();
    let pact = broker.get(pacts["_embedded"]["pacts"][0]["_links"]["self"]["href"].as_str().unwrap()).await.json();
    let results = pact["_links"]["pb:publish-verification-results"]["href"].as_str().unwrap();
    broker.post(results, &json!({ "success": false, "providerApplicationVersion": "7" })).await.expect(201);
    let mut bodies: Vec<String> = receiver.wait_for(2).await.into_iter().map(|(_, _, body)| body).collect();
    bodies.sort();
    assert_eq!(bodies, ["1 7 failure", "2 7 failure"]);
    broker.stop().await;
}

#[tokio::test]
async fn whoever_matters_and_has_not_verified_is_asked_to() {
    let (receiver, url) = Receiver::start(0).await;
    let broker = TestBroker::with(trusting()).await;
    broker.put("/pacticipants/orders/branches/main/versions/5", &json!({})).await.expect(201);
    broker.put("/pacticipants/orders/versions/4", &json!({})).await.expect(201);
    broker.deploy("orders", "4", "production", None).await;
    let mut hook = webhook(&url, "contract_requiring_verification_published");
    hook["request"]["body"] = json!("${pactbroker.providerVersionNumber}");
    broker.post("/webhooks", &hook).await.expect(201);
    broker.publish("web shop", "1", "orders").done().await;
    let mut asked: Vec<String> = receiver.wait_for(2).await.into_iter().map(|(_, _, body)| body).collect();
    asked.sort();
    assert_eq!(asked, ["4", "5"]);
    broker.stop().await;
}

#[tokio::test]
async fn private_places_are_out_of_reach() {
    let broker = TestBroker::start().await;
    for url in [
        "https://127.0.0.1/",
        "https://localhost:1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/",
        "https://[::ffff:10.0.0.1]/",
        "http://ci.example.com/",
        "ftp://ci.example.com/",
        "https://${pactbroker.consumerName}.example.com/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://017700000001/",
        "https://2130706433/",
        "https://127.1/",
        "https://127.0.0.1./",
        "https://user@127.0.0.1/",
        "https://LOCALHOST/",
        "https://a.localhost/",
        "https://0/",
        "https://[::]/",
        "https://[::ffff:7f00:1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://[64:ff9b::a9fe:a9fe]/",
        "https://[2002:7f00:1::]/",
        "https://[fe80::1]/",
        "https://[fd00::1]/",
        "https://100.64.0.1/",
        "https://192.168.1.1/",
        "https://172.31.255.255/",
        "https://255.255.255.255/",
        "https://224.0.0.1/",
        "https://\u{2460}\u{2461}\u{2466}.0.0.1/",
        "gopher://127.0.0.1/",
        "file:///etc/passwd",
    ] {
        let hook = json!({ "events": [{ "name": "contract_published" }], "request": { "method": "POST", "url": url } });
        let refused = broker.post("/webhooks", &hook).await.expect(400).json();
        assert!(refused["errors"]["request.url"].is_array(), "{url}: {refused}");
        broker.post("/webhooks/execute", &hook).await.expect(400);
    }
    broker.stop().await;
}

#[tokio::test]
async fn names_that_lead_to_private_places_are_no_way_in() {
    // a name of this machine, which no rule about names knows
    let (receiver, url) = Receiver::start(0).await;
    let port = url.rsplit(':').next().unwrap();
    let mut config = Config::in_memory();
    config.webhooks.schemes = vec!["http".to_owned()];
    let broker = TestBroker::with(config).await;
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    for name in ["localhost.", "ip6-localhost", "ip6-loopback", machine.trim()] {
        let hook = json!({
            "events": [{ "name": "contract_published" }],
            "request": { "method": "POST", "url": format!("http://{name}:{port}/") },
        });
        let answer = broker.post("/webhooks/execute", &hook).await;
        // refused at once by its name, or when it is looked up; a name that this machine lacks leads nowhere either
        let refused = answer.status.as_u16() == 400 || answer.json()["success"] == false;
        assert!(refused, "{name}: {}", answer.text);
    }
    assert!(receiver.received.lock().unwrap().is_empty());
    broker.stop().await;
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let (receiver, inner) = Receiver::start(0).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let outer = format!("http://{}", listener.local_addr().unwrap());
    let app = Router::new().fallback(move || async move { axum::response::Redirect::temporary(&inner) });
    tokio::spawn(async move { axum::serve(listener, app).await });
    let broker = TestBroker::with(trusting()).await;
    let executed = broker.post("/webhooks/execute", &webhook(&outer, "contract_published")).await.expect(200).json();
    assert_eq!((&executed["success"], &executed["response"]["status"]), (&json!(false), &json!(307)));
    assert!(receiver.received.lock().unwrap().is_empty());
    broker.stop().await;
}

#[tokio::test]
async fn every_problem_is_named_at_its_place() {
    let broker = TestBroker::start().await;
    let nonsense = json!({
        "consumer": { "name": "a", "label": "b" }, "provider": { "name": "nobody" }, "enabled": "yes",
        "events": [{ "name": "unheard_of" }], "request": { "method": "FETCH", "headers": { "a b": "c" } },
    });
    let refused = broker.post("/webhooks", &nonsense).await.expect(400).json();
    let mut fields: Vec<&str> = refused["errors"].as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    assert_snapshot!(fields.join(" "), @"consumer enabled events.name request.headers.a b request.method request.url");
    broker.put("/webhooks/short", &webhook("https://ci", "contract_published")).await.expect(400);
    broker.stop().await;
}

#[tokio::test]
async fn secrets_go_in_and_do_not_come_out() {
    let (receiver, url) = Receiver::start(0).await;
    let broker = TestBroker::with(trusting()).await;
    let mut hook = webhook(&url, "contract_published");
    hook["request"]["headers"] = json!({ "X-Api-Token": "t0ken", "Accept": "text/plain" });
    let place = "/webhooks/0123456789abcdef";
    let created = broker.put(place, &hook).await.expect(201);
    let shown = created.json();
    assert_eq!(shown["request"]["password"], "**********");
    assert_eq!(shown["request"]["headers"], json!({ "x-api-token": "**********", "accept": "text/plain" }));
    for answer in [&created.text, &broker.get(place).await.text, &broker.get("/webhooks").await.text] {
        assert!(!answer.contains("s3cret") && !answer.contains("t0ken"), "{answer}");
    }
    // what came out as stars keeps what is there
    let mut again = shown.clone();
    again["description"] = json!("renamed");
    broker.put(place, &again).await.expect(200);
    let executed = broker.post(&format!("{place}/execute"), &json!({})).await.expect(200).json();
    assert_eq!(executed["success"], true, "{executed}");
    assert_eq!(executed["request"]["headers"]["x-api-token"], "**********");
    assert_eq!(receiver.wait_for(1).await[0].1, "Basic bWU6czNjcmV0");
    broker.delete(place).await.expect(204);
    broker.get(place).await.expect(404);
    broker.stop().await;
}

#[tokio::test]
async fn secrets_are_not_readable_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("broker.sqlite");
    let broker = TestBroker::with(Config { port: 0, ..Config::new(file.display().to_string()) }).await;
    broker.post("/webhooks", &webhook("https://ci.example.com", "contract_published")).await.expect(201);
    broker.stop().await;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"s3cret"));
    }
}
