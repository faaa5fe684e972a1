//! Environments: promotion says of each version what can-i-deploy says.

use axum::http::Method;
use serde_json::{Value, json};

use super::{Site, stock_check};

/// Five applications with results of every kind between their versions 1, in production, and 2, in test.
async fn site() -> Site {
    let site = Site::open().await;
    let pairs = [("a", "b"), ("a", "c"), ("b", "c"), ("d", "c"), ("d", "e"), ("e", "b")];
    for version in ["1", "2"] {
        for (index, (consumer, provider)) in pairs.iter().enumerate() {
            let mut pact = stock_check();
            // every other pact stays what it was
            pact["interactions"][0]["description"] = (if index % 2 == 0 { "0" } else { version }).into();
            site.publish(consumer, version, provider, pact).await;
        }
    }
    let mut turn = 0;
    for (consumer, provider) in pairs {
        for version in ["1", "2"] {
            for provider_version in ["1", "2"] {
                turn += 1;
                let description = stock_check_description(&site, consumer, version, provider).await;
                let failing = Some((description.as_str(), json!([])));
                match turn % 7 {
                    3 => {}
                    5 => site.verify((consumer, version, provider), provider_version, failing).await,
                    _ => site.verify((consumer, version, provider), provider_version, None).await,
                }
            }
        }
    }
    for (version, environment) in [("1", "production"), ("2", "test")] {
        for name in ["a", "b", "c", "d"] {
            site.deploy(name, version, environment).await;
        }
    }
    site.deploy("e", "2", "test").await;
    site
}

async fn stock_check_description(site: &Site, consumer: &str, version: &str, provider: &str) -> String {
    let path = format!("/pacts/provider/{provider}/consumer/{consumer}/version/{version}");
    let document: Value =
        serde_json::from_str(&site.send(Method::GET, &path, "application/hal+json", None).await.body).unwrap();
    document["interactions"][0]["description"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn promotion_says_what_can_i_deploy_says() {
    let site = site().await;
    let words = site.words("/environments/promotion?from=test&to=production").await;
    let lines: Vec<&str> = words.lines().collect();
    let mut answers = Vec::new();
    for name in ["a", "b", "c", "d", "e"] {
        let path = format!("/can-i-deploy?pacticipant={name}&version=2&environment=production");
        let body = site.send(Method::GET, &path, "application/hal+json", None).await.body;
        let answer: Value = serde_json::from_str(&body).unwrap();
        let expected = answer["summary"]["deployable"] == true;
        let row = lines.iter().position(|line| *line == name).unwrap_or_else(|| panic!("{name} in {words}"));
        // its version here, its version there, the answer
        assert_eq!(lines[row + 3] == "✓ can go", expected, "{name}: {words}\n{answer}");
        answers.push(expected);
    }
    assert!(answers.contains(&true) && answers.contains(&false), "both kinds are compared: {answers:?}");
}

#[tokio::test]
async fn what_runs_where_stands_side_by_side() {
    let site = site().await;
    let words = site.words("/environments?q=e").await;
    assert!(words.contains("1 application\n"), "{words}");
    let words = site.words("/environments?differing=yes").await;
    assert!(words.contains("5 applications"), "{words}");
    let words = site.words("/environments/history?application=a").await;
    assert!(words.contains("2 deployments") && words.matches("✓ runs now").count() == 2, "{words}");
}
