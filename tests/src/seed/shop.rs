//! A small shop in the middle of a working day: REST, gRPC, messages and XML; something verified, failed, pending, stale
//! and never looked at; versions on the move from test to production.

use anyhow::{Context as _, Result};
use countersign_broker::Config;
use countersign_core::format;
use countersign_core::pact::Pact;
use countersign_core::protobuf::{CallPattern, Outcome, Schema, StatusCode, register};
use serde_json::{Value, json};

use super::planter::{Planter, Run, Verified};

/// The interaction of `order-service` that fails in the newest verification.
pub const FAILING: &str = "stock updates while a sku sells";

const PROTO: &str = r#"syntax = "proto3";
package inventory.v1;
service InventoryService {
  rpc CheckStock(CheckStockRequest) returns (CheckStockResponse);
  rpc WatchStock(CheckStockRequest) returns (stream StockLevel);
}
message CheckStockRequest { string sku = 1; uint32 quantity = 2; }
message CheckStockResponse { bool available = 1; uint32 quantity_left = 2; string warehouse_id = 3; }
message StockLevel { string sku = 1; uint32 quantity_left = 2; }
"#;

fn run<'a>(name: &'a str, version: &'a str, branch: &'a str, minutes_ago: i64) -> Run<'a> {
    Run { name, version, branch, minutes_ago }
}

/// Plants the shop.
///
/// # Errors
///
/// The database failed.
pub async fn plant(config: &Config) -> Result<()> {
    let mut planter = Planter::open(config).await?;
    planter.environment("staging", false).await?;
    for (name, team) in [
        ("web-shop", "team:checkout"),
        ("order-service", "team:checkout"),
        ("inventory-service", "team:stock"),
        ("notification-service", "team:checkout"),
    ] {
        planter.label(name, team).await?;
    }
    yesterday(&mut planter).await?;
    today(&mut planter).await?;
    planter.finish().await
}

async fn yesterday(planter: &mut Planter) -> Result<()> {
    let order = run("order-service", "8b7a6c5", "main", 1_600);
    planter.publish(order, "inventory-service", stock(true)?).await?;
    planter.publish(order, "payment-gateway", payment()).await?;
    let web = run("web-shop", "9c0d1e2", "main", 1_580);
    planter.publish(web, "order-service", orders("web-shop")).await?;
    planter.publish(run("notification-service", "3e4f5a6", "main", 1_570), "order-service", placed()).await?;
    planter.publish(run("reporting", "2.14.0", "main", 1_560), "inventory-service", report(1)).await?;
    let fine = Verified::default();
    let inventory = run("inventory-service", "5d5d5d5", "main", 1_500);
    planter.verify(inventory, ("order-service", "8b7a6c5"), &fine).await?;
    planter.verify(inventory, ("reporting", "2.14.0"), &fine).await?;
    let provider = run("order-service", "8b7a6c5", "main", 1_490);
    planter.verify(provider, ("web-shop", "9c0d1e2"), &fine).await?;
    planter.verify(provider, ("notification-service", "3e4f5a6"), &fine).await?;
    planter.verify(run("payment-gateway", "2026.11.1", "main", 1_480), ("order-service", "8b7a6c5"), &fine).await?;
    for place in ["test", "staging", "production"] {
        for (index, name) in [order, web, inventory].iter().enumerate() {
            planter.deploy(Run { minutes_ago: 1_450 - index as i64, ..*name }, place).await?;
        }
        planter.deploy(run("payment-gateway", "2026.11.1", "main", 1_440), place).await?;
        planter.deploy(run("notification-service", "3e4f5a6", "main", 1_430), place).await?;
        planter.deploy(run("reporting", "2.14.0", "main", 1_420), place).await?;
    }
    planter.tag(order, "v1.8").await
}

async fn today(planter: &mut Planter) -> Result<()> {
    let order = run("order-service", "1f3c9ab", "main", 190);
    planter.publish(order, "inventory-service", stock(false)?).await?;
    planter.publish(order, "payment-gateway", payment()).await?;
    planter.publish(run("mobile-app", "44ab01c", "feat/wishlist", 130), "order-service", orders("mobile-app")).await?;
    planter.publish(run("web-shop", "b71c0de", "main", 100), "order-service", orders("web-shop")).await?;
    planter.publish(run("reporting", "2.15.0", "main", 60), "inventory-service", report(2)).await?;
    planter.publish(run("back-office", "7.3", "main", 50), "inventory-service", report(3)).await?;
    let findings = json!([
        { "identifier": "response 2 · $.quantity_left",
          "description": "expected an integer like 4, but got \"4\" (a string)" },
    ]);
    let failed = Verified { failing: Some((FAILING.to_owned(), findings)), pending: false };
    let inventory = run("inventory-service", "77aa012", "main", 80);
    planter.verify(inventory, ("order-service", "1f3c9ab"), &failed).await?;
    planter.verify(inventory, ("reporting", "2.14.0"), &Verified::default()).await?;
    let missing = json!([{ "attribute": "body", "identifier": "$.lines[0].sku", "description": "expected a string, but it is missing" }]);
    let pending = Verified { failing: Some(("an order that was placed".to_owned(), missing)), pending: true };
    let provider = run("order-service", "1f3c9ab", "main", 75);
    planter.verify(provider, ("mobile-app", "44ab01c"), &pending).await?;
    planter.verify(provider, ("web-shop", "b71c0de"), &Verified::default()).await?;
    planter.verify(provider, ("notification-service", "3e4f5a6"), &Verified::default()).await?;
    planter.deploy(run("inventory-service", "77aa012", "main", 70), "test").await?;
    planter.deploy(run("order-service", "1f3c9ab", "main", 65), "test").await?;
    planter.deploy(run("order-service", "1f3c9ab", "main", 40), "staging").await?;
    planter.deploy(run("web-shop", "b71c0de", "main", 30), "staging").await
}

fn rule(rule: Value) -> Value {
    json!({ "matchers": [rule] })
}

/// The stock checks of `order-service` over REST and gRPC; the earlier pact asks for less.
fn stock(earlier: bool) -> Result<Value> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("inventory.proto");
    std::fs::write(&file, PROTO)?;
    let schema = Schema::compile(&file, &[])?;
    let mut pact = Pact::new("order-service", "inventory-service");
    register(&mut pact, &schema);
    let rest = format::from_json(json!({
        "consumer": { "name": "order-service" }, "provider": { "name": "inventory-service" },
        "interactions": if earlier { vec![known_sku(true)] } else { vec![known_sku(false), unknown_sku()] },
        "metadata": { "pactSpecification": { "version": "4.0" } },
    }))?;
    pact.interactions.extend(rest.interactions);
    let sku = json!({ "sku": "ABC-1" });
    let levels = vec![
        json!({ "sku": "ABC-1", "quantity_left": 5 }),
        json!({ "sku": "ABC-1", "quantity_left": "matching(integer, 4)" }),
    ];
    let nobody = Outcome::Status { code: StatusCode::parse("NOT_FOUND").context("a known code")?, message: Some("unknown sku".into()) };
    let mut calls = vec![("a sku nobody knows", "CheckStock", nobody)];
    if !earlier {
        calls.insert(0, (FAILING, "WatchStock", Outcome::Messages(levels)));
    }
    for (description, method, outcome) in calls {
        let method = schema.method(&format!("inventory.v1.InventoryService/{method}"))?;
        let call = CallPattern {
            request: sku.clone(),
            request_metadata: indexmap::IndexMap::new(),
            outcome,
            response_metadata: indexmap::IndexMap::new(),
        };
        pact.interactions.push(call.to_interaction(description, &schema, &method)?);
    }
    Ok(format::to_json(&pact))
}

fn known_sku(earlier: bool) -> Value {
    let city = if earlier { "Bergen" } else { "Oslo" };
    let mut body = json!({
        "available": true, "quantity_left": 5,
        "warehouse": { "id": "w-1", "city": city }, "tags": ["fragile"],
    });
    if !earlier {
        body["restocked_at"] = json!("2026-05-24T10:30:00Z");
    }
    json!({
        "type": "Synchronous/HTTP",
        "description": "a stock check for a known sku",
        "providerStates": [{ "name": "stock exists", "params": { "sku": "ABC-1", "quantity": 5 } }],
        "request": {
            "method": "GET", "path": "/inventory/ABC-1", "query": { "quantity": ["2"] },
            "headers": { "Accept": ["application/json"], "Authorization": ["Bearer eyJhbGciOi"] },
            "matchingRules": { "header": { "Authorization": rule(json!({ "match": "regex", "regex": "Bearer .+" })) } },
        },
        "response": {
            "status": 200, "headers": { "Content-Type": ["application/json"] },
            "body": { "content": body, "contentType": "application/json", "encoded": false },
            "matchingRules": { "body": {
                "$.quantity_left": rule(json!({ "match": if earlier { "number" } else { "integer" } })),
                "$.warehouse.id": rule(json!({ "match": "regex", "regex": r"w-\d+" })),
                "$.warehouse.city": rule(json!({ "match": "type" })),
                "$.tags": rule(json!({ "match": "type", "min": 1 })),
                "$.restocked_at": rule(json!({ "match": "datetime", "format": "yyyy-MM-dd'T'HH:mm:ssXXX" })),
            } },
        },
    })
}

fn unknown_sku() -> Value {
    json!({
        "type": "Synchronous/HTTP",
        "description": "a stock check for an unknown sku",
        "request": { "method": "GET", "path": "/inventory/NOPE" },
        "response": { "status": 404 },
    })
}

fn v3(interactions: Value) -> Value {
    json!({ "interactions": interactions, "metadata": { "pactSpecification": { "version": "3.0.0" } } })
}

fn orders(agent: &str) -> Value {
    v3(json!([{
        "description": "an order that was placed",
        "providerStates": [{ "name": "an order exists", "params": { "id": "ord_456" } }],
        "request": { "method": "GET", "path": "/orders/ord_456", "headers": { "User-Agent": agent } },
        "response": {
            "status": 200, "headers": { "Content-Type": "application/json" },
            "body": { "id": "ord_456", "total": 29.99, "lines": [{ "sku": "ABC-1", "quantity": 2 }] },
            "matchingRules": { "body": {
                "$.total": rule(json!({ "match": "decimal" })),
                "$.lines": rule(json!({ "match": "type", "min": 1 })),
                "$.lines[*].sku": rule(json!({ "match": "type" })),
                "$.lines[*].quantity": rule(json!({ "match": "integer" })),
            } },
        },
    }]))
}

fn payment() -> Value {
    let receipt = r#"<?xml version="1.0"?><receipt id="r-1"><amount currency="EUR">29.99</amount><state>paid</state></receipt>"#;
    v3(json!([{
        "description": "a payment by card",
        "request": {
            "method": "POST", "path": "/payments", "headers": { "Content-Type": "application/x-www-form-urlencoded" },
            "body": "order=ord_456&amount=29.99",
        },
        "response": {
            "status": 201, "headers": { "Content-Type": "application/xml" }, "body": receipt,
            "matchingRules": { "body": {
                "$.receipt['@id']": rule(json!({ "match": "regex", "regex": r"r-\d+" })),
                "$.receipt.amount['#text']": rule(json!({ "match": "decimal" })),
            } },
        },
    }]))
}

fn placed() -> Value {
    json!({
        "interactions": [{
            "type": "Asynchronous/Messages", "description": "an order was placed",
            "providerStates": [{ "name": "an order exists", "params": { "id": "ord_456" } }],
            "metadata": { "topic": "order.placed", "contentType": "application/json" },
            "contents": { "content": { "orderId": "ord_456", "totalAmount": 29.99 },
                          "contentType": "application/json", "encoded": false },
            "matchingRules": { "body": { "$.totalAmount": rule(json!({ "match": "decimal" })) } },
        }],
        "metadata": { "pactSpecification": { "version": "4.0" } },
    })
}

fn report(revision: u32) -> Value {
    v3(json!([{
        "description": "the stock of a day",
        "request": { "method": "GET", "path": "/reports/stock", "query": { "revision": [revision.to_string()] } },
        "response": { "status": 200 },
    }]))
}
