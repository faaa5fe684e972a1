//! Whole conversations over real sockets.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod blocking;
mod bodies;
mod control;
mod dsl;
mod generated;
mod graphql;
mod grpc;
mod grpc_bad_input;
mod grpc_streams;
mod messages;
mod mistakes;
mod parallel;
mod protobuf_messages;
mod refusals;
mod stub;
mod support;
mod tls;
mod transport;
mod versions;
