//! The report for programs: the keys of the official tools, and ours beside them.

use std::time::Duration;

use countersign_core::mismatch::{Location, Mismatch};
use countersign_core::pact::ProviderState;
use countersign_core::render::{mismatch_json, official_list};
use countersign_core::value::Value;
use serde_json::{Value as Json, json};

use super::Colours;
use crate::outcome::{Bodies, Finding, InteractionOutcome, Outcome, PactOutcome, Transport, Verdict, Verification};

/// The report as JSON.
///
/// `result` is true exactly when the exit code is 0. `errors` and `pendingErrors` list what failed, as the official tools
/// write it; `pacts` tells everything, `summary` counts.
#[must_use]
pub fn json(outcome: &Outcome) -> Json {
    match outcome {
        Outcome::Ran(verification) => ran(verification, &super::console(outcome, Colours::Off)),
        Outcome::CouldNotRun(error) => json!({
            "result": false,
            "errors": [{
                "interaction": "Failed to load pacts",
                "mismatch": { "type": "error", "message": crate::mask::text(&error.to_string()) },
            }],
            "pendingErrors": [],
        }),
    }
}

fn ran(verification: &Verification, output: &str) -> Json {
    let errors = |pending: bool| -> Json {
        let failed = verification.pacts.iter().flat_map(|pact| {
            let counted = pact.interactions.iter().filter(move |interaction| interaction.pending == pending);
            counted.filter_map(|interaction| error(pact, interaction))
        });
        failed.collect()
    };
    let counts = verification.counts();
    json!({
        "result": verification.exit_code() == 0,
        "errors": errors(false),
        "pendingErrors": errors(true),
        "notices": verification.pacts.iter().flat_map(|pact| &pact.notices).collect::<Vec<_>>(),
        "warnings": verification.warnings,
        "publicationErrors": verification.publication_problems,
        "provider": verification.provider,
        "providerVersion": verification.version.as_ref().map(|version| json!({
            "number": version.number(),
            "branch": version.branch_name(),
            "tags": version.tags(),
            "buildUrl": version.build(),
            "detected": version.is_detected(),
        })),
        "interactionResults": verification.interactions().map(result).collect::<Vec<_>>(),
        "output": output.lines().collect::<Vec<_>>(),
        "summary": {
            "interactions": verification.interactions().count(),
            "distinct": verification.distinct,
            "passed": counts.passed,
            "failed": counts.failed,
            "pending": counts.pending,
            "milliseconds": milliseconds(verification.elapsed),
        },
        "pacts": verification.pacts.iter().map(pact).collect::<Vec<_>>(),
    })
}

fn error(pact: &PactOutcome, interaction: &InteractionOutcome) -> Option<Json> {
    let mismatch = match &interaction.replayed.verdict {
        Verdict::Agreed => return None,
        Verdict::Disagreed(findings) => json!({
            "type": "mismatches",
            "mismatches": mismatches(interaction, findings),
        }),
        Verdict::Failed(failure) => {
            json!({ "type": "error", "message": failure.message, "detail": failure.detail })
        }
    };
    let title = title(&pact.consumer, &pact.provider, &interaction.states, &interaction.description);
    let mut error = json!({ "interaction": title, "mismatch": mismatch });
    error["mismatch"]["interactionId"] = interaction.id.as_deref().unwrap_or_default().into();
    Some(error)
}

/// The findings under the official keys, with ours beside them: `detail` is the finding, `details` are all of those that the
/// official tools tell as one.
fn mismatches(interaction: &InteractionOutcome, findings: &[Finding]) -> Vec<Json> {
    let mut all = Vec::new();
    for of_response in findings.chunk_by(|one, next| one.response == next.response) {
        for (told, mut official) in official_list(of_response.iter().map(|finding| &finding.mismatch)) {
            let mut details: Vec<Json> = told.iter().map(|it| detail(it, of_response[0].response)).collect();
            official["detail"] = details[0].take();
            if told.len() > 1 {
                official["details"] = std::iter::once(official["detail"].clone()).chain(details.drain(1..)).collect();
            }
            if told[0].location == Location::BodyType {
                let bodies = of_response.iter().find_map(|finding| finding.bodies.as_deref());
                body_types(interaction.transport, told[0], bodies, &mut official);
            }
            all.push(official);
        }
    }
    all
}

fn detail(mismatch: &Mismatch, response: Option<usize>) -> Json {
    let mut detail = mismatch_json(mismatch);
    if let Some(number) = response {
        detail["response"] = number.into();
    }
    detail
}

/// What the official tools say about bodies of different types.
fn body_types(transport: Transport, mismatch: &Mismatch, bodies: Option<&Bodies>, official: &mut Json) {
    if let Some(bodies) = bodies {
        official["expectedBody"] = bodies.expected.as_str().into();
        official["actualBody"] = bodies.actual.as_str().into();
    }
    let text = |value: &Option<Value>| value.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
    if transport == Transport::Message {
        let (expected, actual) = (text(&mismatch.expected), text(&mismatch.actual));
        official["mismatch"] = format!("Expected message with content type {expected} but was {actual}").into();
    }
}

/// `Verifying a pact between A and B Given S - D`, under which scripts look for an interaction.
pub(crate) fn title(consumer: &str, provider: &str, states: &[ProviderState], description: &str) -> String {
    let mut title = format!("Verifying a pact between {consumer} and {provider}");
    for (index, state) in states.iter().enumerate() {
        title.push_str(if index == 0 { " Given " } else { " And " });
        title.push_str(&state.name);
    }
    format!("{title} - {description}")
}

/// An interaction's result as the official tools write it: names that are not known are left out.
fn result(interaction: &InteractionOutcome) -> Json {
    let mut result = json!({
        "description": interaction.description,
        "duration": format!("{:?}", Duration::from_millis(milliseconds(interaction.replayed.elapsed))),
        "result": if interaction.replayed.verdict.agreed() { "OK" } else { "Error" },
    });
    for (name, value) in [("interactionId", &interaction.id), ("interactionKey", &interaction.key)] {
        if let Some(value) = value {
            result[name] = value.as_str().into();
        }
    }
    result
}

fn pact(pact: &PactOutcome) -> Json {
    json!({
        "consumer": pact.consumer,
        "consumerVersion": pact.consumer_version,
        "provider": pact.provider,
        "origin": pact.origin,
        "selectedBecause": pact.reason,
        "pending": pact.pending,
        "wip": pact.wip,
        "agreed": pact.agreed(),
        "interactions": pact.interactions.iter().map(interaction).collect::<Vec<_>>(),
    })
}

fn interaction(interaction: &InteractionOutcome) -> Json {
    let replayed = &interaction.replayed;
    let states = interaction.states.iter().map(|state| json!({ "name": state.name, "params": state.params }));
    json!({
        "description": interaction.description,
        "id": interaction.id,
        "key": interaction.key,
        "asked": interaction.asked,
        "states": states.collect::<Vec<_>>(),
        "transport": interaction.transport.key(),
        "pending": interaction.pending,
        "outcome": replayed.verdict.as_str(),
        "milliseconds": milliseconds(replayed.elapsed),
    })
}

fn milliseconds(elapsed: Duration) -> u64 {
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::VerifyError;
    use crate::report::sample;

    #[test]
    fn failures_stand_under_the_official_keys() {
        let report = json(&sample::outcome());
        assert_eq!(report["result"], false);
        insta::assert_snapshot!(pretty(&report["errors"]), @r#"
        [
          {
            "interaction": "Verifying a pact between order-service and inventory-service Given stock exists - stock updates while a sku sells",
            "mismatch": {
              "type": "mismatches",
              "mismatches": [
                {
                  "type": "BodyMismatch",
                  "path": "$.quantity_left",
                  "expected": "4",
                  "actual": "\"4\"",
                  "mismatch": "Expected '4' (String) to be an integer",
                  "detail": {
                    "part": "body",
                    "location": "$.quantity_left",
                    "kind": "rule-broken",
                    "rule": {
                      "match": "integer"
                    },
                    "expected": 4,
                    "actual": "4",
                    "text": "expected an integer like 4, but got \"4\" (a string)",
                    "response": 2
                  }
                }
              ],
              "interactionId": "41bd"
            }
          }
        ]
        "#);
        insta::assert_snapshot!(pretty(&report["pendingErrors"]), @r#"
        [
          {
            "interaction": "Verifying a pact between web and inventory-service - a slow report",
            "mismatch": {
              "type": "error",
              "message": "GET http://h/ brought no answer within 5 s",
              "detail": null,
              "interactionId": ""
            }
          }
        ]
        "#);
        insta::assert_snapshot!(pretty(&report["summary"]), @r#"
        {
          "interactions": 4,
          "distinct": 3,
          "passed": 1,
          "failed": 1,
          "pending": 1,
          "milliseconds": 312
        }
        "#);
        insta::assert_snapshot!(pretty(&report["pacts"][0]["interactions"][0]), @r#"
        {
          "description": "a stock check for a known sku",
          "id": null,
          "key": null,
          "asked": "GET /report",
          "states": [],
          "transport": "http",
          "pending": false,
          "outcome": "agreed",
          "milliseconds": 3
        }
        "#);
    }

    fn pretty(json: &Json) -> String {
        serde_json::to_string_pretty(json).unwrap()
    }

    #[test]
    fn what_could_not_run_has_no_result() {
        let report = json(&Outcome::CouldNotRun(VerifyError::NoSource));
        assert_eq!(report["result"], false);
        assert_eq!(report["errors"][0]["mismatch"]["type"], "error");
    }
}
