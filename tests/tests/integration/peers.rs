//! The same contract said with pact-python, with pact-js and here: the pacts are equal in content.

use std::path::Path;
use std::process::Command;

use countersign_core::format;
use countersign_core::pact::Pact as Document;
use countersign_core::pact::digest::content_sha;
use countersign_mock_server::prelude::*;
use countersign_tests::tools;
use serde_json::{Value as Json, json};

const FILE: &str = "order-service-inventory-service.json";

fn contract() -> Pact {
    Pact::between("order-service", "inventory-service")
}

/// What all three can say.
fn shared() -> Document {
    let mut document = contract()
        .http("a stock check", stock_check)
        .http("a reservation", |i| {
            i.request(post("/reservations").json(json!({ "sku": "ABC-1", "quantity": like(2) }))).response(201)
        })
        .http("an unknown sku", |i| {
            i.request(get("/inventory/NOPE")).response(status(404).json(json!({ "error": like("unknown sku") })))
        })
        .into_document();
    let event = contract().message("an order was placed", |m| {
        m.given("an order exists", json!({ "id": "ord_456" }))
            .metadata("topic", "order.placed")
            .json(json!({ "orderId": like("ord_456"), "totalAmount": decimal(29.99) }))
    });
    document.interactions.extend(event.into_document().interactions);
    document
}

fn stock_check(i: Http) -> AnsweredHttp {
    i.given("stock exists", json!({ "sku": "ABC-1", "quantity": 5 }))
        .given_state("prices exist")
        .request(
            get(regex(r"/inventory/[A-Z]+-\d+", "/inventory/ABC-1"))
                .query("quantity", integer(2))
                .query("tag", ["fragile", "heavy"])
                .header("X-Tenant", regex("[a-z]+", "acme")),
        )
        .response(ok().header("ETag", "5f").json(json!({
            "available": true,
            "quantity_left": integer(5),
            "weight": decimal(1.5),
            "price": number(7),
            "fragile": like(false),
            "successor": null_value(),
            "warehouse": { "id": regex(r"w-\d+", "w-1"), "city": like("Oslo") },
            "tags": each_like("fragile").min(1),
            "shelves": each_like(integer(3)).min(1).max(4),
            "note": include("care"),
            "day": date("yyyy-MM-dd", "2026-05-24"),
            "hour": time("HH:mm", "10:30"),
            "moment": datetime("yyyy-MM-dd'T'HH:mm", "2026-05-24T10:30"),
            "all": array_containing([integer(1), regex("[a-z]", "a")]),
            "order": like(json!({ "currency": "EUR", "total": 7 })),
        })))
}

/// What pact-python can say besides.
fn of_python() -> Document {
    let mut document = shared();
    let http = contract()
        .http("a note", |i| i.request(put("/note").text("handle with care")).response(ok().text("noted")))
        .http("a label", |i| {
            i.request(put("/label").body([0x1b, 0x45, 0xff], "application/octet-stream"))
                .response(ok().json(json!({ "printed": boolean(true) })))
        });
    let price = contract().synchronous_message("the price of a sku", |m| {
        m.request(payload().metadata("topic", "prices").json(json!({ "sku": like("ABC-1") })))
            .response(payload().metadata("topic", "answers").json(json!({ "amount": decimal(29.99) })))
    });
    document.interactions.extend(http.into_document().interactions);
    document.interactions.extend(price.into_document().interactions);
    document
}

#[test]
fn pact_python_writes_the_same_contract() {
    let Some(python) = tools::pact_python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(python);
    command.arg(script("contract.py")).arg(folder.path());
    check(command, folder.path(), of_python());
}

#[test]
fn pact_js_writes_the_same_contract() {
    let Some(modules) = tools::pact_js() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("node");
    command.env("NODE_PATH", modules).arg(script("contract.js")).arg(folder.path());
    check(command, folder.path(), shared());
}

fn script(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers").join(name)
}

#[track_caller]
fn check(mut command: Command, folder: &Path, ours: Document) {
    let output = command.env("PACT_DO_NOT_TRACK", "true").output().unwrap();
    let said = || format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}", said());
    let theirs = format::read(&std::fs::read(folder.join(FILE)).unwrap()).unwrap();
    let (theirs, ours) = (comparable(&theirs), comparable(&ours));
    assert_eq!(by_description(&ours), by_description(&theirs));
    assert_eq!(content_sha(&ours), content_sha(&theirs));
}

/// The pact as the format writes it, with the content type of messages said once: pact-js has it at the contents alone, the
/// others in the metadata as well.
fn comparable(document: &Document) -> Json {
    let mut json = format::to_json(document);
    for interaction in json["interactions"].as_array_mut().unwrap() {
        let content_type = interaction["contents"]["contentType"].clone();
        if let Some(metadata) = interaction.get_mut("metadata").and_then(Json::as_object_mut)
            && metadata.get("contentType") == Some(&content_type)
        {
            metadata.remove("contentType");
        }
    }
    json
}

/// The interactions in an order that can be compared, so that a difference reads well.
fn by_description(pact: &Json) -> Vec<Json> {
    let mut interactions = pact["interactions"].as_array().unwrap().clone();
    interactions.sort_by_key(|interaction| interaction["description"].to_string());
    interactions
}
