//! The crate from outside, against data obtained from the official tools.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod conformance;
mod grpc;
mod grpc_fields;
mod grpc_table;
mod properties;
