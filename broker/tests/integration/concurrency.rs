//! Many clients at once.

use countersign_broker::Config;
use futures::future::join_all;
use serde_json::json;

use crate::support::TestBroker;

async fn publish_side_by_side(broker: &TestBroker) {
    let publications = (0..50).map(|n| {
        let (version, flavour, branch) = (
            format!("v{n}"),
            format!("f{}", n % 5),
            format!("b{}", n % 3),
        );
        async move {
            broker
                .publish("web", &version, "orders")
                .about(&flavour)
                .branch(&branch)
                .tag("dev")
                .send()
                .await
        }
    });
    for answer in join_all(publications).await {
        answer.expect(200);
    }
    let versions = broker
        .get("/pacticipants/web/versions")
        .await
        .expect(200)
        .json();
    assert_eq!(
        versions["_embedded"]["versions"].as_array().unwrap().len(),
        50
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_publications_of_one_pacticipant_in_memory() {
    let broker = TestBroker::start().await;
    publish_side_by_side(&broker).await;
    broker.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_publications_while_others_read_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("broker.sqlite");
    let broker = TestBroker::with(Config {
        port: 0,
        ..Config::new(file.display().to_string())
    })
    .await;
    broker.publish("web", "first", "orders").done().await;
    let reads = join_all((0..50).map(|n| {
        let broker = &broker;
        async move {
            let question =
                json!({ "consumerVersionSelectors": [{ "mainBranch": true }, { "latest": true }] });
            match n % 3 {
                0 => {
                    broker
                        .get("/matrix?q[][pacticipant]=web&q[][pacticipant]=orders&latestby=cvpv")
                        .await
                }
                1 => {
                    broker
                        .post("/pacts/provider/orders/for-verification", &question)
                        .await
                }
                _ => broker.get("/pacts/latest").await,
            }
        }
    }));
    let writes = join_all((0..50).map(|n| {
        let broker = &broker;
        async move {
            broker
                .publish("web", &format!("v{n}"), "orders")
                .about(&format!("{n}"))
                .branch("main")
                .send()
                .await
        }
    }));
    let (reads, writes) = tokio::join!(reads, writes);
    for answer in reads.into_iter().chain(writes) {
        answer.expect(200);
    }
    broker.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_publication_many_times_is_one() {
    let broker = TestBroker::start().await;
    let same = join_all((0..20).map(|_| {
        broker
            .publish("web", "1", "orders")
            .branch("main")
            .tag("dev")
            .send()
    }))
    .await;
    for answer in same {
        answer.expect(200);
    }
    let pacts = broker
        .get("/pacts/provider/orders/consumer/web/versions")
        .await
        .expect(200)
        .json();
    assert_eq!(pacts["_embedded"]["pacts"].as_array().unwrap().len(), 1);
    broker.stop().await;
}
