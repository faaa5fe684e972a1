//! The response that a provider promises to send.

use countersign_core::pact::HttpResponse;
use serde::Serialize;

use super::contract::{self, Part};
use super::text::TextPattern;

/// A response in the making; see [`ok`] and its siblings.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a response takes part in a contract once it is handed to `response`"]
pub struct ResponseBuilder {
    response: HttpResponse,
}

/// Status 200.
pub fn ok() -> ResponseBuilder {
    status(200)
}

/// Status 201.
pub fn created() -> ResponseBuilder {
    status(201)
}

/// Status 204.
pub fn no_content() -> ResponseBuilder {
    status(204)
}

/// Any status from 200 to 599.
///
/// # Panics
///
/// For other numbers.
#[track_caller]
pub fn status(code: u16) -> ResponseBuilder {
    assert!((200..=599).contains(&code), "a response's status is a number from 200 to 599, not {code}");
    ResponseBuilder { response: HttpResponse { status: code, ..HttpResponse::default() } }
}

impl ResponseBuilder {
    /// A header field that the consumer relies on; the provider may send others as well.
    #[track_caller]
    pub fn header(mut self, name: &str, value: impl Into<TextPattern>) -> Self {
        contract::set_header(self.part(), name, value.into());
        self
    }

    /// A JSON body with the members that the consumer relies on, with matchers anywhere in it; the provider may send
    /// others as well. Sets the header `Content-Type: application/json`, unless another one is set.
    ///
    /// # Panics
    ///
    /// When the value cannot be written as JSON, or a matcher's example does not fit its own rule.
    #[track_caller]
    pub fn json(mut self, body: impl Serialize) -> Self {
        contract::set_json(self.part(), body);
        self
    }

    /// A body of these bytes with its content type.
    #[track_caller]
    pub fn body(mut self, bytes: impl Into<Vec<u8>>, content_type: &str) -> Self {
        contract::set_bytes(self.part(), bytes.into(), content_type);
        self
    }

    /// A text with the header `Content-Type: text/plain`.
    #[track_caller]
    pub fn text(self, text: impl Into<String>) -> Self {
        self.body(text.into(), "text/plain")
    }

    fn part(&mut self) -> Part<'_> {
        let HttpResponse { headers, body, rules, generators, .. } = &mut self.response;
        Part { headers, body, rules, generators }
    }

    pub(super) fn build(mut self) -> HttpResponse {
        self.response.headers.sort_keys();
        self.response
    }
}
