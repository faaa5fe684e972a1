//! The messages of a client's stream, compared with those that were agreed on.

use bytes::Bytes;
use countersign_core::mismatch::{Location, Mismatch, Problem};
use countersign_core::plan::{GrpcRequestPlan, ReceivedHeaders};
use countersign_core::value::Value;

/// All differences between an agreed stream of requests and one that came.
pub(super) fn check(plan: &GrpcRequestPlan, messages: &[Bytes], metadata: &ReceivedHeaders<'_>) -> Vec<Mismatch> {
    let mut found = Vec::new();
    for (index, message) in messages.iter().enumerate() {
        match plan.check_message(index, message) {
            Some(mismatches) => found.extend(mismatches.into_iter().map(|mismatch| of_request(index, mismatch))),
            None => {
                found.push(unexpected(index, message));
                break;
            }
        }
    }
    if messages.len() < plan.messages() {
        found.push(missing(messages.len()));
    }
    found.extend(plan.check_metadata(metadata));
    found
}

/// Says which of several requests a difference is in: `request 2 · $.sku`.
pub(super) fn of_request(index: usize, mut mismatch: Mismatch) -> Mismatch {
    if let Location::Body { path } = &mut mismatch.location {
        *path = place(index, path);
    }
    mismatch
}

pub(super) fn missing(index: usize) -> Mismatch {
    whole(index, Problem::Missing, None)
}

pub(super) fn unexpected(index: usize, message: &[u8]) -> Mismatch {
    whole(index, Problem::Unexpected, Some(Value::Bytes(message.to_vec())))
}

fn whole(index: usize, problem: Problem, actual: Option<Value>) -> Mismatch {
    Mismatch { location: Location::Body { path: place(index, "$") }, problem, expected: None, actual, rule: None }
}

fn place(index: usize, path: &str) -> String {
    format!("request {} · {path}", index + 1)
}
