//! The broker as its clients see it.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod auth;
mod can_i_deploy;
mod client_contract;
mod concurrency;
mod errors;
mod explanation;
mod faults;
mod names;
mod operations;
mod postgres;
mod process;
mod replicas;
mod resources;
mod routes;
mod selectors;
mod smuggling;
mod startup;
mod story;
mod support;
mod webhooks;
