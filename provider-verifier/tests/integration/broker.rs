//! Pacts from a broker, and results for it.

use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::{Json as Body, Router};
use countersign_provider_verifier::{Broker, Outcome, Verifier, VerifyError, Version};
use serde_json::{Value as Json, json};

use crate::pacts::{document, get, ran, stock_check, verdicts};
use crate::provider::{Provider, nobody};

/// A broker with one pact; it stops with the test's runtime.
struct FakeBroker {
    url: String,
    asked: Arc<Mutex<Vec<(String, Json)>>>,
}

#[derive(Clone)]
struct Shared {
    url: String,
    pact: Json,
    pending: bool,
    asked: Arc<Mutex<Vec<(String, Json)>>>,
}

impl FakeBroker {
    async fn start(pact: Json, pending: bool) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::<Mutex<Vec<(String, Json)>>>::default();
        let shared = Shared { url: url.clone(), pact, pending, asked: Arc::clone(&asked) };
        let router = Router::new().fallback(answer).with_state(shared);
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, asked }
    }

    fn asked(&self, line: &str) -> Vec<Json> {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|(asked, _)| asked == line).map(|(_, body)| body.clone()).collect()
    }
}

async fn answer(State(shared): State<Shared>, method: Method, uri: Uri, body: Bytes) -> Response {
    let line = format!("{method} {}", uri.path());
    let body: Json = serde_json::from_slice(&body).unwrap_or(Json::Null);
    shared.asked.lock().unwrap().push((line.clone(), body));
    let link = |path: &str| json!({ "href": format!("{}{path}", shared.url) });
    let document = match line.as_str() {
        "GET /" => json!({ "_links": {
            "pb:provider-pacts-for-verification": link("/for-verification/{provider}"),
            "pb:latest-provider-pacts": link("/latest/{provider}"),
        } }),
        "GET /latest/stock" => json!({ "_links": { "pb:pacts": [link("/pact")] } }),
        "POST /for-verification/stock" => json!({ "_embedded": { "pacts": [{
            "shortDescription": "latest from branch main",
            "verificationProperties": { "pending": shared.pending, "notices": [
                { "when": "before_verification", "text": "here because of main" },
                { "when": "after_verification:success_false_published_true", "text": "it failed and is published" },
            ] },
            "_links": { "self": link("/pact") },
        }] } }),
        "GET /pact" => {
            let mut pact = shared.pact.clone();
            pact["_links"] = json!({
                "pb:publish-verification-results": link("/results"), "pb:provider": link("/provider"),
                "pb:consumer-version": { "name": "1f3c9ab", "href": "x" },
            });
            pact
        }
        "GET /provider" => json!({ "_links": {
            "pb:branch-version": link("/branches/{branch}/versions/{version}"),
            "pb:version-tag": link("/versions/{version}/tags/{tag}"),
        } }),
        "PUT /branches/main/versions/77aa" | "PUT /versions/77aa/tags/ci" => json!({}),
        "POST /results" => return (StatusCode::CREATED, Body(json!({}))).into_response(),
        _ => return (StatusCode::NOT_FOUND, Body(json!({ "error": "not here" }))).into_response(),
    };
    Body(document).into_response()
}

fn two_interactions() -> Json {
    let mut known = get("/item/1", 200);
    known["_id"] = json!("id-of-item");
    document("shop", [known, stock_check("/stock/TEXT")])
}

#[tokio::test]
async fn wishes_reach_the_broker() {
    let provider = Provider::start().await;
    let broker = FakeBroker::start(document("shop", [get("/item/1", 200)]), false).await;
    let wishes = Broker::at(&broker.url).deployed_or_released().main_branch().matching_branch().pending();
    let verification = Verifier::of("stock")
        .http(&provider.url)
        .version(Version::new("77aa").branch("main").tag("ci"))
        .pacts(wishes.wip_since("2026-01-01"))
        .verify()
        .await
        .unwrap_verified();
    assert_eq!(
        broker.asked("POST /for-verification/stock"),
        [json!({
            "consumerVersionSelectors": [{ "deployedOrReleased": true }, { "mainBranch": true }, { "matchingBranch": true }],
            "providerVersionTags": ["ci"], "includePendingStatus": true,
            "providerVersionBranch": "main", "includeWipPactsSince": "2026-01-01",
        })]
    );
    let pact = &verification.pacts[0];
    assert_eq!((pact.consumer_version.as_deref(), pact.reason.as_str()), (Some("1f3c9ab"), "latest from branch main"));
    assert_eq!(pact.notices, ["here because of main"]);
    assert!(broker.asked("POST /results").is_empty(), "nothing is published unless asked");
}

#[tokio::test]
async fn without_wishes_the_latest_pacts_are_taken() {
    let provider = Provider::start().await;
    let broker = FakeBroker::start(document("shop", [get("/item/1", 200)]), false).await;
    let verifier = Verifier::of("stock").http(&provider.url).pacts(Broker::at(&broker.url));
    let _ = verifier.verify().await.unwrap_verified();
    assert_eq!(broker.asked("GET /latest/stock").len(), 1);
}

#[tokio::test]
async fn results_are_published_for_each_interaction() {
    let provider = Provider::start().await;
    let broker = FakeBroker::start(two_interactions(), true).await;
    let outcome = Verifier::of("stock")
        .http(&provider.url)
        .pacts(Broker::at(&broker.url).main_branch().pending())
        .publish(Version::new("77aa").branch("main").tag("ci").build_url("http://ci/1"))
        .verify()
        .await;
    assert_eq!(outcome.exit_code(), 0, "the pact is pending");
    let verification = ran(outcome);
    assert_eq!(verdicts(&verification), ["agreed", "$.left"]);
    assert_eq!(verification.published_as.as_deref(), Some("77aa"));
    assert_eq!(verification.pacts[0].notices, ["here because of main", "it failed and is published"]);
    assert_eq!(broker.asked("PUT /branches/main/versions/77aa").len(), 1);
    assert_eq!(broker.asked("PUT /versions/77aa/tags/ci").len(), 1);
    let mut results = broker.asked("POST /results");
    assert_eq!(results[0]["verifiedBy"]["version"].take(), env!("CARGO_PKG_VERSION"));
    insta::assert_snapshot!(serde_json::to_string_pretty(&results).unwrap(), @r#"
    [
      {
        "success": false,
        "providerApplicationVersion": "77aa",
        "testResults": [
          {
            "interactionDescription": "GET /item/1",
            "interactionId": "id-of-item",
            "success": true
          },
          {
            "interactionDescription": "GET /stock/TEXT",
            "success": false,
            "mismatches": [
              {
                "attribute": "body",
                "description": "expected an integer like 5, but got \"4\" (a string)",
                "identifier": "$.left"
              }
            ]
          }
        ],
        "buildUrl": "http://ci/1",
        "verifiedBy": {
          "implementation": "Countersign",
          "version": null
        }
      }
    ]
    "#);
}

#[tokio::test]
async fn a_part_of_a_pact_is_not_published() {
    let provider = Provider::start().await;
    let broker = FakeBroker::start(two_interactions(), false).await;
    let outcome = Verifier::of("stock")
        .http(&provider.url)
        .only_described("item")
        .pacts(Broker::at(&broker.url))
        .publish(Version::new("77aa"))
        .verify()
        .await;
    let verification = outcome.unwrap_verified();
    assert_eq!(verification.warnings, ["Results are not published: a part of a pact says nothing about the whole"]);
    assert!(broker.asked("POST /results").is_empty());
}

#[tokio::test]
async fn results_that_have_nowhere_to_go_are_told() {
    let provider = Provider::start().await;
    let pact = crate::pacts::pact([get("/item/1", 200)]);
    let verifier = Verifier::of("stock").http(&provider.url).pacts(pact).publish(Version::new("1"));
    let outcome = verifier.verify().await;
    assert_eq!(outcome.exit_code(), 2);
    assert_eq!(
        ran(outcome).publication_problems,
        ["the pact with shop is from no broker, so its result is not published"]
    );
}

#[tokio::test]
async fn a_broker_that_is_down_or_does_not_know_the_provider_says_so() {
    let url = nobody().await;
    let client = countersign_broker_client::BrokerClient::builder(&url);
    let client = client.retry(countersign_broker_client::RetryPolicy::never());
    let down = Verifier::of("stock").http("http://h").pacts(Broker::configured(client)).verify().await;
    assert_eq!(down.exit_code(), 2);
    let text = down.to_string();
    assert!(text.contains(&url) && text.contains("PACT_BROKER_BASE_URL"), "{text}");

    let broker = FakeBroker::start(two_interactions(), false).await;
    let unknown = Verifier::of("who").http("http://h").pacts(Broker::at(&broker.url)).verify().await;
    let allowed = Verifier::of("who").http("http://h").pacts(Broker::at(&broker.url)).allow_no_pacts(true);
    assert_eq!(allowed.verify().await.exit_code(), 0);
    let Outcome::CouldNotRun(VerifyError::Broker { error }) = unknown else { panic!("{unknown}") };
    assert!(error.to_string().starts_with("provider `who` was not found"), "{error}");
}

#[tokio::test]
async fn a_pact_at_an_address_is_published_where_it_comes_from() {
    let provider = Provider::start().await;
    let broker = FakeBroker::start(document("shop", [get("/item/1", 200)]), false).await;
    let verifier = Verifier::of("stock").http(&provider.url).pacts(format!("{}/pact", broker.url));
    let _ = verifier.publish(Version::new("77aa")).verify().await.unwrap_verified();
    let results = broker.asked("POST /results");
    assert_eq!((results.len(), &results[0]["success"]), (1, &json!(true)));

    let missing = Verifier::of("stock").http(&provider.url).pacts(format!("{}/nowhere", broker.url)).verify().await;
    let Outcome::CouldNotRun(VerifyError::Pacts { problems }) = missing else { panic!("{missing}") };
    assert_eq!(problems[0].place, format!("{}/nowhere", broker.url));
}

/// The list of pacts and the pact itself as the official client's contract with the broker has them.
#[tokio::test]
async fn the_shapes_of_the_official_contract_are_understood() {
    let folder = crate::corpora::files("broker-contract");
    let Some(file) = folder.first() else { return };
    let contract: Json = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let body = |path: &str| {
        let interactions = contract["interactions"].as_array().unwrap();
        let found = interactions.iter().find(|it| it["request"]["path"] == path && it["response"]["status"] == 200);
        found.unwrap()["response"]["body"].clone()
    };
    let list = body("/pacts/provider/Pricing%20Service/latest");
    let mut pact = body("/pacts/provider/Pricing%20Service/consumer/Condor/latest");
    pact["interactions"] = json!([{
        "description": "a price", "request": { "method": "get", "path": "/item/1" }, "response": { "status": 200 },
    }]);
    let router = Router::new().fallback(async move |uri: Uri, headers: axum::http::HeaderMap| {
        let base = format!("http://{}", headers["host"].to_str().unwrap());
        let index = json!({ "_links": { "pb:latest-provider-pacts": { "href": format!("{base}/pacts/provider/{{provider}}/latest") } } });
        let document = match uri.path() {
            "/" => index,
            "/pacts/provider/Pricing%20Service/latest" => list.clone(),
            "/pacts/provider/Pricing%20Service/consumer/Condor/version/1.3.0" => pact.clone(),
            _ => return (StatusCode::NOT_FOUND, String::new()),
        };
        (StatusCode::OK, document.to_string().replace("http://example.org", &base))
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let provider = Provider::start().await;
    let verifier = Verifier::of("Pricing Service").http(&provider.url).pacts(Broker::at(url));
    let verification = verifier.verify().await.unwrap_verified();
    assert_eq!(verification.pacts[0].consumer, "Condor");
    assert_eq!(provider.asked(), ["GET /item/1"]);
}
