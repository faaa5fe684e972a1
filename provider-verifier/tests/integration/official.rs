//! The same pacts judged by the official verifier.

use std::process::Command;

use countersign_provider_verifier::{StateChangeUrl, Verifier, report};
use serde_json::{Value as Json, json};

use crate::pacts::{With as _, document, get, stock_check};
use crate::provider::Provider;
use crate::tools::has_pact;

/// The types of findings by interaction, and the errors' texts.
pub(crate) fn essence(report: &Json, list: &str) -> Vec<(String, Vec<String>)> {
    let errors = report[list].as_array().into_iter().flatten();
    let mut found: Vec<_> = errors
        .map(|error| {
            let mismatches = error["mismatch"]["mismatches"].as_array().into_iter().flatten();
            let mut types: Vec<_> = mismatches.map(|it| it["type"].as_str().unwrap().to_owned()).collect();
            types.extend(error["mismatch"].get("message").map(|_| "error".to_owned()));
            types.sort();
            (error["interaction"].as_str().unwrap().to_owned(), types)
        })
        .collect();
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn verdicts_agree_with_the_official_verifier() {
    if !has_pact() {
        return;
    }
    let provider = Provider::start().await;
    let folder = tempfile::tempdir().unwrap();
    let header = get("/item/4", 200).with("response", json!({ "status": 200, "headers": { "X-Missing": ["a"] } }));
    let mut generated = get("/item/1", 200).in_state("an item exists");
    generated["request"]["generators"] = json!({ "path": { "type": "ProviderState", "expression": "/item/${id}" } });
    let pact = document(
        "shop",
        [
            stock_check("/stock/ABC-1"),
            stock_check("/stock/TEXT"),
            stock_check("/stock/NONE"),
            stock_check("/stock/TEXT").with("description", json!("pending")).with("pending", json!(true)),
            get("/item/3", 201),
            header,
            generated,
            json!({ "type": "Asynchronous/Messages", "description": "an order was placed",
                "contents": { "content": { "id": "ord-1" }, "contentType": "application/json" },
                "metadata": { "topic": "orders" } }),
            json!({ "type": "Asynchronous/Messages", "description": "an order was placed",
                "providerStates": [{ "name": "again" }],
                "contents": { "content": { "id": 1 }, "contentType": "application/json" },
                "metadata": { "topic": "other" } }),
        ],
    );
    let file = folder.path().join("shop-stock.json");
    std::fs::write(&file, pact.to_string()).unwrap();

    let (official, exit_code) = official(&provider.url, Some(provider.states_url()), &file).await;
    let outcome = Verifier::of("stock")
        .http(&provider.url)
        .state_change_url(StateChangeUrl::new(provider.states_url()))
        .pacts(file.as_path())
        .verify()
        .await;
    let ours = report::json(&outcome);
    assert_eq!(i32::from(outcome.exit_code()), exit_code);
    assert_eq!(ours["result"], official["result"]);
    assert_eq!(essence(&ours, "errors"), essence(&official, "errors"));
    assert_eq!(essence(&ours, "pendingErrors"), essence(&official, "pendingErrors"));
}

/// A pact in which everything differs that can, each in an interaction of its own.
fn differing() -> Json {
    let json = |content: Json| json!({ "content": content, "contentType": "application/json" });
    let response = |path: &str, response: Json| {
        let mut interaction = get(path, 200).with("description", format!("{path} {response}").into());
        for (name, value) in response.as_object().unwrap() {
            interaction["response"][name] = value.clone();
        }
        interaction
    };
    let message = |description: &str, content: Json, metadata: Json| json!({ "type": "Asynchronous/Messages", "description": description, "contents": json(content), "metadata": metadata });
    let integer = json!({ "body": { "$.left": { "matchers": [{ "match": "integer" }] } } });
    let mut ruled = response("/stock/TEXT", json!({ "body": json(json!({ "left": 5, "sku": "TEXT" })) }));
    ruled["response"]["matchingRules"] = integer;
    let text = json!({ "content": "something", "contentType": "text/plain" });
    document(
        "shop",
        [
            response("/item/1", json!({ "status": 201 })),
            response("/item/2", json!({ "body": json(json!({ "id": "3" })) })),
            response("/item/3", json!({ "body": json(json!({ "id": "3", "b": 1, "a": { "c": 1 } })) })),
            response("/item/4", json!({ "headers": { "X-Missing": ["a"] } })),
            response("/item/5", json!({ "headers": { "Content-Type": ["text/xml"] } })),
            response("/item/6", json!({ "body": text })),
            response("/echo", json!({ "body": json(json!({ "id": 1 })) })),
            response("/none", json!({ "body": json(json!({ "left": 1 })) })),
            ruled,
            response("/item/7", json!({ "status": 201 })).with("key", json!("seven")),
            message("an order was placed", json!({ "id": 1 }), json!({ "topic": "other" })),
            get("/item/8", 201).with("description", json!("of a state")).in_state("broken"),
            get("/item/9", 201).with("description", json!("pending")).with("pending", json!(true)),
        ],
    )
}

/// The report without what depends on the moment, on the tool or on nobody's wish: durations, the console, what is ours beside
/// the official keys, the order of findings, and the keys around a missing one, of which ours tells the missing ones alone.
fn comparable(report: &Json) -> Json {
    let mut lists = json!({});
    for list in ["errors", "pendingErrors"] {
        let mut errors: Vec<Json> = report[list].as_array().unwrap().clone();
        for error in &mut errors {
            error["mismatch"].as_object_mut().unwrap().remove("detail");
            let Some(mismatches) = error["mismatch"]["mismatches"].as_array_mut() else { continue };
            for mismatch in mismatches.iter_mut() {
                let object = mismatch.as_object_mut().unwrap();
                object.retain(|name, _| name != "detail" && name != "details");
                if object["mismatch"].as_str().is_some_and(|text| text.contains("missing the following keys")) {
                    object.retain(|name, _| name != "expected" && name != "actual");
                }
            }
            mismatches.sort_by_key(|mismatch| mismatch["mismatch"].to_string());
        }
        errors.sort_by_key(|error| error["interaction"].to_string());
        lists[list] = errors.into();
    }
    let results = report["interactionResults"].as_array().unwrap().iter().map(|result| {
        let mut result = result.clone();
        assert!(result["duration"].take().as_str().unwrap().ends_with('s'));
        result
    });
    lists["interactionResults"] = results.collect();
    for name in ["result", "notices"] {
        lists[name] = report[name].clone();
    }
    assert!(report["output"].is_array());
    lists
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_have_the_official_keys_and_words() {
    if !has_pact() {
        return;
    }
    let provider = Provider::start().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop-stock.json");
    std::fs::write(&file, differing().to_string()).unwrap();
    // the official verifier repeats a state change that fails for two minutes, unless it is a request that is wrong
    let states = provider.states_url();
    let (official, exit_code) = official(&provider.url, Some(states.clone()), &file).await;
    let outcome = Verifier::of("stock")
        .http(&provider.url)
        .state_change_url(StateChangeUrl::new(states))
        .pacts(file.as_path())
        .verify()
        .await;
    assert_eq!(i32::from(outcome.exit_code()), exit_code);
    let (ours, theirs) = (comparable(&report::json(&outcome)), comparable(&official));
    for list in ["errors", "pendingErrors", "interactionResults"] {
        let all = |report: &Json| report[list].as_array().unwrap().clone();
        for (ours, theirs) in all(&ours).into_iter().zip(all(&theirs)) {
            assert_eq!(ours, theirs, "{list}\nours   {ours:#}\ntheirs {theirs:#}");
        }
    }
    assert_eq!(ours, theirs);
}

/// What the official verifier reports, and its exit code.
pub(crate) async fn official(provider: &str, states: Option<String>, file: &std::path::Path) -> (Json, i32) {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.json");
    let port = provider.rsplit(':').next().unwrap().to_owned();
    let mut command = Command::new("pact");
    command
        .args(["verifier", "--hostname", "127.0.0.1", "--provider-name", "stock", "--no-colour"])
        .args(["--port", &port])
        .args(states.iter().flat_map(|url| ["--state-change-url", url]))
        .arg("--file")
        .arg(file)
        .arg("--json")
        .arg(&report)
        .env("PACT_DO_NOT_TRACK", "true");
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let report = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
    (report, output.status.code().unwrap())
}
