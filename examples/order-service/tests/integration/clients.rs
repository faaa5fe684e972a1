//! What the clients make of an inventory that is not well.

use countersign_mock_server::consumer::ResponseBuilder;
use countersign_mock_server::prelude::*;
use order_service::{InventoryClient, InventoryError, InventoryGrpc};
use serde_json::json;

/// Asks an inventory that gives this answer.
async fn asked_of(answer: ResponseBuilder) -> InventoryError {
    let folder = tempfile::tempdir().unwrap();
    let inventory = Pact::between("order-service", "an inventory that is not well")
        .output_dir(folder.path())
        .http("any question", |i| i.request(get("/inventory/ABC-1").query("quantity", "2")).response(answer))
        .start()
        .await;
    let error = InventoryClient::new(inventory.url()).check_stock("ABC-1", 2).await.unwrap_err();
    inventory.finish().await;
    error
}

#[tokio::test]
async fn an_unexpected_status_is_told_with_its_body() {
    let error = asked_of(status(503).text("closed for stocktaking")).await.to_string();
    assert!(error.starts_with("the inventory answered GET http://127.0.0.1:"), "{error}");
    assert!(error.ends_with("/inventory/ABC-1?quantity=2 with status 503: closed for stocktaking"), "{error}");
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_an_error() {
    let error = asked_of(ok().json(json!({ "available": true, "quantity_left": "5" }))).await;
    assert!(matches!(&error, InventoryError::Rest(error) if error.is_decode()), "{error:?}");
}

#[tokio::test]
async fn an_inventory_that_is_not_there_is_an_error() {
    // a port that was free a moment ago
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}");
    let error = InventoryClient::new(&url).check_stock("ABC-1", 2).await.unwrap_err();
    assert!(matches!(&error, InventoryError::Rest(error) if error.is_connect()), "{error:?}");
    let error = InventoryGrpc::connect(&url).await.unwrap_err();
    assert!(matches!(&error, InventoryError::Connection(_)), "{error:?}");
    let error = InventoryGrpc::connect("not an address").await.unwrap_err();
    assert_eq!(error.to_string(), "\"not an address\" is not an address of an inventory service");
}
