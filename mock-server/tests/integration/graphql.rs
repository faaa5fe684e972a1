//! GraphQL over HTTP.

use countersign_mock_server::prelude::*;
use serde_json::{Value as Json, json};

use crate::support::{client, told};

const QUERY: &str = "query Stock($sku: ID!) {
  stock(sku: $sku) { left, warehouse { city } }
}";

async fn ask(url: &str, body: Json) -> u16 {
    client().post(url).json(&body).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn queries_that_differ_in_layout_are_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let shop = Pact::between("web", "shop")
        .http("the stock of a sku", |i| {
            i.request(graphql(QUERY, json!({ "sku": like("ABC-1") })))
                .response(ok().json(json!({ "data": { "stock": { "left": integer(5) } } })))
        })
        .http("the same by name, elsewhere", |i| {
            i.request(post("/api").graphql_operation("Stock", QUERY, json!({ "sku": "ABC-1" }))).response(ok())
        })
        .http("no variables", |i| i.request(graphql("mutation { restock }", ())).response(ok()))
        .output_dir(directory.path())
        .start()
        .await;
    let url = format!("{}/graphql", shop.url());
    let compact = "query Stock($sku:ID!){stock(sku:$sku){left warehouse{city}}} # as clients write it";
    assert_eq!(ask(&url, json!({ "query": compact, "variables": { "sku": "XYZ-9" } })).await, 200);
    assert_eq!(ask(&url, json!({ "variables": { "sku": "XYZ-9" }, "query": QUERY })).await, 200);
    let named = json!({ "operationName": "Stock", "query": QUERY, "variables": { "sku": "ABC-1" } });
    assert_eq!(ask(&format!("{}/api", shop.url()), named.clone()).await, 200);
    assert_eq!(ask(&url, json!({ "query": "mutation{restock}" })).await, 200);
    shop.try_finish().await.unwrap();
}

#[tokio::test]
async fn another_query_is_refused() {
    let shop = Pact::between("web", "shop")
        .http("the stock of a sku", |i| i.request(graphql(QUERY, json!({ "sku": "ABC-1" }))).response(ok()));
    let server = countersign_mock_server::MockServer::start(&shop.into_document(), &Default::default()).unwrap();
    let url = format!("{}/graphql", server.url());
    let other = QUERY.replace("left,", "");
    assert_eq!(ask(&url, json!({ "query": other, "variables": { "sku": "ABC-1" } })).await, 500);
    assert_eq!(ask(&url, json!({ "query": QUERY, "variables": {} })).await, 500);
    server.stop().await;
}

#[test]
fn mistakes_are_told() {
    for (text, expected) in [
        (told(|| drop(graphql(QUERY, 7))), "variables have names, such as { \"sku\": \"ABC-1\" }, but these are 7"),
        (told(|| drop(post("/").graphql_operation("Other", QUERY, ()))), "the query has no operation \"Other\""),
    ] {
        assert_eq!(text, expected);
    }
    insta::assert_snapshot!(told(|| drop(graphql("query { stock(", ()))), @r"
    the query is no GraphQL: Parse error at 1:15
    Unexpected end of input
    Expected Name
    ");
}
