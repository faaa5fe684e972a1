//! JSON bodies (RFC 8259). Of duplicate keys the last counts; nesting deeper than 128 levels is refused.

use serde_json::Value as Json;

use super::ContentError;
use crate::value::Value;

/// No JSON text that nests deeper is read, so no value that does is taken either.
pub(crate) const DEEPEST: usize = 128;

pub(super) fn parse(bytes: &[u8]) -> Result<Value, ContentError> {
    match serde_json::from_slice::<Json>(bytes) {
        Ok(json) => Ok(Value::from(json)),
        Err(error) => Err(ContentError { reason: error.to_string() }),
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
    use serde_json::json;

    use super::*;

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
}
