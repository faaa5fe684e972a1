//! When there is no page to show: what happened, what to do, and the id under which the log says more.

use std::any::Any;

use askama::Template;
use axum::body::to_bytes;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::Value;

use super::page::{Frame, Section, html};
use super::site::Site;
use crate::app::{AppState, without_body};
use crate::store::{Remedy, StoreError};

/// Why a page cannot be shown.
#[derive(Debug, thiserror::Error)]
pub(super) enum WebError {
    /// There is no such thing.
    #[error("{what}")]
    NotFound {
        /// What was looked for and not found, as a sentence.
        what: String,
    },
    /// It is not done, for a reason that whoever asked can do something about.
    #[error("{what}")]
    Refused {
        /// Why not, as a sentence.
        what: String,
    },
    /// The broker's data cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A template failed.
    #[error("a page could not be rendered: {0}")]
    Render(#[from] askama::Error),
    /// A handler panicked.
    #[error("a page's handler panicked: {0}")]
    Panicked(String),
    /// The work for a page was cut short.
    #[error("a page could not be made: {0}")]
    CutShort(#[from] tokio::task::JoinError),
}

impl From<sqlx::Error> for WebError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// A failure on its way to becoming a page.
#[derive(Clone, Debug)]
pub(super) struct Report {
    status: StatusCode,
    what: String,
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        let report = match self {
            Self::NotFound { what } => Report { status: StatusCode::NOT_FOUND, what },
            Self::Refused { what } => Report { status: StatusCode::FORBIDDEN, what },
            Self::Store(failure) if matches!(failure.remedy(), Remedy::Wait | Remedy::Repeat) => {
                tracing::warn!(%failure, "the database cannot serve a page");
                let what = "The broker's database does not answer at the moment.".to_owned();
                Report { status: StatusCode::SERVICE_UNAVAILABLE, what }
            }
            failure => {
                tracing::error!(%failure, "a page failed");
                let what = "The broker could not make this page because of a failure of its own.".to_owned();
                Report { status: StatusCode::INTERNAL_SERVER_ERROR, what }
            }
        };
        let mut response = report.status.into_response();
        if report.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response.extensions_mut().insert(report);
        response
    }
}

/// The answer when a handler panicked.
#[allow(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
pub(super) fn after_panic(panic: Box<dyn Any + Send>) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    WebError::Panicked(text.unwrap_or("without a message").to_owned()).into_response()
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    frame: Frame,
    heading: &'static str,
    what: &'a str,
    advice: &'static str,
    reference: Option<&'a str>,
    /// Whether asking again leads further: the browser then asks for a password.
    again: bool,
}

/// The page about a failure. Headers of the answer it stands for, such as those that ask for a password, stay.
pub(super) fn page(site: &Site, report: &Report, headers: &HeaderMap, request_id: Option<&str>) -> Response {
    let (heading, advice) = advice(report.status);
    let page = ErrorPage {
        frame: Frame::new(site, Section::None, heading),
        heading,
        what: &report.what,
        advice,
        reference: request_id,
        again: report.status == StatusCode::UNAUTHORIZED,
    };
    let body = page.render().unwrap_or_else(|_| format!("{heading}. {advice}"));
    let mut answer = html(report.status, body);
    for name in [header::WWW_AUTHENTICATE, header::RETRY_AFTER] {
        answer.headers_mut().extend(headers.get(&name).cloned().map(|value| (name, value)));
    }
    answer
}

/// What happened in a word or two, and what to do about it.
fn advice(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::NOT_FOUND => (
            "Not here",
            "Names are case-sensitive, and a pact or version may have been deleted. The overview lists every integration.",
        ),
        StatusCode::UNAUTHORIZED => (
            "Sign in to see this",
            "Sign in with the user name and password that whoever runs this broker gave you. An API token does as well: \
             give it as the password, with any user name.",
        ),
        StatusCode::FORBIDDEN => (
            "Not allowed",
            "Ask whoever runs this broker to do it, or for an account or API token with the role it takes.",
        ),
        StatusCode::SERVICE_UNAVAILABLE => (
            "Not right now",
            "Nothing is lost. Reload the page in a moment; if that does not help, tell whoever runs this broker.",
        ),
        status if status.is_client_error() => ("This does not work", "Check the address, or start from the overview."),
        _ => (
            "Something broke",
            "Reload the page. If it happens again, tell whoever runs this broker the request id below: its log says more \
             under it.",
        ),
    }
}

/// How a request is named in the log.
pub(super) fn request_id(headers: &HeaderMap) -> Option<String> {
    const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
    Some(headers.get(REQUEST_ID)?.to_str().ok()?.to_owned())
}

/// Has a browser ask who is there, and leads back to the start.
pub(crate) async fn login(site: Site) -> Response {
    if site.who().is_some() || site.is_admin() {
        return Redirect::to(&site.to(&[])).into_response();
    }
    let report = Report { status: StatusCode::UNAUTHORIZED, what: "You look around without an account.".to_owned() };
    let basic = HeaderValue::from_static("Basic realm=\"Restricted area\"");
    page(&site, &report, &HeaderMap::from_iter([(header::WWW_AUTHENTICATE, basic)]), None)
}

/// How much of a problem's document is read for its message.
const LONGEST_PROBLEM: usize = 64 * 1024;

/// The API's answer to a browser: documents as they are, problems as a page.
pub(crate) async fn dress(state: &AppState, request: Request, answer: Response) -> Response {
    let status = answer.status();
    if !status.is_client_error() && !status.is_server_error() {
        return answer;
    }
    let (mut parts, _) = request.into_parts();
    parts.extensions.extend(answer.extensions().clone());
    let site = match Site::from_request_parts(&mut parts, state).await {
        Ok(site) => site,
        Err(never) => match never {},
    };
    let (head, body) = answer.into_parts();
    let bytes = to_bytes(body, LONGEST_PROBLEM).await.unwrap_or_default();
    let document: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let what = message(&document).map(sentence).unwrap_or_else(|| match status {
        StatusCode::NOT_FOUND => "There is nothing at this address.".to_owned(),
        status => format!("The broker answered: {status}."),
    });
    let reference = document.pointer("/error/reference").and_then(Value::as_str).map(str::to_owned);
    let id = reference.or_else(|| request_id(&parts.headers));
    page(&site, &Report { status, what }, &head.headers, id.as_deref())
}

/// What is refused before any page is asked: to browsers as a page.
pub(crate) async fn dress_refusals(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let is_page = super::wants_page(&request) || super::is_form(&request);
    if !is_page || !crate::api::wants_html(request.headers()) {
        return next.run(request).await;
    }
    let asked = without_body(&request);
    let answer = next.run(request).await;
    let content_type = answer.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if content_type.is_some_and(|kind| kind.contains("json")) { dress(&state, asked, answer).await } else { answer }
}

/// A message of the API as a sentence of a page.
fn sentence(message: String) -> String {
    let mut chars = message.chars();
    let Some(first) = chars.next() else { return message };
    let end = if message.ends_with(['.', '!', '?']) { "" } else { "." };
    // names keep their letters: only messages that are words throughout begin with a capital
    let begins = ["the ", "this ", "these ", "no ", "there ", "a ", "an ", "user ", "token "]
        .iter()
        .any(|word| message.starts_with(word));
    let first = if begins { first.to_uppercase().to_string() } else { first.to_string() };
    format!("{first}{}{end}", chars.as_str())
}

/// What a problem's document says, in one text.
pub(super) fn message(document: &Value) -> Option<String> {
    let error = document.get("error");
    let single = error.and_then(|error| error.get("message").unwrap_or(error).as_str()).map(str::to_owned);
    single.or_else(|| {
        let texts: Vec<String> = match document.get("errors")? {
            Value::Array(list) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            Value::Object(fields) => fields
                .iter()
                .flat_map(|(field, list)| list.as_array().into_iter().flatten().map(move |text| (field, text)))
                .filter_map(|(field, text)| Some(format!("{field} {}", text.as_str()?).trim().to_owned()))
                .collect(),
            _ => return None,
        };
        Some(texts.join("; "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_form_of_problem_has_its_words() {
        for (document, expected) in [
            (json!({ "error": "no such thing" }), Some("no such thing")),
            (json!({ "error": { "message": "it broke", "reference": "x" } }), Some("it broke")),
            (json!({ "errors": ["a", "b"] }), Some("a; b")),
            (
                json!({ "errors": { "version": ["is missing"], "": ["say where"] } }),
                Some("version is missing; say where"),
            ),
            (json!({}), None),
            (json!({ "error": 7 }), None),
        ] {
            assert_eq!(message(&document).as_deref(), expected, "{document}");
        }
    }
}
