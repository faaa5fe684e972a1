//! What a client does, and says, when things go wrong.

use std::time::{Duration, Instant};

use countersign_broker_client::{BrokerClient, EnvironmentDetails, Error, MatrixQuery, Publication, RetryPolicy};
use serde_json::json;

use crate::fake::{Answer, FakeBroker, hal, other};

/// Three repeats within milliseconds.
fn hasty() -> RetryPolicy {
    RetryPolicy { first_delay: Duration::from_millis(5), ..RetryPolicy::with_retries(3) }
}

fn client(url: &str) -> BrokerClient {
    BrokerClient::builder(url).retry(hasty()).build().unwrap()
}

/// The error as people read it, with the address that changes from run to run taken out.
fn told(error: &Error, address: &str) -> String {
    let hint = error.hint().map(|hint| format!("\n  hint: {hint}")).unwrap_or_default();
    format!("{error}{hint}").replace(address, "http://BROKER")
}

/// What publishing says when the broker answers it with `answer`.
async fn publishing(answer: Answer) -> String {
    let fake = FakeBroker::start().await;
    fake.on("POST /contracts/publish", answer);
    let error = client(&fake.url).publish(&Publication::default()).await.unwrap_err();
    told(&error, &fake.url)
}

#[tokio::test]
async fn a_broker_that_is_down() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = client(&address).environments().await.unwrap_err();
    insta::assert_snapshot!(told(&error, &address), @"
    could not reach the broker at http://BROKER/: connection refused
      hint: check that it is running (`countersign broker` starts one) and that --broker-base-url or PACT_BROKER_BASE_URL names it
    ");
}

#[tokio::test]
async fn links_that_lead_where_nothing_answers() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let inside = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let fake = FakeBroker::start().await;
    let list = json!({ "_embedded": { "environments": [
        { "uuid": "u1", "name": "prod", "_links": { "self": { "href": format!("{inside}/environments/u1") } } },
    ] } });
    fake.on("GET /environments", hal(200, &list));
    let error = client(&fake.url).currently_deployed("web", "prod").await.unwrap_err();
    insta::assert_snapshot!(told(&error, &fake.url).replace(&inside, "http://INSIDE"), @"
    could not reach the broker at http://INSIDE/environments/u1: connection refused
      hint: a link of the broker at http://BROKER/ leads there; set the broker's own base URL to the address its clients use
    ");
}

#[tokio::test]
async fn a_server_that_speaks_no_tls() {
    let fake = FakeBroker::start().await;
    let address = fake.url.replace("http:", "https:");
    let error = client(&address).environments().await.unwrap_err();
    insta::assert_snapshot!(told(&error, &address), @"
    could not set up an encrypted connection to http://BROKER/: received corrupt message of type InvalidContentType
      hint: nothing there speaks TLS: try http:// instead
    ");
}

#[tokio::test]
async fn something_that_is_no_broker() {
    let fake = FakeBroker::start_under("/pacts").await;
    let root = fake.url.trim_end_matches("/pacts").to_owned();
    let error = client(&root).environments().await.unwrap_err();
    insta::assert_snapshot!(told(&error, &root), @"
    http://BROKER/ does not answer like a Pact Broker: it answered 404
      hint: check --broker-base-url or PACT_BROKER_BASE_URL, including the path a proxy serves the broker under
    ");

    fake.on("GET /pacts/latest", other(200, "text/html; charset=utf-8", "<html>"));
    let error = client(&fake.url).latest_pact_versions().await.unwrap_err();
    insta::assert_snapshot!(told(&error, &fake.url), @"
    http://BROKER/pacts/latest does not answer like a Pact Broker: it sent a web page (text/html)
      hint: check --broker-base-url or PACT_BROKER_BASE_URL, including the path a proxy serves the broker under
    ");
}

#[tokio::test]
async fn missing_and_wrong_credentials() {
    let fake = FakeBroker::start().await;
    fake.on("GET /environments", hal(401, &json!({ "error": "no" })));
    let without = client(&fake.url).environments().await.unwrap_err();
    insta::assert_snapshot!(told(&without, &fake.url), @"
    http://BROKER/environments answered 401: it wants credentials and none were sent
      hint: set PACT_BROKER_TOKEN, or PACT_BROKER_USERNAME and PACT_BROKER_PASSWORD
    ");
    let builder = BrokerClient::builder(&fake.url).bearer_token("s3cret").header("X-Team", "blue");
    let with = builder.build().unwrap().environments().await.unwrap_err();
    insta::assert_snapshot!(told(&with, &fake.url), @"
    http://BROKER/environments answered 401: it does not accept the bearer token
      hint: set PACT_BROKER_TOKEN, or PACT_BROKER_USERNAME and PACT_BROKER_PASSWORD
    ");
    let asked = fake.asked();
    assert!(!asked[0].headers.contains_key("authorization"));
    assert_eq!(asked[1].headers["authorization"], "Bearer s3cret");
    assert_eq!(asked[1].headers["x-team"], "blue");
    assert_eq!(asked[1].headers["accept"], "application/hal+json, application/json");
}

#[tokio::test]
async fn a_conflict_tells_the_brokers_words_once() {
    let diff = "Cannot change the content of the pact\n- a\n+ b";
    let answer = json!({ "notices": [{ "type": "error", "text": diff }], "errors": { "contracts": [diff] } });
    insta::assert_snapshot!(publishing(hal(409, &answer)).await, @"
    http://BROKER/contracts/publish answered 409, the request conflicts with what the broker holds
      - Cannot change the content of the pact
        - a
        + b
    ");
}

#[tokio::test]
async fn a_refusal_lists_every_field() {
    let answer = json!({ "errors": { "pacticipantName": ["can't be blank"], "contracts": ["is missing"] } });
    insta::assert_snapshot!(publishing(hal(400, &answer)).await, @"
    http://BROKER/contracts/publish answered 400, the broker refused the request
      - pacticipantName: can't be blank
      - contracts: is missing
    ");
}

#[tokio::test]
async fn a_version_that_does_not_exist() {
    let fake = FakeBroker::start().await;
    let error = client(&fake.url).version("order service", "1/2").await.unwrap_err();
    insta::assert_snapshot!(told(&error, &fake.url), @"
    version 1/2 of `order service` was not found at http://BROKER/pacticipants/order%20service/versions/1%2F2
      - The requested document was not found on this server.
    ");
}

#[tokio::test]
async fn a_failing_broker_is_asked_again_until_it_answers() {
    let fake = FakeBroker::start().await;
    let line = "GET /matrix?latestby=cvp&latest=true";
    fake.on(line, other(502, "text/html", "bad gateway"));
    fake.on(line, hal(500, &json!({ "error": { "message": "boom", "reference": "r" } })));
    fake.on(line, hal(200, &json!({ "summary": { "deployable": true } })));
    let verdict = client(&fake.url).can_i_deploy(&MatrixQuery::default()).await.unwrap();
    assert_eq!(verdict.deployable, Some(true));
    assert_eq!(fake.asked().len(), 3);
}

#[tokio::test]
async fn a_broker_that_keeps_failing_is_given_up() {
    let fake = FakeBroker::start().await;
    fake.on("GET /environments", hal(500, &json!({ "error": { "message": "database locked", "reference": "r" } })));
    let error = client(&fake.url).environments().await.unwrap_err();
    assert_eq!(fake.asked().len(), 4);
    insta::assert_snapshot!(told(&error, &fake.url), @"
    http://BROKER/environments answered 500, 4 times
      - database locked
      hint: the broker's log says more
    ");
}

#[tokio::test]
async fn a_broker_that_asks_for_patience_gets_it() {
    let fake = FakeBroker::start().await;
    fake.on("GET /environments", other(429, "text/plain", "slow down").header("retry-after", "1"));
    fake.on("GET /environments", hal(200, &json!({ "_embedded": { "environments": [] } })));
    let started = Instant::now();
    assert!(client(&fake.url).environments().await.unwrap().is_empty());
    assert!(started.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_date_in_retry_after_is_kept_to_by_the_brokers_clock() {
    let fake = FakeBroker::start().await;
    let busy = other(503, "text/plain", "busy").header("date", "Wed, 21 Oct 2026 07:28:00 GMT");
    fake.on("GET /environments", busy.header("retry-after", "Wed, 21 Oct 2026 07:28:01 GMT"));
    fake.on("GET /environments", hal(200, &json!({ "_embedded": { "environments": [] } })));
    let started = Instant::now();
    assert!(client(&fake.url).environments().await.unwrap().is_empty());
    assert!(started.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn no_attempt_starts_after_the_deadline() {
    let fake = FakeBroker::start().await;
    fake.on("GET /environments", other(408, "text/plain", "too slow"));
    let policy = RetryPolicy {
        retries: 1_000_000,
        first_delay: Duration::from_millis(20),
        max_delay: Duration::from_millis(20),
        deadline: Duration::from_millis(500),
        ..RetryPolicy::default()
    };
    let client = BrokerClient::builder(&fake.url).retry(policy).build().unwrap();
    let started = Instant::now();
    client.environments().await.unwrap_err();
    // each delay is 10 ms at least
    assert!((2..=51).contains(&fake.asked().len()), "{}", fake.asked().len());
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn creating_is_never_repeated_once_the_broker_may_have_seen_it() {
    let fake = FakeBroker::start().await;
    fake.on("POST /environments", other(503, "text/plain", "restarting"));
    let error = client(&fake.url).create_environment(&EnvironmentDetails::default()).await.unwrap_err();
    assert_eq!(fake.asked().len(), 1);
    insta::assert_snapshot!(told(&error, &fake.url), @"
    http://BROKER/environments answered 503
      - restarting
      hint: the broker's log says more
    ");
}

#[tokio::test]
async fn a_slow_broker_times_out() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let builder = BrokerClient::builder(&address).retry(RetryPolicy::never()).timeout(Duration::from_millis(50));
    let error = builder.build().unwrap().environments().await.unwrap_err();
    insta::assert_snapshot!(told(&error, &address), @"
    no answer from http://BROKER/ within 0.05 s
      hint: the broker may be overloaded, or its database may not answer; see its log
    ");
}

#[test]
fn settings_that_cannot_be_used() {
    let told = |builder: countersign_broker_client::BrokerClientBuilder| builder.build().unwrap_err().to_string();
    insta::assert_snapshot!(told(BrokerClient::builder("localhost:9292")), @"`localhost:9292` is not a usable broker address: `localhost` is not http or https");
    insta::assert_snapshot!(told(BrokerClient::builder("http://b").bearer_token("a\nb")), @"the bearer token cannot be used: it holds characters that a header cannot carry");
    insta::assert_snapshot!(told(BrokerClient::builder("http://b").header("a b", "c")), @"header `a b` cannot be used: invalid HTTP header name");
    insta::assert_snapshot!(told(BrokerClient::builder("http://b").root_certificates("nonsense")), @"the SSL certificate file cannot be used: the file holds no PEM certificate");
}

#[tokio::test]
async fn a_broker_that_fails_for_good_is_not_hammered() {
    let fake = FakeBroker::start().await;
    fake.on("GET /environments", other(503, "text/plain", "overloaded"));
    let client = client(&fake.url);
    for _ in 0..4 {
        assert!(matches!(client.environments().await, Err(Error::Failing { .. })));
    }
    let asked = || fake.asked().iter().filter(|asked| asked.line == "GET /environments").count();
    // the first call with its three repeats, then one try for each call
    assert_eq!(asked(), 4 + 3);
    // the fake gives each answer once and repeats the last
    fake.on("GET /environments", hal(200, &json!({})));
    client.environments().await.unwrap_err();
    client.environments().await.unwrap();
    assert_eq!(asked(), 4 + 3 + 2);
    fake.on("GET /environments", other(503, "text/plain", "overloaded"));
    client.environments().await.unwrap();
    client.environments().await.unwrap_err();
    assert_eq!(asked(), 4 + 3 + 2 + 1 + 4);
}

#[tokio::test]
async fn a_broker_that_is_gone_is_left_alone_for_a_while() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = client(&address);
    assert!(matches!(client.environments().await, Err(Error::Unreachable { .. })));
    let error = client.environments().await.unwrap_err();
    insta::assert_snapshot!(told(&error, &address), @"
    http://BROKER/ was not asked: could not reach the broker at http://BROKER/: connection refused
      hint: check that it is running (`countersign broker` starts one) and that --broker-base-url or PACT_BROKER_BASE_URL names it
    ");
}
