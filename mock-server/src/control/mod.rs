//! Mock servers for consumers in other languages: one HTTP API that starts, lists, verifies and stops them.
//!
//! The API keeps to that of the official mock server; `docs/mock.md` shows it in use, `docs/mock-openapi.json` describes it.

mod create;
mod integration_json;
mod master;
mod problem;
mod registry;
mod routes;
mod verify;
mod view;

pub use master::{MasterConfig, MasterServer};
pub use problem::MasterError;
