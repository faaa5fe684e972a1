//! What operators look at and do.

use std::time::Duration;

use countersign_broker::config::CleanConfig;
use countersign_broker::{Config, upkeep};
use insta::assert_snapshot;
use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, TestBroker, each};

async fn accepting(broker: &TestBroker, path: &str, accept: &str) -> Answer {
    broker.send(reqwest::Client::new().get(broker.url(path)).header("Accept", accept)).await
}

#[tokio::test]
async fn figures_come_as_the_reader_likes_them() {
    let broker = TestBroker::start().await;
    broker.publish("web", "1", "orders").branch("main").tag("t").done().await;
    broker.verify(("orders", "7"), ("web", "1"), true).await;
    let text = accepting(&broker, "/metrics", "text/plain").await.expect(200);
    assert!(text.headers["content-type"].to_str().unwrap().starts_with("text/plain"));
    for line in [
        "countersign_records{kind=\"pact_publications\"} 1",
        "countersign_records{kind=\"verifications\"} 1",
        "countersign_webhook_queue{state=\"not_run\"} 0",
        "countersign_http_request_duration_seconds_count{method=\"POST\",route=\"/contracts/publish\",status=\"200\"} 1",
    ] {
        assert!(text.text.contains(line), "{line}\n{}", text.text);
    }
    let json = accepting(&broker, "/metrics", "application/hal+json").await.expect(200).json();
    assert_eq!(json["interactions"]["latestInteractionsCount"], 1);
    assert_eq!(json["verificationResults"]["successCount"], 1);
    assert_eq!(json["pactRevisionsPerConsumerVersion"]["distribution"], json!({ "1": 1 }));
    broker.stop().await;
}

#[tokio::test]
async fn badges_say_in_two_words() {
    let broker = TestBroker::start().await;
    let badge = async |path: &str| {
        let answer = accepting(&broker, path, "image/*").await.expect(200);
        assert!(answer.headers["content-type"].to_str().unwrap().starts_with("image/svg+xml"), "{path}");
        answer.text.split("<title>").nth(1).unwrap().split("</title>").next().unwrap().to_owned()
    };
    let p = "/pacts/provider/orders/consumer/web";
    assert_eq!(badge(&format!("{p}/latest/badge")).await, "web/orders pact: unknown");
    broker.publish("web", "1", "orders").branch("main").tag("dev").done().await;
    broker.verify(("orders", "7"), ("web", "1"), true).await;
    assert_eq!(badge(&format!("{p}/latest/badge")).await, "web/orders pact: verified");
    assert_eq!(badge(&format!("{p}/latest/dev/badge")).await, "web/orders pact: verified");
    broker.publish("web", "2", "orders").about("more").done().await;
    assert_eq!(badge(&format!("{p}/latest/badge")).await, "web/orders pact: changed");
    assert_eq!(badge(&format!("{p}/latest-untagged/badge?label=provider")).await, "orders pact: changed");
    broker.deploy("orders", "7", "production", None).await;
    let deploy = "/pacticipants/web/branches/main/latest-version/can-i-deploy/to-environment/production/badge";
    assert_eq!(badge(deploy).await, "can-i-deploy main to production: yes");
    assert_eq!(badge(&deploy.replace("production", "nowhere")).await, "can-i-deploy main to nowhere: unknown");
    assert_eq!(badge("/pacticipants/web/main-branch/can-i-merge/badge").await, "can-i-merge: unknown");
    broker.put("/pacticipants/orders/versions/7/tags/prod", &json!({})).await.expect(201);
    assert_eq!(
        badge("/pacticipants/web/latest-version/dev/can-i-deploy/to/prod/badge").await,
        "can-i-deploy dev to prod: yes"
    );
    assert_eq!(
        badge("/matrix/provider/orders/latest/prod/consumer/web/latest/dev/badge").await,
        "web/orders pact: verified"
    );
    broker.stop().await;
}

#[tokio::test]
async fn tables_and_words_for_other_readers() {
    let broker = TestBroker::start().await;
    broker.publish("web", "1", "orders").done().await;
    broker.publish("orders", "1", "stock").done().await;
    broker.publish("app", "1", "login").done().await;
    assert_snapshot!(accepting(&broker, "/relationships", "text/csv").await.expect(200).text, @r"
    source,target,weight
    app,login,1
    orders,stock,1
    web,orders,1
    ");
    assert_snapshot!(accepting(&broker, "/groups/web.csv", "*/*").await.expect(200).text, @r"
    source,target,weight
    orders,stock,1
    web,orders,1
    ");
    let words =
        accepting(&broker, "/can-i-deploy?pacticipant=web&version=1&environment=production", "text/plain").await;
    assert_snapshot!(words.expect(200).text.replace(&broker.url(""), "BROKER"), @r"
    no
    error: The pact of web 1 has no verified counterpart: no version of orders is recorded as deployed or released in production.

    web 1 needs orders, of which nothing is recorded as deployed or released in production: deploy it there first, and record that.
        countersign record-deployment --pacticipant orders --version VERSION --environment production --broker-base-url BROKER
    ");
    let relation = broker.get("/doc/pb:publish-contracts?context=index").await.expect(200).json();
    assert_eq!(relation["operations"][0]["method"], "POST");
    broker.get("/doc/pb:nothing").await.expect(404);
    let page = accepting(&broker, "/hal-browser/browser.html", "text/html").await.expect(200);
    assert!(page.text.contains("API browser"));
    let failed = broker.get("/test/error").await.expect(500).json();
    assert!(failed["error"]["reference"].is_string());
    let options = broker.send(broker.request(Method::OPTIONS, "/pacticipants")).await;
    assert_eq!(options.status.as_u16(), 204);
    broker.stop().await;
}

#[tokio::test]
async fn everything_moves_to_another_database() {
    let folder = tempfile::tempdir().unwrap();
    let config = |name: &str| Config { port: 0, ..Config::new(folder.path().join(name).display().to_string()) };
    let broker = TestBroker::with(config("one.sqlite")).await;
    broker.publish("web", "1", "orders").branch("main").tag("dev").done().await;
    broker.verify(("orders", "7"), ("web", "1"), true).await;
    broker.deploy("orders", "7", "production", Some("blue")).await;
    let pact = broker.get("/pacts/provider/orders/consumer/web/latest").await.expect(200).json();
    // while the broker runs
    let backup = folder.path().join("backup.sqlite");
    upkeep::backup(&config("one.sqlite"), &backup).await.unwrap();
    let mut lines = Vec::new();
    upkeep::export(&config("one.sqlite"), &mut lines).await.unwrap();
    broker.stop().await;

    let mut targets = vec![config("two.sqlite")];
    targets.extend(crate::postgres::fresh().map(|url| Config { port: 0, ..Config::new(url) }));
    for target in &targets {
        upkeep::import(target, lines.as_slice()).await.unwrap();
        assert!(upkeep::import(target, lines.as_slice()).await.unwrap_err().to_string().contains("not empty"));
        let mut again = Vec::new();
        upkeep::export(target, &mut again).await.unwrap();
        let text = |lines: &[u8]| String::from_utf8(lines.to_vec()).unwrap();
        assert_eq!(text(&again), text(&lines), "what comes out is what went in, whichever database it was in");
    }
    upkeep::restore(&config("three.sqlite"), &backup).await.unwrap();
    assert!(upkeep::restore(&config("three.sqlite"), &backup).await.is_err());
    targets.push(config("three.sqlite"));
    for target in targets {
        let broker = TestBroker::with(target).await;
        let copy = broker.get("/pacts/provider/orders/consumer/web/latest").await.expect(200).json();
        assert_eq!(copy["interactions"], pact["interactions"]);
        let answer = broker.get("/can-i-deploy?pacticipant=web&version=1&environment=production").await.json();
        assert_eq!(answer["summary"]["deployable"], true, "{answer}");
        // ids go on where they were
        broker.publish("web", "2", "orders").about("more").branch("main").done().await;
        let versions = broker.get("/pacticipants/web/versions").await.expect(200).json();
        assert_eq!(each(&versions["_embedded"]["versions"], "/number"), ["2", "1"]);
        broker.stop().await;
    }
}

#[tokio::test]
async fn old_versions_go_and_what_matters_stays() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config { port: 0, ..Config::new(folder.path().join("b.sqlite").display().to_string()) };
    let broker = TestBroker::with(config.clone()).await;
    for version in ["1", "2", "3", "4", "5"] {
        broker.publish("web", version, "orders").about(version).branch("main").done().await;
    }
    broker.put("/pacticipants/web/versions/2/tags/keep", &json!({})).await.expect(201);
    broker.deploy("web", "3", "production", None).await;
    broker.publish("web", "6", "orders").about("6").branch("stale").done().await;
    config.clean = CleanConfig {
        max_age: Duration::ZERO,
        branch_max_age: Duration::ZERO,
        overwritten_max_age: Duration::ZERO,
        dry_run: true,
        ..CleanConfig::default()
    };
    let planned = upkeep::clean(&config).await.unwrap();
    assert_eq!(planned.branches, ["web stale"]);
    assert_eq!(planned.versions, ["web 1", "web 4"]);
    broker.get("/pacticipants/web/versions/1").await.expect(200);
    config.clean.dry_run = false;
    let done = upkeep::clean(&config).await.unwrap();
    assert_eq!((done.versions.as_slice(), done.contents), (planned.versions.as_slice(), 2));
    broker.get("/pacticipants/web/versions/1").await.expect(404);
    let versions = broker.get("/pacticipants/web/versions").await.expect(200).json();
    assert_eq!(each(&versions["_embedded"]["versions"], "/number"), ["6", "5", "3", "2"]);
    broker.stop().await;
}
