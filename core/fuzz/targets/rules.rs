//! Any rules on any two JSON bodies are decided in bounded time. Three JSON documents, each on a line: the rules of a body,
//! the agreed body, the body that came.
#![no_main]

use countersign_core::plan::{ReceivedResponse, ResponsePlan};
use countersign_core::{format, render};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

fuzz_target!(|text: &str| {
    let mut lines = text.splitn(3, '\n');
    let mut next = || serde_json::from_str::<Value>(lines.next()?).ok();
    let (Some(rules), Some(expected), Some(actual)) = (next(), next(), next()) else { return };
    let interaction = json!({
        "description": "d", "request": {},
        "response": {
            "matchingRules": { "body": rules },
            "body": { "content": expected, "contentType": "application/json", "encoded": false }
        }
    });
    let Ok(interaction) = format::read_interaction(interaction, countersign_core::pact::Specification::V4) else { return };
    let Some(http) = interaction.http() else { return };
    let plan = ResponsePlan::compile(&http.response);
    let headers = vec![("content-type".into(), "application/json".into())];
    let actual = actual.to_string();
    for mismatch in plan.check(&ReceivedResponse { status: 200, headers, body: actual.as_bytes() }) {
        let _ = render::words(&mismatch).to_string();
        let _ = render::official_json(&mismatch);
    }
});
