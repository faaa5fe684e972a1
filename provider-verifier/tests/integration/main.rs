//! The verifier against real providers that listen on ports of their own.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

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
mod wire;
