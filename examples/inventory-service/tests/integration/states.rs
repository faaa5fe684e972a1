use inventory_service::{Options, Running, spawn};
use reqwest::StatusCode;
use serde_json::{Value, json};

async fn service() -> Running {
    let _ = rustls::crypto::ring::default_provider().install_default();
    spawn(Options { provider_states: true, ..Options::default() }).await.unwrap()
}

async fn change(service: &Running, body: Value) -> (StatusCode, Value) {
    let url = format!("{}/_states", service.http_url());
    let response = reqwest::Client::new().post(url).json(&body).send().await.unwrap();
    (response.status(), response.json().await.unwrap())
}

async fn set_up(service: &Running, state: &str, params: Value) -> (StatusCode, Value) {
    change(service, json!({ "action": "setup", "state": state, "params": params })).await
}

#[tokio::test]
async fn states_change_the_stock() {
    let service = service().await;
    let done = (StatusCode::OK, json!({}));
    assert_eq!(set_up(&service, "stock exists", json!({ "sku": "ABC-1", "quantity": 5 })).await, done);
    assert_eq!(service.shelf().check("ABC-1").unwrap().quantity_left, 5);

    let params = json!({ "sku": "ABC-1", "quantity": 3, "reserved": 2, "reservation_id": "r-42" });
    assert_eq!(set_up(&service, "a reservation exists", params).await, done);
    assert_eq!(service.shelf().check("ABC-1").unwrap().quantity_left, 3);
    assert_eq!(service.shelf().release("r-42").unwrap().quantity_left, 5);

    assert_eq!(set_up(&service, "the sku is unknown", json!({ "sku": "ABC-1" })).await, done);
    assert!(service.shelf().check("ABC-1").is_err());
}

#[tokio::test]
async fn a_state_can_wait_for_a_watcher() {
    let service = service().await;
    let params = json!({ "sku": "ABC-1", "quantity": 5, "sold": 1 });
    set_up(&service, "stock sells while it is watched", params).await;
    let grpc = order_service::InventoryGrpc::connect(service.grpc_url()).await.unwrap();
    let mut watch = grpc.watch("ABC-1", 2).await.unwrap();
    assert_eq!((watch.next().await.unwrap(), watch.next().await.unwrap()), (Some(5), Some(4)));
}

#[tokio::test]
async fn teardown_and_the_nameless_state_change_nothing() {
    let service = service().await;
    service.stock("ABC-1", 5).await;
    let teardown = json!({ "action": "teardown", "state": "the sku is unknown", "params": { "sku": "ABC-1" } });
    assert_eq!(change(&service, teardown).await.0, StatusCode::OK);
    assert_eq!(change(&service, json!({ "action": "setup", "state": "" })).await.0, StatusCode::OK);
    assert_eq!(service.shelf().check("ABC-1").unwrap().quantity_left, 5);
}

#[tokio::test]
async fn a_state_that_cannot_be_set_up_says_why() {
    let service = service().await;
    for (state, params, error) in [
        ("the moon is full", json!({}), "unknown provider state \"the moon is full\""),
        ("stock exists", json!({ "quantity": 5 }), "provider state \"stock exists\" needs a sku"),
        (
            "stock exists",
            json!({ "sku": "ABC-1", "quantity": -1 }),
            "provider state \"stock exists\" needs a quantity (a whole number)",
        ),
    ] {
        let (status, body) = set_up(&service, state, params).await;
        assert_eq!((status, body), (StatusCode::BAD_REQUEST, json!({ "error": error })));
    }
}
