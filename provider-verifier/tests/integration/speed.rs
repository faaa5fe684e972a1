//! How much longer a verification takes than its requests alone.

use std::time::Instant;

use countersign_provider_verifier::{StateChangeUrl, Verifier};
use serde_json::{Value as Json, json};

use crate::pacts::{With as _, pact, stock_check};
use crate::provider::Provider;

const REQUESTS: usize = 300;
const ROUNDS: usize = 5;

/// A quiet machine measures little more than 1; what this guards against is work or waiting for each interaction.
const AT_MOST: f64 = 4.0;

fn body() -> Json {
    json!({ "a": 1, "b": "2", "c": [1, 2, 3], "d": { "e": "f" } })
}

fn interaction(number: usize) -> Json {
    let mut check = stock_check("/stock/ABC-1").in_state("stock exists").with("description", number.to_string().into());
    check["providerStates"][0]["params"]["number"] = number.into();
    check["request"]["method"] = json!("POST");
    check["request"]["body"] = json!({ "content": body(), "contentType": "application/json" });
    check
}

async fn bare_loop(provider: &Provider) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let stock = format!("{}/stock/ABC-1", provider.url);
    for number in 0..REQUESTS {
        let state = json!({ "action": "setup", "state": "stock exists", "params": { "number": number } });
        for (url, json) in [(provider.states_url(), state), (stock.clone(), body())] {
            client.post(url).json(&json).send().await.unwrap().bytes().await.unwrap();
        }
    }
}

/// How many times longer verifying took than its requests alone.
async fn ratio(provider: &Provider) -> f64 {
    let started = Instant::now();
    bare_loop(provider).await;
    let bare = started.elapsed();

    let states = StateChangeUrl::new(provider.states_url());
    let verifier = Verifier::of("stock").http(&provider.url).state_change_url(states);
    let verification = verifier.pacts(pact((0..REQUESTS).map(interaction))).verify().await.unwrap_verified();
    assert_eq!(verification.distinct, REQUESTS);
    verification.elapsed.as_secs_f64() / bare.as_secs_f64()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn verifying_takes_little_more_than_the_requests() {
    let provider = Provider::start().await;
    // other tests disturb either half, and what costs too much does so every time
    let mut ratios = Vec::new();
    for _ in 0..ROUNDS {
        ratios.push(ratio(&provider).await);
        if ratios.iter().any(|ratio| *ratio < AT_MOST) {
            return;
        }
    }
    panic!("{REQUESTS} interactions took {ratios:?} times as long as their requests alone");
}
