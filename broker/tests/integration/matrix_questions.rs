//! Every form of question to the matrix, over one landscape: chosen versions, every version, the other side by itself.

use serde_json::{Value, json};

use crate::support::TestBroker;

/// Two consumers of one provider that consumes another, and one that consumes itself; versions that run twice, that carry
/// several branches, and that nobody verified.
async fn landscape() -> TestBroker {
    let broker = TestBroker::start().await;
    for (version, flavour, branch) in [("1", "a", "main"), ("2", "a", "feat"), ("3", "b", "main")] {
        broker.publish("web", version, "orders").about(flavour).branch(branch).tag("dev").done().await;
    }
    broker.publish("web", "3", "stock").about("c").branch("main").done().await;
    broker.publish("app", "1", "orders").about("d").branch("main").done().await;
    broker.publish("orders", "5", "stock").about("e").branch("main").done().await;
    broker.publish("loop", "1", "loop").about("f").branch("main").done().await;
    for (by, of, success) in [
        (("orders", "4"), ("web", "1"), true),
        (("orders", "5"), ("web", "1"), false),
        (("orders", "5"), ("web", "3"), true),
        (("orders", "5"), ("web", "3"), false),
        (("orders", "4"), ("app", "1"), true),
        (("stock", "7"), ("web", "3"), true),
        (("stock", "7"), ("orders", "5"), false),
        (("loop", "1"), ("loop", "1"), true),
    ] {
        broker.verify(by, of, success).await;
    }
    broker.put("/pacticipants/web/branches/feat/versions/3", &json!({})).await.expect(201);
    broker.put("/pacticipants/orders/branches/main/versions/4", &json!({})).await.expect(201);
    broker.put("/pacticipants/orders/versions/4/tags/prod", &json!({})).await.expect(201);
    for instance in ["blue", "green"] {
        broker.deploy("orders", "4", "production", Some(instance)).await;
    }
    broker.release("orders", "4", "production").await;
    broker.release("orders", "5", "production").await;
    broker.deploy("web", "1", "production", None).await;
    broker.deploy("loop", "1", "production", None).await;
    broker
}

/// An answer as lines: the verdict, then each row.
fn lines(answer: &Value) -> String {
    let summary = &answer["summary"];
    let mut text = format!("  {} of {} known\n", summary["deployable"], answer["matrix"].as_array().unwrap().len());
    for row in answer["matrix"].as_array().unwrap() {
        let side = |side: &str| {
            format!(
                "{} {}",
                row[side]["name"].as_str().unwrap(),
                row[side]["version"]["number"].as_str().unwrap_or("-")
            )
        };
        let result = match &row["verificationResult"]["success"] {
            Value::Bool(true) => "kept",
            Value::Bool(false) => "broken",
            _ => "unknown",
        };
        text.push_str(&format!("  {} → {}: {result}\n", side("consumer"), side("provider")));
    }
    text
}

#[tokio::test]
async fn each_form() {
    let broker = landscape().await;
    let mut text = String::new();
    for question in [
        // one pacticipant, everything on the other side
        "q[][pacticipant]=web&latestby=cvpv",
        "q[][pacticipant]=orders&latestby=cvpv",
        "q[][pacticipant]=orders&q[][version]=5&latestby=cvpv",
        "q[][pacticipant]=loop&latestby=cvpv",
        // two
        "q[][pacticipant]=web&q[][pacticipant]=orders&latestby=cvpv",
        "q[][pacticipant]=web&q[][pacticipant]=orders&latestby=cvp",
        "q[][pacticipant]=web&q[][pacticipant]=orders&latestby=cp",
        "q[][pacticipant]=web&q[][pacticipant]=orders",
        "q[][pacticipant]=web&q[][branch]=feat&q[][pacticipant]=orders&latestby=cvpv",
        "q[][pacticipant]=web&q[][branch]=feat&q[][latest]=true&q[][pacticipant]=orders&q[][tag]=prod&latestby=cvpv",
        "q[][pacticipant]=web&q[][tag]=dev&q[][latest]=true&q[][pacticipant]=orders&q[][latest]=true&latestby=cvpv",
        "q[][pacticipant]=web&q[][mainBranch]=true&q[][pacticipant]=orders&q[][environment]=production&latestby=cvpv",
        "q[][pacticipant]=web&q[][environment]=production&q[][pacticipant]=orders&latestby=cvpv",
        // the same pacticipant more than once
        "q[][pacticipant]=web&q[][version]=1&q[][pacticipant]=web&q[][branch]=main&q[][pacticipant]=orders&latestby=cvpv",
        "q[][pacticipant]=web&q[][pacticipant]=orders&q[][version]=4&q[][pacticipant]=orders&latestby=cvpv",
        "q[][pacticipant]=web&q[][version]=1&q[][pacticipant]=web&q[][pacticipant]=orders&latestby=cvpv",
        // three, of which one consumes and provides
        "q[][pacticipant]=web&q[][version]=3&q[][pacticipant]=orders&q[][version]=5&q[][pacticipant]=stock&latestby=cvpv",
        // a target
        "q[][pacticipant]=web&q[][version]=1&environment=production&latestby=cvp",
        "q[][pacticipant]=web&q[][version]=3&environment=production&latestby=cvp",
        "q[][pacticipant]=orders&q[][version]=5&environment=production&latestby=cvp",
        "q[][pacticipant]=loop&q[][version]=1&environment=production&latestby=cvp",
        "q[][pacticipant]=web&q[][version]=1&latest=true&tag=prod&latestby=cvp",
        "q[][pacticipant]=web&q[][version]=3&latest=true&latestby=cvp",
        "q[][pacticipant]=web&q[][version]=3&mainBranch=true&latestby=cvp",
        "q[][pacticipant]=web&environment=production&latestby=cvpv",
        // nothing there
        "q[][pacticipant]=web&q[][version]=9&environment=production&latestby=cvp",
        "q[][pacticipant]=stock&q[][version]=7&environment=test&latestby=cvp",
    ] {
        let answer = broker.get(&format!("/matrix?{question}")).await;
        text.push_str(&format!("{}\n", question.replace("q[][", "[")));
        text.push_str(&match answer.status.as_u16() {
            200 => lines(&answer.json()),
            status => format!("  {status}: {}\n", answer.text),
        });
    }
    insta::assert_snapshot!(text);
    broker.stop().await;
}

#[tokio::test]
async fn names_that_are_not_known_are_told_beside_those_that_are() {
    let broker = landscape().await;
    let known = "/matrix?q[][pacticipant]=web&q[][version]=1&latestby=cvpv";
    for (rest, told) in [
        ("q[][pacticipant]=web&q[][environment]=nowhere", "there is no environment named \\\"nowhere\\\""),
        ("q[][pacticipant]=nobody", "there is no pacticipant named \\\"nobody\\\""),
        ("environment=nowhere", "there is no environment named \\\"nowhere\\\""),
    ] {
        let refused = broker.get(&format!("{known}&{rest}")).await.expect(400).text;
        assert!(refused.contains(told), "{rest}: {refused}");
    }
    broker.stop().await;
}

#[tokio::test]
async fn many_pacticipants() {
    let broker = landscape().await;
    let question = |count: usize| {
        let selector = "q[][pacticipant]=web&q[][environment]=production";
        format!("/matrix?{}&latestby=cvpv", vec![selector; count].join("&"))
    };
    assert_eq!(broker.get(&question(200)).await.expect(200).json()["matrix"], json!([]));
    let refused = broker.get(&question(201)).await.expect(400).text;
    assert!(refused.contains("give at most 200 pacticipants, not 201"), "{refused}");
    broker.stop().await;
}
