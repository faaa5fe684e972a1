//! What the broker knows about, and the rules that need neither a table nor a request.

pub mod branch;
pub mod consumer_selector;
pub mod deployment;
pub mod environment;
pub mod field_problem;
pub mod merge;
pub mod pact;
pub mod pacticipant;
pub mod pending;
pub mod provider_state;
pub mod publication;
pub mod selection;
mod selector_text;
pub mod verification;
pub mod verification_context;
pub mod version;
pub mod webhook;
pub(crate) mod webhook_fields;
