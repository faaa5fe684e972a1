//! What makes two pacts the same contract.
//!
//! A broker stores one *content* for every distinct contract, however often and under however many consumer versions
//! it is published. [`content_sha`] names that content: it looks at the interactions, the messages and the
//! specification version, and ignores participants, tool metadata, the order of keys and the order of interactions.
//! [`interaction_id`] names a single interaction, so that verification results can point at it.
//!
//! ```
//! use countersign_core::pact::digest::content_sha;
//! use serde_json::json;
//!
//! let one = json!({ "interactions": [{ "description": "a" }, { "description": "b" }] });
//! let two = json!({ "consumer": { "name": "web" }, "interactions": [{ "description": "b" }, { "description": "a" }] });
//! assert_eq!(content_sha(&one), content_sha(&two));
//! ```

use serde_json::{Map, Value};
use sha1::{Digest, Sha1};

/// The SHA-1, in lower-case hexadecimal, of what a pact promises.
///
/// Two pacts with the same digest are the same contract: a verification of one counts for the other. A document with
/// neither `interactions` nor `messages` is hashed as it stands.
#[must_use]
pub fn content_sha(pact: &Value) -> String {
    let mut text = String::new();
    let interactions = pact.get("interactions").filter(|value| !value.is_null());
    let messages = pact.get("messages").filter(|value| !value.is_null());
    if interactions.is_none() && messages.is_none() {
        write_canonical(&mut text, pact, KeyOrder::AsGiven);
        return sha1_hex(&text);
    }
    text.push('{');
    if let Some(interactions) = interactions {
        write_member(&mut text, "interactions");
        write_sorted_elements(&mut text, interactions);
    }
    if let Some(messages) = messages {
        write_member(&mut text, "messages");
        if interactions.is_some() {
            write_canonical(&mut text, messages, KeyOrder::Sorted);
        } else {
            write_sorted_elements(&mut text, messages);
        }
    }
    if let Some(version) = specification_version(pact) {
        write_member(&mut text, "pact_specification_version");
        write_canonical(&mut text, version, KeyOrder::Sorted);
    }
    text.push('}');
    sha1_hex(&text)
}

/// The identity of one interaction or message: the SHA-1 of its key-ordered JSON, any `_id` it carries left out.
#[must_use]
pub fn interaction_id(interaction: &Value) -> String {
    let mut text = String::new();
    match interaction {
        Value::Object(members) if members.contains_key("_id") => {
            let bare: Map<String, Value> = members
                .iter()
                .filter(|(key, _)| *key != "_id")
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect();
            write_canonical(&mut text, &Value::Object(bare), KeyOrder::Sorted);
        }
        other => write_canonical(&mut text, other, KeyOrder::Sorted),
    }
    sha1_hex(&text)
}

/// The same pact with an `_id` as the first key of every interaction and message; all else keeps order and text.
#[must_use]
pub fn with_ids(mut pact: Value) -> Value {
    for list in ["interactions", "messages"] {
        if let Some(Value::Array(elements)) = pact.get_mut(list) {
            for element in elements {
                give_id(element);
            }
        }
    }
    pact
}

fn give_id(element: &mut Value) {
    let id = interaction_id(element);
    if let Value::Object(members) = element {
        members.shift_remove("_id");
        members.shift_insert(0, "_id".to_owned(), Value::String(id));
    }
}

/// The specification version a pact document names, wherever its writer put it.
fn specification_version(pact: &Value) -> Option<&Value> {
    let metadata = pact.get("metadata")?;
    let nested = |key: &str| metadata.get(key).and_then(|value| value.get("version"));
    nested("pactSpecification")
        .or_else(|| nested("pact-specification"))
        .or_else(|| metadata.get("pactSpecificationVersion"))
        .filter(|version| !version.is_null())
}

#[derive(Clone, Copy)]
enum KeyOrder {
    Sorted,
    AsGiven,
}

fn write_member(text: &mut String, key: &str) {
    if !text.ends_with('{') {
        text.push(',');
    }
    write_string(text, key);
    text.push(':');
}

fn write_sorted_elements(text: &mut String, list: &Value) {
    let Value::Array(elements) = list else {
        return write_canonical(text, list, KeyOrder::Sorted);
    };
    let mut written: Vec<String> = elements
        .iter()
        .map(|element| {
            let mut one = String::new();
            write_canonical(&mut one, element, KeyOrder::Sorted);
            one
        })
        .collect();
    written.sort_unstable();
    text.push('[');
    text.push_str(&written.join(","));
    text.push(']');
}

fn write_canonical(text: &mut String, value: &Value, order: KeyOrder) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            if matches!(order, KeyOrder::Sorted) {
                members.sort_unstable_by_key(|(key, _)| *key);
            }
            text.push('{');
            for (index, (key, member)) in members.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_string(text, key);
                text.push(':');
                write_canonical(text, member, order);
            }
            text.push('}');
        }
        Value::Array(elements) => {
            text.push('[');
            for (index, element) in elements.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_canonical(text, element, order);
            }
            text.push(']');
        }
        Value::String(string) => write_string(text, string),
        Value::Number(number) => text.push_str(&canonical_number(number.as_str())),
        Value::Bool(true) => text.push_str("true"),
        Value::Bool(false) => text.push_str("false"),
        Value::Null => text.push_str("null"),
    }
}

fn write_string(text: &mut String, string: &str) {
    text.push_str(&Value::String(string.to_owned()).to_string());
}

/// The one spelling of a number: integers digit by digit, everything else as the shortest decimal that reads back as
/// the same double, in scientific notation below 1e-4 and from 1e16 on. Brokers before this one hash that spelling,
/// and keeping it lets their data move over.
fn canonical_number(number: &str) -> String {
    if !number.contains(['.', 'e', 'E']) {
        return if number == "-0" { "0".to_owned() } else { number.to_owned() };
    }
    match number.parse::<f64>() {
        Ok(double) if double.is_finite() => canonical_double(double),
        _ => number.to_owned(),
    }
}

fn canonical_double(double: f64) -> String {
    let magnitude = double.abs();
    if magnitude == 0.0 || (1e-4..1e16).contains(&magnitude) {
        let plain = double.to_string();
        return if plain.contains('.') { plain } else { format!("{plain}.0") };
    }
    let scientific = format!("{double:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let point = if mantissa.contains('.') { "" } else { ".0" };
    match exponent.strip_prefix('-') {
        Some(digits) => format!("{mantissa}{point}e-{digits:0>2}"),
        None => format!("{mantissa}{point}e+{exponent:0>2}"),
    }
}

fn sha1_hex(text: &str) -> String {
    use std::fmt::Write as _;
    Sha1::digest(text.as_bytes()).iter().fold(String::with_capacity(40), |mut hex, byte| {
        // writing into a String cannot fail
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn get(name: &str) -> Value {
        json!({ "request": { "path": format!("/{name}"), "method": "GET" }, "description": name, "response": { "status": 200 } })
    }

    #[test]
    fn the_digest_agrees_with_brokers_in_use() {
        let pact = json!({
            "consumer": { "name": "whoever" },
            "interactions": [get("b")],
            "metadata": { "pactSpecification": { "version": "2.0.0" } },
        });
        assert_eq!(content_sha(&pact), "83a7641217510348dfdded834bd6ece951e0d6bd");
        assert_eq!(interaction_id(&get("a")), "700695f90348caa11656e254b05dbfde03269892");
    }

    #[test]
    fn order_of_interactions_and_keys_and_other_metadata_do_not_count() {
        let one = json!({ "interactions": [get("a"), get("b")], "metadata": { "pactSpecificationVersion": "3.0.0" } });
        let two = json!({
            "metadata": { "tool": "x", "pact-specification": { "version": "3.0.0" } },
            "interactions": [get("b"), get("a")],
        });
        assert_eq!(content_sha(&one), content_sha(&two));
    }

    #[test]
    fn inner_lists_values_and_specification_versions_do_count() {
        let base = json!({ "interactions": [{ "list": [1, 2] }] });
        for other in [
            json!({ "interactions": [{ "list": [2, 1] }] }),
            json!({ "interactions": [{ "list": [1, 2] }], "messages": [] }),
            json!({ "messages": [{ "list": [1, 2] }] }),
            json!({ "interactions": [{ "list": [1, 2] }], "metadata": { "pactSpecification": { "version": "4.0" } } }),
            json!({ "list": [1, 2] }),
        ] {
            assert_ne!(content_sha(&base), content_sha(&other), "{other}");
        }
    }

    #[test]
    fn messages_are_sorted_only_when_there_are_no_interactions() {
        let messages = |first: &str, second: &str| json!([{ "description": first }, { "description": second }]);
        let alone = |list: Value| content_sha(&json!({ "messages": list }));
        assert_eq!(alone(messages("a", "b")), alone(messages("b", "a")));
        let beside = |list: Value| content_sha(&json!({ "interactions": [], "messages": list }));
        assert_ne!(beside(messages("a", "b")), beside(messages("b", "a")));
    }

    #[test]
    fn ids_come_first_and_leave_the_rest_alone() {
        let pact: Value =
            serde_json::from_str(r#"{"z":1.50,"interactions":[{"response":{"n":1e+2},"description":"x"}],"a":0}"#)
                .unwrap();
        let served = with_ids(pact.clone()).to_string();
        let id = interaction_id(&pact["interactions"][0]);
        assert_eq!(
            served,
            format!(
                r#"{{"z":1.50,"interactions":[{{"_id":"{id}","response":{{"n":1e+2}},"description":"x"}}],"a":0}}"#
            )
        );
        let again = with_ids(serde_json::from_str(&served).unwrap()).to_string();
        assert_eq!(again, served, "an id that is already there does not change the identity");
    }

    #[test]
    fn numbers_have_one_spelling() {
        for (written, canonical) in [
            ("1", "1"),
            ("-0", "0"),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
            ("1.0", "1.0"),
            ("1.50", "1.5"),
            ("1e2", "100.0"),
            ("0.0", "0.0"),
            ("0.0001", "0.0001"),
            ("0.00001", "1.0e-05"),
            ("1.5e-7", "1.5e-07"),
            ("1e16", "1.0e+16"),
            ("12345678901234567890.0", "1.2345678901234567e+19"),
            ("1e100", "1.0e+100"),
            ("1e999", "1e999"),
        ] {
            assert_eq!(canonical_number(written), canonical, "{written}");
        }
    }

    #[test]
    fn text_beyond_ascii_is_hashed_as_written() {
        let mut text = String::new();
        write_canonical(&mut text, &json!({ "ü": "naïve\n\u{7f}/" }), KeyOrder::Sorted);
        assert_eq!(text, "{\"ü\":\"naïve\\n\u{7f}/\"}");
    }
}
