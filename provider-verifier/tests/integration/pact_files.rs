//! Whole pact files as clients write them, judged by the official verifier and by ours.

use std::path::{Path, PathBuf};

use countersign_core::format;
use countersign_provider_verifier::{Verifier, report};
use serde_json::Value as Json;

use crate::corpora::files;
use crate::official::{essence, official};
use crate::player::{Playing, play};
use crate::tools::has_pact;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn verdicts_on_real_pact_files_are_the_official_ones() {
    let files = files("pacts");
    if files.is_empty() || !has_pact() {
        return;
    }
    let mut differing = Vec::new();
    let mut compared = 0;
    let folder = tempfile::tempdir().unwrap();
    for file in &files {
        let file = &without_redirects(file, folder.path());
        let pact = format::read(&std::fs::read(file).unwrap()).unwrap();
        for playing in [Playing::Faithful, Playing::Twisted, Playing::Mute] {
            let provider = play(pact.clone(), playing).await;
            let (official, exit_code) = official(&provider, None, file).await;
            let outcome = Verifier::of("p").http(&provider).pacts(file.as_path()).verify().await;
            let ours = report::json(&outcome);
            let parts = [("errors", &ours, &official), ("pendingErrors", &ours, &official)];
            let alike = |(list, ours, official): (&str, &Json, &Json)| titles(ours, list) == titles(official, list);
            compared += 1;
            if i32::from(outcome.exit_code()) != exit_code || !parts.into_iter().all(alike) {
                differing.push(format!(
                    "{} {playing:?}\n  ours {:?}\n  official {:?}",
                    file.display(),
                    essence(&ours, "errors"),
                    essence(&official, "errors")
                ));
            }
        }
    }
    assert!(differing.is_empty(), "{} of {compared} differ:\n{}", differing.len(), differing.join("\n"));
}

/// A copy of a pact without the interactions that agree on a redirect: the official verifier follows it, ours compares it.
fn without_redirects(file: &Path, folder: &Path) -> PathBuf {
    let mut pact: Json = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    if let Some(interactions) = pact["interactions"].as_array_mut() {
        let redirects =
            |it: &Json| it["response"]["status"].as_u64().is_some_and(|status| (300..400).contains(&status));
        interactions.retain(|interaction| !redirects(interaction));
    }
    let copy = folder.join(file.file_name().unwrap());
    std::fs::write(&copy, pact.to_string()).unwrap();
    copy
}

/// The interactions that failed.
fn titles(report: &Json, list: &str) -> Vec<String> {
    essence(report, list).into_iter().map(|(title, _)| title).collect()
}
