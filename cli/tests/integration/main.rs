//! The real binary against a fake broker, or against none.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

#[path = "../../../broker/client/tests/integration/fake.rs"]
#[allow(dead_code, reason = "shared with the client's tests, which use more of it")]
mod fake;

#[path = "../../../provider-verifier/tests/integration/wire.rs"]
#[allow(dead_code, reason = "shared with the verifier's tests, which use more of it")]
mod wire;

#[path = "../../../tests/src/tools.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with the tests of the whole story")]
mod tools;

mod broker_data;
mod broker_process;
mod can_i_deploy;
mod command;
mod completing;
mod converting;
mod deliveries;
mod demo;
#[cfg(unix)]
mod demo_in_a_browser;
mod deployed_files;
mod deploying;
mod describing;
mod linting;
mod migrating;
mod mock;
mod official_flags;
mod publishing;
mod serving;
mod stubbing;
mod tracing_out;
mod typing;
mod verifying;
mod verifying_flags;
mod verifying_hostile;
mod webhooks;
