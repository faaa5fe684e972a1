//! Answering HTTP requests.

use std::borrow::Cow;

use bytes::Bytes;
use countersign_core::plan::{ReceivedHeaders, ReceivedRequest};
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Incoming;

use super::answer_body::AnswerBody;
use super::http_expectation::HttpExpectation;
use super::http_index::Found;
use super::journal::{Reason, Refusal};
use super::state::State;
use super::{Closest, refusal_body};

/// Says why a request was refused: `Request-Mismatch` or `Unexpected-Request`.
const REFUSED: HeaderName = HeaderName::from_static("x-pact");

/// Answers one request: as agreed, or 500 with what differs.
pub(super) async fn answer(state: &State, request: Request<Incoming>) -> Response<AnswerBody> {
    let (parts, body) = request.into_parts();
    match Limited::new(body, state.max_body).collect().await {
        Ok(body) => answer_collected(state, &parts, &body.to_bytes()),
        Err(error) => {
            let (status, reason) = if error.is::<LengthLimitError>() {
                (StatusCode::PAYLOAD_TOO_LARGE, format!("its body is larger than {} bytes", state.max_body))
            } else {
                (StatusCode::BAD_REQUEST, error.to_string())
            };
            let refusal = Refusal { request: request_line(&parts), reason: Reason::Unreadable(reason) };
            refuse(state, refusal, status)
        }
    }
}

fn answer_collected(state: &State, parts: &Parts, body: &Bytes) -> Response<AnswerBody> {
    let received = ReceivedRequest {
        method: parts.method.as_str(),
        path: parts.uri.path(),
        query: parts.uri.query(),
        headers: received_headers(&parts.headers),
        body,
    };
    let reason = match state.http.find(&received, state.selection) {
        Found::Fits(expectation) => {
            expectation.hits.add();
            return expectation.answer.response(host(parts));
        }
        Found::Differs(expectation, mismatches) => Reason::Differs(closest((expectation, mismatches))),
        Found::Unknown(found) => Reason::Unknown(found.map(closest)),
    };
    let refusal = Refusal { request: request_line(parts), reason };
    refuse(state, refusal, StatusCode::INTERNAL_SERVER_ERROR)
}

/// The host and port that the client asked for.
fn host(parts: &Parts) -> Option<&str> {
    let of_header = || parts.headers.get(http::header::HOST)?.to_str().ok();
    parts.uri.authority().map(http::uri::Authority::as_str).or_else(of_header)
}

fn closest((expectation, mismatches): (&HttpExpectation, Vec<countersign_core::mismatch::Mismatch>)) -> Closest {
    Closest { interaction: expectation.name.clone(), mismatches }
}

fn refuse(state: &State, refusal: Refusal, status: StatusCode) -> Response<AnswerBody> {
    let mut text = format!("{:#}", refusal_body::to_json(&refusal));
    text.push('\n');
    let kind = match refusal.reason {
        Reason::Differs(_) => "Request-Mismatch",
        Reason::Unknown(_) | Reason::Unreadable(_) => "Unexpected-Request",
    };
    state.journal.add(refusal);
    let mut response = Response::new(AnswerBody::new(text.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(REFUSED, HeaderValue::from_static(kind));
    response
}

fn request_line(parts: &Parts) -> String {
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    format!("{} {target}", parts.method)
}

pub(super) fn received_headers(headers: &HeaderMap) -> ReceivedHeaders<'_> {
    headers
        .iter()
        .map(|(name, value)| (Cow::Borrowed(name.as_str()), String::from_utf8_lossy(value.as_bytes())))
        .collect()
}
