//! The verifier against real providers that listen on ports of their own.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod broker;
mod grpc;
mod http;
mod official;
mod pacts;
mod provider;
mod speed;
mod states;
