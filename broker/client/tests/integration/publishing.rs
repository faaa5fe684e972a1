//! Publishing pacts.

use countersign_broker_client::{BrokerClient, Contract, NoticeKind, OnConflict, Publication};
use serde_json::{Value, json};

use crate::fake::{FakeBroker, hal};

fn publication() -> Publication {
    Publication {
        consumer: "web".to_owned(),
        version: "1".to_owned(),
        branch: Some("main".to_owned()),
        tags: vec!["dev".to_owned()],
        build_url: Some("http://ci/1".to_owned()),
        contracts: vec![Contract {
            provider: "stock".to_owned(),
            content: b"{}".to_vec(),
            on_conflict: OnConflict::Merge,
        }],
    }
}

#[tokio::test]
async fn everything_given_is_sent_below_the_prefix() {
    let fake = FakeBroker::start_under("/team/pacts").await;
    fake.on(
        "POST /contracts/publish",
        hal(
            200,
            &json!({
                "notices": [{ "type": "success", "text": "Pact published" }],
                "_links": { "pb:contracts": [{ "href": "BASE/pacts/1" }] },
            }),
        ),
    );
    let broker = BrokerClient::builder(&fake.url).build().unwrap();
    let published = broker.publish(&publication()).await.unwrap();
    assert_eq!(published.notices[0].kind, NoticeKind::Success);
    assert_eq!(published.pact_urls, [format!("{}/pacts/1", fake.url)]);
    let sent: Value = serde_json::from_str(&fake.asked()[0].body).unwrap();
    assert_eq!(
        sent,
        json!({
            "pacticipantName": "web", "pacticipantVersionNumber": "1", "branch": "main", "tags": ["dev"],
            "buildUrl": "http://ci/1",
            "contracts": [{ "consumerName": "web", "providerName": "stock", "specification": "pact",
                "contentType": "application/json", "content": "e30=", "onConflict": "merge" }],
        })
    );
    assert_eq!(fake.asked()[0].headers["content-type"], "application/json");
}
