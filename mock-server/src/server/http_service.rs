//! Answering HTTP requests.

use std::borrow::Cow;

use bytes::Bytes;
use countersign_core::mismatch::Mismatch;
use countersign_core::plan::{ReceivedHeaders, ReceivedRequest};
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Version};
use hyper::body::Incoming;

use super::answer_body::AnswerBody;
use super::http_expectation::HttpExpectation;
use super::http_index::Found;
use super::incoming_body::{self, Unreadable};
use super::journal::{Reason, Refusal, RefusedRequest};
use super::state::State;
use super::{Closest, refusal_body};

/// Says why a request was refused: `Request-Mismatch` or `Unexpected-Request`.
const REFUSED: HeaderName = HeaderName::from_static("x-pact");

/// Answers one request: as agreed, or with what differs.
pub(super) async fn answer(state: &State, request: Request<Incoming>) -> Response<AnswerBody> {
    let (parts, body) = request.into_parts();
    state.count(parts.uri.path());
    let mut response = match incoming_body::read(&parts.headers, body, state.limits).await {
        Ok(body) => answer_read(state, &parts, body),
        Err(Unreadable { status, reason }) => refuse(state, &parts, Bytes::new(), Reason::Unreadable(reason), status),
    };
    state.cors.allow(response.headers_mut());
    response
}

fn answer_read(state: &State, parts: &Parts, body: Bytes) -> Response<AnswerBody> {
    let received = ReceivedRequest {
        method: parts.method.as_str(),
        path: parts.uri.path(),
        query: parts.uri.query(),
        headers: received_headers(&parts.headers),
        body: &body,
    };
    let reason = match state.http.find(&received, state.selection, &state.wanted_state(&parts.headers)) {
        Found::Fits(expectation) => {
            expectation.hits.add();
            return expectation.answer.response(state.url());
        }
        Found::Differs(expectation, mismatches) => Reason::Differs(closest((expectation, mismatches))),
        Found::Unknown(_) if !state.grpc.candidates(parts.uri.path()).is_empty() => {
            Reason::Unreadable(what_a_call_needs(parts))
        }
        Found::Unknown(found) => Reason::Unknown(found.map(closest)),
    };
    if parts.method == Method::OPTIONS
        && let Some(preflight) = state.cors.preflight(&parts.headers)
    {
        return preflight;
    }
    refuse(state, parts, body, reason, state.refused_status)
}

/// Why a request for a gRPC method is no call.
fn what_a_call_needs(parts: &Parts) -> String {
    if parts.version != Version::HTTP_2 {
        return format!(
            "it is agreed on as a gRPC call, which travels over HTTP/2, and this came over {:?}",
            parts.version
        );
    }
    let content_type = parts.headers.get(CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let content_type = content_type.unwrap_or("nothing".into());
    format!("it is agreed on as a gRPC call, whose content type is application/grpc, and this says {content_type}")
}

fn closest((expectation, mismatches): (&HttpExpectation, Vec<Mismatch>)) -> Closest {
    Closest { interaction: expectation.name.clone(), mismatches }
}

fn refuse(state: &State, parts: &Parts, body: Bytes, reason: Reason, status: StatusCode) -> Response<AnswerBody> {
    let refusal = Refusal { request: request_line(parts), reason };
    let mut text = format!("{:#}", refusal_body::to_json(&refusal));
    text.push('\n');
    let kind = match refusal.reason {
        Reason::Differs(_) => "Request-Mismatch",
        Reason::Unknown(_) | Reason::Unreadable(_) => "Unexpected-Request",
    };
    state.journal.add_http(refusal, refused(parts, body));
    let mut response = Response::new(AnswerBody::new(text.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(REFUSED, HeaderValue::from_static(kind));
    response
}

fn refused(parts: &Parts, body: Bytes) -> RefusedRequest {
    let headers = received_headers(&parts.headers);
    RefusedRequest {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        headers: headers.into_iter().map(|(name, value)| (name.into_owned(), value.into_owned())).collect(),
        body,
    }
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
