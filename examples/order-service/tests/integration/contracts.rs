//! The contract tests, each on its own and all at once.

use order_service::contracts::{self, Recording};

#[tokio::test]
async fn checking_stock() {
    contracts::checking_stock(&Recording::default()).await;
}

#[tokio::test]
async fn reserving() {
    contracts::reserving(&Recording::default()).await;
}

#[tokio::test]
async fn checking_stock_over_grpc() {
    contracts::checking_stock_over_grpc(&Recording::default()).await;
}

#[tokio::test]
async fn reserving_over_grpc() {
    contracts::reserving_over_grpc(&Recording::default()).await;
}

#[tokio::test]
async fn watching_stock_over_grpc() {
    contracts::watching_stock_over_grpc(&Recording::default()).await;
}

#[tokio::test]
async fn restocking_over_grpc() {
    contracts::restocking_over_grpc(&Recording::default()).await;
}

#[tokio::test]
async fn filling_a_cart_over_grpc() {
    contracts::filling_a_cart_over_grpc(&Recording::default()).await;
}

#[tokio::test]
async fn placing_an_order() {
    contracts::placing_an_order(&Recording::default()).await;
}

#[tokio::test]
async fn recording_twice_gives_the_same_file_to_the_byte() {
    let folder = tempfile::tempdir().unwrap();
    let recording = Recording::into_folder(folder.path()).unwrap();
    let pact_file = Recording::pact_file(folder.path());
    contracts::record(&recording).await;
    let first = std::fs::read(&pact_file).unwrap();
    contracts::placing_an_order(&recording).await;
    contracts::record(&recording).await;
    assert_eq!(std::fs::read(&pact_file).unwrap(), first);
}
