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

/// How this service follows a sku that sells.
pub async fn watching_stock_over_grpc(recording: &Recording) {
    let proto = &recording.proto;
    let inventory = recording
        .contract()
        .grpc("stock updates while a sku sells", |i| {
            i.given("stock sells while it is watched", json!({ "sku": "ABC-1", "quantity": 5, "sold": 1 }))
                .method(proto, "inventory.v1.InventoryService/WatchStock")
                .request(json!({ "sku": "ABC-1", "max_updates": 2 }))
                .responses([
                    json!({ "sku": "ABC-1", "quantity_left": 5 }),
                    json!({ "sku": "ABC-1", "quantity_left": integer(4) }),
                ])
        })
        .grpc("stock updates without end", |i| {
            i.given("stock exists", json!({ "sku": "ABC-1", "quantity": 5 }))
                .method(proto, "inventory.v1.InventoryService/WatchStock")
                .request(json!({ "sku": "ABC-1" }))
                .responses([json!({ "sku": "ABC-1", "quantity_left": integer(5) })])
                .at_least()
        })
        .start()
        .await;
    let client = InventoryGrpc::connect(inventory.url()).await.expect("the mock server listens");

    let mut updates = client.watch("ABC-1", 2).await.expect("the sku is known");
    for expected in [Some(5), Some(4), None] {
        assert_eq!(updates.next().await.expect("the stream goes on"), expected);
    }
    let mut updates = client.watch("ABC-1", 0).await.expect("the sku is known");
    assert_eq!(updates.next().await.expect("the stream begins"), Some(5));

    inventory.finish().await;
}

/// How this service hands returned goods back.
pub async fn restocking_over_grpc(recording: &Recording) {
    let proto = &recording.proto;
    let inventory = recording
        .contract()
        .grpc("a bulk restock", |i| {
            i.given("stock exists", json!({ "sku": "ABC-1", "quantity": 5 }))
                .given("stock exists", json!({ "sku": "XYZ-9", "quantity": 1 }))
                .method(proto, "inventory.v1.InventoryService/RestockInBulk")
                .requests([json!({ "sku": "ABC-1", "quantity": 3 }), json!({ "sku": "XYZ-9", "quantity": integer(4) })])
                .response(json!({ "lines": 2, "quantity": integer(7) }))
        })
        .start()
        .await;
    let client = InventoryGrpc::connect(inventory.url()).await.expect("the mock server listens");

    let lines = vec![("ABC-1".to_owned(), 3), ("XYZ-9".to_owned(), 4)];
    assert_eq!(client.restock(lines).await.expect("both are known"), 7);

    inventory.finish().await;
}

/// How this service checks a cart while it is filled.
pub async fn filling_a_cart_over_grpc(recording: &Recording) {
    let proto = &recording.proto;
    let inventory = recording
        .contract()
        .grpc("a cart that is filled", |i| {
            i.given("stock exists", json!({ "sku": "ABC-1", "quantity": 5 }))
                .method(proto, "inventory.v1.InventoryService/CheckCart")
                .conversation([
                    sent(json!({ "sku": "ABC-1", "quantity": 9 })),
                    received(json!({ "available": false, "quantity_left": integer(5) })),
                    sent(json!({ "sku": "ABC-1", "quantity": 2 })),
                    received(json!({ "available": true, "warehouse_id": not_empty("w-1") })),
                ])
        })
        .start()
        .await;
    let client = InventoryGrpc::connect(inventory.url()).await.expect("the mock server listens");

    let mut cart = client.cart().await.expect("carts are taken");
    let refused = cart.put("ABC-1", 9).await.expect("the sku is known");
    assert_eq!((refused.available, refused.quantity_left), (false, 5));
    assert!(cart.put("ABC-1", 2).await.expect("the sku is known").available);
    cart.close().await.expect("all has been said");

    inventory.finish().await;
}

/// The reservation that every order ends with.
pub(super) fn reserve_two(i: Grpc, proto: &Path) -> AnsweredGrpc {
    i.given("stock exists", json!({ "sku": "ABC-1", "quantity": 5 }))
        .method(proto, "inventory.v1.InventoryService/ReserveStock")
        .request(json!({ "sku": "ABC-1", "quantity": 2 }))
        .response(json!({ "reservation_id": regex(r"r-\d+", "r-1"), "quantity_left": integer(3) }))
}
