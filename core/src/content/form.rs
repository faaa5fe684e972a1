//! Forms (`application/x-www-form-urlencoded`): the values of each parameter in order. A parameter without `=` is an empty
//! one.

use crate::format::decode_query;
use crate::value::Value;

pub(super) fn parse(bytes: &[u8]) -> Value {
    let parameters = decode_query(&String::from_utf8_lossy(bytes)).into_iter().map(|(name, values)| {
        let values = values.into_iter().map(|value| Value::String(value.unwrap_or_default())).collect();
        (name, Value::List(values))
    });
    Value::Map(parameters.collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn parameters_are_decoded_and_keep_their_order() {
        for (text, expected) in [
            ("", json!({})),
            ("a=1&b=x", json!({"a": ["1"], "b": ["x"]})),
            ("a=1&b=2&a=3", json!({"a": ["1", "3"], "b": ["2"]})),
            ("&a=1&&b=2&", json!({"a": ["1"], "b": ["2"]})),
            ("a=x+y%20z&%C3%A9=%26%3D", json!({"a": ["x y z"], "é": ["&="]})),
            ("a&b=", json!({"a": [""], "b": [""]})),
            ("a=1;b=2", json!({"a": ["1;b=2"]})),
            ("a[]=1", json!({"a[]": ["1"]})),
            ("a=b=c", json!({"a": ["b=c"]})),
            ("a=100%", json!({"a": ["100%"]})),
        ] {
            assert_eq!(parse(text.as_bytes()).to_json(), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_form(bytes: Vec<u8>) {
            prop_assert!(matches!(parse(&bytes), Value::Map(_)));
        }
    }
}
