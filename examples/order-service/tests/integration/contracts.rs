//! The contract tests, each on its own and all at once.

use std::path::Path;

use order_service::contracts::{self, Recording};

/// All of these write to one pact file, `target/pacts/order-service-inventory-service.json`.
fn recording() -> Recording {
    Recording::below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target")).unwrap()
}

#[tokio::test]
async fn checking_stock() {
    contracts::checking_stock(&recording()).await;
}

#[tokio::test]
async fn reserving() {
    contracts::reserving(&recording()).await;
}

#[tokio::test]
async fn checking_stock_over_grpc() {
    contracts::checking_stock_over_grpc(&recording()).await;
}

#[tokio::test]
async fn reserving_over_grpc() {
    contracts::reserving_over_grpc(&recording()).await;
}

#[tokio::test]
async fn watching_stock() {
    contracts::watching_stock(&recording()).await;
}

#[tokio::test]
async fn placing_an_order() {
    contracts::placing_an_order(&recording()).await;
}

#[tokio::test]
async fn recording_twice_gives_the_same_file_to_the_byte() {
    let folder = tempfile::tempdir().unwrap();
    let recording = Recording::below(folder.path()).unwrap();
    contracts::record(&recording).await;
    let first = std::fs::read(recording.pact_file()).unwrap();
    contracts::placing_an_order(&recording).await;
    contracts::record(&recording).await;
    assert_eq!(std::fs::read(recording.pact_file()).unwrap(), first);
}
