//! Starting, stopping, and starting again.

use countersign_broker::{Broker, BrokerError, Config};

use crate::support::{TestBroker, each};

#[tokio::test]
async fn data_survives_a_restart_and_deleted_environments_stay_deleted() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("odd %name?#.sqlite");
    let config = Config {
        port: 0,
        ..Config::new(format!(
            "sqlite:{}",
            directory.path().join("broker.sqlite").display()
        ))
    };
    let broker = TestBroker::with(config.clone()).await;
    broker.publish("web", "1", "orders").done().await;
    let test = broker.environment("test").await;
    broker
        .delete(&format!("/environments/{test}"))
        .await
        .expect(204);
    broker.stop().await;
    let broker = TestBroker::with(config).await;
    broker
        .get("/pacts/provider/orders/consumer/web/latest")
        .await
        .expect(200);
    let environments = broker.get("/environments").await.expect(200).json();
    assert_eq!(
        each(&environments["_embedded"]["environments"], "/name"),
        ["production"]
    );
    broker.stop().await;
    let broker = TestBroker::with(Config {
        port: 0,
        ..Config::new(file.display().to_string().replace('?', "_"))
    })
    .await;
    broker.get("/ready").await.expect(200);
    broker.stop().await;
}

#[tokio::test]
async fn a_taken_port_is_said_plainly() {
    let first = Broker::start(Config::in_memory()).await.unwrap();
    let error = Broker::start(Config::in_memory().port(first.address().port()))
        .await
        .unwrap_err();
    assert!(matches!(error, BrokerError::PortInUse { .. }), "{error}");
    first.stop().await.unwrap();
}

#[tokio::test]
async fn another_file_is_not_touched() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("notes.sqlite");
    std::fs::write(&file, "SQLite format 3\0 but not really").unwrap();
    let error = Broker::start(Config {
        port: 0,
        ..Config::new(file.display().to_string())
    })
    .await
    .unwrap_err();
    assert!(matches!(error, BrokerError::Database { .. }), "{error}");
    assert_eq!(
        std::fs::read(&file).unwrap(),
        b"SQLite format 3\0 but not really"
    );
}

#[tokio::test]
async fn links_start_with_the_base_url() {
    let base_urls = vec!["https://contracts.example/prefix/".to_owned()];
    let broker = Broker::start(Config {
        base_urls,
        ..Config::in_memory()
    })
    .await
    .unwrap();
    assert_eq!(broker.url(), "https://contracts.example/prefix");
    let _ = rustls::crypto::ring::default_provider().install_default();
    let index = reqwest::get(format!("http://{}/", broker.address()))
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(
        index.contains("\"https://contracts.example/prefix/contracts/publish\""),
        "{index}"
    );
    broker.stop().await.unwrap();
}
