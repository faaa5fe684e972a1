//! Headers, query parameters and metadata with the words of their rules.

use countersign_core::pact::{Fields, Query};
use countersign_core::rule::{Category, MatchingRules};
use countersign_core::value::Value;
use indexmap::IndexMap;

use super::ruled::of_named;
use super::view::Field;

/// Every header.
pub(super) fn headers(headers: &Fields, rules: &MatchingRules) -> Vec<Field> {
    headers
        .iter()
        .map(|(name, values)| {
            let value = values.join(", ");
            let words = of_named(rules, Category::Header, name, &Value::String(value.clone()));
            Field { kind: "header", name: name.clone(), value, words }
        })
        .collect()
}

/// The query parameters that a rule speaks of; the others can be read off the address.
pub(super) fn ruled_query(query: &Query, rules: &MatchingRules) -> Vec<Field> {
    let field = |(name, values): (&String, &Vec<Option<String>>)| {
        let values: Vec<&str> = values.iter().map(|value| value.as_deref().unwrap_or_default()).collect();
        let value = values.join(", ");
        let words = of_named(rules, Category::Query, name, &Value::String(value.clone()));
        (!words.is_empty()).then(|| Field { kind: "query", name: name.clone(), value, words })
    };
    query.iter().filter_map(field).collect()
}

/// Every entry of a message's metadata but those named.
pub(super) fn metadata(
    metadata: &IndexMap<String, serde_json::Value>,
    rules: &MatchingRules,
    but: &[&str],
) -> Vec<Field> {
    let known = |name: &str| but.iter().any(|known| known.eq_ignore_ascii_case(name));
    let entries = metadata.iter().filter(|(name, _)| !known(name));
    entries
        .map(|(name, value)| {
            let words = of_named(rules, Category::Metadata, name, &Value::from(value.clone()));
            Field { kind: "metadata", name: name.clone(), value: plain(value), words }
        })
        .collect()
}

/// A value without the quotes of a JSON text.
pub(super) fn plain(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
