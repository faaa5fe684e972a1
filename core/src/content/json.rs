//! JSON bodies (RFC 8259), read straight into the value tree. Of duplicate keys the last counts; nesting deeper than 128
//! levels is refused.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use serde_json::Value as Json;

use super::ContentError;
use crate::value::{Map, Number, Value};

/// The one key of the map as which `serde_json` presents a number's text.
const NUMBER: &str = "$serde_json::private::Number";

/// No JSON text that nests deeper is read, so no value that does is taken either.
pub(crate) const DEEPEST: usize = 128;

pub(super) fn parse(bytes: &[u8]) -> Result<Value, ContentError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Node.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    value.map_err(|error| ContentError { reason: error.to_string() })
}

/// Reads any value.
#[derive(Clone, Copy)]
struct Node;

impl<'de> DeserializeSeed<'de> for Node {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any valid JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    // integers that fit come as such, any other number by its text, see `NUMBER`
    fn visit_u64<E>(self, integer: u64) -> Result<Value, E> {
        Ok(Value::Number(Number::from(integer.to_string())))
    }

    fn visit_i64<E>(self, integer: i64) -> Result<Value, E> {
        Ok(Value::Number(Number::from(integer)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::from(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(self)? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut map = Map::default();
        let mut next = match access.next_key_seed(FirstKey)? {
            Some(Key::Number) => return read_number(access),
            Some(Key::Member(key)) => Some(key),
            None => None,
        };
        while let Some(key) = next {
            map.insert(key, access.next_value_seed(self)?);
            next = access.next_key()?;
        }
        Ok(Value::Map(map))
    }
}

/// A body may spell the key itself, so the text need not be a number.
fn read_number<'de, A: MapAccess<'de>>(mut access: A) -> Result<Value, A::Error> {
    let number = Number::from(access.next_value::<String>()?);
    match number.as_str().parse::<f64>() {
        _ if number.is_integer() => Ok(Value::Number(number)),
        Ok(double) if double.is_finite() => Ok(Value::Number(number)),
        Ok(_) => Err(A::Error::custom("number out of range")),
        Err(_) => Err(A::Error::custom("invalid number")),
    }
}

enum Key {
    Number,
    Member(String),
}

/// Reads the key that tells numbers from maps.
struct FirstKey;

impl<'de> DeserializeSeed<'de> for FirstKey {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for FirstKey {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Key, E> {
        Ok(if key == NUMBER { Key::Number } else { Key::Member(key.to_owned()) })
    }
}

/// Whether lists and objects nest deeper than so many levels. It does not recurse itself, so any value can be asked about.
pub(crate) fn is_deeper_than(json: &Json, levels: usize) -> bool {
    let mut open = vec![(json, 0)];
    while let Some((json, above)) = open.pop() {
        let depth = above + usize::from(json.is_array() || json.is_object());
        if depth > levels {
            return true;
        }
        match json {
            Json::Array(items) => open.extend(items.iter().map(|item| (item, depth))),
            Json::Object(members) => open.extend(members.values().map(|member| (member, depth))),
            _ => {}
        }
    }
    false
}

/// Drops a value level by level, where dropping it as a whole could take more stack than there is.
pub(crate) fn dismantle(json: Json) {
    let mut open = vec![json];
    while let Some(json) = open.pop() {
        match json {
            Json::Array(items) => open.extend(items),
            Json::Object(members) => open.extend(members.into_iter().map(|(_, member)| member)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// What `serde_json` makes of it, by way of its own values.
    fn by_way_of_json(text: &str) -> Result<Value, String> {
        serde_json::from_str::<serde_json::Value>(text).map(Value::from).map_err(|error| error.to_string())
    }

    fn read(text: &str) -> Result<Value, String> {
        parse(text.as_bytes()).map_err(|error| error.reason)
    }

    #[test]
    fn reads_what_serde_json_reads_and_refuses_with_its_words() {
        let deep = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        for text in [
            "null",
            " true ",
            "[1, -0, 1.0, 1e5, -2.50E-3, 123456789012345678901234567890]",
            r#"{"a": {"b": [], "c": {}}, "": "\u00e9\ud83d\ude00\n"}"#,
            r#"{"a": 1, "b": 2, "a": 3}"#,
            r#"{"$serde_json::private::Number": "x"}"#,
            r#"{"$serde_json::private::Number": "7"}"#,
            r#"{"a": 1, "$serde_json::private::Number": "x"}"#,
            r#"{"$serde_json::private::Number": [1]}"#,
            "",
            "{",
            "[1,]",
            "01",
            "1 2",
            r#""\ud800""#,
            "\"\u{1}\"",
            r#"{"a" 1}"#,
            "{1: 2}",
            &deep(127),
            &deep(128),
        ] {
            let (ours, theirs) = (read(text), by_way_of_json(text));
            if text.contains("private") {
                // the words differ; nobody writes such a body
                assert_eq!(ours.ok(), theirs.ok(), "{text}");
            } else {
                assert_eq!(ours, theirs, "{text}");
            }
        }
    }

    #[test]
    fn numbers_keep_their_text() {
        for text in ["0", "-0", "-7", "1.0", "1.50", "1e+5", "18446744073709551615", "18446744073709551616"] {
            assert_eq!(read(text), Ok(Value::Number(Number::new(text))));
        }
    }

    #[test]
    fn depth_counts_lists_and_objects() {
        for (json, depth) in [(json!(1), 0), (json!([]), 1), (json!([1, {"a": [2]}, []]), 3)] {
            assert!(!is_deeper_than(&json, depth), "{json}");
            assert!(depth == 0 || is_deeper_than(&json, depth - 1), "{json}");
        }
    }

    #[test]
    fn deep_nesting_is_refused_and_large_bodies_are_not() {
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        assert!(parse(deep.as_bytes()).unwrap_err().reason.starts_with("recursion limit exceeded"));
        let large = format!("[\"{}\"{}]", "x".repeat(5_000_000), ",1".repeat(2_500_000));
        assert!(matches!(parse(large.as_bytes()), Ok(Value::List(items)) if items.len() == 2_500_001));
    }

    #[test]
    fn the_last_of_duplicate_keys_counts() {
        assert_eq!(parse(b"{\"a\": 1, \"b\": 2, \"a\": 3}").unwrap().to_json(), json!({"a": 3, "b": 2}));
    }

    proptest! {
        #[test]
        fn any_text_is_read_as_serde_json_reads_it(text in r#"[\[\]{}:,"\\ a1.eE+-]{0,24}"#) {
            prop_assert_eq!(read(&text), by_way_of_json(&text));
        }
    }
}
