//! Time of checking one response or request with a compiled plan, reading its body included, beside only reading the same
//! bytes with `serde_json`.

use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use countersign_core::format;
use countersign_core::pact::{HttpRequest, HttpResponse, Pact};
use countersign_core::plan::{ReceivedHeaders, ReceivedRequest, ReceivedResponse, RequestPlan, ResponsePlan};
use serde_json::{Map, Value, json};

use crate::figures::{Better, Figure, Figures};
use crate::{contract, matching_worst};

/// How long each figure is measured, at least.
const DURATION: Duration = Duration::from_secs(2);

/// The sizes of the bodies in bytes.
const SIZES: [(&str, usize); 3] = [("100kb", 100_000), ("1mb", 1_000_000), ("10mb", 10_000_000)];

/// How many rules stand beside the others without applying to anything.
const IDLE_RULES: usize = 2000;

/// `matching/SIZE` grows with the body alone, `matching/1mb-2020-rules` is to be compared with `matching/1mb`. What a check of
/// the small request costs beyond reading its body is the difference of its two figures.
pub(crate) fn run() -> anyhow::Result<Figures> {
    let mut list = vec![small()?];
    for (name, bytes) in SIZES {
        list.push(large(name, bytes, 0)?);
    }
    list.push(large("1mb-2020-rules", 1_000_000, IDLE_RULES)?);
    list.extend(matching_worst::figures()?);
    Ok(Figures { unit: "µs", better: Better::Less, list })
}

/// A request with a body of ten lines, headers and a query.
fn small() -> anyhow::Result<Figure> {
    let plan = RequestPlan::compile(&order_request()?);
    let body = serde_json::to_vec_pretty(&contract::body(8))?;
    let received = ReceivedRequest {
        method: "POST",
        path: "/orders",
        query: Some("region=north&page=2"),
        headers: headers(&[
            ("host", "127.0.0.1:8080"),
            ("accept", "application/json"),
            ("x-trace", "0af7651916cd43dd"),
        ]),
        body: &body,
    };
    let found = plan.check(&received);
    ensure!(found.is_empty(), "the request does not fit: {found:?}");
    Ok(figure("small", 1000, &body, || plan.check(&received).len()))
}

/// A response of so many bytes under twenty rules, and `idle` rules more.
fn large(name: &str, bytes: usize, idle: usize) -> anyhow::Result<Figure> {
    let plan = ResponsePlan::compile(&stock_response(idle)?);
    let body = stock_body(bytes);
    let received = ReceivedResponse { status: 200, headers: headers(&[]), body: &body };
    let found = plan.check(&received);
    ensure!(found.is_empty(), "the response does not fit: {:?}", found.first());
    Ok(figure(name, 1, &body, || plan.check(&received).len()))
}

/// Measures a check beside reading the body as JSON.
pub(crate) fn figure(name: &str, repeat: u32, body: &[u8], check: impl Fn() -> usize) -> Figure {
    beside(name, repeat, check, || {
        let json = serde_json::from_slice::<Value>(black_box(body));
        black_box(json.is_ok());
    })
}

/// Measures a check beside something else, in turns, so that both meet the same machine.
pub(crate) fn beside(name: &str, repeat: u32, check: impl Fn() -> usize, other: impl Fn()) -> Figure {
    let (mut ours, mut limit) = (f64::MAX, f64::MAX);
    let start = Instant::now();
    while start.elapsed() < DURATION {
        ours = ours.min(microseconds(repeat, || {
            black_box(check());
        }));
        limit = limit.min(microseconds(repeat, &other));
    }
    Figure { name: format!("matching/{name}"), ours, official: None, limit }
}

/// The time of one run of many. Only the fastest of all samples counts: the others waited for something else.
fn microseconds(repeat: u32, run: impl Fn()) -> f64 {
    let start = Instant::now();
    for _ in 0..repeat {
        run();
    }
    start.elapsed().as_secs_f64() * 1e6 / f64::from(repeat)
}

pub(crate) fn headers<'a>(more: &[(&'a str, &'a str)]) -> ReceivedHeaders<'a> {
    let json = [("content-type", "application/json; charset=utf-8")];
    json.iter().chain(more).map(|(name, value)| ((*name).into(), (*value).into())).collect()
}

fn order_request() -> anyhow::Result<HttpRequest> {
    let rules = json!({
        "header": { "X-Trace": rule(json!({ "match": "regex", "regex": "[0-9a-f]+" })) },
        "query": { "page": rule(json!({ "match": "integer" })) },
        "body": {
            "$.id": rule(json!({ "match": "integer" })),
            "$.city": rule(json!({ "match": "type" })),
            "$.warehouse": rule(json!({ "match": "regex", "regex": "w-\\d+" })),
            "$.sku": rule(json!({ "match": "type" }))
        }
    });
    let request = json!({
        "method": "POST",
        "path": "/orders",
        "query": { "region": ["north"], "page": ["1"] },
        "headers": { "Content-Type": ["application/json"], "Accept": ["application/json"], "X-Trace": ["00"] },
        "body": { "content": contract::body(7), "contentType": "application/json", "encoded": false },
        "matchingRules": rules
    });
    let pact = pact(&request, &json!({ "status": 200 }))?;
    Ok(pact.interactions[0].http().context("it is an HTTP interaction")?.request.clone())
}

fn stock_response(idle: usize) -> anyhow::Result<HttpResponse> {
    let mut rules = stock_rules();
    for index in 0..idle {
        let path = format!("$.items[*].unused_{}.field_{index}", index % 100);
        rules.insert(path, rule(json!({ "match": "type" })));
    }
    let response = json!({
        "status": 200,
        "headers": { "Content-Type": ["application/json"] },
        "body": {
            "content": { "warehouse": "w-0", "total": 0, "items": [item(0)] },
            "contentType": "application/json",
            "encoded": false
        },
        "matchingRules": { "body": rules }
    });
    let pact = pact(&json!({ "method": "GET", "path": "/stock" }), &response)?;
    Ok(pact.interactions[0].http().context("it is an HTTP interaction")?.response.clone())
}

pub(crate) fn pact(request: &Value, response: &Value) -> anyhow::Result<Pact> {
    let pact = json!({
        "consumer": { "name": "bench-consumer" },
        "provider": { "name": "bench-provider" },
        "interactions": [{
            "type": "Synchronous/HTTP", "description": "a stock check", "request": request, "response": response
        }],
        "metadata": { "pactSpecification": { "version": "4.0" } }
    });
    Ok(format::read(pact.to_string().as_bytes())?)
}

pub(crate) fn rule(rule: Value) -> Value {
    json!({ "combine": "AND", "matchers": [rule] })
}

/// Twenty rules, each for something in the body.
fn stock_rules() -> Map<String, Value> {
    let each_value = json!({ "match": "eachValue", "rules": [{ "match": "type" }] });
    [
        ("$.warehouse", json!({ "match": "regex", "regex": "w-\\d+" })),
        ("$.total", json!({ "match": "integer" })),
        ("$.items", json!({ "match": "type", "min": 1 })),
        ("$.items[*].id", json!({ "match": "integer" })),
        ("$.items[*].sku", json!({ "match": "regex", "regex": "[A-Z]{3}-\\d+" })),
        ("$.items[*].name", json!({ "match": "type" })),
        ("$.items[*].price", json!({ "match": "decimal" })),
        ("$.items[*].weight", json!({ "match": "number" })),
        ("$.items[*].available", json!({ "match": "boolean" })),
        ("$.items[*].currency", json!({ "match": "equality" })),
        ("$.items[*].origin", json!({ "match": "include", "value": "EU" })),
        ("$.items[*].release", json!({ "match": "semver" })),
        ("$.items[*].checked", json!({ "match": "date", "format": "yyyy-MM-dd" })),
        ("$.items[*].tags", json!({ "match": "type", "min": 1, "max": 10 })),
        ("$.items[*].tags[*]", json!({ "match": "type" })),
        ("$.items[*].labels", each_value),
        ("$.items[*].size", json!({ "match": "type" })),
        ("$.items[*].size.*", json!({ "match": "number" })),
        ("$.items[*].supplier.name", json!({ "match": "notEmpty" })),
        ("$.items[*].supplier.*", json!({ "match": "type" })),
    ]
    .into_iter()
    .map(|(path, matcher)| (path.to_owned(), rule(matcher)))
    .collect()
}

fn stock_body(bytes: usize) -> Vec<u8> {
    let item_bytes = item(1234).to_string().len() + 1;
    let items: Vec<Value> = (0..bytes / item_bytes).map(item).collect();
    json!({ "warehouse": "w-12", "total": items.len(), "items": items }).to_string().into_bytes()
}

fn item(index: usize) -> Value {
    json!({
        "id": index,
        "sku": format!("ABC-{index}"),
        "name": format!("An article with the number {index}"),
        "price": 12.25,
        "weight": index % 90,
        "available": index.is_multiple_of(2),
        "currency": "EUR",
        "origin": "EU-north",
        "release": "1.4.2",
        "checked": "2026-03-14",
        "tags": ["fragile", "large", "seasonal"],
        "labels": { "colour": "green", "shelf": format!("s-{}", index % 40) },
        "size": { "width": 12.5, "height": 40, "depth": 7.75 },
        "supplier": { "name": "Example Supplies", "city": "Oslo" }
    })
}
