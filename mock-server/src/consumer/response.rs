//! The response that a provider promises to send.

use countersign_core::pact::HttpResponse;
use countersign_core::path::PathExpression;
use countersign_core::rule::{Category, Rule, RuleList, StatusClass};

use super::bodies::{Part, Stated, body_methods, field_methods};

/// A response in the making; see [`ok`] and its siblings. A number such as `201` is a response as well, with that status and
/// nothing said of header fields and body. Whatever is not said may be as the provider likes.
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

fn class(class: StatusClass, example: u16) -> ResponseBuilder {
    let mut builder = status(example);
    let rule = RuleList::from(Rule::StatusCode(class));
    builder.response.rules.add(Category::Status, PathExpression::root(), rule);
    builder
}

/// Any status from 200 to 299; the mock server answers 200.
///
/// ```
/// use countersign_mock_server::prelude::*;
///
/// let response = success().header("ETag", not_empty("5f"));
/// # let _ = response;
/// ```
pub fn success() -> ResponseBuilder {
    class(StatusClass::Success, 200)
}

/// Any status from 300 to 399; the mock server answers 302.
pub fn redirect() -> ResponseBuilder {
    class(StatusClass::Redirect, 302)
}

/// Any status from 400 to 499; the mock server answers 400.
pub fn client_error() -> ResponseBuilder {
    class(StatusClass::ClientError, 400)
}

/// Any status from 500 to 599; the mock server answers 500.
pub fn server_error() -> ResponseBuilder {
    class(StatusClass::ServerError, 500)
}

/// Any status below 400; the mock server answers 200.
pub fn non_error() -> ResponseBuilder {
    class(StatusClass::NonError, 200)
}

/// Any status of 400 and above; the mock server answers 400.
pub fn any_error() -> ResponseBuilder {
    class(StatusClass::Error, 400)
}

/// One of these statuses; the mock server answers the first.
///
/// ```
/// use countersign_mock_server::prelude::*;
///
/// let response = status_in([200, 204]);
/// # let _ = response;
/// ```
///
/// # Panics
///
/// When there is none, or one is no number from 200 to 599.
#[track_caller]
pub fn status_in(codes: impl IntoIterator<Item = u16>) -> ResponseBuilder {
    let codes: Vec<u16> = codes.into_iter().collect();
    for code in &codes {
        let _ = status(*code);
    }
    let Some(first) = codes.first().copied() else { panic!("a response needs a status, but the list is empty") };
    class(StatusClass::Codes(codes), first)
}

/// `201` is a whole response where nothing else matters.
///
/// # Panics
///
/// As [`status`].
impl From<u16> for ResponseBuilder {
    #[track_caller]
    fn from(code: u16) -> Self {
        status(code)
    }
}

body_methods!(ResponseBuilder);
field_methods!(ResponseBuilder);

impl ResponseBuilder {
    fn part(&mut self) -> Part<'_> {
        let HttpResponse { headers, body, rules, generators, .. } = &mut self.response;
        Part { stated: Stated::Header(headers), body, rules, generators }
    }

    pub(super) fn build(mut self) -> HttpResponse {
        self.response.headers.sort_keys();
        self.response
    }
}
