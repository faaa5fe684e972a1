//! The order service against the real inventory service.

use inventory_service::{Options, Running, spawn};
use order_service::{Confirmation, InventoryClient, InventoryError, InventoryGrpc, Order, OrderError, Orders};

async fn shop() -> (Running, Orders) {
    let service = spawn(Options::default()).await.unwrap();
    service.stock("ABC-1", 5).await;
    let reservations = InventoryGrpc::connect(service.grpc_url()).await.unwrap();
    let orders = Orders::new(InventoryClient::new(service.http_url()), reservations);
    (service, orders)
}

fn order(sku: &str, quantity: u32) -> Order {
    Order { sku: sku.into(), quantity }
}

#[tokio::test]
async fn an_order_reserves_its_stock() {
    let (service, orders) = shop().await;
    let confirmation = orders.place(&order("ABC-1", 3)).await.unwrap();
    let expected = Confirmation { reservation_id: "r-1".into(), ships_from: "Oslo".into(), fragile: true };
    assert_eq!(confirmation, expected);
    assert_eq!(service.shelf().check("ABC-1").unwrap().quantity_left, 2);
}

#[tokio::test]
async fn an_order_that_cannot_be_filled_reserves_nothing() {
    let (service, orders) = shop().await;
    let error = orders.place(&order("ABC-1", 6)).await.unwrap_err();
    assert_eq!(error.to_string(), "only 5 of sku ABC-1 are left, 6 were ordered");
    let error = orders.place(&order("NOPE", 1)).await.unwrap_err();
    assert!(matches!(error, OrderError::Inventory(InventoryError::UnknownSku { .. })), "{error}");
    assert_eq!(service.shelf().check("ABC-1").unwrap().quantity_left, 5);
}

#[tokio::test]
async fn both_clients_reserve_release_and_report_refusals() {
    let (service, _orders) = shop().await;
    let rest = InventoryClient::new(service.http_url());
    let grpc = InventoryGrpc::connect(service.grpc_url()).await.unwrap();

    let id = rest.reserve("ABC-1", 2).await.unwrap();
    assert_eq!(grpc.check_stock("ABC-1", 4).await.unwrap().quantity_left, 3);
    rest.release("ABC-1", &id).await.unwrap();
    let id = grpc.reserve("ABC-1", 1).await.unwrap();
    assert_eq!(grpc.release(&id).await.unwrap(), 5);

    let refusals = [
        rest.reserve("ABC-1", 9).await.unwrap_err(),
        grpc.reserve("ABC-1", 9).await.unwrap_err(),
        rest.reserve("NOPE", 1).await.unwrap_err(),
        grpc.reserve("NOPE", 1).await.unwrap_err(),
        rest.release("ABC-1", &id).await.unwrap_err(),
        grpc.release(&id).await.unwrap_err(),
    ];
    let words: Vec<_> = refusals.iter().map(ToString::to_string).collect();
    assert_eq!(
        words,
        [
            "fewer than 9 of sku ABC-1 are left",
            "fewer than 9 of sku ABC-1 are left",
            "the inventory does not know sku NOPE",
            "the inventory does not know sku NOPE",
            "the inventory does not know reservation r-2",
            "the inventory does not know reservation r-2",
        ]
    );
}

#[tokio::test]
async fn a_watch_follows_the_stock() {
    let (service, orders) = shop().await;
    let grpc = InventoryGrpc::connect(service.grpc_url()).await.unwrap();
    let mut watch = grpc.watch("ABC-1", 2).await.unwrap();
    assert_eq!(watch.next().await.unwrap(), Some(5));
    orders.place(&order("ABC-1", 1)).await.unwrap();
    assert_eq!(watch.next().await.unwrap(), Some(4));
    assert_eq!(watch.next().await.unwrap(), None);
}

#[tokio::test]
async fn skus_with_difficult_letters_arrive_whole() {
    let (service, _orders) = shop().await;
    service.stock("A/B ø?", 7).await;
    let rest = InventoryClient::new(format!("{}/", service.http_url()));
    assert_eq!(rest.check_stock("A/B ø?", 1).await.unwrap().quantity_left, 7);
    let error = InventoryClient::new("nowhere").check_stock("ABC-1", 1).await.unwrap_err();
    assert_eq!(error.to_string(), "\"nowhere\" is not an address of an inventory service");
}
