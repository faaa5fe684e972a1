//! The broker as its clients see it.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod can_i_deploy;
mod client_contract;
mod concurrency;
mod errors;
mod names;
mod resources;
mod selectors;
mod startup;
mod story;
mod support;
