//! What this service expects of the inventory service, recorded as a pact.
//!
//! Each function below is a contract test: it says which requests this service makes and which answers it can work
//! with, starts a mock server that plays the inventory service, sends this service's real clients there, and writes the
//! pact once everything went as agreed. Usually such functions stand below `tests/` with `#[tokio::test]` on them. They
//! are public here because more than this crate's tests records the contract: the provider's verification test does,
//! and so does `countersign demo`.
//!
//! Like any test, they panic with a readable report when an expectation does not hold.

mod grpc;
mod order;
mod recording;
mod rest;

pub use grpc::{
    checking_stock_over_grpc, filling_a_cart_over_grpc, reserving_over_grpc, restocking_over_grpc,
    watching_stock_over_grpc,
};
pub use order::placing_an_order;
pub use recording::Recording;
pub use rest::{checking_stock, reserving};

/// The name this service goes by in its contracts.
pub const CONSUMER: &str = "order-service";
/// The name the inventory service goes by in them.
pub const PROVIDER: &str = "inventory-service";

/// Records the whole contract.
pub async fn record(recording: &Recording) {
    checking_stock(recording).await;
    reserving(recording).await;
    checking_stock_over_grpc(recording).await;
    reserving_over_grpc(recording).await;
    watching_stock_over_grpc(recording).await;
    restocking_over_grpc(recording).await;
    filling_a_cart_over_grpc(recording).await;
    placing_an_order(recording).await;
}
