//! Whole conversations over real sockets.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod blocking;
mod bodies;
mod dsl;
mod graphql;
mod grpc;
mod messages;
mod mistakes;
mod parallel;
mod refusals;
mod support;
mod versions;
