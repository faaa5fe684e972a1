//! The protobuf descriptors that a pact carries for its gRPC calls.

use std::collections::BTreeSet;

use countersign_core::pact::Pact;
use countersign_core::protobuf::PLUGIN_NAME;
use serde_json::Value as Json;

/// Removes descriptors that no interaction speaks of any more, such as those of a `.proto` file's former version.
pub(super) fn remove_unused(pact: &mut Pact) {
    let mut used = BTreeSet::new();
    for interaction in &pact.interactions {
        if let Some(configuration) = interaction.plugin_configuration.get(PLUGIN_NAME) {
            collect_keys(configuration, &mut used);
        }
    }
    let plugins = pact.metadata.get_mut("plugins").and_then(Json::as_array_mut);
    for plugin in plugins.into_iter().flatten() {
        if plugin.get("name").and_then(Json::as_str) != Some(PLUGIN_NAME) {
            continue;
        }
        if let Some(configurations) = plugin.get_mut("configuration").and_then(Json::as_object_mut) {
            configurations.retain(|key, _| used.contains(key));
        }
    }
}

/// The key stands at the configuration itself, or in parts of it for request and response.
fn collect_keys(configuration: &Json, used: &mut BTreeSet<String>) {
    let Some(object) = configuration.as_object() else { return };
    for (name, value) in object {
        match value.as_str() {
            Some(key) if name == "descriptorKey" => {
                used.insert(key.to_owned());
            }
            _ => collect_keys(value, used),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_is_spoken_of_stays() {
        let interaction = |configuration: Json| {
            json!({
                "type": "Synchronous/HTTP", "description": configuration.to_string(),
                "pluginConfiguration": { "protobuf": configuration },
            })
        };
        let mut pact = countersign_core::format::from_json(json!({
            "consumer": { "name": "a" }, "provider": { "name": "b" },
            "interactions": [
                interaction(json!({ "descriptorKey": "one" })),
                interaction(json!({ "request": { "descriptorKey": "two" } })),
            ],
            "metadata": {
                "pactSpecification": { "version": "4.0" },
                "plugins": [
                    { "name": "other", "configuration": { "kept": {} } },
                    { "name": "protobuf", "configuration": { "old": {}, "one": {}, "two": {} } },
                ],
            },
        }))
        .unwrap();
        remove_unused(&mut pact);
        let plugins = &pact.metadata["plugins"];
        assert_eq!(plugins[0]["configuration"], json!({ "kept": {} }));
        assert_eq!(plugins[1]["configuration"], json!({ "one": {}, "two": {} }));
    }
}
