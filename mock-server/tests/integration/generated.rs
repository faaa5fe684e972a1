//! Values that are made for each answer, in every kind of body.

use countersign_core::format;
use countersign_mock_server::{Config, MockServer};
use serde_json::json;

use crate::support::fetch;

/// An answer of one path with a generator in its body.
fn answer(
    path: &str,
    content_type: &str,
    content: &serde_json::Value,
    generators: &serde_json::Value,
) -> serde_json::Value {
    json!({
        "type": "Synchronous/HTTP", "description": path, "request": { "method": "GET", "path": path },
        "response": {
            "status": 200, "headers": { "Content-Type": [content_type] }, "generators": { "body": generators },
            "body": { "content": content, "contentType": content_type, "encoded": false }
        }
    })
}

#[tokio::test]
async fn values_are_made_in_json_xml_and_forms() {
    let random = json!({ "type": "RandomInt", "min": 50, "max": 59 });
    let link =
        json!({ "type": "MockServerURL", "regex": ".*(/orders/\\d+)$", "example": "http://localhost:1/orders/7" });
    let pact = json!({
        "consumer": { "name": "a" }, "provider": { "name": "b" },
        "interactions": [
            answer("/json", "application/json", &json!({ "link": "x", "n": 1 }), &json!({ "$.link": link, "$.n": random })),
            answer("/xml", "application/xml", &json!("<a b='1'>2</a>"), &json!({ "$.a['@b']": random, "$.a['#text']": link })),
            answer("/form", "application/x-www-form-urlencoded", &json!("a=1&b=x"), &json!({ "$.a": random, "$.b": link })),
        ],
        "metadata": { "pactSpecification": { "version": "4.0" } }
    });
    let pact = format::read(pact.to_string().as_bytes()).unwrap();
    let server = MockServer::start(&pact, &Config::default()).unwrap();
    let mut told = String::new();
    for path in ["json", "xml", "form"] {
        let text = fetch(format!("{}/{path}", server.url())).await.text().await.unwrap();
        // the last digit is random
        let text = text.replace(&server.port().to_string(), "PORT").replace("%3A", ":").replace("%2F", "/");
        let digits: String = text.chars().map(|char| if char.is_ascii_digit() { '#' } else { char }).collect();
        told.push_str(&format!("{digits}\n"));
    }
    server.stop().await;
    insta::assert_snapshot!(told, @r#"
    {"link":"http://###.#.#.#:PORT/orders/#","n":##}
    <a b='##'>http://###.#.#.#:PORT/orders/#</a>
    a=##&b=http://###.#.#.#:PORT/orders/#
    "#);
}
