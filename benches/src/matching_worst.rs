//! The same for XML, and for bodies and rules that are as bad as they can be: nothing may grow out of proportion.

use std::hint::black_box;

use anyhow::{Context as _, ensure};
use countersign_core::pact::HttpResponse;
use countersign_core::plan::{ReceivedResponse, ResponsePlan};
use serde_json::{Value, json};

use crate::figures::Figure;
use crate::matching::{beside, figure, headers, pact, rule};

/// How many expressions of a body may be given up.
const BOMBS: usize = 1000;

pub(crate) fn figures() -> anyhow::Result<Vec<Figure>> {
    Ok(vec![xml("xml-100kb", 600)?, xml("xml-1mb", 6000)?, deep()?, list()?, contains()?, given_up()?])
}

fn response(content: &Value, content_type: &str, rules: &Value) -> anyhow::Result<HttpResponse> {
    let body = json!({ "content": content, "contentType": content_type, "encoded": false });
    let response = json!({ "status": 200, "body": body, "matchingRules": { "body": rules } });
    let pact = pact(&json!({ "method": "GET", "path": "/" }), &response)?;
    Ok(pact.interactions[0].http().context("it is an HTTP interaction")?.response.clone())
}

fn received(body: &[u8]) -> ReceivedResponse<'_> {
    ReceivedResponse { status: 200, headers: headers(&[]), body }
}

/// A check that finds nothing, or a number of differences.
fn measured(name: &str, response: &HttpResponse, body: &Value, differences: usize) -> anyhow::Result<Figure> {
    let body = body.to_string().into_bytes();
    let plan = ResponsePlan::compile(response);
    let found = plan.check(&received(&body));
    ensure!(found.len() == differences, "{name}: {} differences, such as {:?}", found.len(), found.first());
    Ok(figure(name, 1, &body, || plan.check(&received(&body)).len()))
}

/// Items with an attribute and texts under rules, beside reading the document.
fn xml(name: &str, items: usize) -> anyhow::Result<Figure> {
    let item = |index: usize| {
        format!(
            "<item id=\"{index}\"><name>An article with the number {index}</name><price>12.25</price><city>Oslo</city>\
            <tag>fragile</tag><tag>large</tag></item>"
        )
    };
    let rules = json!({
        "$.stock.item": rule(json!({ "match": "type" })),
        "$.stock.item['@id']": rule(json!({ "match": "integer" })),
        "$.stock.item.name['#text']": rule(json!({ "match": "type" })),
        "$.stock.item.price['#text']": rule(json!({ "match": "decimal" })),
        "$.stock.item.tag": rule(json!({ "match": "type" }))
    });
    let document = |items: usize| format!("<stock>{}</stock>", (0..items).map(item).collect::<String>());
    let plan = ResponsePlan::compile(&response(&document(1).into(), "application/xml", &rules)?);
    let body = document(items);
    let came = || ReceivedResponse {
        headers: vec![("content-type".into(), "application/xml".into())],
        ..received(body.as_bytes())
    };
    let found = plan.check(&came());
    ensure!(found.is_empty(), "{name}: {:?}", found.first());
    let read = || {
        black_box(roxmltree::Document::parse(black_box(&body)).is_ok());
    };
    Ok(beside(name, 1, || plan.check(&came()).len(), read))
}

/// Lists in lists, a hundred deep, where three rules cascade from the root.
fn deep() -> anyhow::Result<Figure> {
    let nested = (0..100).fold(json!("x"), |inner, _| json!([inner]));
    let rules = [json!({ "match": "type" }), json!({ "match": "notEmpty" }), json!({ "match": "type" })];
    let rules = json!({ "$": { "combine": "AND", "matchers": rules } });
    measured("deep", &response(&nested, "application/json", &rules)?, &nested, 0)
}

/// A list of 100,000 objects, each like the first.
fn list() -> anyhow::Result<Figure> {
    let item = |index: usize| json!({ "id": index, "name": "x" });
    let rules =
        json!({ "$": rule(json!({ "match": "type", "min": 1 })), "$[*].id": rule(json!({ "match": "integer" })) });
    let body = (0..100_000).map(item).collect::<Value>();
    measured("list-100k", &response(&json!([item(0)]), "application/json", &rules)?, &body, 0)
}

/// Fifty variants, each of which fits one of the last of two thousand items.
fn contains() -> anyhow::Result<Figure> {
    let item = |index: usize| json!({ "kind": format!("k{index}"), "n": index });
    let variant = |index: usize| json!({ "index": index, "rules": { "$.n": rule(json!({ "match": "integer" })) } });
    let variants: Vec<Value> = (0..50).map(variant).collect();
    let rules = json!({ "$": rule(json!({ "match": "arrayContains", "variants": variants })) });
    let body = (0..2000).rev().map(item).collect::<Value>();
    measured("contains-50-in-2000", &response(&(0..50).map(item).collect(), "application/json", &rules)?, &body, 0)
}

/// An expression that goes back without end, for each of many texts.
fn given_up() -> anyhow::Result<Figure> {
    let rules = json!({ "$[*]": rule(json!({ "match": "regex", "regex": "((?=a)a+)+b" })), "$": rule(json!({ "match": "type" })) });
    let body = (0..BOMBS).map(|_| Value::from("a".repeat(60))).collect::<Value>();
    measured("regex-given-up", &response(&json!(["ab"]), "application/json", &rules)?, &body, BOMBS)
}
