//! Names that look like parts of a path.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use crate::support::{TestBroker, pact};

const ODD: [&str; 12] = [
    "latest",
    "versions",
    "a/b",
    "with space",
    "a+b",
    "a.b.json",
    "ünïcode ☂",
    "50%",
    "a?b#c",
    "label",
    "branch",
    "%2F",
];

fn segment(name: &str) -> String {
    utf8_percent_encode(name, NON_ALPHANUMERIC).to_string()
}

#[tokio::test]
async fn odd_names_travel_unharmed() {
    let broker = TestBroker::start().await;
    for odd in ODD {
        let name = segment(odd);
        let path = format!("/pacts/provider/{name}/consumer/c{name}/version/{name}");
        let consumer = format!("c{odd}");
        broker
            .put(&path, &pact(&consumer, odd, "x"))
            .await
            .expect(201);
        let served = broker.get(&path).await.expect(200).json();
        // following the links served leads to the same things
        let provider = served["_links"]["pb:provider"]["href"].as_str().unwrap();
        assert_eq!(broker.get(provider).await.expect(200).json()["name"], odd);
        let version = served["_links"]["pb:consumer-version"]["href"]
            .as_str()
            .unwrap();
        assert_eq!(broker.get(version).await.expect(200).json()["number"], odd);
        let branch = format!("/pacticipants/c{name}/branches/{name}/versions/{name}");
        broker.put(&branch, &json!({})).await.expect(201);
        broker
            .put(
                &format!("/pacticipants/c{name}/versions/{name}/tags/{name}"),
                &json!({}),
            )
            .await
            .expect(201);
        let tagged = broker
            .get(&format!("/pacticipants/c{name}/latest-version/{name}"))
            .await
            .expect(200)
            .json();
        assert_eq!(tagged["number"], odd);
        let head = broker
            .get(&format!(
                "/pacts/provider/{name}/consumer/c{name}/branch/{name}/latest"
            ))
            .await
            .expect(200);
        assert_eq!(head.json()["consumer"]["name"], consumer);
        let list = broker
            .get(&format!("/pacts/provider/{name}/branch/{name}/latest"))
            .await
            .expect(200)
            .json();
        assert_eq!(list["_links"]["pb:pacts"][0]["name"], consumer);
    }
    broker.stop().await;
}

#[tokio::test]
async fn a_branch_called_latest_is_a_branch() {
    let broker = TestBroker::start().await;
    broker.publish("c", "1", "p").branch("latest").done().await;
    let list = broker
        .get("/pacts/provider/p/consumer/c/branch/latest")
        .await
        .expect(200)
        .json();
    assert_eq!(list["_embedded"]["pacts"].as_array().unwrap().len(), 1);
    let one = broker
        .get("/pacts/provider/p/consumer/c/branch/latest/latest")
        .await
        .expect(200);
    assert_eq!(one.headers["x-pact-consumer-version"], "1");
    broker.stop().await;
}

#[tokio::test]
async fn misspellings_of_known_names_are_refused_in_json() {
    let broker = TestBroker::start().await;
    broker.publish("web", "1", "order-service").done().await;
    let refused = broker
        .publish("web", "2", "OrderServices")
        .send()
        .await
        .expect(409)
        .json();
    assert!(
        refused["notices"][0]["text"]
            .as_str()
            .unwrap()
            .contains("\"order-service\""),
        "{refused}"
    );
    broker
        .post("/pacticipants", &json!({ "name": "OrderServices" }))
        .await
        .expect(201);
    broker.publish("web", "2", "OrderServices").done().await;
    broker.stop().await;
}
