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
        found.push(missing(plan, messages.len()));
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

pub(super) fn missing(plan: &GrpcRequestPlan, index: usize) -> Mismatch {
    let expected = plan.example(index).cloned();
    Mismatch { location: at(index), problem: Problem::Missing, expected, actual: None, rule: None }
}

pub(super) fn unexpected(index: usize, message: &[u8]) -> Mismatch {
    let actual = Some(Value::Bytes(message.to_vec()));
    Mismatch { location: at(index), problem: Problem::Unexpected, expected: None, actual, rule: None }
}

fn at(index: usize) -> Location {
    Location::Body { path: place(index, "$") }
}

fn place(index: usize, path: &str) -> String {
    format!("request {} · {path}", index + 1)
}
