//! REST interactions and messages.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign_provider_verifier::{
    PactFiles, ProducedMessage, StateError, Transport, Verifier, VerifyError, Version, report,
};
use serde_json::json;

use crate::pacts::{With as _, document, get, pact, ran, stock_check, verdicts};
use crate::provider::{Provider, nobody, resetting};
use crate::wire::{Reply, response, serve};

#[tokio::test]
async fn answers_are_compared_with_what_was_agreed() {
    let provider = Provider::start().await;
    let pact = pact([
        stock_check("/stock/ABC-1"),
        stock_check("/stock/TEXT"),
        stock_check("/stock/NONE"),
        get("/moved", 307),
        get("/moved", 200),
    ]);
    let outcome = Verifier::of("stock").http(&provider.url).pacts(pact).verify().await;
    assert_eq!(outcome.exit_code(), 1);
    let verification = ran(outcome);
    assert_eq!(verdicts(&verification), ["agreed", "$.left", "status, content type", "agreed", "status"]);
    assert!(provider.asked().iter().filter(|line| line.contains("/moved")).count() == 2);
}

#[tokio::test]
async fn requests_travel_as_agreed() {
    let provider = Provider::start().await;
    let mut request = get("/stock/a%2Fb/x y", 404);
    request["request"]["query"] = json!({ "q": ["a b", "c+d"], "flag": [null] });
    request["request"]["headers"] = json!({ "X-Tenant": ["acme"] });
    let verifier = Verifier::of("stock").http(format!("{}/api/", provider.url)).pacts(pact([request]));
    let _ = verifier.verify().await.unwrap_verified();
    assert_eq!(provider.asked(), [r#"GET /api/stock/a%2Fb/x%20y?q=a%20b&q=c%2Bd&flag x-tenant="acme""#]);
}

#[tokio::test]
async fn a_header_of_the_verifier_replaces_the_recorded_one() {
    let provider = Provider::start().await;
    let mut request = stock_check("/stock/ABC-1");
    request["request"]["headers"] = json!({ "x-tenant": ["recorded"] });
    let verifier = Verifier::of("stock").http(&provider.url).header("X-Tenant", "real").pacts(pact([request]));
    let _ = verifier.verify().await.unwrap_verified();
    assert_eq!(provider.asked(), [r#"GET /stock/ABC-1 x-tenant="real""#]);
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_reported_for_each_interaction() {
    let provider = Provider::start().await;
    for (url, path, expected) in [
        (provider.url.clone(), "/slow", "brought no answer within 0.2 s"),
        (resetting().await, "/reset", "broke: "),
        (nobody().await, "/down", "is the provider running?"),
    ] {
        let outcome = Verifier::of("stock")
            .http(&url)
            .timeout(Duration::from_millis(200))
            .pacts(pact([get(path, 200)]))
            .verify()
            .await;
        assert_eq!(outcome.exit_code(), 1, "{path}");
        let verdict = verdicts(&ran(outcome)).remove(0);
        assert!(verdict.starts_with(&format!("GET {url}{path} ")) && verdict.contains(expected), "{verdict}");
    }
}

#[tokio::test]
async fn equal_interactions_of_different_pacts_are_replayed_once() {
    let provider = Provider::start().await;
    let folder = tempfile::tempdir().unwrap();
    for (consumer, other) in [("shop", "/stock/TEXT"), ("web", "/item/1"), ("app", "/item/1")] {
        let shared = stock_check("/stock/ABC-1").with("description", json!(format!("as {consumer} calls it")));
        let text = document(consumer, [shared, get(other, 200)]).to_string();
        std::fs::write(folder.path().join(format!("{consumer}.json")), text).unwrap();
    }
    let outcome = Verifier::of("stock").http(&provider.url).pacts(folder.path()).verify().await;
    let verification = ran(outcome);
    assert_eq!(verification.distinct, 3);
    assert_eq!(provider.asked().len(), 3);
    let consumers: Vec<_> = verification.pacts.iter().map(|pact| pact.consumer.as_str()).collect();
    assert_eq!(consumers, ["app", "shop", "web"]);
    assert_eq!(verdicts(&verification), ["agreed"; 6]);
}

#[tokio::test]
async fn pending_failures_fail_nothing() {
    let provider = Provider::start().await;
    let pending = stock_check("/stock/TEXT").with("pending", json!(true));
    let outcome = Verifier::of("stock").http(&provider.url).pacts(pact([pending, get("/item/1", 200)])).verify().await;
    assert_eq!(outcome.exit_code(), 0);
    let counts = ran(outcome).counts();
    assert_eq!((counts.passed, counts.failed, counts.pending), (1, 0, 1));
}

#[tokio::test]
async fn messages_are_asked_of_the_provider() {
    let provider = Provider::start().await;
    let message = |description: &str, topic: &str, total: serde_json::Value| {
        json!({
            "type": "Asynchronous/Messages", "description": description,
            "providerStates": [{ "name": "an order exists" }],
            "contents": { "content": { "id": "ord-1", "total": total }, "contentType": "application/json" },
            "metadata": { "topic": topic },
        })
    };
    let pact = pact([
        message("an order was placed", "orders", json!(29.5)),
        message("an order was placed", "invoices", json!("29.5")),
        message("an order was lost", "orders", json!(29.5)),
    ]);
    let verification = ran(Verifier::of("stock").http(&provider.url).pacts(pact).verify().await);
    assert_eq!(
        verdicts(&verification),
        [
            "agreed",
            "$.total, metadata topic",
            "the provider answered 404 Not Found instead of a message: no such message"
        ]
    );
    assert_eq!(
        provider.asked()[0],
        r#"POST / {"description":"an order was placed","providerStates":[{"name":"an order exists","params":{}}]}"#
    );
    assert!(verification.interactions().all(|interaction| interaction.transport == Transport::Message));
}

#[tokio::test]
async fn what_cannot_run_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let error = |verifier: Verifier<'static>| async move {
        let outcome = verifier.verify().await;
        assert_eq!(outcome.exit_code(), 2);
        outcome.into_result().unwrap_err()
    };
    let of = || Verifier::of("stock").http("http://127.0.0.1:1");
    assert!(matches!(error(of()).await, VerifyError::NoSource));
    assert!(matches!(error(of().pacts(folder.path())).await, VerifyError::NoPacts { .. }));
    assert!(matches!(error(of().pacts("missing.json")).await, VerifyError::Pacts { .. }));
    assert!(matches!(error(of().only_described("(").pacts("x")).await, VerifyError::InvalidSetting { .. }));
    assert!(matches!(error(of().http("localhost:1").pacts("x")).await, VerifyError::InvalidSetting { .. }));
    assert!(matches!(error(of().publish(Version::new("")).pacts("x")).await, VerifyError::InvalidSetting { .. }));
    std::fs::write(folder.path().join("a.json"), "{").unwrap();
    std::fs::write(folder.path().join("b.json"), "[]").unwrap();
    let VerifyError::Pacts { problems } = error(of().pacts(PactFiles::at([folder.path()]))).await else {
        panic!("both files are to be named");
    };
    assert_eq!(problems.len(), 2);
}

#[tokio::test]
async fn filters_leave_interactions_out() {
    let provider = Provider::start().await;
    let pact = pact([get("/item/1", 200), get("/item/2", 200).in_state("s")]);
    let of = || Verifier::of("stock").http(&provider.url).pacts(pact.clone());
    let replayed = |verifier: Verifier<'static>| async move { ran(verifier.verify().await).interactions().count() };
    assert_eq!(replayed(of()).await, 2);
    assert_eq!(replayed(of().only_described("item/1$")).await, 1);
    assert_eq!(replayed(of().only_in_state("^s$")).await, 1);
    assert_eq!(replayed(of().only_without_state()).await, 1);
    assert_eq!(replayed(of().only_consumer("another")).await, 0);
    let report =
        json!({ "errors": [{ "interaction": "Verifying a pact between shop and stock Given s - GET /item/2" }] });
    assert_eq!(replayed(of().only_failed_in(&report)).await, 1);
}

#[tokio::test]
async fn it_can_end_at_the_first_failure() {
    let provider = Provider::start().await;
    let pact = pact([get("/item/1", 500), get("/item/2", 200)]);
    let outcome = Verifier::of("stock").http(&provider.url).stop_at_failure(true).pacts(pact).verify().await;
    assert_eq!(verdicts(&ran(outcome)), ["status", "not replayed: an earlier interaction failed"]);
    assert_eq!(provider.asked().len(), 1);
}

#[tokio::test]
async fn paths_are_sent_as_they_are_written() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let journal = Arc::clone(&seen);
    let provider = serve(move |asked| {
        journal.lock().unwrap().push(asked.path.clone());
        Reply::Bytes(response(200, &[], b""))
    })
    .await;
    let pact = pact([get("/a/../b/./c", 200)]);
    let _ = Verifier::of("stock").http(&provider).pacts(pact).verify().await.unwrap_verified();
    assert_eq!(*seen.lock().unwrap(), ["/a/../b/./c"]);
}

#[tokio::test]
async fn a_filter_has_the_last_word_about_a_request() {
    let provider = Provider::start().await;
    let verifier = || Verifier::of("stock").http(&provider.url).pacts(pact([get("/item/1", 200)]));
    let signed = verifier().header("x-tenant", "plain").request_filter(|mut request| async move {
        let signature = format!("{}-{}", request.method(), request.uri().path());
        request.headers_mut().insert("x-tenant", signature.parse()?);
        Ok(request)
    });
    let _ = signed.verify().await.unwrap_verified();
    assert_eq!(provider.asked(), [r#"GET /item/1 x-tenant="GET-/item/1""#]);

    let refusing = verifier().request_filter(|_| async { Err(StateError::new("no key to sign with")) });
    let verification = ran(refusing.verify().await);
    assert_eq!(verdicts(&verification), ["the request filter refused the request: no key to sign with"]);
    assert_eq!(provider.asked().len(), 1);
}

#[tokio::test]
async fn messages_can_be_made_in_the_process() {
    let message = |description: &str| {
        json!({
            "type": "Asynchronous/Messages", "description": description,
            "contents": { "content": { "id": "ord-1" }, "contentType": "application/json" },
            "metadata": { "topic": "orders" },
        })
    };
    let verifier = Verifier::of("stock")
        .message("an order was placed", |_| async {
            Ok(ProducedMessage::json(json!({ "id": "ord-1" })).metadata("topic", "orders"))
        })
        .message("an order was lost", |call| async move { Ok(json!({ "lost": call.description() })) })
        .message("an order was kept", |_| async { Err::<ProducedMessage, _>(StateError::new("no order")) });
    let descriptions = ["an order was placed", "an order was lost", "an order was kept", "unheard of"];
    let verification = ran(verifier.pacts(pact(descriptions.map(message))).verify().await);
    assert_eq!(
        verdicts(&verification),
        [
            "agreed",
            "$.id, metadata topic",
            "the handler of the message 'an order was kept' failed: no order",
            "no handler makes the message 'unheard of'; there are handlers for 'an order was kept', 'an order was lost', \
             'an order was placed'",
        ]
    );
}

#[tokio::test]
async fn secrets_do_not_reach_any_report() {
    let provider = Provider::start().await;
    let mut check = stock_check("/stock/ABC-1").in_state("a user");
    check["providerStates"][0]["params"] = json!({ "password": "hunter2hunter2" });
    check["response"]["headers"] = json!({ "X-Api-Key": ["agreed-key-1"], "X-Other": ["seen"] });
    check["response"]["body"] = json!({ "content": { "token": "abcabcabc" }, "contentType": "application/json" });
    let outcome = Verifier::of("stock")
        .http(provider.url.replace("http://", "http://me:hunter2hunter2@"))
        .header("Authorization", "Bearer hunter2hunter2")
        .pacts(pact([check]))
        .verify()
        .await;
    let reports = [
        report::console(&outcome, report::Colours::Off),
        report::json(&outcome).to_string(),
        report::junit(&outcome),
        report::html(&outcome),
        report::markdown(&outcome),
    ];
    for report in reports {
        for secret in ["hunter2hunter2", "agreed-key-1", "abcabcabc"] {
            assert!(!report.contains(secret), "{report}");
        }
        assert!(report.contains("GET /stock/ABC-1"), "{report}");
    }
}

#[tokio::test]
async fn a_dry_run_asks_the_provider_nothing() {
    let provider = Provider::start().await;
    let pact = pact([get("/item/1", 200), get("/item/2", 200).in_state("an item exists")]);
    let plan = Verifier::of("stock").http(&provider.url).concurrency(4).pacts(pact).dry_run().await.unwrap();
    assert!(provider.asked().is_empty());
    insta::assert_snapshot!(plan, @"
      shop → stock
        #1       REST  GET /item/1
        #2       REST  GET /item/2 given an item exists

      2 interactions in 1 pact come down to 2 exchanges: 1 with up to 4 at a time, 1 one after another
    ");
}
