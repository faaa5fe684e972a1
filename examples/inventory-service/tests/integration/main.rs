#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod grpc;
mod orders;
mod rest;
mod states;
mod verification;
