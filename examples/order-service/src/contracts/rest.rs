use countersign_mock_server::consumer::{AnsweredHttp, Http};
use countersign_mock_server::prelude::*;
use serde_json::{Value, json};

use super::Recording;
use crate::{InventoryClient, InventoryError};

/// What this service asks about stock over REST.
pub async fn checking_stock(recording: &Recording) {
    let inventory = recording
        .contract()
        .http("a stock check for a known sku", known_sku)
        .http("a stock check for more than there is", |i| {
            i.given("stock exists", json!({ "sku": "ABC-1", "quantity": 5 }))
                .request(get("/inventory/ABC-1").query("quantity", "9"))
                .response(ok().json(stock_level(false)))
        })
        .http("a stock check for a sku nobody knows", |i| {
            i.given("the sku is unknown", json!({ "sku": "NOPE" }))
                .request(get("/inventory/NOPE").query("quantity", "1"))
                .response(status(404).json(json!({ "error": like("unknown sku") })))
        })
        .start()
        .await;
    let client = InventoryClient::new(inventory.url());

    let stock = client.check_stock("ABC-1", 2).await.expect("a known sku has a stock level");
    assert!(stock.available);
    assert_eq!((stock.quantity_left, stock.warehouse.city.as_str()), (5, "Oslo"));
    let stock = client.check_stock("ABC-1", 9).await.expect("wanting too many is no error");
    assert!(!stock.available);
    let unknown = client.check_stock("NOPE", 1).await;
    assert!(matches!(unknown, Err(InventoryError::UnknownSku { .. })), "{unknown:?}");

    inventory.finish().await;
}

/// What this service asks for when it reserves stock over REST.
pub async fn reserving(recording: &Recording) {
    let inventory = recording
        .contract()
        .http("a reservation", |i| {
            i.given("stock exists", json!({ "sku": "ABC-1", "quantity": 5 }))
                .request(post("/inventory/ABC-1/reservations").json(json!({ "quantity": 2 })))
                .response(created().json(json!({ "reservation_id": regex(r"r-\d+", "r-1") })))
        })
        .http("a reservation of more than there is", |i| {
            i.given("stock exists", json!({ "sku": "ABC-1", "quantity": 5 }))
                .request(post("/inventory/ABC-1/reservations").json(json!({ "quantity": 9 })))
                .response(status(409).json(json!({ "error": like("insufficient stock"), "quantity_left": integer(5) })))
        })
        .http("the release of a reservation", |i| {
            i.given("a reservation exists", reservation())
                .request(delete("/inventory/ABC-1/reservations/r-42"))
                .response(no_content())
        })
        .start()
        .await;
    let client = InventoryClient::new(inventory.url());

    assert_eq!(client.reserve("ABC-1", 2).await.expect("there is enough"), "r-1");
    let refused = client.reserve("ABC-1", 9).await;
    assert!(matches!(refused, Err(InventoryError::Insufficient { .. })), "{refused:?}");
    client.release("ABC-1", "r-42").await.expect("the reservation exists");

    inventory.finish().await;
}

/// The question that every order begins with.
pub(super) fn known_sku(i: Http) -> AnsweredHttp {
    i.given("stock exists", json!({ "sku": "ABC-1", "quantity": 5 }))
        .request(get("/inventory/ABC-1").query("quantity", "2"))
        .response(ok().json(stock_level(true)))
}

/// Everything that this service reads of a stock level, and nothing more.
fn stock_level(available: bool) -> Value {
    json!({
        "available": available,
        "quantity_left": integer(5),
        "warehouse": { "id": regex(r"w-\d+", "w-1"), "city": like("Oslo") },
        "tags": each_like("fragile").min(1),
        "restocked_at": nullable(datetime("yyyy-MM-dd'T'HH:mm:ssXXX", "2026-05-24T10:30:00Z")),
    })
}

/// A reservation of two that left three on the shelf.
pub(super) fn reservation() -> Value {
    json!({ "sku": "ABC-1", "quantity": 3, "reserved": 2, "reservation_id": "r-42" })
}
