//! What a body is when nothing says so.

use crate::pact::ContentType;

/// The content type that the first bytes speak for: JSON, XML, HTML or plain text; `None` for anything else.
pub(crate) fn detect(bytes: &[u8]) -> Option<ContentType> {
    let text = std::str::from_utf8(bytes).ok()?;
    let start = text.trim_start();
    let starts_with = |prefix: &str| start.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix));
    let essence = if start.starts_with("<?xml") {
        "application/xml"
    } else if starts_with("<!doctype html") || starts_with("<html") {
        "text/html"
    } else if looks_like_json(start) {
        "application/json"
    } else if looks_like_xml(start) {
        "application/xml"
    } else {
        "text/plain"
    };
    Some(ContentType::new(essence))
}

fn looks_like_json(start: &str) -> bool {
    let literal = ["true", "false", "null"].iter().any(|literal| start.starts_with(literal));
    let number = start.trim_end().parse::<f64>().is_ok();
    literal || number || start.starts_with(['{', '[', '"'])
}

fn looks_like_xml(start: &str) -> bool {
    let mut chars = start.chars();
    chars.next() == Some('<') && chars.next().is_some_and(|char| char.is_alphabetic() || char == '_')
}
