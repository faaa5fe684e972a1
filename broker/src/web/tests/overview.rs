//! The start page.

use super::{STOCK, Site, site_with_stock_check, stock_check};

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
    ✓ verified 1
    Filter by consumer or provider
    Status
    any status
    failed
    pending
    never verified
    stale
    verified
    Environment
    any environment
    Production
    Test
    Branch of the consumer
    Filter
    Consumer
    Provider
    Latest pact
    Status
    Verified
    In production
    More
    order-service
    inventory-service
    1f3c9ab main just now
    ✓ verified
    77aa012 just now
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
    assert!(words.contains("2b main just now\n⟳ stale\n–\n– not deployed"), "{words}");
}

#[tokio::test]
async fn the_filter_finds_names() {
    let site = site_with_stock_check().await;
    assert!(site.words("/?q=ORDER").await.contains("1 found"));
    let words = site.words("/?q=%3Cb%3E").await;
    assert!(words.contains("No integration that fits has “<b>” in its consumer's or provider's name."), "{words}");
}
