//! Merging what several tests recorded into one pact.

use super::{Interaction, Pact};

/// Two interactions with the same description and provider states but different contents.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error(
    "two different interactions are called '{description}'{}: give one of them another description or provider state",
    states(.existing)
)]
pub struct MergeConflict {
    /// What both are called.
    pub description: String,
    /// The one that was there.
    pub existing: Box<Interaction>,
    /// The one that was to be added.
    pub added: Box<Interaction>,
}

fn states(interaction: &Interaction) -> String {
    let names: Vec<_> = interaction.provider_states.iter().map(|state| state.name.as_str()).collect();
    if names.is_empty() { String::new() } else { format!(" (given {})", names.join(", ")) }
}

/// Adds the interactions of `added` to `existing`, which keeps its names and gets `added`'s metadata where it has none.
/// The result is sorted by description, states and kind, so it does not depend on the order of merging.
///
/// # Errors
///
/// All conflicts: interactions with equal description and provider states, but different contents.
pub fn merge(existing: &mut Pact, added: Pact) -> Result<(), Vec<MergeConflict>> {
    let mut conflicts = Vec::new();
    for interaction in added.interactions {
        match existing.interactions.iter().find(|known| same_identity(known, &interaction)) {
            None => existing.interactions.push(interaction),
            Some(known) if same_agreement(known, &interaction) => {}
            Some(known) => conflicts.push(MergeConflict {
                description: interaction.description.clone(),
                existing: Box::new(known.clone()),
                added: Box::new(interaction),
            }),
        }
    }
    if !conflicts.is_empty() {
        return Err(conflicts);
    }
    for (name, value) in added.metadata {
        merge_metadata(&mut existing.metadata, name, value);
    }
    existing.interactions.sort_by_cached_key(sort_key);
    Ok(())
}

/// Plugin entries of one name become one entry with all configurations, because readers look at the first only.
fn merge_metadata(metadata: &mut super::Attributes, name: String, value: serde_json::Value) {
    let Some(known) = metadata.get_mut(&name) else {
        metadata.insert(name, value);
        return;
    };
    let (Some(known), serde_json::Value::Array(added)) = (known.as_array_mut(), value) else { return };
    if name != "plugins" {
        return;
    }
    for plugin in added {
        match known.iter_mut().find(|entry| entry.get("name") == plugin.get("name")) {
            None => known.push(plugin),
            Some(entry) => merge_plugin(entry, &plugin),
        }
    }
}

fn merge_plugin(entry: &mut serde_json::Value, plugin: &serde_json::Value) {
    let Some(added) = plugin.get("configuration").and_then(serde_json::Value::as_object) else { return };
    let Some(entry) = entry.as_object_mut() else { return };
    let configuration = entry.entry("configuration").or_insert_with(|| serde_json::Value::Object(Default::default()));
    if let Some(configuration) = configuration.as_object_mut() {
        for (key, value) in added {
            configuration.entry(key.clone()).or_insert_with(|| value.clone());
        }
        configuration.sort_keys();
    }
}

fn same_identity(a: &Interaction, b: &Interaction) -> bool {
    a.description == b.description
        && a.provider_states == b.provider_states
        && std::mem::discriminant(&a.kind) == std::mem::discriminant(&b.kind)
}

/// The name of the test says who recorded an interaction, not what was agreed.
fn same_agreement(a: &Interaction, b: &Interaction) -> bool {
    let comments = |interaction: &Interaction| {
        let mut comments = interaction.comments.clone();
        comments.remove("testname");
        comments
    };
    a.kind == b.kind
        && a.transport == b.transport
        && a.plugin_configuration == b.plugin_configuration
        && (&a.key, a.pending) == (&b.key, b.pending)
        && comments(a) == comments(b)
}

fn sort_key(interaction: &Interaction) -> (String, String, u8) {
    let states: Vec<_> = interaction
        .provider_states
        .iter()
        .map(|state| format!("{}\u{1}{}", state.name, serde_json::Value::Object(state.params.clone())))
        .collect();
    let kind = match interaction.kind {
        super::InteractionKind::Http(_) => 0,
        super::InteractionKind::AsynchronousMessage(_) => 1,
        super::InteractionKind::SynchronousMessage(_) => 2,
    };
    (interaction.description.clone(), states.join("\u{2}"), kind)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::format;

    /// A pact whose rules and generators stand in the order given.
    fn with_rules(rules: &serde_json::Value, generators: &serde_json::Value) -> Pact {
        let pact = json!({
            "consumer": { "name": "shop" }, "provider": { "name": "stock" },
            "interactions": [{
                "type": "Synchronous/HTTP", "description": "a check", "request": { "method": "GET", "path": "/" },
                "response": { "status": 200, "matchingRules": { "body": rules }, "generators": { "body": generators } },
            }],
            "metadata": { "pactSpecification": { "version": "4.0" } },
        });
        format::read(pact.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn the_order_of_rules_and_generators_is_no_difference() {
        let (integer, like) =
            (json!({ "matchers": [{ "match": "integer" }] }), json!({ "matchers": [{ "match": "type" }] }));
        let (uuid, hex) = (json!({ "type": "Uuid" }), json!({ "type": "RandomHexadecimal", "digits": 4 }));
        let mut pact = with_rules(&json!({ "$.b": integer, "$.a": like }), &json!({ "$.d": uuid, "$.c": hex }));
        let same = with_rules(&json!({ "$.a": like, "$.b": integer }), &json!({ "$.c": hex, "$.d": uuid }));
        assert_eq!(merge(&mut pact, same), Ok(()));
        let swapped = with_rules(&json!({ "$.a": integer, "$.b": like }), &json!({ "$.c": hex, "$.d": uuid }));
        assert_eq!(merge(&mut pact, swapped).map_err(|conflicts| conflicts.len()), Err(1));
        let swapped = with_rules(&json!({ "$.a": like, "$.b": integer }), &json!({ "$.c": uuid, "$.d": hex }));
        assert_eq!(merge(&mut pact, swapped).map_err(|conflicts| conflicts.len()), Err(1));
    }

    /// What becomes of an interaction that is added to another.
    fn outcome(first: &serde_json::Value, second: &serde_json::Value) -> &'static str {
        let pact = |interaction: &serde_json::Value| {
            let pact = json!({
                "consumer": { "name": "shop" }, "provider": { "name": "stock" }, "interactions": [interaction],
                "metadata": { "pactSpecification": { "version": "4.0" } },
            });
            format::read(pact.to_string().as_bytes()).unwrap()
        };
        let (mut one, mut other) = (pact(first), pact(second));
        let result = merge(&mut one, pact(second));
        assert_eq!(merge(&mut other, pact(first)).is_ok(), result.is_ok(), "the order does not matter");
        match (result, one.interactions.len()) {
            (Err(_), _) => "conflict",
            (Ok(()), 1) => "same",
            (Ok(()), _) => "added",
        }
    }

    #[test]
    fn description_and_states_tell_interactions_apart() {
        let base = json!({
            "description": "d", "providerStates": [{ "name": "s", "params": { "id": 1 } }],
            "request": { "method": "GET", "path": "/", "query": { "a": ["1"] }, "headers": { "X": ["1"] } },
            "response": { "status": 200, "body": { "content": { "a": 1.0 }, "contentType": "application/json" } },
        });
        let with = |pointer: &str, value: serde_json::Value| {
            let mut other = base.clone();
            *other.pointer_mut(pointer).unwrap() = value;
            other
        };
        let mut noted = base.clone();
        noted["comments"] = json!({ "testname": "t" });
        let and = |name: &str, value: serde_json::Value| {
            let mut other = base.clone();
            other[name] = value;
            other
        };
        let message =
            json!({ "type": "Asynchronous/Messages", "description": "d", "providerStates": base["providerStates"] });
        for (other, expected) in [
            (base.clone(), "same"),
            (noted, "same"),
            (and("key", json!("k")), "conflict"),
            (and("pending", json!(true)), "conflict"),
            (and("comments", json!({ "text": ["why"] })), "conflict"),
            (with("/request/method", json!("get")), "same"),
            (with("/description", json!("e")), "added"),
            (with("/providerStates", json!([])), "added"),
            (with("/providerStates/0/params/id", json!(2)), "added"),
            (message, "added"),
            (with("/request/path", json!("/x")), "conflict"),
            (with("/request/query/a", json!(["2"])), "conflict"),
            (with("/request/headers", json!({})), "conflict"),
            (with("/response/status", json!(201)), "conflict"),
            (with("/response/body/content/a", json!(1)), "conflict"),
        ] {
            assert_eq!(outcome(&base, &other), expected, "{other}");
        }
    }

    #[test]
    fn the_result_does_not_depend_on_the_order() {
        let pact = |names: &[&str]| {
            let mut pact = Pact::new("shop", "stock");
            let http = |name: &&str| Interaction::new(*name, crate::pact::InteractionKind::Http(Box::default()));
            pact.interactions = names.iter().map(http).collect();
            pact
        };
        let merged = |parts: &[&[&str]]| {
            let mut whole = pact(&[]);
            parts.iter().for_each(|part| merge(&mut whole, pact(part)).unwrap());
            format::write(&whole)
        };
        let expected = merged(&[&["a", "b", "c"]]);
        for parts in [[&["c"][..], &["b"], &["a"]], [&["b", "a"], &["a"], &["c", "b"]], [&["c", "a"], &["b"], &[]]] {
            assert_eq!(merged(&parts), expected, "{parts:?}");
        }
    }
}
