//! One resource after another.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{TestBroker, each};

#[tokio::test]
async fn every_plain_relation_of_the_index_leads_somewhere() {
    let broker = TestBroker::start().await;
    let index = broker.get("/").await.expect(200).json();
    // answered to a POST only, or with a query only
    let aside = ["curies", "pb:publish-contracts", "pb:matrix"];
    for (relation, link) in index["_links"].as_object().unwrap() {
        if aside.contains(&relation.as_str()) || link["templated"] == true {
            continue;
        }
        let answer = broker.get(link["href"].as_str().unwrap()).await;
        assert_eq!(answer.status.as_u16(), 200, "{relation}");
    }
    broker.stop().await;
}

#[tokio::test]
async fn pacticipants() {
    let broker = TestBroker::start().await;
    let made = broker
        .patch("/pacticipants/Foo", &json!({ "repositoryUrl": "git@x:y", "mainBranch": "trunk" }))
        .await
        .expect(201);
    assert_eq!(made.json()["repositoryUrl"], "git@x:y");
    let changed = broker.patch("/pacticipants/Foo", &json!({ "displayName": "The Foo" })).await.expect(200).json();
    assert_eq!((&changed["displayName"], &changed["mainBranch"]), (&json!("The Foo"), &json!("trunk")));
    let replaced = broker.put("/pacticipants/Foo", &json!({ "mainBranch": "main" })).await.expect(200).json();
    assert_eq!((&replaced["displayName"], replaced.get("repositoryUrl")), (&json!("Foo"), None));
    broker.put("/pacticipants/Nobody", &json!({})).await.expect(404);
    broker.put("/pacticipants/Foo/labels/team-a", &json!({})).await.expect(201);
    broker.put("/pacticipants/Foo/labels/team-a", &json!({})).await.expect(200);
    let labelled = broker.get("/pacticipants/label/team-a").await.expect(200).json();
    assert_eq!(each(&labelled["_embedded"]["pacticipants"], "/_embedded/labels/0/name"), ["team-a"]);
    broker.delete("/pacticipants/Foo/labels/team-a").await.expect(204);
    broker.delete("/pacticipants/Foo/labels/team-a").await.expect(404);
    broker.delete("/pacticipants/Foo").await.expect(204);
    broker.get("/pacticipants/Foo").await.expect(404);
    broker.stop().await;
}

#[tokio::test]
async fn lists_come_in_pages() {
    let broker = TestBroker::start().await;
    for name in ["ant", "bee", "cat", "dog", "eel"] {
        broker.post("/pacticipants", &json!({ "name": name })).await.expect(201);
    }
    let page = broker.get("/pacticipants?pageNumber=2&pageSize=2").await.expect(200).json();
    assert_eq!(each(&page["_embedded"]["pacticipants"], "/name"), ["cat", "dog"]);
    assert_eq!(page["page"], json!({ "number": 2, "size": 2, "totalElements": 5, "totalPages": 3 }));
    let next = broker.get(page["_links"]["next"]["href"].as_str().unwrap()).await.expect(200).json();
    assert_eq!(each(&next["_embedded"]["pacticipants"], "/name"), ["eel"]);
    let found = broker.get("/pacticipants?q=E").await.expect(200).json();
    assert_eq!(each(&found["pacticipants"], "/name"), ["bee", "eel"]);
    broker.stop().await;
}

#[tokio::test]
async fn main_branches_are_adopted_and_heads_restored() {
    let broker = TestBroker::start().await;
    for version in ["1", "2", "3"] {
        broker.put(&format!("/pacticipants/Foo/branches/main/versions/{version}"), &json!({})).await.expect(201);
    }
    assert_eq!(broker.get("/pacticipants/Foo").await.json()["mainBranch"], "main");
    let head = async || {
        broker.get("/pacticipants/Foo/branches/main/latest-version").await.expect(200).json()["number"].clone()
    };
    // joining again does not move the head; an older version that joins anew does
    broker.put("/pacticipants/Foo/branches/main/versions/1", &json!({})).await.expect(200);
    assert_eq!(head().await, "3");
    broker.delete("/pacticipants/Foo/branches/main/versions/3").await.expect(204);
    assert_eq!(head().await, "2");
    broker.delete("/pacticipants/Foo/versions/2").await.expect(204);
    assert_eq!(head().await, "1");
    broker.delete("/pacticipants/Foo/branches/main").await.expect(204);
    broker.get("/pacticipants/Foo/branches/main").await.expect(404);
    broker.get("/pacticipants/Foo/versions/1").await.expect(200);
    broker.stop().await;
}

#[tokio::test]
async fn tags_stand_in_for_branches_and_deployments() {
    let broker = TestBroker::start().await;
    broker.put("/pacticipants/Foo/versions/1/tags/feat", &json!({})).await.expect(201);
    let version = broker.get("/pacticipants/Foo/versions/1").await.expect(200).json();
    assert_eq!(each(&version["_embedded"]["branchVersions"], "/name"), ["feat"]);
    broker.put("/pacticipants/Foo/versions/1/tags/production", &json!({})).await.expect(201);
    let version = broker.get("/pacticipants/Foo/versions/1").await.expect(200).json();
    assert_eq!(each(&version["_links"]["pb:deployed-environments"], "/name"), ["production"]);
    assert_eq!(each(&version["_embedded"]["branchVersions"], "/name"), ["feat"]);
    broker.put("/pacticipants/Foo/versions/2/tags/feat", &json!({})).await.expect(201);
    assert_eq!(broker.get("/pacticipants/Foo/latest-version/feat").await.json()["number"], "2");
    broker.delete("/pacticipants/Foo/versions/2/tags/feat").await.expect(204);
    assert_eq!(broker.get("/pacticipants/Foo/latest-version/feat").await.json()["number"], "1");
    broker.stop().await;
}

#[tokio::test]
async fn deployments_replace_each_other_per_instance() {
    let broker = TestBroker::start().await;
    for version in ["1", "2"] {
        broker.put(&format!("/pacticipants/Foo/versions/{version}"), &json!({})).await.expect(201);
    }
    let uuid = broker.environment("test").await;
    broker.deploy("Foo", "1", "test", None).await;
    broker.deploy("Foo", "1", "test", Some("blue")).await;
    broker.deploy("Foo", "2", "test", Some("blue")).await;
    let running = |query: &'static str| {
        let path = format!("/environments/{uuid}/deployed-versions/currently-deployed{query}");
        let broker = &broker;
        async move { broker.get(&path).await.expect(200).json()["_embedded"]["deployedVersions"].clone() }
    };
    assert_eq!(each(&running("?pacticipant=Foo").await, "/_embedded/version/number"), ["1", "2"]);
    assert_eq!(each(&running("?applicationInstance=blue").await, "/_embedded/version/number"), ["2"]);
    let unnamed = running("?pacticipant=Foo&target=").await;
    assert_eq!(each(&unnamed, "/_embedded/version/number"), ["1"]);
    let own = unnamed[0]["_links"]["self"]["href"].as_str().unwrap().to_owned();
    broker.patch(&own, &json!({})).await.expect(200);
    broker.patch(&own, &json!({ "currentlyDeployed": true })).await.expect(422);
    let ended = broker.patch(&own, &json!({ "currentlyDeployed": false })).await.expect(200).json();
    assert_eq!(ended["currentlyDeployed"], false);
    assert!(ended["undeployedAt"].is_string());
    assert_eq!(each(&running("").await, "/_embedded/version/number"), ["2"]);
    broker.stop().await;
}

#[tokio::test]
async fn releases_live_side_by_side() {
    let broker = TestBroker::start().await;
    for version in ["1", "2"] {
        broker.put(&format!("/pacticipants/Foo/versions/{version}"), &json!({})).await.expect(201);
        broker.release("Foo", version, "test").await;
    }
    let uuid = broker.environment("test").await;
    let list = format!("/environments/{uuid}/released-versions/currently-supported");
    let supported = broker.get(&list).await.expect(200).json()["_embedded"]["releasedVersions"].clone();
    assert_eq!(each(&supported, "/_embedded/version/number"), ["1", "2"]);
    let own = supported[0]["_links"]["self"]["href"].as_str().unwrap().to_owned();
    broker.patch(&own, &json!({ "currentlySupported": false })).await.expect(200);
    let left = broker.get(&format!("{list}?pacticipant=Foo")).await.json()["_embedded"]["releasedVersions"].clone();
    assert_eq!(each(&left, "/_embedded/version/number"), ["2"]);
    let again = format!("/pacticipants/Foo/versions/1/released-versions/environment/{uuid}");
    let again = broker.post(&again, &json!({})).await.expect(200).json();
    assert_eq!((&again["currentlySupported"], again.get("supportEndedAt")), (&json!(true), None));
    broker.stop().await;
}

#[tokio::test]
async fn environments() {
    let broker = TestBroker::start().await;
    let body = json!({ "name": "uat", "displayName": "UAT", "production": false, "contacts": [{ "name": "Ann", "details": { "a": 1 } }] });
    let made = broker.post("/environments", &body).await.expect(201);
    let own = made.headers["location"].to_str().unwrap().to_owned();
    assert_eq!(made.json()["contacts"], body["contacts"]);
    broker.post("/environments", &body).await.expect(400);
    let changed = broker.put(&own, &json!({ "name": "uat", "production": true })).await.expect(200).json();
    assert_eq!((&changed["production"], changed.get("contacts")), (&json!(true), None));
    broker.put("/environments/no-such-uuid", &json!({ "name": "x", "production": true })).await.expect(404);
    broker.delete(&own).await.expect(204);
    broker.get(&own).await.expect(404);
    broker.stop().await;
}

#[tokio::test]
async fn deleting_results_and_integrations() {
    let broker = TestBroker::start().await;
    broker.publish("web", "1", "orders").done().await;
    broker.verify(("orders", "5"), ("web", "1"), true).await;
    broker.verify(("orders", "5"), ("web", "1"), false).await;
    let latest = "/pacts/provider/orders/consumer/web/version/1/verification-results/latest";
    let failed = broker.get(latest).await.expect(200).json();
    assert_eq!(failed["success"], false);
    broker.delete(failed["_links"]["self"]["href"].as_str().unwrap()).await.expect(204);
    assert_eq!(broker.get(latest).await.expect(200).json()["success"], true);
    let matrix = broker.get("/matrix/provider/orders/consumer/web").await.expect(200).json();
    assert_eq!(matrix["matrix"][0]["verificationResult"]["success"], true);
    let all = broker.get("/verification-results/consumer/web/version/1/latest").await.expect(200).json();
    assert_eq!(all["providerSummary"], json!({ "successful": ["orders"], "failed": [], "unknown": [] }));
    let dashboard = broker.get("/dashboard").await.expect(200).json();
    assert_eq!(dashboard["items"][0]["verificationStatus"], "success");
    broker.delete("/integrations/provider/orders/consumer/web").await.expect(204);
    assert_eq!(broker.get("/pacticipants").await.json()["pacticipants"], Value::Array(Vec::new()));
    broker.stop().await;
}

#[tokio::test]
async fn lists_of_pacts() {
    let broker = TestBroker::start().await;
    broker.publish("web", "1", "orders").about("one").branch("main").tag("prod").done().await;
    broker.publish("web", "2", "orders").about("two").branch("main").done().await;
    broker.publish("web", "3", "orders").about("three").branch("feat").done().await;
    let versions = async |path: &str| {
        let list = broker.get(&format!("/pacts/provider/orders{path}")).await.expect(200).json();
        let hrefs = each(&list["_links"]["pb:pacts"], "/href");
        hrefs.iter().map(|href| href.rsplit('/').next().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    for (path, expected) in [
        ("", "3 2 1"),
        ("/latest", "3"),
        ("/latest/prod", "1"),
        ("/tag/prod", "1"),
        ("/branch", "2 1"),
        ("/branch/latest", "2"),
        ("/branch/main", "2 1"),
        ("/branch/feat/latest", "3"),
        ("/consumer/web/versions", "3 2 1"),
        ("/consumer/web/tag/prod", "1"),
        ("/consumer/web/branch/main", "2 1"),
        ("/consumer/web/branch/main/latest/versions", "2"),
        ("/consumer/web/branch/versions", "2 1"),
        ("/consumer/web/branch/latest/versions", "2"),
    ] {
        assert_eq!(versions(path).await, expected, "{path}");
    }
    for (path, version) in
        [("latest", "3"), ("latest/prod", "1"), ("latest-untagged", "3"), ("branch/main/latest", "2")]
    {
        let pact = broker.get(&format!("/pacts/provider/orders/consumer/web/{path}")).await.expect(200);
        assert_eq!(pact.headers["x-pact-consumer-version"], version, "{path}");
    }
    let latest = broker.get("/pacts/latest").await.expect(200).json();
    assert_eq!(each(&latest["pacts"], "/_embedded/consumer/_embedded/version/number"), ["3"]);
    assert!(latest["pacts"][0]["_links"]["self"].is_array());
    let after = broker.delete("/pacts/provider/orders/consumer/web/version/3").await.expect(200).json();
    assert!(after["_links"]["pb:latest-pact-version"]["href"].is_string());
    assert_eq!(versions("/latest").await, "2");
    broker.stop().await;
}

#[tokio::test]
async fn resources_lead_to_what_belongs_to_them() {
    let broker = TestBroker::start().await;
    broker.publish("web", "1", "orders").branch("main").tag("dev").done().await;
    broker.publish("web", "1", "stock").branch("main").done().await;
    broker.verify(("orders", "7"), ("web", "1"), true).await;
    broker.deploy("web", "1", "production", Some("blue")).await;
    broker.deploy("web", "1", "test", None).await;
    let pacticipant = broker.get("/pacticipants/web").await.expect(200).json();
    let environments = &pacticipant["_links"]["pb:deployed-environments"];
    assert_eq!(each(environments, "/name"), ["production", "test"]);
    let there = broker.get(environments[0]["href"].as_str().unwrap()).await.expect(200).json();
    assert_eq!(each(&there["_embedded"]["versions"], "/number"), ["1"]);
    for (rel, filled) in [
        ("pb:can-i-deploy-badge", [("{tag}", "dev"), ("{environmentTag}", "dev")]),
        ("pb:can-i-deploy-branch-to-environment-badge", [("{branch}", "main"), ("{environment}", "production")]),
    ] {
        let mut href = pacticipant["_links"][rel]["href"].as_str().unwrap().to_owned();
        for (place, value) in filled {
            href = href.replace(place, value);
        }
        let badge = broker.send(broker.request(Method::GET, &href).header("Accept", "image/svg+xml")).await.expect(200);
        assert!(badge.text.contains("can-i-deploy") && !badge.text.contains("unknown"), "{href}: {}", badge.text);
    }
    let listed = broker.get("/pacticipants/web/versions").await.expect(200).json();
    let pacts = &listed["_embedded"]["versions"][0]["_links"]["pb:pact-versions"];
    assert_eq!(each(pacts, "/name"), ["orders", "stock"]);
    broker.get(pacts[1]["href"].as_str().unwrap()).await.expect(200);
    broker.stop().await;
}

#[tokio::test]
async fn the_dashboard_tells_the_state_of_each_integration() {
    let broker = TestBroker::start().await;
    let item =
        async || broker.get("/dashboard/provider/orders/consumer/web").await.expect(200).json()["items"][0].clone();
    broker.publish("web", "1", "orders").tag("dev").done().await;
    assert_eq!(item().await["verificationStatus"], "never");
    let question = json!({ "consumerVersionSelectors": [{ "latest": true }] });
    let asked = broker.post("/pacts/provider/orders/for-verification", &question).await.expect(200).json();
    let pact = broker.get(asked["_embedded"]["pacts"][0]["_links"]["self"]["href"].as_str().unwrap()).await.json();
    let results = pact["_links"]["pb:publish-verification-results"]["href"].as_str().unwrap().to_owned();
    broker.post(&results, &json!({ "success": false, "providerApplicationVersion": "7" })).await.expect(201);
    broker.put("/pacticipants/orders/versions/7/tags/prod", &json!({})).await.expect(201);
    let pending = item().await;
    assert_eq!((&pending["verificationStatus"], &pending["webhookStatus"]), (&json!("failed_pending"), &json!("none")));
    assert_eq!(each(&pending["latestVerificationResultTags"], "/name"), ["prod"]);
    broker.verify(("orders", "8"), ("web", "1"), true).await;
    assert_eq!(item().await["verificationStatus"], "success");
    let hook = json!({
        "events": [{ "name": "contract_published" }], "request": { "method": "POST", "url": "https://ci.invalid/" },
    });
    broker.post("/webhooks", &hook).await.expect(201);
    broker.publish("web", "2", "orders").about("more").done().await;
    let changed = item().await;
    assert_eq!(changed["verificationStatus"], "stale");
    assert!(["not_run", "retrying"].contains(&changed["webhookStatus"].as_str().unwrap()), "{changed}");
    assert!(changed["latestWebhookExecution"]["triggeredAt"].is_string());
    broker.stop().await;
}
