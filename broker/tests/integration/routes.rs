//! Every route with what can happen there: what the description says occurs, and nothing else does.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, TestBroker, pact};

/// A method at a path, and the statuses it is described with.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) statuses: BTreeSet<u16>,
    pub(crate) answers: Vec<String>,
    pub(crate) takes: Option<String>,
}

impl Operation {
    fn named(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// Everything the broker says it answers.
pub(crate) fn described(openapi: &Value) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, item) in openapi["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap().iter().filter(|(key, _)| *key != "parameters") {
            let responses = operation["responses"].as_object().unwrap();
            let first_good = responses.iter().find(|(status, _)| status.starts_with('2'));
            let answers = first_good.and_then(|(_, response)| response["content"].as_object());
            let takes = operation["requestBody"]["content"].as_object();
            operations.push(Operation {
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                statuses: responses.keys().map(|status| status.parse().unwrap()).collect(),
                answers: answers.into_iter().flatten().map(|(kind, _)| kind.clone()).collect(),
                takes: takes.and_then(|takes| Some(takes.iter().next()?.0.clone())),
            });
        }
    }
    operations
}

/// A broker in which everything exists once, and where it is.
struct World {
    broker: TestBroker,
    names: BTreeMap<&'static str, String>,
}

impl World {
    async fn new() -> Self {
        let broker = TestBroker::start().await;
        for version in ["1", "2"] {
            broker.publish("web", version, "orders").about(version).branch("main").tag("dev").done().await;
        }
        broker.publish("web", "3", "orders").about("3").done().await;
        broker.put("/pacticipants/web/labels/team", &json!({})).await.expect(201);
        let mut names = BTreeMap::from([
            ("name", "web"),
            ("consumer", "web"),
            ("provider", "orders"),
            ("number", "2"),
            ("other", "1"),
            ("tag", "dev"),
            ("to", "dev"),
            ("provider_tag", "dev"),
            ("consumer_tag", "dev"),
            ("branch", "main"),
            ("label", "team"),
            ("environment", "test"),
            ("rel", "pb:webhooks"),
            ("file", "browser.html"),
        ])
        .into_iter()
        .map(|(key, value)| (key, value.to_owned()))
        .collect::<BTreeMap<&str, String>>();
        let digest = async |version: &str| {
            let pact = broker.get(&format!("/pacts/provider/orders/consumer/web/version/{version}")).await.json();
            pact["_links"]["pb:pact-version"]["name"].as_str().unwrap().to_owned()
        };
        names.insert("sha", digest("2").await);
        names.insert("other sha", digest("1").await);
        let hook = json!({
            "events": [{ "name": "contract_published" }, { "name": "provider_verification_published" }],
            "request": { "method": "POST", "url": "https://ci.invalid/" },
        });
        let webhook = broker.post("/webhooks", &hook).await.expect(201).json();
        names.insert("/webhooks", webhook["uuid"].as_str().unwrap().to_owned());
        broker.publish("web", "4", "orders").about("4").done().await;
        let triggered = broker.get("/pacts/provider/orders/consumer/web/version/4/triggered-webhooks").await.json();
        let delivery = &triggered["_embedded"]["triggeredWebhooks"][0];
        names.insert("/triggered-webhooks", delivery["uuid"].as_str().unwrap().to_owned());
        let question = json!({ "consumerVersionSelectors": [{ "branch": "main" }] });
        let asked = broker.post("/pacts/provider/orders/for-verification", &question).await.expect(200).json();
        let href = asked["_embedded"]["pacts"][0]["_links"]["self"]["href"].as_str().unwrap().to_owned();
        names.insert("context", href.rsplit('/').next().unwrap().to_owned());
        for version in ["2", "2", "4"] {
            broker.verify(("orders", "7"), ("web", version), true).await;
        }
        names.insert("environment uuid", broker.environment("test").await);
        for kind in ["deployed", "released"] {
            let place =
                format!("/pacticipants/web/versions/2/{kind}-versions/environment/{}", names["environment uuid"]);
            let recorded = broker.post(&place, &json!({})).await.expect(201).json();
            names.insert(
                if kind == "deployed" { "/deployed-versions" } else { "/released-versions" },
                recorded["uuid"].as_str().unwrap().to_owned(),
            );
        }
        let token = broker.post("/tokens", &json!({ "name": "ci", "roles": ["read"] })).await.expect(201).json();
        names.insert("/tokens", token["uuid"].as_str().unwrap().to_owned());
        broker.put("/pacticipants/orders/versions/7/tags/dev", &json!({})).await.expect(201);
        Self { broker, names }
    }

    /// A path with what exists in its places.
    fn existing(&self, path: &str) -> String {
        self.filled(path, |name| self.names.get(name).unwrap_or_else(|| panic!("{name} in {path}")).clone())
    }

    fn filled(&self, path: &str, value: impl Fn(&str) -> String) -> String {
        let mut steps: Vec<String> = Vec::new();
        for step in path.split('/') {
            let Some(name) = step.strip_prefix('{').and_then(|step| step.strip_suffix('}')) else {
                steps.push(step.to_owned());
                continue;
            };
            let owner = format!("/{}", steps.get(1).map_or("", String::as_str));
            let key = match name {
                "uuid" if path.contains("environment") => "environment uuid",
                "uuid" => owner.as_str(),
                "other" if path.contains("pact-version") => "other sha",
                name => name,
            };
            steps.push(value(key));
        }
        let filled = steps.join("/");
        if path == "/can-i-deploy" { format!("{filled}?pacticipant=web&version=2&environment=test") } else { filled }
    }

    async fn ask(&self, operation: &Operation, path: &str, body: Option<&str>) -> Answer {
        let mut request = self.broker.request(operation.method.clone(), path);
        if let Some(kind) = operation.takes.as_deref() {
            request = request.header("Content-Type", kind).body(body.unwrap_or("{}").to_owned());
        }
        self.broker.send(request).await
    }
}

/// A body that a method takes as it stands.
fn fitting(operation: &Operation) -> Option<String> {
    let body = match (operation.method.as_str(), operation.path.as_str()) {
        ("POST", "/tokens") => json!({ "name": "x", "roles": ["read"] }),
        ("POST", "/pacticipants") => json!({ "name": "something new" }),
        ("POST", "/environments") => json!({ "name": "uat", "production": false }),
        ("PUT", "/environments/{uuid}") => json!({ "name": "test", "production": false, "displayName": "Tests" }),
        ("PATCH", "/deployed-versions/{uuid}") => json!({ "currentlyDeployed": false }),
        ("PATCH", "/released-versions/{uuid}") => json!({ "currentlySupported": false }),
        ("POST", "/contracts/publish") => return None,
        ("PUT" | "PATCH", path) if path.contains("/consumer/{consumer}/version") => pact("web", "orders", "2"),
        ("POST", path) if path.ends_with("/verification-results") => {
            json!({ "success": true, "providerApplicationVersion": "8" })
        }
        ("POST" | "PUT", path) if path.contains("/webhooks") && !path.contains("triggered") => json!({
            "events": [{ "name": "contract_published" }],
            "request": { "method": "POST", "url": "https://ci.invalid/" },
        }),
        _ => json!({}),
    };
    Some(body.to_string())
}

/// What else is worth sending, each beside the fitting body: what is wrong, what collides, what creates.
fn others(world: &World, operation: &Operation) -> Vec<(String, String)> {
    let here = world.existing(&operation.path);
    let with = |bodies: &[&str]| bodies.iter().map(|body| (here.clone(), (*body).to_owned())).collect::<Vec<_>>();
    let publication = |version: &str, about: &str| world.broker.publish("web", version, "orders").about(about).body();
    match (operation.method.as_str(), operation.path.as_str()) {
        ("GET", "/can-i-deploy" | "/pacticipants") => {
            vec![(operation.path.clone() + "?page=0", String::new())]
        }
        ("GET", "/audit") => vec![("/audit?since=x".to_owned(), String::new())],
        ("GET", "/matrix") => vec![("/matrix?q[][pacticipant]=web&latestby=cvp".to_owned(), String::new())],
        ("GET", path) if path.ends_with("/for-verification") => {
            vec![(format!("{here}?provider_version_branch=%20"), String::new())]
        }
        ("POST", "/pacticipants") => with(&[r#"{"name":"web"}"#, r#"{"name":" "}"#]),
        ("POST", "/contracts/publish") => vec![
            (here.clone(), publication("9", "9").to_string()),
            (here.clone(), publication("2", "another content").to_string()),
        ],
        ("PUT" | "PATCH", path) if path.contains("/consumer/{consumer}/version") => {
            let elsewhere = here.replace("/2", &format!("/{}", uuid::Uuid::new_v4()));
            let other = pact("web", "orders", "other").to_string();
            // the same request with another answer is no conflict for a merge, another request is
            let clash = pact("web", "orders", "2").to_string().replace("\"GET\"", "\"PUT\"");
            vec![(elsewhere, other), (here.clone(), clash), (here.clone(), pact("app", "orders", "2").to_string())]
        }
        ("PUT", path) if path.contains("/tags/") || path.contains("/labels/") => {
            vec![(here.replace("/dev", "/new").replace("/team", "/new"), "{}".to_owned())]
        }
        ("PUT", path) if path.contains("/branches/") => vec![(here.replace("/main/", "/new/"), "{}".to_owned())],
        ("PUT" | "PATCH", "/pacticipants/{name}/versions/{number}") => {
            let elsewhere = here.replace("/2", &format!("/{}", uuid::Uuid::new_v4()));
            vec![(elsewhere, "{}".to_owned()), (here.clone(), r#"{"buildUrl":7}"#.to_owned())]
        }
        ("PUT" | "PATCH", "/pacticipants/{name}") => {
            vec![(here.clone(), r#"{"mainBranch":7}"#.to_owned()), ("/pacticipants/new".to_owned(), "{}".to_owned())]
        }
        ("PATCH", "/deployed-versions/{uuid}") => with(&[r#"{"currentlyDeployed":true}"#]),
        ("PATCH", "/released-versions/{uuid}") => with(&[r#"{"currentlySupported":true}"#]),
        ("PUT", "/webhooks/{uuid}") => vec![("/webhooks/abcdefghijklmnopq".to_owned(), fitting(operation).unwrap())],
        ("POST", "/triggered-webhooks/{uuid}/redeliver") => Vec::new(),
        ("POST", path) if path.contains("released-versions") => {
            vec![(here.replace("/versions/2/", "/versions/1/"), "{}".to_owned())]
        }
        ("POST", path) if path.contains("deployed-versions") => with(&[r#"{"applicationInstance":7}"#]),
        _ => Vec::new(),
    }
}

/// Described, and seen by tests of their own: they need a database that is down, or a clock.
const ELSEWHERE: [(&str, u16); 6] = [
    ("GET /ready", 503),
    ("GET /diagnostic/status/dependencies", 500),
    ("GET /pacts/provider/{provider}/consumer/{consumer}/version/{number}/diff/previous-distinct", 408),
    ("GET /pacts/provider/{provider}/consumer/{consumer}/version/{number}/diff/version/{other}", 408),
    ("GET /pacts/provider/{provider}/consumer/{consumer}/pact-version/{sha}/diff/pact-version/{other}", 408),
    ("POST /triggered-webhooks/{uuid}/redeliver", 422),
];

/// What came of asking in every way there is: for each status, how it came about.
type Seen = BTreeMap<u16, String>;

/// Asks for one operation in every way there is, about what exists last.
async fn tried(world: &World, operation: &Operation, wrong: &mut Vec<String>) -> Seen {
    let mut seen = Seen::new();
    let mut note = |answer: &Answer, why: &str| {
        seen.entry(answer.status.as_u16()).or_insert_with(|| format!("{why}: {}", answer.text));
    };
    // writing creates some of what is not there, so nobody else may ask for it
    let own = uuid::Uuid::new_v4();
    let nowhere = world.filled(&operation.path, |name| format!("no-{}-{own}", name.replace(['/', ' '], "-")));
    note(&world.ask(operation, &nowhere, fitting(operation).as_deref()).await, "nothing is there");
    if operation.takes.is_some() && operation.statuses.contains(&400) {
        let here = world.existing(&operation.path);
        note(&world.ask(operation, &here, Some("{")).await, "no JSON");
        note(&world.ask(operation, &here, Some("{}")).await, "an empty object");
    }
    for (path, body) in others(world, operation) {
        note(&world.ask(operation, &path, Some(&body)).await, "another");
    }
    if let Some(body) = fitting(operation) {
        let answer = world.ask(operation, &world.existing(&operation.path), Some(&body)).await;
        note(&answer, "all is there");
        let kind = answer.headers.get("content-type").map_or("", |kind| kind.to_str().unwrap());
        let fits = operation.answers.is_empty() || operation.answers.iter().any(|known| kind.starts_with(known));
        if answer.status.is_success() && !fits {
            wrong.push(format!("{}: it answers as {kind}", operation.named()));
        }
    }
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_what_the_description_says() {
    let mut world = World::new().await;
    let operations = described(&world.broker.get("/openapi.json").await.expect(200).json());
    assert!(operations.len() > 130, "{}", operations.len());
    let (mut deletions, mut rest): (Vec<_>, Vec<_>) =
        operations.into_iter().partition(|operation| operation.method == Method::DELETE);
    // reading before anything changes
    rest.sort_by_key(|operation| operation.method != Method::GET);
    // parts before what they are parts of
    deletions.sort_by_key(|operation| std::cmp::Reverse(operation.path.split('/').count()));
    let mut wrong = Vec::new();
    for operation in rest.iter().chain(&deletions) {
        let mut seen = tried(&world, operation, &mut wrong).await;
        if operation.method == Method::DELETE && !seen.keys().any(|status| (200..300).contains(status)) {
            // what was deleted before took it along
            world.broker.stop().await;
            world = World::new().await;
            seen.extend(tried(&world, operation, &mut wrong).await);
        }
        let described = &operation.statuses;
        for (status, how) in &seen {
            if !described.contains(status) {
                wrong.push(format!("{}: {status} is not described ({how:.300})", operation.named()));
            }
        }
        for status in described {
            let elsewhere = ELSEWHERE.contains(&(operation.named().as_str(), *status));
            if !seen.contains_key(status) && !elsewhere {
                wrong.push(format!("{}: {status} never happens, but {:?}", operation.named(), seen.keys()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    world.broker.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn methods_and_forms_that_a_route_has_not_are_refused_alike() {
    let world = World::new().await;
    let operations = described(&world.broker.get("/openapi.json").await.expect(200).json());
    let mut methods: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for operation in &operations {
        methods.entry(&operation.path).or_default().insert(operation.method.as_str());
    }
    for (path, known) in methods {
        let here = world.existing(path);
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"].into_iter().filter(|method| !known.contains(method)) {
            let answer = world.broker.send(world.broker.request(method.parse().unwrap(), &here)).await;
            assert_eq!(answer.status.as_u16(), 405, "{method} {path}: {}", answer.text);
            assert!(answer.json()["error"].is_string());
            let allowed = answer.headers["allow"].to_str().unwrap();
            assert!(known.iter().all(|method| allowed.contains(method)), "{path}: {allowed}");
        }
        let options = world.broker.send(world.broker.request(Method::OPTIONS, &here)).await;
        assert_eq!(options.status.as_u16(), 204, "{path}");
        assert!(known.iter().all(|method| options.headers["allow"].to_str().unwrap().contains(method)), "{path}");
    }
    for operation in &operations {
        let here = world.existing(&operation.path);
        let request = reqwest::Client::new().request(operation.method.clone(), world.broker.url(&here));
        let image = operation.answers.iter().any(|kind| kind.starts_with("image/"));
        if !operation.answers.is_empty() {
            let refused =
                world.broker.send(request.header("Accept", if image { "text/csv" } else { "image/png" })).await;
            assert_eq!(refused.status.as_u16(), 406, "{}: {}", operation.named(), refused.text);
            assert!(refused.json()["error"].as_str().unwrap().contains(&operation.answers[0]), "{}", refused.text);
        }
        if operation.takes.is_some() {
            let request = world.broker.request(operation.method.clone(), &here).header("Content-Type", "text/plain");
            let refused = world.broker.send(request.body("x")).await;
            let without_body = ["/execute", "/redeliver"].iter().any(|end| operation.path.ends_with(end))
                && operation.path != "/webhooks/execute";
            if !without_body {
                assert_eq!(refused.status.as_u16(), 415, "{}: {}", operation.named(), refused.text);
            }
        }
    }
    world.broker.stop().await;
}

#[tokio::test]
async fn a_comparison_that_takes_too_long_is_given_up() {
    let mut config = countersign_broker::Config::in_memory();
    config.rules.diff_timeout = std::time::Duration::from_millis(1);
    let broker = TestBroker::with(config).await;
    for version in [1, 2] {
        let mut large = pact("web", "orders", "numbers");
        large["interactions"][0]["response"]["body"] = (0..50_000).map(|number| number * version).collect();
        broker.put(&format!("/pacts/provider/orders/consumer/web/version/{version}"), &large).await.expect(201);
    }
    let path = "/pacts/provider/orders/consumer/web/version/2/diff/previous-distinct";
    let told = broker.get(path).await.expect(408).json();
    assert!(told["error"].as_str().unwrap().contains("--pact-content-diff-timeout"), "{told}");
    broker.stop().await;
}

#[tokio::test]
async fn problems_of_the_query_name_their_parameter() {
    let broker = TestBroker::start().await;
    let problem = async |path: &str| {
        let request = broker.request(Method::GET, path).header("Accept", "application/problem+json");
        broker.send(request).await.expect(400).json()["errors"][0].clone()
    };
    let kind = |problem: &Value| problem["type"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    for (path, expected, parameter) in [
        ("/pacticipants?page=x", "invalid-request-parameter-format", json!("page")),
        ("/pacticipants?size=0", "invalid-request-parameter-value", json!("size")),
        ("/can-i-deploy?version=1&environment=test", "missing-request-parameter", json!("pacticipant")),
        ("/matrix", "invalid-request-parameter-value", json!(null)),
    ] {
        let problem = problem(path).await;
        assert_eq!((kind(&problem).as_str(), &problem["parameter"]), (expected, &parameter), "{path}: {problem}");
    }
    broker.stop().await;
}

#[tokio::test]
async fn parts_can_be_left_out_and_badges_drawn_elsewhere() {
    let mut config = countersign_broker::Config::in_memory();
    config.surfaces.api_browser = false;
    config.surfaces.diagnostics = false;
    config.shields = Some("https://img.shields.io".to_owned());
    let broker = TestBroker::with(config).await;
    broker.get("/hal-browser/browser.html").await.expect(404);
    broker.get("/diagnostic/status/heartbeat").await.expect(404);
    let plain = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    for path in ["/pacts/provider/b/consumer/a/latest/badge", "/pacts/provider/b/consumer/a/latest/badge.svg"] {
        let badge = broker.send(plain.get(broker.url(path)).header("Accept", "image/svg+xml")).await.expect(307);
        assert_eq!(badge.headers["location"], "https://img.shields.io/badge/a%2Fb%20pact-unknown-lightgrey.svg");
    }
    broker.stop().await;
}
