//! What is selected for verification.

use serde_json::{Value, json};

use crate::support::TestBroker;

/// Two consumers with history on branches, tags and environments.
async fn history() -> TestBroker {
    let broker = TestBroker::start().await;
    broker.publish("web", "w1", "orders").about("one").branch("main").tag("prod").done().await;
    broker.publish("web", "w2", "orders").about("two").branch("main").done().await;
    broker.publish("web", "w3", "orders").about("three").branch("feat/x").tag("dev").done().await;
    broker.publish("app", "a1", "orders").about("four").branch("main").tag("prod").done().await;
    broker.publish("app", "a2", "orders").about("five").branch("legacy").tag("prod").done().await;
    broker.deploy("web", "w1", "production", None).await;
    broker.release("app", "a1", "test").await;
    broker
}

#[tokio::test]
async fn each_selector() {
    let broker = history().await;
    for (selector, expected) in [
        (json!({ "mainBranch": true }), vec!["app a1: latest from main branch", "web w2: latest from main branch"]),
        (json!({ "mainBranch": true, "consumer": "web" }), vec!["web w2: latest from main branch"]),
        (json!({ "branch": "feat/x" }), vec!["web w3: latest from branch feat/x"]),
        (
            json!({ "branch": "feat/x", "fallbackBranch": "main" }),
            vec!["app a1: latest from fallback branch main", "web w3: latest from branch feat/x"],
        ),
        (json!({ "matchingBranch": true }), vec!["web w3: latest from matching branch feat/x"]),
        (json!({ "tag": "prod" }), vec!["app a2: one of prod", "app a1: one of prod", "web w1: one of prod"]),
        (
            json!({ "tag": "prod", "latest": true }),
            vec!["app a2: latest with tag prod", "web w1: latest with tag prod"],
        ),
        (
            json!({ "tag": "dev", "latest": true, "fallbackTag": "prod" }),
            vec!["app a2: latest with fallback tag prod", "web w3: latest with tag dev"],
        ),
        (json!({ "latest": true }), vec!["app a2: latest", "web w3: latest"]),
        (json!({ "deployed": true }), vec!["web w1: deployed to production"]),
        (json!({ "released": true }), vec!["app a1: released in test"]),
        (json!({ "deployedOrReleased": true }), vec!["app a1: released in test", "web w1: deployed to production"]),
        (json!({ "environment": "production" }), vec!["web w1: deployed to production"]),
        (json!({ "deployed": true, "environment": "test" }), vec![]),
    ] {
        let question = json!({
            "consumerVersionSelectors": [selector],
            "providerVersionBranch": "feat/x",
            "includePendingStatus": false,
        });
        assert_eq!(broker.for_verification("orders", &question).await, expected, "{question}");
    }
    broker.stop().await;
}

#[tokio::test]
async fn nothing_asked_for_is_main_branches_and_what_runs() {
    let broker = history().await;
    let selected = broker.for_verification("orders", &json!({ "includePendingStatus": false })).await;
    assert_eq!(
        selected,
        [
            "app a1: latest from main branch, released in test",
            "web w2: latest from main branch",
            "web w1: deployed to production",
        ]
    );
    broker.stop().await;
}

#[tokio::test]
async fn a_head_without_a_pact_selects_nothing() {
    let broker = history().await;
    broker.put("/pacticipants/web/branches/main/versions/w4", &json!({})).await.expect(201);
    let question = json!({ "consumerVersionSelectors": [{ "mainBranch": true }], "includePendingStatus": false });
    assert_eq!(broker.for_verification("orders", &question).await, ["app a1: latest from main branch"]);
    // looking for the newest pact on the branch is another question
    let latest = broker.get("/pacts/provider/orders/consumer/web/branch/main/latest").await.expect(200);
    assert_eq!(latest.headers["x-pact-consumer-version"], "w2");
    broker.stop().await;
}

#[tokio::test]
async fn pending_until_kept_once_on_the_branch() {
    let broker = TestBroker::start().await;
    broker.publish("web", "1", "orders").branch("main").done().await;
    let question =
        |branch: &str| json!({ "consumerVersionSelectors": [{ "latest": true }], "providerVersionBranch": branch });
    assert_eq!(broker.for_verification("orders", &question("main")).await, ["web 1: latest [pending]"]);
    broker.put("/pacticipants/orders/branches/main/versions/7", &json!({})).await.expect(201);
    broker.put("/pacticipants/orders/branches/other/versions/8", &json!({})).await.expect(201);
    broker.verify(("orders", "7"), ("web", "1"), false).await;
    assert_eq!(broker.for_verification("orders", &question("main")).await, ["web 1: latest [pending]"]);
    broker.verify(("orders", "7"), ("web", "1"), true).await;
    assert_eq!(broker.for_verification("orders", &question("main")).await, ["web 1: latest"]);
    assert_eq!(broker.for_verification("orders", &question("other")).await, ["web 1: latest [pending]"]);
    assert_eq!(broker.for_verification("orders", &question("brand-new")).await, ["web 1: latest"]);
    broker.stop().await;
}

#[tokio::test]
async fn work_in_progress_is_added_until_settled() {
    let broker = TestBroker::start().await;
    broker.publish("web", "1", "orders").about("one").branch("main").done().await;
    broker.publish("web", "2", "orders").about("two").branch("feat/x").done().await;
    broker.put("/pacticipants/orders/branches/main/versions/7", &json!({})).await.expect(201);
    let question = |since: &str| {
        json!({
            "consumerVersionSelectors": [{ "mainBranch": true }],
            "providerVersionBranch": "main",
            "includeWipPactsSince": since,
        })
    };
    let with_wip = ["web 1: latest from main branch [pending]", "web 2: latest from branch feat/x [pending] [wip]"];
    assert_eq!(broker.for_verification("orders", &question("2020-01-01")).await, with_wip);
    assert_eq!(broker.for_verification("orders", &question("2999-01-01")).await, &with_wip[..1]);
    // kept as work in progress: still work in progress
    let answer = broker.post("/pacts/provider/orders/for-verification", &question("2020-01-01")).await.json();
    let href = answer["_embedded"]["pacts"][1]["_links"]["self"]["href"].as_str().unwrap().to_owned();
    let result = json!({ "success": true, "providerApplicationVersion": "7" });
    broker.post(&format!("{href}/verification-results"), &result).await.expect(201);
    assert_eq!(broker.for_verification("orders", &question("2020-01-01")).await, with_wip);
    // kept when asked for: settled
    broker.verify(("orders", "7"), ("web", "2"), true).await;
    assert_eq!(broker.for_verification("orders", &question("2020-01-01")).await, &with_wip[..1]);
    broker.stop().await;
}

#[tokio::test]
async fn the_same_question_in_a_query_string() {
    let broker = history().await;
    let query =
        "consumer_version_selectors[][tag]=dev&consumer_version_selectors[][latest]=true&include_pending_status=false";
    let answer = broker.get(&format!("/pacts/provider/orders/for-verification?{query}")).await.expect(200).json();
    let pacts: &Value = &answer["_embedded"]["pacts"];
    assert_eq!(pacts.as_array().unwrap().len(), 1);
    assert_eq!(pacts[0]["shortDescription"], "latest with tag dev");
    assert!(answer["_links"]["self"]["href"].as_str().unwrap().ends_with("/for-verification"));
    broker.stop().await;
}
