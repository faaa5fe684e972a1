//! When there is no page to show: what happened, and what to do.

use std::any::Any;

use askama::Template;
use axum::body::to_bytes;
use axum::extract::{FromRequestParts as _, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::page::{Frame, Section, html};
use super::site::Site;
use crate::app::AppState;
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
    reference: Option<String>,
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        let report = match self {
            Self::NotFound { what } => Report { status: StatusCode::NOT_FOUND, what, reference: None },
            Self::Refused { what } => Report { status: StatusCode::FORBIDDEN, what, reference: None },
            Self::Store(failure) if matches!(failure.remedy(), Remedy::Wait | Remedy::Repeat) => {
                tracing::warn!(%failure, "the database cannot serve a page");
                Report {
                    status: StatusCode::SERVICE_UNAVAILABLE,
                    what: "The database cannot serve this page right now. Try again in a moment.".to_owned(),
                    reference: None,
                }
            }
            failure => {
                let reference = uuid::Uuid::new_v4().simple().to_string();
                tracing::error!(%reference, %failure, "a page failed");
                Report {
                    status: StatusCode::INTERNAL_SERVER_ERROR,
                    what: "The broker could not make this page because of a failure of its own.".to_owned(),
                    reference: Some(reference),
                }
            }
        };
        let mut response = report.status.into_response();
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
}

/// The page about a failure.
pub(super) fn page(site: &Site, report: &Report) -> Response {
    let (heading, advice) = match report.status {
        StatusCode::NOT_FOUND => (
            "Not here",
            "Names are case-sensitive, and a pact or version may have been deleted. The overview lists every integration.",
        ),
        StatusCode::SERVICE_UNAVAILABLE => {
            ("Not right now", "Nothing is lost. This broker recovers by itself once its database answers again.")
        }
        status if status.is_client_error() => ("This does not work", "Check the address, or start from the overview."),
        _ => (
            "Something broke",
            "Reload the page. If it happens again, tell whoever runs this broker the reference below: its log says more under it.",
        ),
    };
    let page = ErrorPage {
        frame: Frame::new(site, Section::None, heading),
        heading,
        what: &report.what,
        advice,
        reference: report.reference.as_deref(),
    };
    let body = page.render().unwrap_or_else(|_| format!("{heading}. {advice}"));
    html(report.status, body)
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
    let site = match Site::from_request_parts(&mut parts, state).await {
        Ok(site) => site,
        Err(never) => match never {},
    };
    let bytes = to_bytes(answer.into_body(), LONGEST_PROBLEM).await.unwrap_or_default();
    let document: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let what = message(&document).unwrap_or_else(|| match status {
        StatusCode::NOT_FOUND => "There is nothing at this address.".to_owned(),
        status => format!("The broker answered: {status}."),
    });
    let reference = document.pointer("/error/reference").and_then(Value::as_str).map(str::to_owned);
    page(&site, &Report { status, what, reference })
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
