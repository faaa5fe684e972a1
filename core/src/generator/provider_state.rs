//! Values that the provider's state handlers hand back.

use serde_json::Value as Json;

use crate::pact::Attributes;

/// The value of an expression, as the type that V3's `dataType` names where it can be read as one.
pub(super) fn generate(expression: &str, data_type: Option<&str>, values: &Attributes) -> Option<Json> {
    let value = evaluate(expression, values)?;
    Some(match (data_type, value) {
        (Some("STRING"), Json::Number(number)) => number.to_string().into(),
        (Some("STRING"), Json::Bool(value)) => value.to_string().into(),
        (Some("INTEGER"), Json::String(text)) => match text.parse::<i64>() {
            Ok(number) => number.into(),
            Err(_) => text.into(),
        },
        (Some("DECIMAL" | "FLOAT"), Json::String(text)) => text.parse().map_or(Json::String(text), Json::Number),
        (Some("BOOLEAN"), Json::String(text)) => text.parse::<bool>().map_or(Json::String(text), Json::Bool),
        (_, value) => value,
    })
}

/// Evaluates an expression against the handed-back values: `${name}` alone or a bare `name` gives the value with its type,
/// text around `${name}` gives a text. `None` when a name is unknown.
fn evaluate(expression: &str, values: &Attributes) -> Option<Json> {
    if !expression.contains("${") {
        return values.get(expression).cloned();
    }
    let whole = expression.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    if let Some(name) = whole.filter(|name| !name.contains("${")) {
        return values.get(name).cloned();
    }
    let mut text = String::new();
    let mut rest = expression;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}')?;
        text.push_str(before);
        match values.get(name)? {
            Json::String(value) => text.push_str(value),
            other => text.push_str(&other.to_string()),
        }
        rest = after;
    }
    text.push_str(rest);
    Some(Json::String(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evaluates_expressions() {
        let values = serde_json::json!({ "id": 7, "name": "Bo" });
        let values = values.as_object().unwrap();
        for (expression, expected) in [
            ("${id}", Some(serde_json::json!(7))),
            ("id", Some(serde_json::json!(7))),
            ("/users/${id}/${name}", Some(serde_json::json!("/users/7/Bo"))),
            ("${unknown}", None),
            ("/a/${unknown}", None),
            ("/a/${id", None),
        ] {
            assert_eq!(evaluate(expression, values), expected, "{expression}");
        }
    }
}
