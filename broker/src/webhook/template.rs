//! Filling `${pactbroker.…}` places.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

/// What the places stand for, by name.
pub(crate) type Variables = BTreeMap<String, String>;

/// What an address shows as it is.
const IN_URL: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A text with its places filled.
pub(crate) fn fill(text: &str, variables: &Variables) -> String {
    fill_with(text, variables, str::to_owned)
}

/// An address with its places filled, each value encoded.
pub(crate) fn fill_url(text: &str, variables: &Variables) -> String {
    fill_with(text, variables, |value| utf8_percent_encode(value, IN_URL).to_string())
}

/// A body with its places filled; values in JSON texts stay within them.
pub(crate) fn fill_body(body: &Value, variables: &Variables) -> String {
    match body {
        Value::String(text) => fill(text, variables),
        other => fill_json(other, variables).to_string(),
    }
}

fn fill_json(value: &Value, variables: &Variables) -> Value {
    match value {
        Value::String(text) => fill(text, variables).into(),
        Value::Array(items) => items.iter().map(|item| fill_json(item, variables)).collect(),
        Value::Object(members) => Value::Object(
            members.iter().map(|(key, item)| (fill(key, variables), fill_json(item, variables))).collect(),
        ),
        other => other.clone(),
    }
}

/// Names that are not known stay as they are: somebody else may fill them.
fn fill_with(text: &str, variables: &Variables, encode: impl Fn(&str) -> String) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("${pactbroker.") {
        let (before, place) = rest.split_at(start);
        filled.push_str(before);
        let Some(end) = place.find('}') else {
            filled.push_str(place);
            return filled;
        };
        match variables.get(&place["${pactbroker.".len()..end]) {
            Some(value) => filled.push_str(&encode(value)),
            None => filled.push_str(&place[..=end]),
        }
        rest = &place[end + 1..];
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn places_are_filled_where_they_stand() {
        let variables: Variables =
            [("consumerName", "a \"b\"&c"), ("eventName", "x")].map(|(k, v)| (k.to_owned(), v.to_owned())).into();
        assert_eq!(fill("${pactbroker.consumerName}-${pactbroker.eventName}", &variables), "a \"b\"&c-x");
        assert_eq!(fill_url("http://h/?c=${pactbroker.consumerName}", &variables), "http://h/?c=a%20%22b%22%26c");
        assert_eq!(
            fill_body(&json!({ "n": 1.50, "who": ["${pactbroker.consumerName}"] }), &variables),
            r#"{"n":1.5,"who":["a \"b\"&c"]}"#.replace("1.5", &json!(1.50).to_string())
        );
        for text in ["${pactbroker.nobody}", "${pactbroker.eventName", "${user.x}", "$"] {
            assert_eq!(fill(text, &variables), text);
        }
        // a value is not filled again
        let nested: Variables = [("eventName".to_owned(), "${pactbroker.eventName}".to_owned())].into();
        assert_eq!(fill("${pactbroker.eventName}", &nested), "${pactbroker.eventName}");
    }
}
