//! The states a provider's consumers expect it to be in.

use std::collections::BTreeMap;

use serde_json::Value;

/// A state, and which consumers expect it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderState {
    /// Its name.
    pub name: String,
    /// Its parameters, `null` when there are none.
    pub params: Value,
    /// The consumers, by name.
    pub consumers: Vec<String>,
}

/// The states in these pacts, each with its consumer's name, sorted by name and parameters.
#[must_use]
pub fn provider_states<'p>(
    pacts: impl IntoIterator<Item = (&'p str, &'p Value)>,
) -> Vec<ProviderState> {
    let mut found: BTreeMap<(String, String), ProviderState> = BTreeMap::new();
    for (consumer, pact) in pacts {
        for (name, params) in states_of(pact) {
            let state = found
                .entry((name.clone(), params.to_string()))
                .or_insert_with(|| ProviderState {
                    name,
                    params,
                    consumers: Vec::new(),
                });
            if !state.consumers.iter().any(|known| known == consumer) {
                state.consumers.push(consumer.to_owned());
            }
        }
    }
    let mut states: Vec<ProviderState> = found.into_values().collect();
    for state in &mut states {
        state.consumers.sort();
    }
    states
}

fn states_of(pact: &Value) -> Vec<(String, Value)> {
    let interactions = ["interactions", "messages"]
        .iter()
        .filter_map(|key| pact.get(key)?.as_array())
        .flatten();
    interactions.flat_map(states_of_interaction).collect()
}

fn states_of_interaction(interaction: &Value) -> Vec<(String, Value)> {
    let single = ["providerState", "provider_state"]
        .iter()
        .find_map(|key| interaction.get(key)?.as_str());
    if let Some(name) = single {
        return vec![(name.to_owned(), Value::Null)];
    }
    let several = interaction.get("providerStates").and_then(Value::as_array);
    several
        .into_iter()
        .flatten()
        .filter_map(|state| {
            let name = state.get("name")?.as_str()?;
            Some((
                name.to_owned(),
                state.get("params").cloned().unwrap_or_default(),
            ))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn states_of_every_spelling_are_gathered_and_sorted() {
        let old = json!({ "interactions": [{ "providerState": "stock exists" }, { "description": "none" }] });
        let new = json!({
            "interactions": [{ "providerStates": [{ "name": "stock exists", "params": { "n": 1 } }, { "name": "a user" }] }],
            "messages": [{ "providerStates": [{ "name": "stock exists" }] }],
        });
        let found = provider_states([("web", &old), ("app", &new)]);
        let seen: Vec<(&str, &Value, Vec<&str>)> = found
            .iter()
            .map(|s| {
                (
                    s.name.as_str(),
                    &s.params,
                    s.consumers.iter().map(String::as_str).collect(),
                )
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("a user", &Value::Null, vec!["app"]),
                ("stock exists", &Value::Null, vec!["app", "web"]),
                ("stock exists", &json!({ "n": 1 }), vec!["app"]),
            ]
        );
    }
}
