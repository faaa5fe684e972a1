//! The request that a consumer promises to send.

use countersign_core::format::decode_query;
use countersign_core::pact::HttpRequest;
use countersign_core::rule::Category;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;

use super::bodies::{GraphQl, Part, Stated, body_methods, field_methods};
use super::text::TextPattern;

/// What cannot stand in a path as it is (RFC 3986 §3.3). `%` can: a path may be written as it travels.
const ENCODED: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'?').add(b'`').add(b'{').add(b'}');

/// A request in the making; see [`get`] and its siblings. What is not said of it may be as it likes, except that query
/// parameters and members of a body that are not named must not come.
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
            let parameters = decode_query(query).into_iter();
            request.query =
                parameters.map(|(name, values)| (name, values.into_iter().map(written).collect())).collect();
            text = before.to_owned();
        }
        text = utf8_percent_encode(&text, ENCODED).to_string();
    }
    request.path = text;
    path.pattern().add_to(Category::Path, None, &mut request.rules, &mut request.generators);
    RequestBuilder { request }
}

/// A GraphQL query or mutation that is posted to `/graphql`; `post("/elsewhere").graphql(…)` posts it elsewhere. See
/// [`RequestBuilder::graphql`].
///
/// ```
/// use countersign_mock_server::prelude::*;
/// use serde_json::json;
///
/// let request = graphql("query Stock($sku: ID!) { stock(sku: $sku) { left } }", json!({ "sku": like("ABC-1") }));
/// let response = ok().json(json!({ "data": { "stock": { "left": integer(5) } } }));
/// # let _ = (request, response);
/// ```
///
/// # Panics
///
/// As [`RequestBuilder::graphql`].
#[track_caller]
pub fn graphql(query: &str, variables: impl Serialize) -> RequestBuilder {
    post("/graphql").graphql(query, variables)
}

/// A parameter without a value is written as an empty one, which means the same: the official verifier does not send those
/// without.
fn written(value: Option<String>) -> Option<String> {
    Some(value.unwrap_or_default())
}

body_methods!(RequestBuilder);
field_methods!(RequestBuilder);

impl RequestBuilder {
    /// A query parameter that has to come: a text, a number, a matcher, or a list where it comes several times. Saying it
    /// again adds values. Parameters that are not named must not come.
    #[track_caller]
    pub fn query(mut self, name: impl Into<String>, value: impl Into<TextPattern>) -> Self {
        let (name, value) = (name.into(), value.into().checked());
        let values = value.several("a query parameter").into_iter().map(written);
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

    /// A GraphQL query or mutation with its variables (an object, or `()` for none), as clients send it in JSON. White
    /// space, commas and comments of the query do not matter; matchers may stand in the variables.
    ///
    /// # Panics
    ///
    /// When the query is no GraphQL, or the variables have no names.
    #[track_caller]
    pub fn graphql(self, query: &str, variables: impl Serialize) -> Self {
        self.json(GraphQl::new(None, query, variables).into_body())
    }

    /// As [`graphql`](Self::graphql), for clients that name the operation besides.
    ///
    /// # Panics
    ///
    /// As [`graphql`](Self::graphql), or when the query has no operation of that name.
    #[track_caller]
    pub fn graphql_operation(self, operation: &str, query: &str, variables: impl Serialize) -> Self {
        self.json(GraphQl::new(Some(operation), query, variables).into_body())
    }

    fn part(&mut self) -> Part<'_> {
        let HttpRequest { headers, body, rules, generators, .. } = &mut self.request;
        Part { stated: Stated::Header(headers), body, rules, generators }
    }

    pub(super) fn build(mut self) -> HttpRequest {
        // the order in which parameters and fields were said means nothing, and two tests may differ in it
        self.request.query.sort_keys();
        self.request.headers.sort_keys();
        self.request
    }
}
