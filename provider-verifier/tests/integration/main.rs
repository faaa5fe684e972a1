//! The verifier against real providers that listen on ports of their own.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

#[path = "../../../tests/src/tools.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with the tests of the whole story")]
mod tools;

mod broker;
mod corpora;
mod grpc;
mod grpc_bad_input;
mod grpc_streams;
mod hostile;
mod http;
mod official;
mod pact_files;
mod pacts;
mod player;
mod protobuf_messages;
mod provider;
mod speed;
mod states;
mod tls;
#[allow(dead_code, reason = "shared with the command's tests, which use more of it")]
mod wire;
