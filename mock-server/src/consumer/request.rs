//! The request that a consumer promises to send.

use countersign_core::format::decode_query;
use countersign_core::pact::HttpRequest;
use countersign_core::rule::Category;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;

use super::contract::{self, Part};
use super::text::TextPattern;

/// What cannot stand in a path as it is (RFC 3986 §3.3). `%` can: a path may be written as it travels.
const ENCODED: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'?').add(b'`').add(b'{').add(b'}');

/// A request in the making; see [`get`] and its siblings.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a request takes part in a contract once it is handed to `request`"]
pub struct RequestBuilder {
    request: HttpRequest,
}

/// A `GET` request. The path may be a matcher, such as `regex(r"/items/\d+", "/items/7")`.
///
/// # Panics
///
/// When the path does not start with `/`.
#[track_caller]
pub fn get(path: impl Into<TextPattern>) -> RequestBuilder {
    request("GET", path)
}

/// A `POST` request; see [`get`].
#[track_caller]
pub fn post(path: impl Into<TextPattern>) -> RequestBuilder {
    request("POST", path)
}

/// A `PUT` request; see [`get`].
#[track_caller]
pub fn put(path: impl Into<TextPattern>) -> RequestBuilder {
    request("PUT", path)
}

/// A `PATCH` request; see [`get`].
#[track_caller]
pub fn patch(path: impl Into<TextPattern>) -> RequestBuilder {
    request("PATCH", path)
}

/// A `DELETE` request; see [`get`].
#[track_caller]
pub fn delete(path: impl Into<TextPattern>) -> RequestBuilder {
    request("DELETE", path)
}

/// A `HEAD` request; see [`get`].
#[track_caller]
pub fn head(path: impl Into<TextPattern>) -> RequestBuilder {
    request("HEAD", path)
}

/// An `OPTIONS` request; see [`get`].
#[track_caller]
pub fn options(path: impl Into<TextPattern>) -> RequestBuilder {
    request("OPTIONS", path)
}

/// A request with any method. What stands behind `?` in a path without a matcher is its query; spaces and other characters
/// that no path can hold are percent-encoded.
///
/// # Panics
///
/// When the method is none, or the path does not start with `/`.
#[track_caller]
pub fn request(method: &str, path: impl Into<TextPattern>) -> RequestBuilder {
    assert!(http::Method::from_bytes(method.as_bytes()).is_ok(), "{method:?} is no HTTP method");
    let path = path.into().checked();
    let mut text = path.single("a path");
    assert!(text.starts_with('/'), "a path starts with '/', but this one is {text:?}");
    let mut request = HttpRequest { method: method.to_ascii_uppercase(), ..HttpRequest::default() };
    if path.pattern().rules.is_empty() {
        if let Some((before, query)) = text.split_once('?') {
            request.query = decode_query(query);
            text = before.to_owned();
        }
        text = utf8_percent_encode(&text, ENCODED).to_string();
    }
    request.path = text;
    path.pattern().add_to(Category::Path, None, &mut request.rules, &mut request.generators);
    RequestBuilder { request }
}

impl RequestBuilder {
    /// A query parameter that has to come: a text, a number, a matcher, or a list where it comes several times. Saying it
    /// again adds values. Parameters that are not named must not come.
    #[track_caller]
    pub fn query(mut self, name: impl Into<String>, value: impl Into<TextPattern>) -> Self {
        let (name, value) = (name.into(), value.into().checked());
        let values = value.several("a query parameter");
        let HttpRequest { query, rules, generators, .. } = &mut self.request;
        let known = query.entry(name.clone()).or_default();
        assert!(
            known.is_empty() || value.pattern().rules.is_empty(),
            "the query parameter {name:?} is said twice, and a matcher cannot join earlier values: give one list"
        );
        known.extend(values);
        value.pattern().add_to(Category::Query, Some(&name), rules, generators);
        self
    }

    /// A header field that has to come, compared without regard to the case of its name. Others may come as well.
    #[track_caller]
    pub fn header(mut self, name: &str, value: impl Into<TextPattern>) -> Self {
        contract::set_header(self.part(), name, value.into());
        self
    }

    /// A JSON body that has to come, with matchers anywhere in it; members that are not named must not come. Sets the
    /// header `Content-Type: application/json`, unless another one is set.
    ///
    /// # Panics
    ///
    /// When the value cannot be written as JSON, or a matcher's example does not fit its own rule.
    #[track_caller]
    pub fn json(mut self, body: impl Serialize) -> Self {
        contract::set_json(self.part(), body);
        self
    }

    /// A body of these bytes that has to come, with its content type.
    #[track_caller]
    pub fn body(mut self, bytes: impl Into<Vec<u8>>, content_type: &str) -> Self {
        contract::set_bytes(self.part(), bytes.into(), content_type);
        self
    }

    /// A text that has to come, with the header `Content-Type: text/plain`.
    #[track_caller]
    pub fn text(self, text: impl Into<String>) -> Self {
        self.body(text.into(), "text/plain")
    }

    fn part(&mut self) -> Part<'_> {
        let HttpRequest { headers, body, rules, generators, .. } = &mut self.request;
        Part { headers, body, rules, generators }
    }

    pub(super) fn build(mut self) -> HttpRequest {
        // the order in which parameters and fields were said means nothing, and two tests may differ in it
        self.request.query.sort_keys();
        self.request.headers.sort_keys();
        self.request
    }
}
