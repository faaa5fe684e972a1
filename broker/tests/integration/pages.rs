//! Every page of the web UI, from data that came in through the API; on SQLite, and on PostgreSQL with the whole suite.

use serde_json::json;

use crate::support::TestBroker;

/// A shop in which something is verified, something failed, something is deployed, and much is written down; the path of
/// its webhook.
async fn stock(broker: &TestBroker) -> String {
    broker.publish("shop", "1", "stock").about("stock").branch("main").done().await;
    broker.verify(("stock", "10"), ("shop", "1"), true).await;
    broker.publish("shop", "2", "stock").about("more stock").branch("main").tag("v2").done().await;
    broker.verify(("stock", "11"), ("shop", "2"), false).await;
    broker.publish("till", "1", "stock").branch("feat/x").done().await;
    for (name, version, environment) in
        [("shop", "1", "production"), ("stock", "10", "production"), ("shop", "2", "test"), ("stock", "11", "test")]
    {
        broker.deploy(name, version, environment, None).await;
    }
    broker.put("/pacticipants/shop/labels/team%3Asales", &json!({})).await.expect(201);
    broker.post("/tokens", &json!({ "name": "the pipeline", "roles": ["publish"] })).await.expect(201);
    let hook = json!({
        "description": "run the build", "events": [{ "name": "contract_published" }],
        "request": { "method": "POST", "url": "https://ci.example/run" },
    });
    let made = broker.post("/webhooks", &hook).await.expect(201).json();
    format!("/webhooks/{}", made["uuid"].as_str().unwrap())
}

#[tokio::test]
async fn every_page_shows_what_the_database_has() {
    let broker = TestBroker::start().await;
    let hook = stock(&broker).await;
    let pages: [(&str, &[&str]); 28] = [
        ("/", &["2 integrations", "failed", "never verified"]),
        ("/?status=failed&sort=-published", &["1 found", "shop"]),
        ("/?label=team%3Asales&environment=production", &["1 found", "In production"]),
        ("/?branch=feat%2Fx", &["1 found", "till"]),
        ("/pacts/provider/stock/consumer/shop/latest", &["failed", "a request for more stock", "What changed"]),
        ("/pacts/provider/stock/consumer/shop/version/2/diff/previous-distinct", &["1 added", "1 removed"]),
        ("/pacticipants/shop", &["Providers", "team:sales", "2 versions"]),
        ("/pacticipants/shop?branch=main&page=1", &["2 versions"]),
        ("/pacticipants/shop/versions/2", &["#v2", "Its pacts"]),
        ("/pacticipants/stock/versions/11", &["What it verified"]),
        ("/environments", &["2 applications"]),
        ("/environments?q=SHOP&differing=yes", &["1 application"]),
        ("/environments/promotion?from=test&to=production", &["0 of 2 versions can go"]),
        ("/environments/history?environment=test&application=shop", &["1 deployment"]),
        ("/network", &["3 applications, 2 integrations"]),
        ("/network?environment=production", &["2 applications, 1 integration"]),
        ("/network?group=team", &["team:sales", "no team"]),
        ("/network?focus=shop&whole=yes", &["around"]),
        ("/can-i-deploy?pacticipant=stock&version=11&environment=production", &["never verified by stock 11"]),
        ("/can-i-deploy?pacticipant=shop", &["Its newest versions"]),
        ("/matrix/provider/stock/consumer/shop", &["2 rows"]),
        ("/search?q=s", &["2 found", "shop", "stock"]),
        ("/search?q=1", &["10", "11"]),
        ("/webhooks", &["run the build"]),
        (&hook, &["run the build", "Deliveries"]),
        ("/tokens", &["the pipeline"]),
        ("/audit", &["created a webhook", "created the API token the pipeline", "labelled shop team:sales"]),
        ("/audit?q=labels&who=anonymous", &["1 write"]),
    ];
    let client = reqwest::Client::new();
    for (path, expected) in pages {
        let answer = client.get(broker.url(path)).header("Accept", "text/html").send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        assert_eq!(status, 200, "{path}: {text}");
        for words in expected {
            assert!(text.contains(words), "{words} in {path}: {text}");
        }
    }
    broker.stop().await;
}
