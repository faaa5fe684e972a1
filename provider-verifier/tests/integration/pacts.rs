//! Pacts for the tests.

use countersign_core::format;
use countersign_core::pact::Pact;
use countersign_provider_verifier::{Finding, Outcome, Verdict, Verification};
use serde_json::{Value as Json, json};

/// A V4 pact between `shop` and `stock`.
pub(crate) fn pact(interactions: impl IntoIterator<Item = Json>) -> Pact {
    format::from_json(document("shop", interactions)).unwrap()
}

pub(crate) fn document(consumer: &str, interactions: impl IntoIterator<Item = Json>) -> Json {
    json!({
        "consumer": { "name": consumer }, "provider": { "name": "stock" },
        "interactions": interactions.into_iter().collect::<Vec<_>>(),
        "metadata": { "pactSpecification": { "version": "4.0" } },
    })
}

/// `GET path` answered with 200 and an integer in `left`.
pub(crate) fn stock_check(path: &str) -> Json {
    json!({
        "type": "Synchronous/HTTP", "description": format!("GET {path}"),
        "request": { "method": "GET", "path": path },
        "response": {
            "status": 200,
            "body": { "content": { "left": 5 }, "contentType": "application/json" },
            "matchingRules": { "body": { "$.left": { "matchers": [{ "match": "integer" }] } } },
        },
    })
}

/// `GET path` answered with a status.
pub(crate) fn get(path: &str, status: u16) -> Json {
    json!({
        "type": "Synchronous/HTTP", "description": format!("GET {path}"),
        "request": { "method": "GET", "path": path }, "response": { "status": status },
    })
}

pub(crate) trait With {
    fn with(self, name: &str, value: Json) -> Self;
    fn in_state(self, name: &str) -> Self;
}

impl With for Json {
    fn with(mut self, name: &str, value: Json) -> Self {
        self[name] = value;
        self
    }

    fn in_state(self, name: &str) -> Self {
        self.with("providerStates", json!([{ "name": name, "params": { "sku": "ABC-1" } }]))
    }
}

/// The verification that an outcome has to be.
pub(crate) fn ran(outcome: Outcome) -> Verification {
    match outcome {
        Outcome::Ran(verification) => verification,
        Outcome::CouldNotRun(error) => panic!("it could not run: {error}"),
    }
}

/// What came of every interaction, in a few words.
pub(crate) fn verdicts(verification: &Verification) -> Vec<String> {
    verification.interactions().map(|interaction| in_words(&interaction.replayed.verdict)).collect()
}

fn in_words(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Agreed => "agreed".to_owned(),
        Verdict::Disagreed(findings) => findings.iter().map(place).collect::<Vec<_>>().join(", "),
        Verdict::Failed(failure) => match &failure.detail {
            Some(detail) => format!("{}: {detail}", failure.message),
            None => failure.message.clone(),
        },
    }
}

fn place(finding: &Finding) -> String {
    match finding.response {
        Some(number) => format!("response {number} · {}", finding.mismatch.location),
        None => finding.mismatch.location.to_string(),
    }
}
