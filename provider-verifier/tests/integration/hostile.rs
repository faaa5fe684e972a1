//! Providers that do all that can be done wrong on a connection.

use std::time::{Duration, Instant};

use countersign_provider_verifier::{Verification, Verifier};
use serde_json::json;

use crate::pacts::{get, pact, ran, stock_check, verdicts};
use crate::provider::Provider;
use crate::wire::{Asked, Reply, response, serve};

/// The provider answers `/good` well and everything else as told.
async fn hostile(reply: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> String {
    serve(move |asked| match asked.path.as_str() {
        "/good" => {
            Reply::Bytes(response(200, &[("Content-Type".to_owned(), "application/json".to_owned())], br#"{"left":1}"#))
        }
        _ => reply(asked),
    })
    .await
}

/// What is said about a bad answer; the good one beside it has to be fine, and time has to be bounded.
async fn finding(reply: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> String {
    let url = hostile(reply).await;
    let started = Instant::now();
    let outcome = Verifier::of("stock")
        .http(&url)
        .timeout(Duration::from_secs(1))
        .max_response_size(8 << 20)
        .pacts(pact([get("/bad", 200), stock_check("/good")]))
        .verify()
        .await;
    assert_eq!(outcome.exit_code(), 1);
    assert!(started.elapsed() < Duration::from_secs(20));
    let mut verdicts = verdicts(&ran(outcome));
    assert_eq!(verdicts[1], "agreed");
    verdicts.remove(0).replace(&url, "")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_misbehaviour_has_a_finding_of_its_own() {
    assert_eq!(finding(|_| Reply::Silence).await, "GET /bad brought no answer within 1 s");
    assert_eq!(
        finding(|_| Reply::Last(Vec::new())).await,
        "GET /bad broke: the provider hung up before its answer was complete"
    );
    assert_eq!(
        finding(|_| Reply::Last(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf".to_vec())).await,
        "GET /bad broke: the provider hung up before its answer was complete"
    );
    let no_http = "GET /bad was answered with something that is not HTTP";
    for garbage in [&b"\x00\xff\x13garbage\n\n"[..], b"<html>HTTP/0.9 needs no head</html>", b"HTTP/9.9 200 OK\r\n\r\n"]
    {
        let said = finding(|_| Reply::Last(garbage.to_vec())).await;
        assert!(said.starts_with(no_http), "{said}");
    }
    let endless_head =
        finding(|_| Reply::Forever(b"HTTP/1.1 200 OK\r\n".to_vec(), b"X-More: more\r\n".repeat(500))).await;
    assert!(endless_head.starts_with(no_http), "{endless_head}");
    let slowly = finding(|_| Reply::Bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf".to_vec())).await;
    assert_eq!(slowly, "GET /bad brought no answer within 1 s");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_without_end_are_given_up_at_the_limit() {
    let chunk = [b"100000\r\n".to_vec(), vec![b'a'; 1 << 20], b"\r\n".to_vec()].concat();
    let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    let said = finding(move |_| Reply::Forever(head.clone(), chunk.clone())).await;
    // a machine that is busy elsewhere may not get that far in time
    let expected = [
        "GET /bad brought more than 8 MiB, which is where reading ends (--max-response-size)",
        "GET /bad brought no answer within 1 s",
    ];
    assert!(expected.contains(&said.as_str()), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_answer_is_verified_and_what_differs_is_shown_in_short() {
    let large = "stock ".repeat(50 << 17);
    let url = hostile(move |asked| {
        let headers = [("Content-Type".to_owned(), "text/plain".to_owned())];
        Reply::Bytes(response(200, if asked.path == "/text" { &headers } else { &[] }, large.as_bytes()))
    })
    .await;
    let mut text = get("/text", 200);
    text["response"]["body"] = json!({ "content": "stock", "contentType": "text/plain" });
    let outcome = Verifier::of("stock")
        .http(&url)
        .timeout(Duration::from_secs(60))
        .pacts(pact([get("/large", 200), text]))
        .verify()
        .await;
    assert!(outcome.to_string().len() < 5000);
    assert!(countersign_provider_verifier::report::json(&outcome).to_string().len() < 200_000);
    assert_eq!(verdicts(&ran(outcome)), ["agreed", "$"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_interactions_are_one_run() {
    let provider = Provider::start().await;
    let pact = pact((0..10_000).map(|number| get(&format!("/item/{number}"), if number == 9_999 { 500 } else { 200 })));
    let verification: Verification = ran(Verifier::of("stock").http(&provider.url).pacts(pact).verify().await);
    let counts = verification.counts();
    assert_eq!((counts.passed, counts.failed), (9_999, 1));
}

#[tokio::test]
async fn a_provider_that_hangs_for_good_is_waited_for_less() {
    let url = hostile(|_| Reply::Silence).await;
    let hanging = (0..42).map(|number| get(&format!("/bad/{number}"), 200));
    let outcome = Verifier::of("stock")
        .http(&url)
        .concurrency(20)
        .timeout(Duration::from_secs(2))
        .pacts(pact(hanging.chain([stock_check("/good")])))
        .verify()
        .await;
    let verdicts = verdicts(&ran(outcome));
    assert!(verdicts[19].ends_with("brought no answer within 2 s"), "{}", verdicts[19]);
    assert!(verdicts[41].ends_with("brought no answer within 0.2 s, after many that brought none"), "{}", verdicts[41]);
    assert_eq!(verdicts[42], "agreed");
}

#[tokio::test]
async fn a_run_ends_in_time_and_says_what_is_left() {
    let url = hostile(|_| Reply::Silence).await;
    let outcome = Verifier::of("stock")
        .http(&url)
        .concurrency(1)
        .run_timeout(Duration::from_millis(300))
        .pacts(pact([stock_check("/good"), get("/bad", 200), get("/bad", 201)]))
        .verify()
        .await;
    assert_eq!(
        verdicts(&ran(outcome)),
        ["agreed", "broken off: the run's time of 0.3 s was over", "not replayed: the run's time of 0.3 s was over"]
    );
}

#[tokio::test]
async fn a_handler_that_panics_fails_its_interaction_alone() {
    let provider = Provider::start().await;
    let mut panicking = get("/item/1", 200);
    panicking["providerStates"] = json!([{ "name": "s" }]);
    let outcome = Verifier::of("stock")
        .http(&provider.url)
        .state("s", |_| async { if true { panic!("no database") } else { Ok(()) } })
        .pacts(pact([panicking, get("/item/2", 200)]))
        .verify()
        .await;
    assert_eq!(
        verdicts(&ran(outcome)),
        ["One or more of the setup state change handlers has failed: 's': the handler panicked: no database", "agreed"]
    );
}
