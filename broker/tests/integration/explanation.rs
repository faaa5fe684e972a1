//! What a no says about becoming a yes.

use insta::assert_snapshot;
use serde_json::Value;

use crate::support::TestBroker;

#[tokio::test]
async fn a_no_names_what_is_missing_and_what_could_go_instead() {
    let broker = TestBroker::start().await;
    broker.publish("web", "1", "orders").branch("main").done().await;
    broker.verify(("orders", "7"), ("web", "1"), true).await;
    broker.deploy("orders", "7", "production", None).await;
    broker.publish("web", "2", "orders").about("more").branch("main").done().await;
    let question = "/can-i-deploy?pacticipant=web&version=2&environment=production";
    let told = |answer: &Value| {
        serde_json::to_string_pretty(&answer["explanation"]).unwrap().replace(&broker.url(""), "BROKER")
    };
    let answer = broker.get(question).await.expect(200).json();
    assert_snapshot!(told(&answer), @r#"
    {
      "obstacles": [
        {
          "text": "orders 7 has not verified the pact of web 2: verify it.",
          "command": "countersign verify --provider orders --provider-base-url URL --publish --provider-version 7 --broker-base-url BROKER"
        }
      ],
      "alternatives": [
        {
          "pacticipant": "web",
          "version": "1"
        }
      ]
    }
    "#);
    let unknown = question.replace("version=2", "version=9");
    assert_snapshot!(told(&broker.get(&unknown).await.expect(200).json()), @r#"
    {
      "obstacles": [
        {
          "text": "This broker has no version 9 of web: if web is a consumer, publish its pacts.",
          "command": "countersign publish PACTS --consumer-app-version 9 --broker-base-url BROKER"
        }
      ],
      "alternatives": [
        {
          "pacticipant": "web",
          "version": "1"
        }
      ]
    }
    "#);
    let ignored = format!("{unknown}&ignore[][pacticipant]=web");
    assert_eq!(broker.get(&ignored).await.expect(200).json()["explanation"], Value::Null);
    broker.verify(("orders", "7"), ("web", "2"), true).await;
    let answer = broker.get(question).await.expect(200).json();
    assert_eq!(answer["summary"]["deployable"], true);
    assert!(answer.get("explanation").is_none(), "{answer}");
    broker.stop().await;
}
