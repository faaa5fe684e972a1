//! An interaction compiled once, checked against any number of requests or responses.
//!
//! Compiling reads the expected body into a value tree and sorts the rules into a tree that follows the paths.
//! Checking walks both trees once; nothing is formatted or cloned while things fit.

mod body;
mod collections;
mod contents;
mod fields;
mod form;
mod grpc;
mod grpc_stream;
mod markup;
mod message;
mod multipart;
mod protobuf;
mod protobuf_example;
mod protobuf_rules;
mod query;
mod request;
mod response;
mod rule_tree;
mod scalar;
mod walk;

pub use grpc::{GrpcRequestPlan, GrpcResponsePlan, ReceivedReply};
pub use grpc_stream::{GrpcStreamPlan, StreamEnd, StreamMismatch, StreamProgress};
pub use message::{MessagePlan, ReceivedMessage};
pub use request::{ReadRequest, ReceivedRequest, RequestPlan};
pub use response::{ReceivedResponse, ResponsePlan};

/// Header fields as they came: names and values in order; a name may come several times.
pub type ReceivedHeaders<'a> = Vec<(std::borrow::Cow<'a, str>, std::borrow::Cow<'a, str>)>;

/// What to make of members, parameters and items that were not agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unexpected {
    /// A provider may answer more than the consumer reads.
    Allowed,
    /// A consumer must not send more than was agreed.
    Refused,
}

#[cfg(test)]
mod body_kind_tests;
#[cfg(test)]
mod tests;
