//! What a body is when nothing says so.

use crate::pact::ContentType;

/// The content type that the first bytes speak for: JSON, XML, HTML or plain text; `None` for anything else.
pub(crate) fn detect(bytes: &[u8]) -> Option<ContentType> {
    let text = std::str::from_utf8(bytes).ok()?;
    let start = text.trim_start();
    let starts_with = |prefix: &str| start.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix));
    let declaration = start.strip_prefix("<?xml").map(str::trim_start);
    let essence = if declaration.is_some_and(|rest| rest.starts_with("version")) {
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

/// How a document begins; the tools in use look no further, so `2020-01-01` is taken for a number.
fn looks_like_json(start: &str) -> bool {
    let literal = ["true", "false", "null"].iter().any(|literal| start.starts_with(literal));
    let object = start.strip_prefix('{').map(str::trim_start);
    let is_object = object.is_some_and(|rest| rest.starts_with('}') || (rest.starts_with('"') && rest.len() > 1));
    literal || is_object || start.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '[' | '"'))
}

fn looks_like_xml(start: &str) -> bool {
    let name = start.strip_prefix('<').and_then(|name| name.chars().next());
    name.is_some_and(|char| char.is_alphanumeric() || char == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_characters_tell() {
        for (text, essence) in [
            ("{\"a\": 1}", "application/json"),
            (" { }", "application/json"),
            ("[", "application/json"),
            ("\"text", "application/json"),
            ("12 apples", "application/json"),
            ("nullable", "application/json"),
            ("{", "text/plain"),
            ("{a: 1}", "text/plain"),
            ("-1", "text/plain"),
            ("hello", "text/plain"),
            ("", "text/plain"),
            ("<a", "application/xml"),
            ("<_a/>", "application/xml"),
            ("<?xml version='1.0'?><a/>", "application/xml"),
            ("<?xml?><a/>", "text/plain"),
            ("<!-- a --><a/>", "text/plain"),
            ("<!DOCTYPE html>", "text/html"),
        ] {
            assert_eq!(detect(text.as_bytes()).unwrap().essence(), essence, "{text}");
        }
        assert_eq!(detect(b"\xff"), None);
    }
}
