//! The client against a small fake broker that records what it is asked.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod deploying;
mod failing;
mod fake;
mod publishing;
mod verifying;
