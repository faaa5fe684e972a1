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

use super::GrpcExpectation;
use super::answer::failure;
use super::frame::{self, FrameError};
use crate::server::answer_body::AnswerBody;
use crate::server::closest::path_distance;
use crate::server::http_service::received_headers;
use crate::server::journal::{Reason, Refusal};
use crate::server::selection::{Countable as _, Selected};
use crate::server::state::State;
use crate::server::{Closest, refusal_body};

/// The largest message that is read, in bytes; the same as other gRPC servers' default.
const MAX_MESSAGE: usize = 4 * 1024 * 1024;

const INVALID_ARGUMENT: i32 = 3;
const RESOURCE_EXHAUSTED: i32 = 8;
const FAILED_PRECONDITION: i32 = 9;
const UNIMPLEMENTED: i32 = 12;

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
    let (parts, body) = request.into_parts();
    if parts.method != Method::POST {
        let mut response = Response::new(AnswerBody::default());
        *response.status_mut() = HttpStatus::METHOD_NOT_ALLOWED;
        return response;
    }
    match Limited::new(body, frame::HEADER + MAX_MESSAGE).collect().await {
        Ok(body) => match call(state, &parts, &body.to_bytes()) {
            Ok(expectation) => {
                expectation.hits().add();
                expectation.answer.response()
            }
            Err(refused) => refuse(state, &parts, refused),
        },
        Err(error) if error.is::<LengthLimitError>() => {
            let reason = format!("the message is larger than {MAX_MESSAGE} bytes");
            refuse(state, &parts, Refused::unreadable(RESOURCE_EXHAUSTED, reason))
        }
        Err(error) => refuse(state, &parts, Refused::unreadable(INVALID_ARGUMENT, error.to_string())),
    }
}

/// Why a call is refused, and the status to say so with.
struct Refused {
    status: i32,
    reason: Reason,
}

impl Refused {
    fn unreadable(status: i32, reason: String) -> Self {
        Self { status, reason: Reason::Unreadable(reason) }
    }
}

impl From<FrameError> for Refused {
    fn from(error: FrameError) -> Self {
        let status = if error == FrameError::Compressed { UNIMPLEMENTED } else { INVALID_ARGUMENT };
        Self::unreadable(status, error.to_string())
    }
}

fn call<'a>(state: &'a State, parts: &Parts, body: &Bytes) -> Result<&'a GrpcExpectation, Refused> {
    let expectations = state.grpc.expectations();
    let candidates = state.grpc.candidates(parts.uri.path());
    let Some(&first) = candidates.first() else {
        let reason = Reason::Unknown(closest_method(expectations, parts.uri.path()));
        return Err(Refused { status: UNIMPLEMENTED, reason });
    };
    let (message, more) = frame::read(body)?;
    if more && !expectations[first].takes_stream {
        let reason = "several messages came, but the method takes one".to_owned();
        return Err(Refused::unreadable(INVALID_ARGUMENT, reason));
    }
    let metadata = received_headers(&parts.headers);
    let check = |expectation: &GrpcExpectation| expectation.plan.check(&message, &metadata);
    let wanted = state.wanted_state(&parts.headers);
    let allowed = candidates.iter().copied().filter(|id| wanted.allows(&expectations[*id].name.states));
    match state.selection.select(expectations, allowed, check) {
        Selected::Fits(id) => Ok(&expectations[id]),
        Selected::Closest(Some((id, mismatches))) => {
            let unreadable = mismatches.iter().any(|mismatch| matches!(mismatch.problem, Problem::Unreadable { .. }));
            let status = if unreadable { INVALID_ARGUMENT } else { FAILED_PRECONDITION };
            let interaction = expectations[id].name.clone();
            Err(Refused { status, reason: Reason::Differs(Closest { interaction, mismatches }) })
        }
        Selected::Closest(None) => Err(Refused { status: UNIMPLEMENTED, reason: Reason::Unknown(None) }),
    }
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

fn refuse(state: &State, parts: &Parts, refused: Refused) -> Response<AnswerBody> {
    let request = parts.uri.path().trim_start_matches('/').to_owned();
    let refusal = Refusal { request, reason: refused.reason };
    let response = failure(StatusCode::from_number(refused.status), &refusal_body::to_text(&refusal));
    state.journal.add(refusal);
    response
}
