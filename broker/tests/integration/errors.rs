//! Answers to requests that cannot be granted.

use insta::assert_snapshot;
use reqwest::Method;
use serde_json::json;

use crate::support::TestBroker;

#[tokio::test]
async fn error_bodies() {
    let broker = TestBroker::start().await;
    broker.publish("Foo", "1", "Bar").done().await;
    let environment = broker.environment("test").await;
    let mut seen = Vec::new();
    for (method, path, body) in [
        (Method::POST, "/contracts/publish", Some("{")),
        (Method::POST, "/contracts/publish", Some("[]")),
        (Method::POST, "/pacticipants", Some("{}")),
        (Method::POST, "/pacticipants", Some(r#"{"name":"Foo"}"#)),
        (Method::POST, "/environments", Some(r#"{"name":"test","production":"no"}"#)),
        (Method::PUT, "/pacts/provider/Bar/consumer/Foo/version/2", Some("<pact/>")),
        (Method::PUT, "/pacts/provider/Bar/consumer/Foo/version/2", Some(r#"{"consumer":{"name":"Baz"}}"#)),
        (Method::PUT, "/pacts/provider/Bars/consumer/Foo/version/2", Some("{}")),
        (Method::GET, "/pacts/provider/Nobody/for-verification", None),
        (Method::GET, "/pacticipants/Foo/versions/9", None),
        (Method::GET, "/no/such/path", None),
        (Method::DELETE, "/contracts/publish", None),
        (
            Method::POST,
            "/pacts/provider/Bar/for-verification",
            Some(r#"{"consumerVersionSelectors":[{},{"environment":"mars"}]}"#),
        ),
        (
            Method::POST,
            "/pacts/provider/Bar/for-verification",
            Some(r#"{"consumerVersionSelectors":[{"environment":"mars"}]}"#),
        ),
        (Method::GET, "/matrix", None),
        (Method::GET, "/matrix?q[][pacticipant]=Wiffle", None),
        (Method::GET, "/can-i-deploy?pacticipant=Foo", None),
        (Method::GET, "/pacticipants?page=0", None),
    ] {
        let mut request = broker.request(method.clone(), path);
        if let Some(body) = body {
            request = request.header("Content-Type", "application/json").body(body);
        }
        let answer = broker.send(request).await;
        seen.push(format!("{method} {path} {}\n  {} {}", body.unwrap_or(""), answer.status.as_u16(), answer.text));
    }
    let path = format!("/pacticipants/Foo/versions/9/deployed-versions/environment/{environment}");
    seen.push(broker.post(&path, &json!({})).await.expect(404).text);
    assert_snapshot!(seen.join("\n"));
    broker.stop().await;
}

#[tokio::test]
async fn problems_in_the_words_of_problem_json() {
    let broker = TestBroker::start().await;
    let request = broker.request(Method::POST, "/environments").header("Accept", "application/problem+json");
    let answer = broker.send(request.json(&json!({ "name": "a b" }))).await.expect(400);
    assert_eq!(answer.headers["content-type"], "application/problem+json;charset=utf-8");
    assert_snapshot!(answer.text.replace(&broker.url(""), "BROKER"), @r#"{"title":"Validation errors","type":"BROKER/problems/validation-error","status":400,"instance":"/","errors":[{"type":"BROKER/problems/invalid-body-property-value","title":"Validation error","detail":"name must not contain spaces or line breaks","pointer":"/name"},{"type":"BROKER/problems/missing-body-property","title":"Validation error","detail":"production is missing","pointer":"/production"}]}"#);
    broker.stop().await;
}

#[tokio::test]
async fn bodies_need_a_content_type_that_fits() {
    let broker = TestBroker::start().await;
    broker.publish("Foo", "1", "Bar").done().await;
    let put = |path: &str| broker.request(Method::PUT, path);
    broker.send(put("/pacts/provider/Bar/consumer/Foo/version/2").body("{}")).await.expect(415);
    broker.send(put("/pacticipants/Foo/versions/1/tags/x")).await.expect(415);
    broker
        .send(put("/pacticipants/Foo/versions/1/tags/x").header("Content-Type", "application/json"))
        .await
        .expect(201);
    broker.send(broker.request(Method::PATCH, "/pacticipants/Foo/versions/1").json(&json!({}))).await.expect(415);
    broker
        .send(broker.request(Method::POST, "/environments").header("Content-Type", "text/plain").body("{}"))
        .await
        .expect(415);
    let bytes = vec![b'{', 0xff, b'}'];
    let post = broker.request(Method::POST, "/environments").header("Content-Type", "application/json").body(bytes);
    broker.send(post).await.expect(400);
    broker.get("/pacticipants/Foo%0Abar").await.expect(422);
    broker.get("/pacticipants//versions").await.expect(404);
    broker.stop().await;
}

#[tokio::test]
async fn every_answer_names_the_broker_and_is_not_cached() {
    let broker = TestBroker::start().await;
    for path in ["/", "/no/such/path"] {
        let answer = broker.get(path).await;
        assert_eq!(answer.headers["x-pact-broker-version"], env!("CARGO_PKG_VERSION"), "{path}");
        assert_eq!(answer.headers["cache-control"], "no-cache", "{path}");
    }
    broker.stop().await;
}

#[tokio::test]
async fn a_browser_gets_the_api_where_there_is_no_page() {
    let broker = TestBroker::start().await;
    let browser = "text/html,application/xhtml+xml,*/*;q=0.8";
    for (path, status) in [("/pacticipants/Nobody", 404), ("/diagnostic/status/heartbeat", 200)] {
        let request = broker.request(Method::GET, path).header("Accept", browser);
        broker.send(request).await.expect(status);
    }
    let plain = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let request = plain.get(broker.url("/pacticipants?q=a")).header("Accept", "text/html, application/hal+json");
    let sent = broker.send(request).await.expect(303);
    let place = sent.headers["location"].to_str().unwrap().replace(&broker.url(""), "");
    assert_eq!(place, "/hal-browser/browser.html#/pacticipants?q=a");
    broker.stop().await;
}
