//! Handing results in at the broker that the pacts came from.

use countersign_broker_client::{ProviderVersion, VerificationResult};
use countersign_core::mismatch::{Location, Mismatch};
use countersign_core::render;
use serde_json::{Value as Json, json};

use crate::Version;
use crate::outcome::{InteractionOutcome, PactOutcome, Verdict};
use crate::source::LoadedPact;

/// Publishes the result of every pact that a broker gave; what could not be published is told, one line for each.
pub(crate) async fn publish(loaded: &[LoadedPact], outcomes: &[PactOutcome], version: &Version) -> Vec<String> {
    let described = ProviderVersion {
        number: version.number().unwrap_or_default().to_owned(),
        branch: version.branch_name().map(str::to_owned),
        tags: version.tags().to_vec(),
    };
    let mut problems = Vec::new();
    let mut is_described = false;
    for (pact, outcome) in loaded.iter().zip(outcomes) {
        let Some((client, fetched)) = &pact.fetched else {
            problems
                .push(format!("the pact with {} is from no broker, so its result is not published", outcome.consumer));
            continue;
        };
        let mut in_words = |error: countersign_broker_client::Error| {
            let hint = error.hint().map_or_else(String::new, |hint| format!("\nhint: {hint}"));
            problems.push(format!("the result for {} could not be published: {error}{hint}", outcome.consumer));
        };
        if !is_described {
            // branch and tags come first, so that the results count for them from the start
            if let Err(error) = client.describe_provider_version(fetched, &described).await {
                in_words(error);
                continue;
            }
            is_described = true;
        }
        if let Err(error) = client.publish_result(fetched, &described.number, &result(outcome, version)).await {
            in_words(error);
        }
    }
    problems
}

fn result(outcome: &PactOutcome, version: &Version) -> VerificationResult {
    VerificationResult {
        success: outcome.honoured(),
        test_results: outcome.interactions.iter().map(test_result).collect(),
        build_url: version.build().map(str::to_owned),
        verified_by: Some(("Countersign".to_owned(), env!("CARGO_PKG_VERSION").to_owned())),
    }
}

/// One interaction's result under the keys that brokers show.
fn test_result(interaction: &InteractionOutcome) -> Json {
    let mut json = json!({ "interactionDescription": interaction.description });
    if let Some(id) = &interaction.id {
        json["interactionId"] = id.as_str().into();
    }
    json["success"] = interaction.replayed.verdict.agreed().into();
    match &interaction.replayed.verdict {
        Verdict::Agreed => {}
        Verdict::Disagreed(findings) => {
            json["mismatches"] = findings.iter().map(|finding| mismatch(&finding.mismatch)).collect();
        }
        Verdict::Failed(failure) => {
            let detail = failure.detail.as_ref().map_or_else(String::new, |detail| format!(": {detail}"));
            json["exceptions"] = json!([{ "message": format!("{}{detail}", failure.message) }]);
        }
    }
    json
}

fn mismatch(mismatch: &Mismatch) -> Json {
    let (attribute, identifier) = match &mismatch.location {
        Location::Method => ("method", None),
        Location::Path => ("path", None),
        Location::Status => ("status", None),
        Location::Query { name, .. } => ("query", Some(name)),
        Location::Header { name, .. } => ("header", Some(name)),
        Location::Metadata { key } => ("metadata", Some(key)),
        Location::BodyType => ("body-content-type", None),
        Location::Body { path } => ("body", Some(path)),
    };
    let words = render::words(mismatch);
    let mut json = json!({ "attribute": attribute, "description": format!("{}, {}", words.expected, words.actual) });
    if let Some(identifier) = identifier {
        json["identifier"] = identifier.as_str().into();
    }
    json
}
