//! The worked cases of can-i-deploy, asked as clients ask them.

use serde_json::{Value, json};

use crate::support::{TestBroker, each};

async fn ask(broker: &TestBroker, query: &str) -> Value {
    broker
        .get(&format!("/matrix?{query}"))
        .await
        .expect(200)
        .json()
}

async fn into_production(broker: &TestBroker, name: &str, version: &str) -> Value {
    // single questions come grouped by consumer version, which must not hide a running provider
    let query = format!(
        "q[][pacticipant]={name}&q[][version]={version}&latestby=cvp&environment=production"
    );
    ask(broker, &query).await
}

#[tokio::test]
async fn every_running_provider_must_have_agreed() {
    let broker = TestBroker::start().await;
    broker.publish("web", "1", "orders").done().await;
    let answer = into_production(&broker, "web", "1").await;
    assert_eq!(answer["summary"]["deployable"], Value::Null);
    assert_eq!(answer["matrix"][0]["provider"]["version"], Value::Null);
    assert_eq!(answer["matrix"][0]["verificationResult"], Value::Null);

    broker
        .put("/pacticipants/orders/versions/4", &json!({}))
        .await
        .expect(201);
    broker.verify(("orders", "5"), ("web", "1"), true).await;
    broker
        .deploy("orders", "5", "production", Some("blue"))
        .await;
    assert_eq!(
        into_production(&broker, "web", "1").await["summary"]["deployable"],
        true
    );

    broker
        .deploy("orders", "4", "production", Some("green"))
        .await;
    let answer = into_production(&broker, "web", "1").await;
    assert_eq!(answer["summary"]["deployable"], Value::Null, "{answer}");
    assert_eq!(
        each(&answer["matrix"], "/provider/version/number"),
        ["5", "4"]
    );
    assert_eq!(
        each(&answer["notices"], "/text"),
        ["The pact of web 1 was never verified by orders 4, in production."]
    );

    broker.verify(("orders", "4"), ("web", "1"), false).await;
    let answer = into_production(&broker, "web", "1").await;
    assert_eq!(answer["summary"]["deployable"], false);
    assert_eq!(
        (&answer["summary"]["success"], &answer["summary"]["failed"]),
        (&json!(1), &json!(1))
    );
    broker.stop().await;
}

#[tokio::test]
async fn a_provider_must_satisfy_the_consumers_that_run() {
    let broker = TestBroker::start().await;
    broker.publish("web", "1", "orders").done().await;
    broker
        .put("/pacticipants/orders/versions/5", &json!({}))
        .await
        .expect(201);
    assert_eq!(
        into_production(&broker, "orders", "5").await["summary"]["deployable"],
        true
    );
    broker.deploy("web", "1", "production", None).await;
    assert_eq!(
        into_production(&broker, "orders", "5").await["summary"]["deployable"],
        Value::Null
    );
    broker.verify(("orders", "5"), ("web", "1"), true).await;
    assert_eq!(
        into_production(&broker, "orders", "5").await["summary"]["deployable"],
        true
    );
    broker.stop().await;
}

#[tokio::test]
async fn unknown_versions_and_versions_without_pacts() {
    let broker = TestBroker::start().await;
    broker.publish("web", "1", "orders").done().await;
    broker
        .put("/pacticipants/web/versions/2", &json!({}))
        .await
        .expect(201);
    assert_eq!(
        into_production(&broker, "web", "9").await["summary"]["deployable"],
        false
    );
    assert_eq!(
        into_production(&broker, "web", "2").await["summary"]["deployable"],
        true
    );
    let query = "q[][pacticipant]=web&q[][version]=1&latestby=cvpv&environment=production&ignore[][pacticipant]=orders";
    let answer = ask(&broker, query).await;
    assert_eq!(answer["summary"]["deployable"], true);
    assert_eq!(answer["summary"]["ignored"], 1);
    assert_eq!(answer["matrix"][0]["ignored"], true);
    broker.stop().await;
}

#[tokio::test]
async fn the_limit_does_not_change_the_verdict() {
    let broker = TestBroker::start().await;
    for version in ["1", "2", "3"] {
        broker
            .publish("web", version, "orders")
            .about(version)
            .done()
            .await;
    }
    broker.verify(("orders", "5"), ("web", "3"), true).await;
    let query = "q[][pacticipant]=web&q[][pacticipant]=orders&latestby=cvpv";
    let (all, limited) = (
        ask(&broker, query).await,
        ask(&broker, &format!("{query}&limit=1")).await,
    );
    assert_eq!(all["matrix"].as_array().unwrap().len(), 3);
    assert_eq!(limited["matrix"].as_array().unwrap().len(), 1);
    assert_eq!(all["summary"], limited["summary"]);
    let kept = ask(&broker, &format!("{query}&success[]=true")).await;
    assert_eq!(kept["summary"]["deployable"], true);
    broker.stop().await;
}

#[tokio::test]
async fn tags_branches_and_main_branches_as_targets() {
    let broker = TestBroker::start().await;
    broker
        .publish("web", "1", "orders")
        .branch("main")
        .done()
        .await;
    broker.verify(("orders", "5"), ("web", "1"), true).await;
    broker
        .put("/pacticipants/orders/versions/5/tags/prod", &json!({}))
        .await
        .expect(201);
    broker
        .put("/pacticipants/orders/branches/main/versions/5", &json!({}))
        .await
        .expect(201);
    let web = "q[][pacticipant]=web&q[][version]=1";
    for rest in [
        "latestby=cvp&latest=true&tag=prod",
        "latestby=cvp&mainBranch=true",
        "latestby=cvp&latest=true",
        "latestby=cvpv&q[][pacticipant]=orders&q[][branch]=main&q[][latest]=true",
        "latestby=cvpv&q[][pacticipant]=orders&q[][version]=5",
        "latestby=cp&q[][pacticipant]=orders&q[][latest]=true",
    ] {
        assert_eq!(
            ask(&broker, &format!("{web}&{rest}")).await["summary"]["deployable"],
            true,
            "{rest}"
        );
    }
    let to_tag = broker
        .get("/can-i-deploy?pacticipant=web&version=1&to=prod")
        .await
        .expect(200)
        .json();
    assert_eq!(to_tag["summary"]["deployable"], true);
    let path =
        "/pacticipants/web/branches/main/latest-version/can-i-deploy/to-environment/production";
    assert_eq!(
        broker.get(path).await.expect(200).json()["summary"]["deployable"],
        Value::Null
    );
    broker.stop().await;
}
