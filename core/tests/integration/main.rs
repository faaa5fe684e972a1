//! The crate from outside, against data obtained from the official tools.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

#[path = "../../../tests/src/tools.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with the tests of the whole story")]
mod tools;

mod conformance;
mod grpc;
mod grpc_fields;
mod grpc_table;
mod properties;
