//! Headers, query parameters and metadata with the words of their rules.

use countersign_core::pact::{Fields, Query};
use countersign_core::rule::{Category, MatchingRules};
use countersign_core::value::Value;
use indexmap::IndexMap;

use super::body::shortened;
use super::ruled::of_named;
use super::view::Field;

/// Every header.
pub(super) fn headers(headers: &Fields, rules: &MatchingRules) -> Vec<Field> {
    headers
        .iter()
        .map(|(name, values)| {
            let value = values.join(", ");
            let words = of_named(rules, Category::Header, name, &Value::String(value.clone()));
            let value = if is_secret(name) { MASK.to_owned() } else { shortened(&value) };
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
            let value = if is_secret(name) { MASK.to_owned() } else { shortened(&plain(value)) };
            Field { kind: "metadata", name: name.clone(), value, words }
        })
        .collect()
}

/// What stands for a value that nobody is to read over someone's shoulder.
const MASK: &str = "•••••• (hidden)";

/// Whether an entry of this name usually carries a secret. Examples in pacts should not be real, and often are.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let known = ["authorization", "proxy-authorization", "cookie", "set-cookie"];
    known.contains(&name.as_str())
        || ["token", "secret", "password", "api-key", "apikey"].iter().any(|part| name.contains(part))
}

/// A value without the quotes of a JSON text.
pub(super) fn plain(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_known_by_their_names() {
        for (name, secret) in [
            ("Authorization", true),
            ("Set-Cookie", true),
            ("X-Api-Key", true),
            ("X-Auth-Token", true),
            ("Accept", false),
            ("X-Author", false),
        ] {
            assert_eq!(is_secret(name), secret, "{name}");
        }
    }
}
