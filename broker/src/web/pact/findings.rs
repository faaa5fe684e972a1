//! What a verifier had to say about each interaction. Every verifier words its account in its own way, so reading is
//! tolerant: what is not understood is left out.

use serde_json::Value;

/// A finding: where, and what is wrong there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    /// Empty when it concerns all of it.
    pub(super) place: String,
    /// May have several lines.
    pub(super) text: String,
}

/// A verifier's account of one interaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Account {
    id: Option<String>,
    description: Option<String>,
    pub(super) success: bool,
    pub(super) findings: Vec<Finding>,
}

/// The accounts of a verification result.
#[derive(Clone, Debug, Default)]
pub(super) struct Accounts(Vec<Account>);

impl Accounts {
    /// Reads a result's `testResults`.
    pub(super) fn read(results: &Value) -> Self {
        let list = match results {
            Value::Array(list) => Some(list),
            other => ["tests", "interactions", "results", "examples"].iter().find_map(|key| other.get(key)?.as_array()),
        };
        Self(list.into_iter().flatten().filter(|entry| entry.is_object()).map(account).collect())
    }

    /// The account of an interaction, by its identity, else by its description.
    pub(super) fn of(&self, id: &str, description: &str) -> Option<&Account> {
        let by_id = self.0.iter().find(|account| account.id.as_deref() == Some(id));
        by_id.or_else(|| {
            self.0.iter().find(|account| account.id.is_none() && account.description.as_deref() == Some(description))
        })
    }

    /// Whether there is any account at all.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn account(entry: &Value) -> Account {
    let text = |keys: &[&str]| keys.iter().find_map(|key| entry.get(key)?.as_str()).map(str::to_owned);
    let lists = ["mismatches", "errors", "exceptions"];
    let several = lists.iter().filter_map(|key| entry.get(key)?.as_array()).flatten();
    let single = ["exception", "error"].iter().filter_map(|key| entry.get(key));
    let findings: Vec<Finding> = several.chain(single).filter_map(finding).collect();
    let success = match entry.get("success").and_then(Value::as_bool) {
        Some(success) => success,
        None => match entry.get("status").and_then(Value::as_str) {
            Some(status) => status != "failed",
            None => findings.is_empty(),
        },
    };
    Account {
        id: text(&["interactionId", "interaction_id"]),
        description: text(&["interactionDescription", "description"]),
        success,
        findings,
    }
}

fn finding(entry: &Value) -> Option<Finding> {
    if let Some(text) = entry.as_str() {
        return Some(Finding { place: String::new(), text: text.to_owned() });
    }
    let text = |keys: &[&str]| keys.iter().find_map(|key| entry.get(key)?.as_str()).filter(|text| !text.is_empty());
    let what = text(&["text", "description", "mismatch", "message"])?;
    let place = text(&["location", "identifier", "path", "key", "parameter"]);
    let part = text(&["attribute", "part"]);
    let place = match (part, place) {
        (Some(part), Some(place)) if place.contains(part) || place.starts_with('$') => place.to_owned(),
        (Some(part), Some(place)) => format!("{part} {place}"),
        (part, place) => place.or(part).unwrap_or_default().to_owned(),
    };
    Some(Finding { place, text: what.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(results: Value, expected: &[(bool, &[(&str, &str)])]) {
        let Accounts(found) = Accounts::read(&results);
        let found: Vec<(bool, Vec<(String, String)>)> = found
            .into_iter()
            .map(|account| (account.success, account.findings.into_iter().map(|f| (f.place, f.text)).collect()))
            .collect();
        let expected: Vec<(bool, Vec<(String, String)>)> = expected
            .iter()
            .map(|(success, list)| (*success, list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn accounts_of_several_verifiers() {
        check(
            json!([
                { "interactionId": "1", "success": true },
                { "interactionId": "2", "success": false, "mismatches": [
                    { "attribute": "body", "identifier": "$.a", "description": "Expected 4 (String) to be an integer" },
                    { "attribute": "header", "identifier": "Accept", "description": "Expected a header" },
                    { "attribute": "status", "description": "expected 200 but was 500" },
                ] },
            ]),
            &[
                (true, &[]),
                (
                    false,
                    &[
                        ("$.a", "Expected 4 (String) to be an integer"),
                        ("header Accept", "Expected a header"),
                        ("status", "expected 200 but was 500"),
                    ],
                ),
            ],
        );
        check(
            json!({ "tests": [{ "description": "a", "status": "failed", "exception": { "message": "refused" } }] }),
            &[(false, &[("", "refused")])],
        );
        check(json!({ "interactions": [{ "errors": ["no state handler"] }] }), &[(false, &[("", "no state handler")])]);
        check(json!({ "notes": "free text" }), &[]);
        check(json!("free text"), &[]);
    }

    #[test]
    fn an_account_belongs_to_its_interaction() {
        let accounts = Accounts::read(&json!([
            { "interactionId": "1", "success": true },
            { "interactionDescription": "b", "success": false },
        ]));
        assert!(accounts.of("1", "whatever").unwrap().success);
        assert!(!accounts.of("2", "b").unwrap().success);
        assert_eq!(accounts.of("2", "c"), None);
    }
}
