//! Pacts served as a fake provider: for developing a consumer without its provider, for demos, for tests that are no contract
//! tests. Nothing is verified and nothing is written.

mod filter;
mod server;

pub use filter::StateFilter;
pub use server::{StubConfig, StubServer};
