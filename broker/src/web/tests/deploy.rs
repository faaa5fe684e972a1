//! Can I deploy, and the matrix.

use axum::http::Method;
use serde_json::json;

use super::{ASK, STOCK, path_of_branch, site_with_stock_check};

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
    See what failed, fix inventory-service or the pact, and verify the version with the fix:
    countersign verify \
    --provider inventory-service \
    --provider-base-url http://localhost:8080 \
    --url http://broker.example:9292/pacts/provider/inventory-service/consumer/order-service/version/1f3c9ab \
    --provider-version NEW_VERSION \
    --publish
    Open the pact
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
    Verify it with inventory-service 5d5d5d5 running:
    countersign verify \
    --provider inventory-service \
    --provider-base-url http://localhost:8080 \
    --url http://broker.example:9292/pacts/provider/inventory-service/consumer/order-service/version/1f3c9ab \
    --provider-version 5d5d5d5 \
    --publish
    Open the pact
    ");
}

#[tokio::test]
async fn not_yet_because_the_provider_is_not_there() {
    let site = site_with_stock_check().await;
    let words = site.words(ASK).await;
    insta::assert_snapshot!(answer(&words), @r"
    ○ No, not yet: order-service 1f3c9ab needs inventory-service, and no version of inventory-service is recorded as deployed or released in production.
    What to do
    Deploy inventory-service to production first, and record it:
    countersign record-deployment \
    --pacticipant inventory-service \
    --version ITS_VERSION \
    --environment production \
    --broker-base-url http://broker.example:9292
    Open the pact
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
