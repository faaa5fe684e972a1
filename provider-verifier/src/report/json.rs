//! The report for programs: the keys of the official tools, and ours beside them.

use countersign_core::pact::ProviderState;
use countersign_core::render::{mismatch_json, official_json};
use serde_json::{Value as Json, json};

use super::Colours;
use crate::outcome::{InteractionOutcome, Outcome, PactOutcome, Verdict, Verification};

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
            "mismatches": findings.iter().map(|finding| {
                let mut official = official_json(&finding.mismatch);
                official["detail"] = mismatch_json(&finding.mismatch);
                if let Some(number) = finding.response {
                    official["detail"]["response"] = number.into();
                }
                official
            }).collect::<Vec<_>>(),
        }),
        Verdict::Failed(failure) => {
            json!({ "type": "error", "message": failure.message, "detail": failure.detail })
        }
    };
    let title = title(&pact.consumer, &pact.provider, &interaction.states, &interaction.description);
    let mut error = json!({ "interaction": title, "mismatch": mismatch });
    if let Some(id) = &interaction.id {
        error["mismatch"]["interactionId"] = id.as_str().into();
    }
    Some(error)
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

/// An interaction's result as the official tools write it.
fn result(interaction: &InteractionOutcome) -> Json {
    json!({
        "description": interaction.description,
        "duration": format!("{}ms", milliseconds(interaction.replayed.elapsed)),
        "interactionId": interaction.id,
        "interactionKey": interaction.key,
        "result": if interaction.replayed.verdict.agreed() { "OK" } else { "Error" },
    })
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
        "states": states.collect::<Vec<_>>(),
        "transport": interaction.transport.key(),
        "pending": interaction.pending,
        "outcome": replayed.verdict.as_str(),
        "milliseconds": milliseconds(replayed.elapsed),
    })
}

fn milliseconds(elapsed: std::time::Duration) -> u64 {
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
              "detail": null
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
