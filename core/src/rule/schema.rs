//! `schema`: a JSON Schema decides about the value and everything below it. An extension: no version of the Pact
//! specification has this rule.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value as Json, json};

use super::{RuleError, Typing};
use crate::mismatch::Problem;
use crate::value::Value;

/// How many objections a report lists before it counts the rest.
const LISTED: usize = 3;

/// How long one objection may get, in characters.
const LONGEST: usize = 200;

/// A compiled JSON Schema (draft 4 to 2020-12, by its `$schema`; 2020-12 without one). Cloning shares it.
///
/// Formats such as `date-time` are checked. References have to stay inside the schema: nothing is fetched.
#[derive(Clone)]
pub struct JsonSchema {
    source: Arc<Json>,
    compiled: Arc<Result<jsonschema::Validator, String>>,
}

impl JsonSchema {
    /// Compiles a schema. One that does not compile is kept with its [`defect`](Self::defect), and no value fits it.
    #[must_use]
    pub fn new(schema: Json) -> Self {
        let compiled = match &schema {
            Json::Object(_) | Json::Bool(_) => {
                let options = jsonschema::options().should_validate_formats(true);
                options.build(&schema).map_err(|error| objection(&error))
            }
            other => Err(format!("{} is no schema: expected an object", shorten(&other.to_string()))),
        };
        Self { source: Arc::new(schema), compiled: Arc::new(compiled) }
    }

    /// Why the schema does not compile, if it does not.
    #[must_use]
    pub fn defect(&self) -> Option<&str> {
        self.compiled.as_ref().as_ref().err().map(String::as_str)
    }

    /// The schema as written.
    #[must_use]
    pub fn as_json(&self) -> &Json {
        &self.source
    }

    /// What the schema calls itself in its `title`.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.source.get("title").and_then(Json::as_str).filter(|title| !title.is_empty())
    }

    /// Why the value does not fit, if it does not: the first objections with their places inside the value, or the
    /// schema's own defect. Text without types also fits as the number, boolean or `null` that it spells.
    #[must_use]
    pub fn objection(&self, actual: &Value, typing: Typing) -> Option<String> {
        let validator = match self.compiled.as_ref() {
            Ok(validator) => validator,
            Err(reason) => return Some(format!("the schema does not compile: {reason}")),
        };
        let json = actual.to_json();
        if validator.is_valid(&json) {
            return None;
        }
        let spelled = actual.as_str().filter(|_| typing != Typing::Typed).and_then(scalar);
        if spelled.as_ref().is_some_and(|spelled| validator.is_valid(spelled)) {
            return None;
        }
        let judged = spelled.unwrap_or(json);
        let all: Vec<String> = validator.iter_errors(&judged).map(|error| objection(&error)).collect();
        let mut words = all.iter().take(LISTED).map(String::as_str).collect::<Vec<_>>().join("; ");
        if all.len() > LISTED {
            words.push_str(&format!("; and {} more", all.len() - LISTED));
        }
        Some(words)
    }

    pub(super) fn from_json(object: &Map<String, Json>) -> Result<Self, RuleError> {
        let schema = object.get("schema").cloned();
        schema.map(Self::new).ok_or(RuleError::Incomplete { name: "schema", needs: "a JSON Schema \"schema\"" })
    }

    pub(super) fn to_json(&self) -> Json {
        json!({ "match": "schema", "schema": *self.source })
    }

    pub(super) fn check(&self, actual: &Value, typing: Typing) -> Result<(), Problem> {
        if self.objection(actual, typing).is_none() { Ok(()) } else { Err(Problem::RuleBroken) }
    }
}

/// The number, boolean or `null` that a text spells.
fn scalar(text: &str) -> Option<Json> {
    let json: Json = serde_json::from_str(text).ok()?;
    matches!(json, Json::Number(_) | Json::Bool(_) | Json::Null).then_some(json)
}

/// `/items/0: "id" is a required property`; at the root without a place.
fn objection(error: &jsonschema::ValidationError<'_>) -> String {
    let words = shorten(&error.to_string());
    match error.instance_path().as_str() {
        "" => words,
        place => format!("{place}: {words}"),
    }
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some((end, _)) => format!("{} …", &text[..end]),
    }
}

impl fmt::Debug for JsonSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.source)
    }
}

impl PartialEq for JsonSchema {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(schema: Json, actual: Json, typing: Typing, expected: Option<&str>) {
        let found = JsonSchema::new(schema.clone()).objection(&Value::from(actual.clone()), typing);
        assert_eq!(found.as_deref(), expected, "{schema} on {actual}");
    }

    #[test]
    fn says_what_does_not_fit_and_where() {
        let typed = |schema, actual, expected| check(schema, actual, Typing::Typed, expected);
        typed(json!({ "type": "integer" }), json!(5), None);
        typed(json!({ "type": "integer" }), json!("5"), Some(r#""5" is not of type "integer""#));
        typed(json!(true), json!({ "anything": [1] }), None);
        typed(json!({ "required": ["id"] }), json!({}), Some(r#""id" is a required property"#));
        typed(
            json!({ "items": { "properties": { "price": { "minimum": 0 } } } }),
            json!([{ "price": 1 }, { "price": -1 }]),
            Some("/1/price: -1 is less than the minimum of 0"),
        );
        typed(json!({ "format": "date" }), json!("2026-02-30"), Some(r#""2026-02-30" is not a "date""#));
        typed(json!({ "maximum": 1 }), json!(12_345_678_901_234_567_890_u64), {
            Some("12345678901234567890 is greater than the maximum of 1")
        });
        typed(
            json!({ "items": { "type": "string" } }),
            json!([1, 2, 3, 4, 5]),
            Some(
                "/0: 1 is not of type \"string\"; /1: 2 is not of type \"string\"; /2: 3 is not of type \"string\"; and 2 more",
            ),
        );
    }

    #[test]
    fn text_without_types_fits_as_what_it_spells() {
        let textual = |schema, actual, expected| check(schema, actual, Typing::Textual, expected);
        textual(json!({ "type": "integer", "minimum": 3 }), json!("5"), None);
        textual(json!({ "type": "string" }), json!("5"), None);
        textual(json!({ "minimum": 3, "type": "integer" }), json!("1"), Some("1 is less than the minimum of 3"));
        textual(json!({ "type": "object" }), json!("{}"), Some(r#""{}" is not of type "object""#));
    }

    #[test]
    fn a_schema_that_is_none_fits_nothing_and_says_why() {
        for (schema, reason) in [
            (json!("x"), "\"x\" is no schema: expected an object"),
            (
                json!({ "type": "whole" }),
                "/type: \"whole\" is not valid under any of the schemas listed in the 'anyOf' keyword",
            ),
            (json!({ "pattern": "(" }), "/pattern: \"(\" is not a \"regex\""),
        ] {
            let schema = JsonSchema::new(schema);
            assert_eq!(schema.defect(), Some(reason));
            let objection = schema.objection(&Value::Null, Typing::Typed);
            assert_eq!(objection, Some(format!("the schema does not compile: {reason}")));
        }
        let remote = JsonSchema::new(json!({ "$ref": "http://127.0.0.1:1/x.json" }));
        assert!(remote.defect().is_some(), "nothing is fetched");
    }
}
