//! The real binary against a fake broker, or against none.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

#[path = "../../../broker/client/tests/integration/fake.rs"]
#[allow(dead_code, reason = "shared with the client's tests, which use more of it")]
mod fake;

mod can_i_deploy;
mod command;
mod converting;
mod demo;
mod deploying;
mod describing;
mod linting;
mod publishing;
mod typing;
mod verifying;
mod webhooks;
