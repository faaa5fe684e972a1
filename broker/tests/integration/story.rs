//! Publish, verify, record, ask.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{TestBroker, each, pact};

#[tokio::test]
async fn from_publishing_to_deploying() {
    let broker = TestBroker::start().await;
    let published = broker.publish("web", "1", "orders").branch("main").tag("dev").send().await.expect(200).json();
    assert_snapshot!(each(&published["notices"], "/text").join("\n").replace(&broker.url(""), "BROKER"), @r"
    Created web version 1 on branch main with tags dev
    Published the pact between web 1 and orders.
    BROKER/pacts/provider/orders/consumer/web/version/1
    Events: contract_published, contract_content_changed.
    Nothing has verified this content yet. Next: let orders verify its pacts.
    ");

    let question = json!({ "consumerVersionSelectors": [{ "mainBranch": true }], "providerVersionBranch": "main" });
    let pacts = broker.post("/pacts/provider/orders/for-verification", &question).await.expect(200).json();
    let href = pacts["_embedded"]["pacts"][0]["_links"]["self"]["href"].as_str().unwrap().to_owned();
    assert_eq!(pacts["_embedded"]["pacts"][0]["verificationProperties"]["pending"], true);

    let fetched = broker.get(&href).await.expect(200).json();
    assert_eq!(fetched["interactions"][0]["description"], "a request for something");
    let results = fetched["_links"]["pb:publish-verification-results"]["href"].as_str().unwrap().to_owned();
    let result = json!({
        "success": true,
        "providerApplicationVersion": "7",
        "buildUrl": "http://ci/7",
        "testResults": [{ "interactionId": fetched["interactions"][0]["_id"], "success": true }],
    });
    let recorded = broker.post(&results, &result).await.expect(201);
    let location = recorded.headers["location"].to_str().unwrap().to_owned();
    let read_back = broker.get(&location).await.expect(200).json();
    assert_eq!(read_back["testResults"], result["testResults"]);
    assert_eq!(read_back["providerApplicationVersion"], "7");
    broker.put("/pacticipants/orders/branches/main/versions/7", &json!({})).await.expect(201);

    let pacts = broker.post("/pacts/provider/orders/for-verification", &question).await.expect(200).json();
    assert_eq!(pacts["_embedded"]["pacts"][0]["verificationProperties"]["pending"], false);

    broker.deploy("orders", "7", "production", None).await;
    let answer = broker.get("/can-i-deploy?pacticipant=web&version=1&environment=production").await.expect(200).json();
    assert_eq!(answer["summary"]["deployable"], true, "{answer}");
    assert_eq!(answer["matrix"][0]["provider"]["version"]["environments"][0]["name"], "production");
    assert_eq!(answer["matrix"][0]["consumer"]["version"]["branch"], "main");
    broker.stop().await;
}

#[tokio::test]
async fn bytes_come_back_as_they_came() {
    let broker = TestBroker::start().await;
    let text = r#"{"z":1.50,"provider":{"name":"b"},"interactions":[{"b":12345678901234567890123,"a":"ü","description":"x"}],"consumer":{"name":"a"}}"#;
    let put = broker
        .request(reqwest::Method::PUT, "/pacts/provider/b/consumer/a/version/1")
        .header("Content-Type", "application/json");
    broker.send(put.body(text)).await.expect(201);
    let served = broker.get("/pacts/provider/b/consumer/a/version/1").await.expect(200).text;
    let id = &served[served.find("_id").unwrap() + 6..][..40];
    let expected = text.replace(r#"{"b":1"#, &format!(r#"{{"_id":"{id}","b":1"#));
    assert!(served.starts_with(expected.trim_end_matches('}')), "{served}");
    broker.stop().await;
}

#[tokio::test]
async fn the_same_content_is_verified_already() {
    let broker = TestBroker::start().await;
    broker.publish("web", "1", "orders").done().await;
    broker.verify(("orders", "7"), ("web", "1"), true).await;
    broker.publish("web", "2", "orders").done().await;
    broker.deploy("orders", "7", "test", None).await;
    let answer = broker.get("/can-i-deploy?pacticipant=web&version=2&environment=test").await.expect(200).json();
    assert_eq!(answer["summary"]["deployable"], true, "{answer}");
    broker.stop().await;
}

#[tokio::test]
async fn a_published_pact_does_not_change() {
    let broker = TestBroker::start().await;
    let path = "/pacts/provider/b/consumer/a/version/1";
    broker.put(path, &pact("a", "b", "one")).await.expect(201);
    broker.put(path, &pact("a", "b", "one")).await.expect(200);
    let refused = broker.put(path, &pact("a", "b", "two")).await.expect(409);
    assert!(
        refused.json()["error"].as_str().unwrap().contains("+      \"description\": \"a request for two\""),
        "{}",
        refused.text
    );
    let refused = broker.publish("a", "1", "b").about("two").send().await.expect(409).json();
    assert_eq!(each(&refused["notices"], "/type"), ["error"]);
    assert_eq!(refused["errors"]["contracts"].as_array().unwrap().len(), 1);
    // merging adds, and the merged content has a name of its own
    let merged = broker.patch(path, &pact("a", "b", "two")).await.expect(200).json();
    assert_eq!(each(&merged["interactions"], "/description"), ["a request for one", "a request for two"]);
    broker.put("/pacts/provider/b/consumer/a/version/2", &pact("a", "b", "two")).await.expect(201);
    let second = broker.get("/pacts/provider/b/consumer/a/version/2").await.expect(200).json();
    assert_eq!(each(&second["interactions"], "/description"), ["a request for two"]);
    let changes = broker.get("/pacts/provider/b/consumer/a/version/2/diff/previous-distinct").await.expect(200).text;
    assert!(changes.contains("-      \"description\": \"a request for one\""), "{changes}");
    broker.stop().await;
}
