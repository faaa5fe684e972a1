//! Joining two pacts of the same consumer version, such as two test suites that publish separately.

use std::fmt;

use serde_json::Value;

/// Two interactions that claim the same description and states with different requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergeConflict {
    /// The description both carry.
    pub description: String,
}

impl fmt::Display for MergeConflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "an interaction with the same description ({:?}) and provider states but another request is published already",
            self.description
        )
    }
}

/// Puts the interactions of `addition` into `existing`: one with the same description and provider states is replaced,
/// others are appended. Everything else comes from `existing`.
///
/// # Errors
///
/// Every interaction whose request differs from the one it would replace.
pub fn merge(existing: &Value, addition: &Value) -> Result<Value, Vec<MergeConflict>> {
    let mut merged = existing.clone();
    let Some(Value::Array(new)) = addition.get("interactions") else {
        return Ok(merged);
    };
    let mut conflicts = Vec::new();
    let mut interactions = match existing.get("interactions") {
        Some(Value::Array(interactions)) => interactions.clone(),
        _ => Vec::new(),
    };
    for interaction in new {
        match interactions
            .iter_mut()
            .find(|known| same_key(known, interaction))
        {
            Some(known) if known.get("request") != interaction.get("request") => {
                let description = interaction
                    .get("description")
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                conflicts.push(MergeConflict {
                    description: description.to_owned(),
                });
            }
            Some(known) => *known = interaction.clone(),
            None => interactions.push(interaction.clone()),
        }
    }
    if !conflicts.is_empty() {
        return Err(conflicts);
    }
    if let Value::Object(members) = &mut merged {
        members.insert("interactions".to_owned(), Value::Array(interactions));
    }
    Ok(merged)
}

fn same_key(one: &Value, two: &Value) -> bool {
    one.get("description") == two.get("description") && states(one) == states(two)
}

fn states(interaction: &Value) -> Option<&Value> {
    ["providerStates", "providerState", "provider_state"]
        .iter()
        .find_map(|key| interaction.get(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn interactions_are_replaced_or_appended() {
        let existing = json!({ "consumer": { "name": "A" }, "interactions": [
            { "description": "a", "request": { "path": "/a" }, "response": { "status": 200 } },
            { "description": "a", "providerState": "s", "request": { "path": "/s" } },
        ] });
        let addition = json!({ "interactions": [
            { "description": "a", "request": { "path": "/a" }, "response": { "status": 201 } },
            { "description": "b", "request": { "path": "/b" } },
        ] });
        let merged = merge(&existing, &addition).unwrap();
        assert_eq!(
            merged,
            json!({ "consumer": { "name": "A" }, "interactions": [
            { "description": "a", "request": { "path": "/a" }, "response": { "status": 201 } },
            { "description": "a", "providerState": "s", "request": { "path": "/s" } },
            { "description": "b", "request": { "path": "/b" } },
        ] })
        );
    }

    #[test]
    fn another_request_under_the_same_key_is_a_conflict() {
        let pact = |path: &str| json!({ "interactions": [{ "description": "a", "request": { "path": path } }] });
        assert_eq!(
            merge(&pact("/a"), &pact("/b")).unwrap_err(),
            [MergeConflict {
                description: "a".to_owned()
            }]
        );
    }
}
