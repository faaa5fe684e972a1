//! gRPC: calls are told by their content type, framed by hand, and compared as messages.

mod answer;
mod compression;
mod conversation;
mod deadline;
mod expectation;
mod frame;
mod index;
mod reflection;
mod requests;
mod service;

pub(super) use expectation::GrpcExpectation;
pub(super) use index::GrpcIndex;
pub(super) use reflection::Reflection;
pub(super) use service::{answer, is_call};
