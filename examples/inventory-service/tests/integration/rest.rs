use inventory_service::{Behaviour, Item, Options, Running, spawn};
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};

fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::new()
}

async fn service() -> Running {
    let service = spawn(Options::default()).await.unwrap();
    service.stock("ABC-1", 5).await;
    service
}

async fn get(service: &Running, path: &str) -> Response {
    client().get(format!("{}{path}", service.http_url())).send().await.unwrap()
}

async fn reserve(service: &Running, sku: &str, body: &str) -> Response {
    let url = format!("{}/inventory/{sku}/reservations", service.http_url());
    client().post(url).header("content-type", "application/json").body(body.to_owned()).send().await.unwrap()
}

/// A body whose `restocked_at` was looked at and taken out, since it is the time of the test.
fn without_time(mut body: Value) -> Value {
    let at = body.as_object_mut().unwrap().remove("restocked_at").unwrap();
    let at = at.as_str().unwrap();
    assert!(at.len() == "2026-05-24T10:30:00Z".len() && at.ends_with('Z'), "whole seconds in UTC, not {at}");
    body
}

#[tokio::test]
async fn a_known_sku_reports_its_stock() {
    let service = service().await;
    for (path, available) in
        [("/inventory/ABC-1?quantity=5", true), ("/inventory/ABC-1?quantity=6", false), ("/inventory/ABC-1", true)]
    {
        let response = get(&service, path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let expected = json!({
            "available": available,
            "quantity_left": 5,
            "warehouse": { "id": "w-1", "city": "Oslo" },
            "tags": ["fragile"],
        });
        assert_eq!(without_time(response.json().await.unwrap()), expected, "{path}");
    }
    service.stop().await;
}

#[tokio::test]
async fn a_sku_that_was_never_restocked_says_null() {
    let service = service().await;
    service.shelf().put("OLD-1", Item { restocked_at: None, ..Item::restocked(1) });
    let body: Value = get(&service, "/inventory/OLD-1").await.json().await.unwrap();
    assert_eq!(body["restocked_at"], Value::Null);
}

#[tokio::test]
async fn a_reservation_is_made_and_released() {
    let service = service().await;
    let response = reserve(&service, "ABC-1", r#"{"quantity": 2}"#).await;
    assert_eq!(response.status(), StatusCode::CREATED);
    let location = response.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(location, "/inventory/ABC-1/reservations/r-1");
    let body: Value = response.json().await.unwrap();
    assert_eq!(body, json!({ "reservation_id": "r-1", "sku": "ABC-1", "quantity": 2, "quantity_left": 3 }));
    assert_eq!(service.shelf().check("ABC-1").unwrap().quantity_left, 3);

    let url = format!("{}{location}", service.http_url());
    assert_eq!(client().delete(&url).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(service.shelf().check("ABC-1").unwrap().quantity_left, 5);
    assert_eq!(client().delete(&url).send().await.unwrap().status(), StatusCode::NOT_FOUND, "released before");
}

#[tokio::test]
async fn a_reservation_is_not_released_under_another_sku() {
    let service = service().await;
    service.stock("XYZ-9", 1).await;
    reserve(&service, "ABC-1", r#"{"quantity": 2}"#).await;
    let url = format!("{}/inventory/XYZ-9/reservations/r-1", service.http_url());
    assert_eq!(client().delete(url).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    assert_eq!(service.shelf().check("ABC-1").unwrap().quantity_left, 3);
}

#[tokio::test]
async fn refusals_say_why_in_json() {
    let service = service().await;
    let insufficient = json!({ "error": "insufficient stock", "sku": "ABC-1", "requested": 6, "quantity_left": 5 });
    for (sku, body, status, expected) in [
        ("ABC-1", r#"{"quantity": 6}"#, 409, insufficient),
        ("ABC-1", r#"{"quantity": 0}"#, 422, json!({ "error": "quantity must be at least 1" })),
        ("NOPE", r#"{"quantity": 1}"#, 404, json!({ "error": "unknown sku", "sku": "NOPE" })),
    ] {
        let response = reserve(&service, sku, body).await;
        assert_eq!(response.status().as_u16(), status, "{sku} {body}");
        assert_eq!(response.json::<Value>().await.unwrap(), expected, "{sku} {body}");
    }
    for body in ["", "{", r#"{"quantity": -1}"#, r#"{"quantity": "2"}"#, r#"{"quantity": 99999999999}"#] {
        let response = reserve(&service, "ABC-1", body).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{body}");
        assert!(response.json::<Value>().await.unwrap()["error"].is_string(), "{body}");
    }
    assert_eq!(service.shelf().check("ABC-1").unwrap().quantity_left, 5, "nothing was reserved");
}

#[tokio::test]
async fn questions_that_cannot_be_answered_get_json_too() {
    let service = service().await;
    for (path, status) in [
        ("/inventory/NOPE?quantity=1", 404),
        ("/inventory/ABC-1?quantity=many", 400),
        ("/inventory/ABC-1?quantity=-1", 400),
        ("/nowhere", 404),
        ("/_states", 404),
    ] {
        let response = get(&service, path).await;
        assert_eq!(response.status().as_u16(), status, "{path}");
        assert!(response.json::<Value>().await.unwrap()["error"].is_string(), "{path}");
    }
}

#[tokio::test]
async fn the_breaking_change_shows() {
    let options = Options { behaviour: Behaviour::Breaking, ..Options::default() };
    let service = spawn(options).await.unwrap();
    service.stock("ABC-1", 5).await;
    let body: Value = get(&service, "/inventory/ABC-1?quantity=2").await.json().await.unwrap();
    assert_eq!(without_time(body), json!({ "available": true, "quantity_left": "5", "tags": ["fragile"] }));
    assert_eq!(get(&service, "/inventory/NOPE").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_stopped_service_is_gone() {
    let service = service().await;
    let url = format!("{}/inventory/ABC-1", service.http_url());
    assert_eq!(client().get(&url).send().await.unwrap().status(), StatusCode::OK);
    service.stop().await;
    assert!(client().get(&url).send().await.unwrap_err().is_connect());
}
