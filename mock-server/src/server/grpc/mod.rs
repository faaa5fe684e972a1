//! gRPC: calls are told by their content type, framed by hand, and compared as messages.

mod answer;
mod expectation;
mod frame;
mod index;
mod service;

pub(super) use expectation::GrpcExpectation;
pub(super) use index::GrpcIndex;
pub(super) use service::{answer, is_call};
