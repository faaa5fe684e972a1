//! The pages as a browser gets them, from the router.

mod access;
mod deploy;
mod environments;
mod overview;
mod pact;
mod safety;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::Config;
use crate::app::{AppState, router};

/// A browser's `Accept`.
const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

struct Site {
    router: Router,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Site {
    async fn open() -> Self {
        Self::configured(Config::in_memory()).await
    }

    async fn configured(config: Config) -> Self {
        Self { router: router(AppState::open(&config).await.unwrap()) }
    }

    async fn send(&self, method: Method, path: &str, accept: &str, body: Option<&Value>) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "broker.example:9292")
            .header(header::ACCEPT, accept)
            .header(header::CONTENT_TYPE, if body.is_some() { "application/json" } else { "text/plain;none" });
        let mut request = request.body(body.map_or_else(Body::empty, |body| Body::from(body.to_string()))).unwrap();
        if body.is_none() {
            request.headers_mut().remove(header::CONTENT_TYPE);
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    async fn browse(&self, path: &str) -> Answer {
        self.send(Method::GET, path, BROWSER, None).await
    }

    /// The page's own words.
    async fn words(&self, path: &str) -> String {
        let answer = self.browse(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        words(&answer.body)
    }

    async fn call(&self, method: Method, path: &str, body: &Value) -> Value {
        let answer = self.send(method, path, "application/hal+json", Some(body)).await;
        assert!(answer.status.is_success(), "{path}: {} {}", answer.status, answer.body);
        serde_json::from_str(&answer.body).unwrap_or_default()
    }

    async fn publish(&self, consumer: &str, version: &str, provider: &str, mut pact: Value) {
        pact["consumer"] = json!({ "name": consumer });
        pact["provider"] = json!({ "name": provider });
        let path = path(&["pacts", "provider", provider, "consumer", consumer, "version", version]);
        self.call(Method::PUT, &path, &pact).await;
        let branch = path_of_branch(consumer, "main", version);
        self.call(Method::PUT, &branch, &json!({})).await;
    }

    /// Verifies the pact of a consumer version; `failing` names the interaction that fails and what is found there.
    async fn verify(&self, pact: (&str, &str, &str), provider_version: &str, failing: Option<(&str, Value)>) {
        let (consumer, version, provider) = pact;
        let path = path(&["pacts", "provider", provider, "consumer", consumer, "version", version]);
        let document = self.send(Method::GET, &path, "application/hal+json", None).await.body;
        let document: Value = serde_json::from_str(&document).unwrap();
        let results: Vec<Value> = document["interactions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|interaction| {
                let found = failing.as_ref().filter(|(description, _)| interaction["description"] == *description);
                json!({
                    "interactionId": interaction["_id"],
                    "success": found.is_none(),
                    "mismatches": found.map(|(_, mismatches)| mismatches.clone()).unwrap_or_else(|| json!([])),
                })
            })
            .collect();
        let link = document["_links"]["pb:publish-verification-results"]["href"].as_str().unwrap();
        let path = link.strip_prefix("http://broker.example:9292").unwrap();
        let result = json!({
            "success": failing.is_none(), "providerApplicationVersion": provider_version, "testResults": results,
        });
        self.call(Method::POST, path, &result).await;
    }

    async fn deploy(&self, pacticipant: &str, version: &str, environment: &str) {
        let all = self.send(Method::GET, "/environments", "application/hal+json", None).await.body;
        let all: Value = serde_json::from_str(&all).unwrap();
        let environments = all["_embedded"]["environments"].as_array().unwrap();
        let uuid = environments.iter().find(|known| known["name"] == environment).unwrap()["uuid"].as_str().unwrap();
        let path = path(&["pacticipants", pacticipant, "versions", version, "deployed-versions", "environment", uuid]);
        self.call(Method::POST, &path, &json!({})).await;
    }
}

fn path(segments: &[&str]) -> String {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    const ENCODED: &percent_encoding::AsciiSet = &NON_ALPHANUMERIC.remove(b'-');
    segments.iter().map(|segment| format!("/{}", utf8_percent_encode(segment, ENCODED))).collect()
}

fn path_of_branch(pacticipant: &str, branch: &str, version: &str) -> String {
    path(&["pacticipants", pacticipant, "branches", branch, "versions", version])
}

/// What stands between the tags of the page's main part; a line for each run of text that a block ends.
fn words(html: &str) -> String {
    let main = html.split_once("<main").unwrap().1.split_once('>').unwrap().1.split_once("</main>").unwrap().0;
    let mut text = String::new();
    let mut rest = main;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        let (tag, after) = after.split_once('>').unwrap();
        let name = tag.trim_start_matches('/').split([' ', '>']).next().unwrap();
        text.push_str(if ["span", "a", "b", "i", "var", "strong", "code", "time", "button"].contains(&name) {
            ""
        } else {
            "\n"
        });
        rest = after;
    }
    text.push_str(rest);
    let unescaped = text.replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<").replace("&#62;", ">");
    let lines = unescaped.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n").replace("&#38;", "&")
}

fn rule(rule: Value) -> Value {
    json!({ "matchers": [rule] })
}

/// A pact in which a stock check is agreed on.
fn stock_check() -> Value {
    json!({
        "interactions": [{
            "description": "a stock check for a known sku",
            "providerStates": [{ "name": "stock exists", "params": { "sku": "ABC-1", "quantity": 5 } }],
            "request": {
                "method": "GET", "path": "/inventory/ABC-1", "query": { "quantity": ["2"] },
                "matchingRules": { "query": { "quantity": rule(json!({ "match": "integer" })) } },
            },
            "response": {
                "status": 200, "headers": { "Content-Type": "application/json" },
                "body": { "quantity_left": 5, "city": "Oslo", "tags": ["fragile"] },
                "matchingRules": { "body": {
                    "$.quantity_left": rule(json!({ "match": "integer" })),
                    "$.city": rule(json!({ "match": "type" })),
                    "$.tags": rule(json!({ "match": "type", "min": 1 })),
                } },
            },
        }],
        "metadata": { "pactSpecification": { "version": "3.0.0" } },
    })
}

const STOCK: (&str, &str, &str) = ("order-service", "1f3c9ab", "inventory-service");

async fn site_with_stock_check() -> Site {
    let site = Site::open().await;
    site.publish(STOCK.0, STOCK.1, STOCK.2, stock_check()).await;
    site
}

const ASK: &str = "/can-i-deploy?pacticipant=order-service&version=1f3c9ab&environment=production";
