//! Which pacts the verifier gets of this broker: every kind of selector, pending pacts, work in progress, and the address that
//! a webhook names.

use std::collections::BTreeSet;

use axum::Router;
use axum::http::StatusCode;
use countersign_broker::config::Credentials;
use countersign_broker::{Broker, Config, RunningBroker};
use countersign_broker_client::{
    BrokerClient, ConsumerVersionSelector, Contract, MatrixQuery, MatrixSelector, OnConflict, Publication,
    VersionChoice,
};
use countersign_provider_verifier::{Broker as PactBroker, PactUrl, StateError, Verification, Verifier, Version};
use serde_json::{Value as Json, json};

const PROVIDER: &str = "stock";

/// A broker, and what consumers have brought it: `web` and `mobile` with versions on branches, tagged, deployed and released.
struct Shelf {
    broker: RunningBroker,
    client: BrokerClient,
}

impl Shelf {
    async fn filled() -> Self {
        let broker = Broker::start(Config::in_memory()).await.unwrap();
        let client = BrokerClient::builder(broker.url()).build().unwrap();
        let shelf = Self { broker, client };
        for (consumer, version, branch, tag) in [
            ("web", "w1", "main", Some("prod")),
            ("web", "w2", "feat/x", None),
            ("web", "w3", "main", None),
            ("mobile", "m1", "main", Some("prod")),
            ("mobile", "m2", "main", Some("dev")),
        ] {
            shelf.publish(consumer, version, branch, tag).await;
        }
        shelf.client.record_deployment("web", "w1", "production", None).await.unwrap();
        shelf.client.record_deployment("mobile", "m2", "test", None).await.unwrap();
        shelf.client.record_release("mobile", "m1", "production").await.unwrap();
        shelf
    }

    async fn publish(&self, consumer: &str, version: &str, branch: &str, tag: Option<&str>) {
        let contract = Contract {
            provider: PROVIDER.to_owned(),
            content: pact(consumer, version).to_string().into_bytes(),
            on_conflict: OnConflict::default(),
        };
        let publication = Publication {
            consumer: consumer.to_owned(),
            version: version.to_owned(),
            branch: Some(branch.to_owned()),
            tags: tag.iter().map(|tag| (*tag).to_owned()).collect(),
            build_url: None,
            contracts: vec![contract],
        };
        self.client.publish(&publication).await.unwrap();
    }

    fn source(&self) -> PactBroker {
        PactBroker::at(self.broker.url())
    }

    /// The consumer versions whose pacts are brought.
    async fn brought(&self, source: PactBroker, branch: Option<&str>) -> BTreeSet<String> {
        let mut version = Version::new("p1");
        if let Some(branch) = branch {
            version = version.branch(branch);
        }
        let plan = Verifier::of(PROVIDER).http("http://provider").version(version).pacts(source).dry_run().await;
        plan.unwrap().pacts.into_iter().map(|pact| pact.consumer_version.unwrap()).collect()
    }
}

/// A pact that differs from version to version.
fn pact(consumer: &str, version: &str) -> Json {
    json!({
        "consumer": { "name": consumer }, "provider": { "name": PROVIDER },
        "interactions": [{
            "description": format!("a question of {version}"),
            "request": { "method": "GET", "path": format!("/{consumer}/{version}") }, "response": { "status": 200 },
        }],
        "metadata": { "pactSpecification": { "version": "3.0.0" } },
    })
}

/// A provider that answers every path that contains none of these words.
async fn provider(unknown: &'static [&'static str]) -> String {
    let answer = move |uri: axum::http::Uri| async move {
        if unknown.iter().any(|word| uri.path().contains(word)) { StatusCode::NOT_FOUND } else { StatusCode::OK }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_selector_brings_its_pacts() {
    let shelf = Shelf::filled().await;
    let mut wrong = Vec::new();
    for (selectors, branch, expected) in [
        (json!([]), None, "m2 w3"),
        (json!([{ "latest": true }]), None, "m2 w3"),
        (json!([{ "mainBranch": true }]), None, "m2 w3"),
        (json!([{ "branch": "feat/x" }]), None, "w2"),
        (json!([{ "branch": "feat/none", "fallbackBranch": "main" }]), None, "m2 w3"),
        (json!([{ "branch": "feat/x", "fallbackBranch": "main" }]), None, "m2 w2"),
        (json!([{ "branch": "feat/x", "fallbackBranch": "main", "consumer": "web" }]), None, "w2"),
        (json!([{ "matchingBranch": true }]), Some("feat/x"), "w2"),
        (json!([{ "mainBranch": true }, { "matchingBranch": true }]), Some("feat/x"), "m2 w2 w3"),
        (json!([{ "tag": "prod", "latest": true }]), None, "m1 w1"),
        (json!([{ "tag": "dev", "latest": true, "fallbackTag": "prod" }]), None, "m2 w1"),
        (json!([{ "tag": "prod" }]), None, "m1 w1"),
        (json!([{ "deployed": true }]), None, "m2 w1"),
        (json!([{ "released": true }]), None, "m1"),
        (json!([{ "deployedOrReleased": true }]), None, "m1 m2 w1"),
        (json!([{ "deployedOrReleased": true, "environment": "production" }]), None, "m1 w1"),
        (json!([{ "mainBranch": true, "consumer": "web" }]), None, "w3"),
    ] {
        let parsed: Vec<ConsumerVersionSelector> = serde_json::from_value(selectors.clone()).unwrap();
        let source = parsed.into_iter().fold(shelf.source(), PactBroker::selector);
        let brought = shelf.brought(source, branch).await;
        let brought = brought.into_iter().collect::<Vec<_>>().join(" ");
        if brought != expected {
            wrong.push(format!("{selectors}: {brought} instead of {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    shelf.broker.stop().await.unwrap();
}

/// One verification that publishes, of what is on main.
async fn verify(url: &str, version: &str, source: PactBroker) -> Verification {
    let version = Version::new(version).branch("main");
    Verifier::of(PROVIDER).http(url).pacts(source).publish(version).verify().await.into_result().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_never_honoured_is_pending_and_new_work_is_in_progress() {
    let shelf = Shelf::filled().await;
    let without_w3 = provider(&["w3", "w2"]).await;
    let on_main = || shelf.source().main_branch().pending();

    let first = verify(&without_w3, "p1", on_main()).await;
    assert!(first.pacts.iter().all(|pact| pact.pending), "nothing was ever honoured");
    assert_eq!((first.exit_code(), first.counts().pending), (0, 1), "a pending failure forgives");
    let web = first.pacts.iter().find(|pact| pact.consumer == "web").unwrap();
    assert!(web.notices.iter().any(|notice| notice.contains("pending")), "{:?}", web.notices);

    let with_all = provider(&[]).await;
    assert_eq!(verify(&with_all, "p2", on_main()).await.counts().passed, 2);
    let third = verify(&without_w3, "p3", on_main()).await;
    assert!(third.pacts.iter().all(|pact| !pact.pending));
    assert_eq!(third.exit_code(), 1, "what was honoured once has to be honoured");

    // the branch of web is nobody's choice, and new
    let with_wip = verify(&without_w3, "p4", shelf.source().deployed_or_released().wip_since("2020-01-01")).await;
    let wip: Vec<_> = with_wip.pacts.iter().filter(|pact| pact.wip).collect();
    assert_eq!(wip.len(), 1, "{:?}", with_wip.pacts);
    assert_eq!((wip[0].consumer_version.as_deref(), wip[0].pending, with_wip.exit_code()), (Some("w2"), true, 0));
    let later = shelf.source().deployed_or_released().wip_since("2099-01-01");
    assert!(verify(&without_w3, "p5", later).await.pacts.iter().all(|pact| !pact.wip));
    shelf.broker.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_of_a_webhook_and_several_sources_at_once() {
    let shelf = Shelf::filled().await;
    let url = provider(&[]).await;
    let pact_url = format!("{}/pacts/provider/{PROVIDER}/consumer/web/version/w2", shelf.broker.url());
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("new.json"), pact("desktop", "d1").to_string()).unwrap();
    let verification = Verifier::of(PROVIDER)
        .http(&url)
        .pacts(pact_url.as_str())
        .pacts(shelf.source().main_branch())
        .pacts(folder.path())
        .verify()
        .await
        .unwrap_verified();
    let consumers: Vec<_> = verification.pacts.iter().map(|pact| pact.consumer.as_str()).collect();
    assert_eq!((consumers[0], consumers.len(), consumers[3]), ("web", 4, "desktop"));

    let from_webhook = Verifier::of(PROVIDER).http(&url).pacts(pact_url.as_str()).publish(Version::new("p1"));
    assert_eq!(from_webhook.verify().await.unwrap_verified().published_as.as_deref(), Some("p1"));
    let number = |pacticipant: &str, number: &str| MatrixSelector {
        pacticipant: pacticipant.to_owned(),
        version: VersionChoice::Number(number.to_owned()),
    };
    let both = MatrixQuery { selectors: vec![number("web", "w2"), number(PROVIDER, "p1")], ..MatrixQuery::default() };
    assert_eq!(shelf.client.can_i_deploy(&both).await.unwrap().deployable, Some(true));
    shelf.broker.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_asks_who_is_there_gets_to_know() {
    let mut config = Config::in_memory();
    config.auth.user = Some(Credentials { username: "ci".to_owned(), password: "s3cret-word".to_owned() });
    let broker = Broker::start(config).await.unwrap();
    let known = BrokerClient::builder(broker.url()).basic_auth("ci", Some("s3cret-word".to_owned()));
    let shelf = Shelf { client: known.clone().build().unwrap(), broker };
    shelf.publish("web", "w1", "main", None).await;
    let url = provider(&[]).await;

    let stranger = Verifier::of(PROVIDER).http(&url).pacts(shelf.source()).verify().await;
    assert_eq!(stranger.exit_code(), 2);
    let said = stranger.to_string();
    assert!(said.contains("401") || said.contains("credentials"), "{said}");

    let configured = PactBroker::configured(known.clone());
    let verification = verify(&url, "p1", configured).await;
    assert_eq!(verification.published_as.as_deref(), Some("p1"));
    let pact_url = format!("{}/pacts/provider/{PROVIDER}/consumer/web/latest", shelf.broker.url());
    let one = PactUrl::new(pact_url).basic_auth("ci", Some("s3cret-word".to_owned()));
    let handler = |_| async { Ok::<(), StateError>(()) };
    let _ = Verifier::of(PROVIDER).http(&url).state("x", handler).pacts(one).verify().await.unwrap_verified();
    shelf.broker.stop().await.unwrap();
}
