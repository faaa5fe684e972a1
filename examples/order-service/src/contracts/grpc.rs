use std::path::Path;

use countersign_mock_server::consumer::{AnsweredGrpc, Grpc};
use countersign_mock_server::prelude::*;
use serde_json::json;

use super::Recording;
use super::rest::reservation;
use crate::{InventoryError, InventoryGrpc};

/// What this service asks about stock over gRPC.
pub async fn checking_stock_over_grpc(recording: &Recording) {
    let proto = &recording.proto;
    let inventory = recording
        .contract()
        .grpc("a stock check for a known sku", |i| {
            i.given("stock exists", json!({ "sku": "ABC-1", "quantity": 5 }))
                .method(proto, "inventory.v1.InventoryService/CheckStock")
                .request(json!({ "sku": "ABC-1", "quantity": integer(2) }))
                .response(json!({ "available": true, "quantity_left": integer(5), "warehouse_id": not_empty("w-1") }))
        })
        .grpc("a stock check for a sku nobody knows", |i| {
            i.given("the sku is unknown", json!({ "sku": "NOPE" }))
                .method(proto, "inventory.v1.InventoryService/CheckStock")
                .request(json!({ "sku": "NOPE", "quantity": 1 }))
                .status(Code::NotFound, "unknown sku")
        })
        .start()
        .await;
    let client = InventoryGrpc::connect(inventory.url()).await.expect("the mock server listens");

    let stock = client.check_stock("ABC-1", 2).await.expect("a known sku has a stock level");
    assert!(stock.available);
    assert_eq!((stock.quantity_left, stock.warehouse_id.as_str()), (5, "w-1"));
    let unknown = client.check_stock("NOPE", 1).await;
    assert!(matches!(unknown, Err(InventoryError::UnknownSku { .. })), "{unknown:?}");

    inventory.finish().await;
}

/// What this service asks for when it reserves stock over gRPC.
pub async fn reserving_over_grpc(recording: &Recording) {
    let proto = &recording.proto;
    let inventory = recording
        .contract()
        .grpc("a reservation", |i| reserve_two(i, proto))
        .grpc("a reservation of more than there is", |i| {
            i.given("stock exists", json!({ "sku": "ABC-1", "quantity": 5 }))
                .method(proto, "inventory.v1.InventoryService/ReserveStock")
                .request(json!({ "sku": "ABC-1", "quantity": 9 }))
                .status(Code::FailedPrecondition, "insufficient stock")
        })
        .grpc("the release of a reservation", |i| {
            i.given("a reservation exists", reservation())
                .method(proto, "inventory.v1.InventoryService/ReleaseStock")
                .request(json!({ "reservation_id": "r-42" }))
                .response(json!({ "sku": "ABC-1", "quantity_left": 5 }))
        })
        .start()
        .await;
    let client = InventoryGrpc::connect(inventory.url()).await.expect("the mock server listens");

    assert_eq!(client.reserve("ABC-1", 2).await.expect("there is enough"), "r-1");
    let refused = client.reserve("ABC-1", 9).await;
    assert!(matches!(refused, Err(InventoryError::Insufficient { .. })), "{refused:?}");
    assert_eq!(client.release("r-42").await.expect("the reservation exists"), 5);

    inventory.finish().await;
}

/// The reservation that every order ends with.
pub(super) fn reserve_two(i: Grpc, proto: &Path) -> AnsweredGrpc {
    i.given("stock exists", json!({ "sku": "ABC-1", "quantity": 5 }))
        .method(proto, "inventory.v1.InventoryService/ReserveStock")
        .request(json!({ "sku": "ABC-1", "quantity": 2 }))
        .response(json!({ "reservation_id": regex(r"r-\d+", "r-1"), "quantity_left": integer(3) }))
}
