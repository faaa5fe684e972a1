//! The plugin entry in a pact's metadata, which carries the descriptors.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Value as Json, json};

use super::call::CallError;
use super::schema::{Schema, descriptor_key};
use crate::pact::{Attributes, Pact};

/// The name under which pacts carry protobuf configuration.
pub const PLUGIN_NAME: &str = "protobuf";

/// The oldest version of the ecosystem's plugin that reads what is written here. Readers load the newest installed version
/// that is not older, and fail when there is none, so this is a floor.
pub const PLUGIN_VERSION: &str = "0.6.4";

impl Schema {
    /// The key of the schema and its entry in the plugin's configuration.
    #[must_use]
    pub fn plugin_configuration(&self) -> (String, Json) {
        let mut entry = json!({ "protoDescriptors": BASE64.encode(self.descriptors()) });
        if let Some(text) = self.proto_file() {
            entry["protoFile"] = text.into();
        }
        (self.key().to_owned(), entry)
    }

    /// The schema that a pact carries under a key; every plugin entry is searched.
    ///
    /// # Errors
    ///
    /// There is none of that key, or it is not what the key says.
    pub fn from_pact(pact: &Pact, key: &str) -> Result<Self, CallError> {
        let entry = protobuf_plugins(&pact.metadata)
            .filter_map(|plugin| plugin.get("configuration")?.get(key))
            .find(|entry| entry.get("protoDescriptors").is_some_and(Json::is_string));
        let Some(entry) = entry else {
            let known = protobuf_plugins(&pact.metadata)
                .filter_map(|plugin| plugin.get("configuration").and_then(Json::as_object))
                .flat_map(|configuration| configuration.keys().cloned());
            return Err(CallError::NoDescriptors { key: key.to_owned(), known: known.collect() });
        };
        let text = entry.get("protoDescriptors").and_then(Json::as_str).unwrap_or_default();
        let damaged = |reason: String| CallError::Damaged { key: key.to_owned(), reason };
        let bytes = BASE64.decode(text).map_err(|error| damaged(format!("not base64: {error}")))?;
        let actual = descriptor_key(&bytes);
        if actual != key {
            return Err(damaged(format!("their MD5 is {actual}")));
        }
        let proto_file = entry.get("protoFile").and_then(Json::as_str).map(str::to_owned);
        Ok(Self::new(bytes, proto_file, None)?)
    }
}

fn protobuf_plugins(metadata: &Attributes) -> impl Iterator<Item = &Json> {
    let plugins = metadata.get("plugins").and_then(Json::as_array).into_iter().flatten();
    plugins.filter(|plugin| plugin.get("name").and_then(Json::as_str) == Some(PLUGIN_NAME))
}

/// Adds a schema to the pact's one entry for the plugin.
pub fn register(pact: &mut Pact, schema: &Schema) {
    let (key, configuration) = schema.plugin_configuration();
    let plugins = pact.metadata.entry("plugins").or_insert_with(|| Json::Array(Vec::new()));
    if !plugins.is_array() {
        *plugins = Json::Array(Vec::new());
    }
    let Json::Array(plugins) = plugins else { return };
    let known = plugins.iter_mut().find(|plugin| plugin.get("name").and_then(Json::as_str) == Some(PLUGIN_NAME));
    let Some(plugin) = known else {
        plugins.push(json!({
            "name": PLUGIN_NAME,
            "version": PLUGIN_VERSION,
            "configuration": Map::from_iter([(key, configuration)]),
        }));
        return;
    };
    if !plugin.get("configuration").is_some_and(Json::is_object) {
        plugin["configuration"] = Json::Object(Map::new());
    }
    if let Some(configurations) = plugin["configuration"].as_object_mut() {
        configurations.entry(key).or_insert(configuration);
        configurations.sort_keys();
    }
}
