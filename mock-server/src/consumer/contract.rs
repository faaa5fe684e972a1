//! What requests and responses have in common: header fields and a body.

use countersign_core::generator::Generators;
use countersign_core::pact::{Body, ContentType, Contents, Fields};
use countersign_core::pattern::Pattern;
use countersign_core::rule::{Category, MatchingRules};
use serde::Serialize;

use super::text::{TextPattern, to_json};

const CONTENT_TYPE: &str = "Content-Type";

/// The common part of a request or response in the making.
pub(super) struct Part<'a> {
    pub(super) headers: &'a mut Fields,
    pub(super) body: &'a mut Body,
    pub(super) rules: &'a mut MatchingRules,
    pub(super) generators: &'a mut Generators,
}

/// Sets a field; one of the same name, in whatever case, is said once only, except that a content type that came with a
/// body may be said better.
#[track_caller]
pub(super) fn set_header(part: Part<'_>, name: &str, value: TextPattern) {
    let value = value.checked();
    assert!(http::HeaderName::from_bytes(name.as_bytes()).is_ok(), "{name:?} is no header name");
    let values: Vec<String> = value.several("a header field").into_iter().flatten().collect();
    for value in &values {
        assert!(http::HeaderValue::from_str(value).is_ok(), "{value:?} is no value for the header {name}");
    }
    let is_content_type = name.eq_ignore_ascii_case(CONTENT_TYPE);
    if let Some(known) = part.headers.keys().find(|known| known.eq_ignore_ascii_case(name)).cloned() {
        assert!(is_content_type, "the header {name:?} is said twice: give one list of values");
        part.headers.shift_remove(&known);
    }
    if let (true, Some(text), Body::Present(Contents { content_type, .. })) =
        (is_content_type, values.first(), part.body)
    {
        *content_type = Some(ContentType::new(text));
    }
    part.headers.insert(name.to_owned(), values);
    value.pattern().add_to(Category::Header, Some(name), part.rules, part.generators);
}

/// Sets a body of these bytes, and the content type with it.
#[track_caller]
pub(super) fn set_bytes(part: Part<'_>, bytes: Vec<u8>, content_type: &str) {
    assert!(*part.body == Body::Missing, "the body is said twice");
    *part.body = Body::new(bytes, Some(ContentType::new(content_type)));
    set_header(part, CONTENT_TYPE, content_type.into());
}

/// Sets a JSON body with its rules, and the content type unless one is set.
#[track_caller]
pub(super) fn set_json(part: Part<'_>, body: impl Serialize) {
    let pattern = match Pattern::parse(&to_json(body)) {
        Ok(pattern) => pattern,
        Err(error) => panic!("the body cannot be used: {error}"),
    };
    assert!(*part.body == Body::Missing, "the body is said twice");
    let stated = part.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(CONTENT_TYPE));
    let content_type = match stated.and_then(|(_, values)| values.first()) {
        Some(stated) => ContentType::new(stated),
        None => {
            let json = ContentType::json();
            part.headers.insert(CONTENT_TYPE.to_owned(), vec![json.as_str().to_owned()]);
            json
        }
    };
    *part.body = Body::new(pattern.example.to_string(), Some(content_type));
    pattern.add_to(Category::Body, None, part.rules, part.generators);
}
