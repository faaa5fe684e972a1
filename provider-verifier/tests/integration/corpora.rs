//! Verdicts of the official verifier on single responses, asked of a real server.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use countersign_core::format;
use countersign_provider_verifier::Verifier;
use serde_json::{Value as Json, json};

use crate::pacts::ran;
use crate::tools::require;
use crate::wire::{Reply, response, serve};

/// The folder with conformance data: `COUNTERSIGN_CONFORMANCE`, by default `../shared/conformance` beside the workspace.
pub(crate) fn folder() -> PathBuf {
    std::env::var_os("COUNTERSIGN_CONFORMANCE")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/conformance"), PathBuf::from)
}

/// The files of a folder of the conformance data, or nothing and a sentence when there is none.
pub(crate) fn files(name: &str) -> Vec<PathBuf> {
    let folder = folder().join(name);
    let entries = std::fs::read_dir(&folder);
    if !require(entries.is_ok(), &folder.display().to_string(), "set COUNTERSIGN_CONFORMANCE") {
        return Vec::new();
    }
    let mut files: Vec<_> = entries.into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Disagreements of the matching engine that are known, by id.
fn known_gaps() -> Vec<&'static str> {
    let lines = include_str!("../../../tests/known-gaps.txt").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.rsplit_once(": ")).map(|(id, _)| id.trim()).collect()
}

fn reply(actual: &Json) -> Vec<u8> {
    let body = actual["body_base64"].as_str().map(|text| BASE64.decode(text).unwrap()).unwrap_or_default();
    let fields = actual["headers"].as_object().into_iter().flatten();
    let headers = fields.flat_map(|(name, values)| {
        values.as_array().unwrap().iter().map(|value| (name.clone(), value.as_str().unwrap().to_owned()))
    });
    response(u16::try_from(actual["status"].as_u64().unwrap()).unwrap(), &headers.collect::<Vec<_>>(), &body)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn verdicts_over_a_socket_are_the_official_ones() {
    let cases: Vec<Json> = files("response")
        .iter()
        .flat_map(|file| {
            let cases: Json = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
            cases.as_array().unwrap().clone()
        })
        .collect();
    if cases.is_empty() {
        return;
    }
    let text = |case: &Json, key: &str| case[key].as_str().unwrap().to_owned();
    let replies: HashMap<String, Vec<u8>> =
        cases.iter().map(|case| (format!("/c/{}", text(case, "id")), reply(&case["actual"]))).collect();
    let provider = serve(move |asked| match replies.get(&asked.path) {
        Some(reply) => Reply::Bytes(reply.clone()),
        None => Reply::Bytes(response(404, &[], b"")),
    })
    .await;
    let mut verifier = Verifier::of("p").http(&provider);
    for specification in ["1.0.0", "1.1.0", "2.0.0", "3.0.0", "4.0"] {
        let interactions: Vec<_> = cases.iter().filter(|case| case["spec"] == specification).collect();
        let pact = json!({
            "consumer": { "name": "c" }, "provider": { "name": "p" },
            "interactions": interactions.iter().map(|case| case["interaction"].clone()).collect::<Vec<_>>(),
            "metadata": { "pactSpecification": { "version": specification } },
        });
        verifier = verifier.pacts(format::from_json(pact).unwrap());
    }
    let verification = ran(verifier.verify().await);
    let ours: HashMap<&str, bool> =
        verification.interactions().map(|it| (it.description.as_str(), it.replayed.verdict.agreed())).collect();
    assert_eq!(ours.len(), cases.len());
    let known = known_gaps();
    let differing: Vec<_> = cases
        .iter()
        .map(|case| (text(case, "id"), case["expected"] == "match"))
        .filter(|(id, expected)| ours[id.as_str()] != *expected && !known.contains(&id.as_str()))
        .collect();
    assert!(differing.is_empty(), "{} of {} differ: {differing:?}", differing.len(), cases.len());
}
