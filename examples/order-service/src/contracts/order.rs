use super::Recording;
use super::grpc::reserve_two;
use super::rest::known_sku;
use crate::{Confirmation, InventoryClient, InventoryGrpc, Order, Orders};

/// An order from start to end, over both protocols: the mock server answers REST and gRPC at one address.
///
/// Both interactions are agreed on by other tests too; what says the same is written once.
pub async fn placing_an_order(recording: &Recording) {
    let inventory = recording
        .contract()
        .http("a stock check for a known sku", known_sku)
        .grpc("a reservation", |i| reserve_two(i, &recording.proto))
        .start()
        .await;
    let reservations = InventoryGrpc::connect(inventory.url()).await.expect("the mock server listens");
    let orders = Orders::new(InventoryClient::new(inventory.url()), reservations);

    let confirmation = orders.place(&Order { sku: "ABC-1".into(), quantity: 2 }).await.expect("there is enough");
    let expected = Confirmation { reservation_id: "r-1".into(), ships_from: "Oslo".into(), fragile: true };
    assert_eq!(confirmation, expected);

    inventory.finish().await;
}
