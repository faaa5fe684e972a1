//! Answering calls.

use bytes::Bytes;
use countersign_core::mismatch::{Location, Mismatch, Problem};
use countersign_core::protobuf::StatusCode;
use countersign_core::value::Value;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderMap, Method, Request, Response, StatusCode as HttpStatus, Version};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Incoming;

use super::answer::failure;
use super::compression::{Encoding, takes_gzip};
use super::conversation::converse;
use super::deadline::deadline;
use super::frame::{self, FrameError};
use super::{GrpcExpectation, Reflection, requests};
use crate::server::answer_body::AnswerBody;
use crate::server::closest::path_distance;
use crate::server::http_service::received_headers;
use crate::server::journal::{Journal, Reason, Refusal};
use crate::server::selection::{Countable as _, Selected};
use crate::server::state::State;
use crate::server::{Closest, refusal_body};

pub(super) const CANCELLED: i32 = 1;
const INVALID_ARGUMENT: i32 = 3;
pub(super) const DEADLINE_EXCEEDED: i32 = 4;
const RESOURCE_EXHAUSTED: i32 = 8;
const FAILED_PRECONDITION: i32 = 9;
pub(super) const UNIMPLEMENTED: i32 = 12;

/// Whether a request is a gRPC call: HTTP/2 with the content type `application/grpc`, `application/grpc+proto` and so on.
pub(in crate::server) fn is_call(request: &Request<Incoming>) -> bool {
    request.version() == Version::HTTP_2 && has_grpc_type(request.headers())
}

fn has_grpc_type(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    content_type.strip_prefix("application/grpc").is_some_and(|rest| rest.is_empty() || rest.starts_with(['+', ';']))
}

/// Answers one call: as agreed, or with a status that says what differs.
pub(in crate::server) async fn answer(state: &State, request: Request<Incoming>) -> Response<AnswerBody> {
    if request.method() != Method::POST {
        let mut response = Response::new(AnswerBody::default());
        *response.status_mut() = HttpStatus::METHOD_NOT_ALLOWED;
        return response;
    }
    let candidates = state.grpc.candidates(request.uri().path());
    if let (Some(reflection), [], true) = (&state.reflection, candidates, Reflection::is_meant(request.uri().path())) {
        return reflection.answer(request).await;
    }
    let is_conversation = candidates.first().is_some_and(|id| state.grpc.expectations()[*id].is_conversation());
    let (parts, body) = request.into_parts();
    if is_conversation {
        return converse(state, parts, body);
    }
    let unfinished = Unfinished { journal: &state.journal, parts: &parts, is_over: false };
    let called = match deadline(&parts.headers) {
        None => call(state, &parts, body).await,
        Some(time) => tokio::time::timeout(time, call(state, &parts, body)).await.unwrap_or_else(|_| {
            let reason = "the call's deadline passed before all of it had come".to_owned();
            Err(Refused::unreadable(DEADLINE_EXCEEDED, reason))
        }),
    };
    unfinished.over();
    match called {
        Ok(expectation) => {
            expectation.hits().add();
            expectation.answer.response(takes_gzip(&parts.headers))
        }
        Err(refused) => {
            let (code, text) = journal(&state.journal, &parts, refused);
            failure(code, &text)
        }
    }
}

/// A call whose messages are coming. When its client resets it, nobody waits for the answer any more and this is dropped,
/// which is noted.
struct Unfinished<'a> {
    journal: &'a Journal,
    parts: &'a Parts,
    is_over: bool,
}

impl Unfinished<'_> {
    fn over(mut self) {
        self.is_over = true;
    }
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            let reason = "the client hung up before all of the call had come".to_owned();
            journal(self.journal, self.parts, Refused::unreadable(CANCELLED, reason));
        }
    }
}

/// Why a call is refused, and the status to say so with.
pub(super) struct Refused {
    pub(super) status: i32,
    pub(super) reason: Reason,
}

impl Refused {
    fn unreadable(status: i32, reason: String) -> Self {
        Self { status, reason: Reason::Unreadable(reason) }
    }
}

impl From<FrameError> for Refused {
    fn from(error: FrameError) -> Self {
        let status = match error {
            FrameError::Compression { .. } => UNIMPLEMENTED,
            FrameError::TooLarge { .. } => RESOURCE_EXHAUSTED,
            _ => INVALID_ARGUMENT,
        };
        Self::unreadable(status, error.to_string())
    }
}

async fn call<'a>(state: &'a State, parts: &Parts, body: Incoming) -> Result<&'a GrpcExpectation, Refused> {
    match Limited::new(body, state.limits.size.saturating_add(frame::HEADER)).collect().await {
        Ok(body) => find(state, parts, &body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            let reason = format!("the call is larger than {} bytes", state.limits.size);
            Err(Refused::unreadable(RESOURCE_EXHAUSTED, reason))
        }
        Err(error) => {
            let reason = format!("the client hung up before all of the call had come ({error})");
            Err(Refused::unreadable(CANCELLED, reason))
        }
    }
}

fn find<'a>(state: &'a State, parts: &Parts, body: &Bytes) -> Result<&'a GrpcExpectation, Refused> {
    let expectations = state.grpc.expectations();
    let candidates = state.grpc.candidates(parts.uri.path());
    let Some(&first) = candidates.first() else {
        let reason = Reason::Unknown(closest_method(expectations, parts.uri.path()));
        return Err(Refused { status: UNIMPLEMENTED, reason });
    };
    let messages = frame::read_all(body, Encoding::of(&parts.headers), state.limits.size)?;
    let takes_stream = expectations[first].takes_stream;
    let single = match messages.as_slice() {
        [] if !takes_stream => return Err(FrameError::NoMessage.into()),
        [only] => Some(only),
        [_, ..] if !takes_stream => {
            let reason = "several messages came, but the method takes one".to_owned();
            return Err(Refused::unreadable(INVALID_ARGUMENT, reason));
        }
        _ => None,
    };
    let metadata = received_headers(&parts.headers);
    let check = |expectation: &GrpcExpectation| match single {
        Some(message) if !takes_stream => expectation.plan.check(message, &metadata),
        _ => requests::check(&expectation.plan, &messages, &metadata),
    };
    let wanted = state.wanted_state(&parts.headers);
    let allowed = |id: &usize| wanted.allows(&expectations[*id].name.states);
    let likely = single.and_then(|message| state.grpc.likely(parts.uri.path(), message));
    if let Some(likely) = likely
        && let Selected::Fits(id) = state.selection.select(expectations, likely.into_iter().filter(allowed), check)
    {
        return Ok(&expectations[id]);
    }
    match state.selection.select(expectations, candidates.iter().copied().filter(allowed), check) {
        Selected::Fits(id) => Ok(&expectations[id]),
        Selected::Closest(Some((id, mismatches))) => {
            let interaction = expectations[id].name.clone();
            let status = mismatch_status(&mismatches);
            Err(Refused { status, reason: Reason::Differs(Closest { interaction, mismatches }) })
        }
        Selected::Closest(None) => Err(Refused { status: UNIMPLEMENTED, reason: Reason::Unknown(None) }),
    }
}

pub(super) fn mismatch_status(mismatches: &[Mismatch]) -> i32 {
    let unreadable = mismatches.iter().any(|mismatch| matches!(mismatch.problem, Problem::Unreadable { .. }));
    if unreadable { INVALID_ARGUMENT } else { FAILED_PRECONDITION }
}

fn closest_method(expectations: &[GrpcExpectation], path: &str) -> Option<Closest> {
    let nearest = expectations.iter().min_by_key(|expectation| path_distance(expectation.plan.path(), path))?;
    let mismatch = Mismatch {
        location: Location::Path,
        problem: Problem::NotEqual,
        expected: Some(Value::from(nearest.plan.path())),
        actual: Some(Value::from(path)),
        rule: None,
    };
    Some(Closest { interaction: nearest.name.clone(), mismatches: vec![mismatch] })
}

/// Remembers a refusal; gives the status and the text to say so with.
pub(super) fn journal(journal: &Journal, parts: &Parts, refused: Refused) -> (StatusCode, String) {
    let request = parts.uri.path().trim_start_matches('/').to_owned();
    let refusal = Refusal { request, reason: refused.reason };
    let text = refusal_body::to_text(&refusal);
    journal.add(refusal);
    (StatusCode::from_number(refused.status), text)
}
