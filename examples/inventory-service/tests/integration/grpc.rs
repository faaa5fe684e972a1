use std::time::Duration;

use inventory_service::proto::inventory_service_client::InventoryServiceClient;
use inventory_service::proto::{
    CheckStockRequest, CheckStockResponse, ReleaseStockRequest, ReserveStockRequest, StockUpdate, WatchStockRequest,
};
use inventory_service::{Behaviour, Options, Running, spawn};
use tonic::transport::Channel;
use tonic::{Code, Status};

type Client = InventoryServiceClient<Channel>;

async fn service(behaviour: Behaviour) -> (Running, Client) {
    let service = spawn(Options { behaviour, ..Options::default() }).await.unwrap();
    service.stock("ABC-1", 5).await;
    let client = Client::connect(service.grpc_url()).await.unwrap();
    (service, client)
}

async fn reserve(client: &mut Client, sku: &str, quantity: u32) -> Result<(String, u32), Status> {
    let reserved = client.reserve_stock(ReserveStockRequest { sku: sku.into(), quantity }).await?.into_inner();
    Ok((reserved.reservation_id, reserved.quantity_left))
}

#[tokio::test]
async fn a_known_sku_reports_its_stock() {
    let (_service, mut client) = service(Behaviour::Current).await;
    for (quantity, available) in [(5, true), (6, false)] {
        let answer = client.check_stock(CheckStockRequest { sku: "ABC-1".into(), quantity }).await.unwrap();
        let expected = CheckStockResponse { available, quantity_left: 5, warehouse_id: "w-1".into() };
        assert_eq!(answer.into_inner(), expected);
    }
}

#[tokio::test]
async fn a_reservation_is_made_and_released_and_seen_over_rest() {
    let (service, mut client) = service(Behaviour::Current).await;
    let (id, left) = reserve(&mut client, "ABC-1", 2).await.unwrap();
    assert_eq!(left, 3);
    let rest = order_service::InventoryClient::new(service.http_url());
    assert_eq!(rest.check_stock("ABC-1", 1).await.unwrap().quantity_left, 3, "one stock behind both doors");

    let released = client.release_stock(ReleaseStockRequest { reservation_id: id.clone() }).await.unwrap();
    assert_eq!(released.into_inner().quantity_left, 5);
    let again = client.release_stock(ReleaseStockRequest { reservation_id: id }).await.unwrap_err();
    assert_eq!((again.code(), again.message()), (Code::NotFound, "unknown reservation"));
}

#[tokio::test]
async fn refusals_carry_a_status() {
    let (service, mut client) = service(Behaviour::Current).await;
    for (sku, quantity, code, message) in [
        ("ABC-1", 6, Code::FailedPrecondition, "insufficient stock"),
        ("ABC-1", 0, Code::InvalidArgument, "quantity must be at least 1"),
        ("NOPE", 1, Code::NotFound, "unknown sku"),
    ] {
        let status = reserve(&mut client, sku, quantity).await.unwrap_err();
        assert_eq!((status.code(), status.message()), (code, message));
    }
    let unknown = client.check_stock(CheckStockRequest { sku: "NOPE".into(), quantity: 1 }).await.unwrap_err();
    assert_eq!(unknown.code(), Code::NotFound);
    let unknown = client.watch_stock(WatchStockRequest { sku: "NOPE".into(), max_updates: 0 }).await.unwrap_err();
    assert_eq!(unknown.code(), Code::NotFound);
    assert_eq!(service.shelf().check("ABC-1").unwrap().quantity_left, 5, "nothing was reserved");
}

#[tokio::test]
async fn a_watch_sends_the_level_and_its_changes_and_ends_where_asked() {
    let (service, mut client) = service(Behaviour::Current).await;
    let request = WatchStockRequest { sku: "ABC-1".into(), max_updates: 3 };
    let mut updates = client.watch_stock(request).await.unwrap().into_inner();
    let update = |quantity_left| Some(StockUpdate { sku: "ABC-1".into(), quantity_left });
    assert_eq!(updates.message().await.unwrap(), update(5));
    let (id, _) = reserve(&mut client, "ABC-1", 2).await.unwrap();
    assert_eq!(updates.message().await.unwrap(), update(3));
    service.shelf().release(&id).unwrap();
    assert_eq!(updates.message().await.unwrap(), update(5));
    assert_eq!(updates.message().await.unwrap(), None);
}

#[tokio::test]
async fn stopping_ends_an_endless_watch() {
    let (service, mut client) = service(Behaviour::Current).await;
    let request = WatchStockRequest { sku: "ABC-1".into(), max_updates: 0 };
    let mut updates = client.watch_stock(request).await.unwrap().into_inner();
    assert_eq!(updates.message().await.unwrap().unwrap().quantity_left, 5);
    tokio::time::timeout(Duration::from_secs(2), service.stop()).await.expect("stopping does not wait for watchers");
    assert_eq!(updates.message().await.unwrap(), None, "the stream ended, it did not break");
}

#[tokio::test]
async fn the_breaking_change_cannot_be_read_by_its_callers() {
    let (_service, mut client) = service(Behaviour::Breaking).await;
    let check = CheckStockRequest { sku: "ABC-1".into(), quantity: 2 };
    let status = client.check_stock(check).await.unwrap_err();
    assert!(status.message().contains("quantity_left"), "{status}");
    let request = WatchStockRequest { sku: "ABC-1".into(), max_updates: 1 };
    let mut updates = client.watch_stock(request).await.unwrap().into_inner();
    assert!(updates.message().await.is_err());
    assert!(reserve(&mut client, "ABC-1", 1).await.is_err());
    let unknown = client.check_stock(CheckStockRequest { sku: "NOPE".into(), quantity: 1 }).await.unwrap_err();
    assert_eq!(unknown.code(), Code::NotFound);
}
