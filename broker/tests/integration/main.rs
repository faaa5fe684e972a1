//! The broker as its clients see it.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

#[path = "../../../tests/src/tools.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with the tests of the whole story")]
mod tools;

mod auth;
mod can_i_deploy;
mod client_contract;
mod concurrency;
mod errors;
mod explanation;
mod faults;
mod matrix_questions;
mod names;
mod operations;
mod pages;
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
