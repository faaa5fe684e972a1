//! The pages as a browser gets them, from the router.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use countersign_core::format;
use countersign_core::pact::Pact;
use countersign_core::protobuf::{CallPattern, Outcome, Schema, register};
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
        text.push_str(if ["span", "a", "strong", "code", "time", "button"].contains(&name) { "" } else { "\n" });
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

#[tokio::test]
async fn an_empty_broker_says_what_to_type() {
    let site = Site::open().await;
    let words = site.words("/").await;
    assert!(words.starts_with("Overview\n0 integrations\nNo pact has been published yet."), "{words}");
    for command in ["countersign publish target/pacts", "countersign verify", "countersign can-i-deploy"] {
        assert!(words.contains(command), "{command} in {words}");
    }
    assert_eq!(words.matches("--broker-base-url http://broker.example:9292").count(), 3, "{words}");
}

#[tokio::test]
async fn the_overview_tells_the_state_of_every_integration() {
    let site = site_with_stock_check().await;
    site.verify(STOCK, "77aa012", None).await;
    site.deploy("order-service", "1f3c9ab", "production").await;
    site.deploy("inventory-service", "77aa012", "production").await;
    insta::assert_snapshot!(site.words("/").await, @"
    Overview
    1 integration
    Filter by consumer or provider
    Filter
    Consumer
    Provider
    Latest pact
    Verified
    In production
    More
    order-service
    inventory-service
    1f3c9ab main just now
    ✓ verified by 77aa012 just now
    1f3c9ab ✓ verified
    Matrix
    ");
}

#[tokio::test]
async fn a_changed_pact_is_stale_until_it_is_verified() {
    let site = site_with_stock_check().await;
    site.verify(STOCK, "77aa012", None).await;
    let mut changed = stock_check();
    changed["interactions"][0]["description"] = "another".into();
    site.publish("order-service", "2b", "inventory-service", changed).await;
    let words = site.words("/").await;
    assert!(words.contains("2b main just now\n⟳ stale\n– not deployed"), "{words}");
}

#[tokio::test]
async fn the_filter_finds_names() {
    let site = site_with_stock_check().await;
    assert!(site.words("/?q=ORDER").await.contains("1 found"));
    let words = site.words("/?q=%3Cb%3E").await;
    assert!(words.contains("No integration has “<b>” in its consumer's or provider's name."), "{words}");
}

#[tokio::test]
async fn a_pact_reads_as_a_conversation_with_the_findings_in_place() {
    let site = site_with_stock_check().await;
    let found = json!([{ "attribute": "body", "identifier": "$.quantity_left", "description": "expected an integer" }]);
    site.verify(STOCK, "77aa012", Some(("a stock check for a known sku", found))).await;
    let words = site.words("/pacts/provider/inventory-service/consumer/order-service/latest").await;
    insta::assert_snapshot!(words, @r#"
    order-service → inventory-service
    Can I deploy?
    Matrix
    Raw JSON
    Consumer version
    1f3c9ab main
    Published
    just now
    Status
    ✗ failed by 77aa012 just now
    Contract
    1 interaction, REST · Pact specification 3.0.0
    ✗ 1 of 1 failed in the newest verification
    a stock check for a known sku
    a stock check for a known sku GET /inventory/ABC-1?quantity=2
    REST ✗ failed
    $.quantity_left expected an integer
    given stock exists (sku ABC-1, quantity 5)
    GET /inventory/ABC-1?quantity=2
    query quantity
    2 an integer
    200 OK
    header Content-Type
    application/json
    {
    "quantity_left": 5,an integer
    "city": "Oslo",any string
    "tags": ["fragile"]1 or more items, each any string
    }
    "#);
}

/// A pact with a gRPC call that has a stream of answers, and one that fails.
fn grpc_pact() -> Value {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("stock.proto");
    let text = r#"syntax = "proto3"; package stock.v1;
        service Stock { rpc Watch(Ask) returns (stream Level); rpc Check(Ask) returns (Level); }
        message Ask { string sku = 1; } message Level { string sku = 1; uint32 left = 2; }"#;
    std::fs::write(&file, text).unwrap();
    let schema = Schema::compile(&file, &[]).unwrap();
    let mut pact = Pact::new("c", "p");
    register(&mut pact, &schema);
    let sku = json!({ "sku": "ABC-1" });
    let levels = vec![json!({ "sku": "ABC-1", "left": 5 }), json!({ "sku": "ABC-1", "left": "matching(integer, 4)" })];
    let failure = Outcome::Status {
        code: countersign_core::protobuf::StatusCode::parse("NOT_FOUND").unwrap(),
        message: Some("unknown sku".into()),
    };
    for (description, method, outcome) in [
        ("updates", "stock.v1.Stock/Watch", Outcome::Messages(levels)),
        ("nothing there", "stock.v1.Stock/Check", failure),
    ] {
        let method = schema.method(method).unwrap();
        let call = CallPattern {
            request: sku.clone(),
            request_metadata: indexmap::IndexMap::new(),
            outcome,
            response_metadata: indexmap::IndexMap::new(),
        };
        pact.interactions.push(call.to_interaction(description, &schema, &method).unwrap());
    }
    format::to_json(&pact)
}

#[tokio::test]
async fn a_grpc_call_shows_its_fields() {
    let site = Site::open().await;
    site.publish("c", "1", "p", grpc_pact()).await;
    let words = site.words("/pacts/provider/p/consumer/c/version/1").await;
    let (_, interactions) = words.split_once("Pact specification 4.0\n").unwrap();
    insta::assert_snapshot!(interactions, @r#"
    updates Stock/Watch
    gRPC server stream
    stock.v1.Stock Watch
    stock.v1.Ask
    {
    "sku": "ABC-1"
    }
    response 1
    stock.v1.Level
    {
    "sku": "ABC-1",
    "left": 5
    }
    response 2
    stock.v1.Level
    {
    "sku": "ABC-1",
    "left": 4an integer
    }
    nothing there Stock/Check
    gRPC
    stock.v1.Stock Check
    stock.v1.Ask
    {
    "sku": "ABC-1"
    }
    NOT_FOUND
    status message
    unknown sku
    "#);
}

#[tokio::test]
async fn a_message_shows_its_metadata_and_contents() {
    let site = Site::open().await;
    let pact = json!({
        "interactions": [{
            "type": "Asynchronous/Messages", "description": "an order was placed",
            "metadata": { "topic": "order.placed", "contentType": "application/json" },
            "contents": { "content": { "total": 29.99 }, "contentType": "application/json", "encoded": false },
            "matchingRules": { "body": { "$.total": rule(json!({ "match": "decimal" })) } },
        }],
        "metadata": { "pactSpecification": { "version": "4.0" } },
    });
    site.publish("notifier", "1", "orders", pact).await;
    let words = site.words("/pacts/provider/orders/consumer/notifier/version/1").await;
    let expected = "message\nmetadata topic\norder.placed\napplication/json\n{\n\"total\": 29.99a decimal number\n}";
    assert!(words.ends_with(expected), "{words}");
}

#[tokio::test]
async fn a_long_pact_comes_in_pages_and_can_be_searched() {
    let site = Site::open().await;
    let interaction = |number: usize| {
        json!({
            "description": format!("request {number}"),
            "request": { "method": "GET", "path": format!("/things/{number}") }, "response": { "status": 200 },
        })
    };
    let interactions: Vec<Value> = (0..120).map(interaction).collect();
    let pact = json!({ "interactions": interactions, "metadata": { "pactSpecification": { "version": "3.0.0" } } });
    site.publish("c", "1", "p", pact).await;
    let here = "/pacts/provider/p/consumer/c/version/1";
    for (query, shown) in [("", 50), ("?page=3", 20), ("?page=9", 0), ("?q=THINGS/11", 11), ("?page=x", 50)] {
        let page = site.browse(&format!("{here}{query}")).await.body;
        assert_eq!(page.matches("<details").count(), shown, "{query}");
    }
    let words = site.words(&format!("{here}?q=none")).await;
    assert!(words.contains("No interaction has “none”"), "{words}");
}

#[tokio::test]
async fn what_is_no_pact_is_shown_as_it_came() {
    let site = Site::open().await;
    site.publish("c", "1", "p", json!({ "anything": "<b>", "interactions": 7 })).await;
    let words = site.words("/pacts/provider/p/consumer/c/version/1").await;
    assert!(words.contains("This document cannot be shown as a pact:"), "{words}");
    assert!(words.contains(r#""anything":"<b>""#), "{words}");
}

const ASK: &str = "/can-i-deploy?pacticipant=order-service&version=1f3c9ab&environment=production";

/// The answer and what to do, without the form and the matrix.
fn answer(words: &str) -> &str {
    words.strip_prefix("Can I deploy?\n").unwrap().split_once("\nApplication\n").unwrap().0
}

#[tokio::test]
async fn yes() {
    let site = site_with_stock_check().await;
    site.verify(STOCK, "77aa012", None).await;
    site.deploy("inventory-service", "77aa012", "production").await;
    let words = site.words(ASK).await;
    insta::assert_snapshot!(answer(&words), @"✓ Yes. order-service 1f3c9ab can go to production. The one result that counts is a success.");
    let by_branch = site.words("/can-i-deploy?pacticipant=order-service&branch=main&environment=production").await;
    assert!(
        answer(&by_branch).contains("order-service 1f3c9ab (the head of main) can go to production"),
        "{by_branch}"
    );
}

#[tokio::test]
async fn no_because_it_failed() {
    let site = site_with_stock_check().await;
    site.verify(STOCK, "77aa012", Some(("a stock check for a known sku", json!(["broken"])))).await;
    site.deploy("inventory-service", "77aa012", "production").await;
    insta::assert_snapshot!(answer(&site.words(ASK).await), @r"
    ✗ No: inventory-service 77aa012 failed to verify the pact of order-service 1f3c9ab.
    What to do
    See what failed, fix inventory-service or the pact, and verify the version with the fix: the pact
    countersign verify \
    --provider inventory-service \
    --provider-base-url http://localhost:8080 \
    --url http://broker.example:9292/pacts/provider/inventory-service/consumer/order-service/version/1f3c9ab \
    --provider-version NEW_VERSION \
    --publish
    ");
}

#[tokio::test]
async fn not_yet_because_nobody_looked() {
    let site = site_with_stock_check().await;
    site.deploy("order-service", "1f3c9ab", "production").await;
    site.call(Method::PUT, &path_of_branch("inventory-service", "main", "5d5d5d5"), &json!({})).await;
    let words = site.words("/can-i-deploy?pacticipant=inventory-service&version=5d5d5d5&environment=production").await;
    insta::assert_snapshot!(answer(&words), @r"
    ○ No, not yet: the pact of order-service 1f3c9ab, in production, was never verified by inventory-service 5d5d5d5.
    What to do
    Verify it with inventory-service 5d5d5d5 running: the pact
    countersign verify \
    --provider inventory-service \
    --provider-base-url http://localhost:8080 \
    --url http://broker.example:9292/pacts/provider/inventory-service/consumer/order-service/version/1f3c9ab \
    --provider-version 5d5d5d5 \
    --publish
    ");
}

#[tokio::test]
async fn not_yet_because_the_provider_is_not_there() {
    let site = site_with_stock_check().await;
    let words = site.words(ASK).await;
    insta::assert_snapshot!(answer(&words), @r"
    ○ No, not yet: order-service 1f3c9ab needs inventory-service, and no version of inventory-service is recorded as deployed or released in production.
    What to do
    Deploy inventory-service to production first, and record it: the pact
    countersign record-deployment \
    --pacticipant inventory-service \
    --version ITS_VERSION \
    --environment production \
    --broker-base-url http://broker.example:9292
    ");
}

#[tokio::test]
async fn no_because_there_is_no_such_version() {
    let site = site_with_stock_check().await;
    let words = site.words("/can-i-deploy?pacticipant=order-service&version=nope&environment=production").await;
    assert!(answer(&words).starts_with("✗ No: order-service has no version nope."), "{words}");
    assert!(words.contains("--consumer-app-version nope"), "{words}");
}

#[tokio::test]
async fn questions_that_cannot_be_answered_are_asked_again() {
    let site = site_with_stock_check().await;
    for (query, expected) in [
        ("", "Choose an application"),
        ("?pacticipant=order-service", "Give a version of order-service"),
        ("?pacticipant=nobody&version=1&environment=production", "There is no application named nobody."),
        ("?pacticipant=order-service&version=1&environment=mars", "There is no environment named mars."),
        ("?pacticipant=order-service&branch=x&environment=production", "order-service has no version on branch x."),
    ] {
        let words = site.words(&format!("/can-i-deploy{query}")).await;
        assert!(words.contains(expected), "{query}: {words}");
    }
}

#[tokio::test]
async fn the_matrix_of_a_pair_and_of_selectors() {
    let site = site_with_stock_check().await;
    site.verify(STOCK, "77aa012", None).await;
    let row = "order-service\n1f3c9ab main just now\ninventory-service\n77aa012\n✓ verified just now";
    for path in [
        "/matrix/provider/inventory-service/consumer/order-service",
        "/matrix?q[][pacticipant]=order-service&q[][pacticipant]=inventory-service&latestby=cvpv",
        "/matrix?q%5B%5D%5Bpacticipant%5D=order-service&q%5B%5D%5Bpacticipant%5D=",
    ] {
        let words = site.words(path).await;
        assert!(words.contains(row), "{path}: {words}");
        assert!(words.contains("1 row"), "{path}: {words}");
    }
    assert!(site.words("/matrix?q[][pacticipant]=nobody").await.contains("there is no pacticipant named"));
    let verdict = site.words("/matrix?q[][pacticipant]=order-service&q[][version]=1f3c9ab&latestby=cvp").await;
    assert!(verdict.contains("✓ Yes."), "{verdict}");
}

#[tokio::test]
async fn what_people_published_cannot_become_markup() {
    let site = Site::open().await;
    let evil = r#"<img src=x onerror="alert(1)">'&"#;
    let pact = json!({
        "interactions": [{
            "description": evil, "providerStates": [{ "name": evil, "params": { evil: evil } }],
            "request": { "method": "GET", "path": evil, "query": { evil: [evil] }, "headers": { "X-Evil": evil } },
            "response": {
                "status": 200, "body": { evil: [evil, { evil: "</code></script>" }] },
                "matchingRules": { "body": { "$.*": rule(json!({ "match": "regex", "regex": evil })) } },
            },
        }],
        "metadata": { "pactSpecification": { "version": "3.0.0" } },
    });
    site.publish(evil, evil, evil, pact).await;
    let found = json!([{ "identifier": evil, "description": evil }]);
    site.verify((evil, evil, evil), evil, Some((evil, found))).await;
    let own = path(&["pacts", "provider", evil, "consumer", evil, "latest"]);
    let pair = path(&["matrix", "provider", evil, "consumer", evil]);
    let encoded = path(&[evil]).split_off(1);
    let ask = format!("/can-i-deploy?pacticipant={encoded}&version={encoded}&environment=production");
    let nowhere = path(&["pacts", "provider", "<script>", "consumer", "<script>", "latest"]);
    for page in ["/", &format!("/?q={encoded}"), &own, &format!("{own}?q={encoded}"), &pair, &ask, &nowhere] {
        let body = site.browse(page).await.body;
        for raw in ["<img", "onerror=\"", "</code></script>", "<script>"] {
            assert!(!body.contains(raw), "{raw} in {page}: {body}");
        }
        assert!(body.contains("&#60;img") || page.contains("script"), "{page}: {body}");
    }
}

#[tokio::test]
async fn only_our_own_files_run() {
    let site = site_with_stock_check().await;
    let pact = "/pacts/provider/inventory-service/consumer/order-service/latest";
    for page in ["/", pact, ASK, "/matrix", "/no/such/page", "/pacts/provider/x/consumer/y/latest"] {
        let answer = site.browse(page).await;
        let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{page}: {policy}");
        for inline in ["<script>", "<style", " style=", " onclick=", "javascript:", "http://"] {
            let commands_aside =
                answer.body.replace("http://broker.example:9292", "").replace("http://localhost:8080", "");
            assert!(!commands_aside.contains(inline), "{inline} in {page}");
        }
    }
}

/// Every link, form and file of a page.
fn links(html: &str) -> Vec<&str> {
    [" href=\"", " src=\"", " action=\""]
        .iter()
        .flat_map(|attribute| html.split(attribute).skip(1))
        .map(|rest| rest.split_once('"').unwrap().0)
        .collect()
}

#[tokio::test]
async fn every_link_keeps_the_path_of_the_base_url() {
    let mut config = Config::in_memory();
    config.base_urls = vec!["https://tools.example/contracts".to_owned()];
    let site = Site::configured(config).await;
    site.publish(STOCK.0, STOCK.1, STOCK.2, stock_check()).await;
    let pact = "/pacts/provider/inventory-service/consumer/order-service/latest";
    for page in ["/", "/?q=zzz", pact, &format!("{pact}?q=zzz"), ASK, "/matrix", "/no/such/page"] {
        let body = site.browse(page).await.body;
        let links = links(&body);
        assert!(links.len() > 5, "{page}");
        for link in links {
            assert!(link.starts_with("/contracts/") || link.starts_with('#'), "{link} in {page}");
        }
    }
    assert!(site.words(ASK).await.contains("--broker-base-url https://tools.example/contracts"));
}

#[tokio::test]
async fn files_are_served_for_ever_under_the_names_that_pages_give() {
    let site = Site::open().await;
    let page = site.browse("/").await.body;
    for file in links(&page).into_iter().filter(|link| link.starts_with("/static/")) {
        let answer = site.send(Method::GET, file, "text/css,*/*;q=0.1", None).await;
        assert_eq!(answer.status, StatusCode::OK, "{file}");
        assert_eq!(answer.headers[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    }
    assert_eq!(site.browse("/static/style-0.css").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn errors_say_what_happened_and_what_to_do() {
    let site = site_with_stock_check().await;
    for (path, expected) in [
        ("/no/such/page", "Not here\nThe requested document was not found on this server."),
        ("/pacticipants/nobody", "Not here\nNo pacticipant with name 'nobody' found"),
        (
            "/pacts/provider/nobody/consumer/order-service/latest",
            "Not here\nThis broker knows no application named nobody.",
        ),
        (
            "/pacts/provider/inventory-service/consumer/order-service/version/9",
            "Not here\norder-service 9 has no pact with inventory-service.",
        ),
    ] {
        let answer = site.browse(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        let words = words(&answer.body);
        assert!(words.starts_with(expected), "{path}: {words}");
        assert!(words.ends_with("Go to the overview"), "{words}");
    }
}

#[tokio::test]
async fn the_api_stays_what_it_is() {
    let site = site_with_stock_check().await;
    let pact = "/pacts/provider/inventory-service/consumer/order-service/latest";
    for (path, accept) in
        [(pact, "application/hal+json"), (pact, "*/*"), ("/", "*/*"), (&format!("{pact}?format=json"), BROWSER)]
    {
        let answer = site.send(Method::GET, path, accept, None).await;
        let content_type = answer.headers[header::CONTENT_TYPE].to_str().unwrap();
        assert!(content_type.starts_with("application/hal+json"), "{path} {accept}: {content_type}");
    }
}
