//! `contentType`: the bytes are of a media type, whatever the headers say.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;

use super::RuleError;
use crate::content::{canonical, detect, marked};
use crate::mismatch::Problem;
use crate::pact::ContentType;
use crate::value::Value;

pub(super) fn from_json(object: &serde_json::Map<String, Json>) -> Result<ContentType, RuleError> {
    let value = object.get("value").and_then(Json::as_str).map(ContentType::new);
    value.ok_or(RuleError::Incomplete { name: "contentType", needs: "a media type \"value\"" })
}

pub(super) fn check(expected: &ContentType, actual: &Value) -> Result<(), Problem> {
    let expected = canonical(expected.essence());
    if types_of(actual).iter().any(|found| canonical(found.essence()) == expected) {
        Ok(())
    } else {
        Err(Problem::RuleBroken)
    }
}

/// The media types that a value's bytes speak for, the most telling one first. JSON, XML and the like are plain text too.
#[must_use]
pub fn types_of(value: &Value) -> Vec<ContentType> {
    match value {
        Value::Bytes(bytes) => types_of_bytes(bytes),
        Value::String(text) => {
            // bytes in JSON are written in base64, and what reads as such is taken for it
            let decoded = STANDARD.decode(text).ok().filter(|bytes| !bytes.is_empty());
            types_of_bytes(decoded.as_deref().unwrap_or(text.as_bytes()))
        }
        other => types_of_bytes(other.to_string().as_bytes()),
    }
}

fn types_of_bytes(bytes: &[u8]) -> Vec<ContentType> {
    if let Some(essence) = marked(bytes) {
        return vec![ContentType::new(essence)];
    }
    if bytes.contains(&0) {
        return vec![ContentType::new("application/octet-stream")];
    }
    let plain = ContentType::new("text/plain");
    match detect(bytes) {
        Some(text) if text == plain => vec![plain],
        // HTML and XML that say so are nothing else
        Some(text) if begins_with_declaration(bytes) => vec![text],
        Some(text) => vec![text, plain],
        None => vec![plain],
    }
}

fn begins_with_declaration(bytes: &[u8]) -> bool {
    let start = bytes.trim_ascii_start();
    ["<?xml", "<!doctype", "<html"]
        .iter()
        .any(|mark| start.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_at_the_bytes() {
        for (expected, actual, fits) in [
            ("image/png", Value::Bytes(b"\x89PNG\r\n\x1a\n".to_vec()), true),
            ("image/png", Value::Bytes(b"%PDF-1.4".to_vec()), false),
            ("image/png", Value::from("iVBORw0KGgo="), true),
            ("image/png", Value::from("hello"), false),
            ("image/jpg", Value::Bytes(b"\xff\xd8\xff\xe0".to_vec()), true),
            ("application/gzip", Value::Bytes(b"\x1f\x8b\x08\0".to_vec()), true),
            ("application/octet-stream", Value::Bytes(vec![0, 1, 2]), true),
            ("application/octet-stream", Value::Bytes(vec![5, 6, 7, 0xff]), false),
            ("text/plain", Value::Bytes(vec![5, 6, 7, 0xff]), true),
            ("text/plain", Value::from("hello"), true),
            ("text/plain", Value::from(r#"{"a":1}"#), true),
            ("Text/Plain; charset=utf-8", Value::from(""), true),
            ("text/plain", Value::from("<?xml version='1.0'?><a/>"), false),
            ("text/xml", Value::from("<?xml version='1.0'?><a/>"), true),
            ("application/xml", Value::from("<a/>"), true),
            ("text/html", Value::from("<!DOCTYPE html><p>"), true),
            ("application/json", Value::from(r#"{"a":1}"#), true),
            ("application/json", Value::from("hello"), false),
            ("application/json", Value::from(serde_json::json!({"a": 1})), true),
            ("application/json", Value::Null, true),
        ] {
            let outcome = check(&ContentType::new(expected), &actual);
            assert_eq!(outcome.is_ok(), fits, "{expected}: {actual}");
        }
    }
}
