//! The whole story, end to end: conformance corpora, the official tools, a real browser.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod conformance;
mod grpcio;
mod official_clients;
mod official_commands;
mod official_extensions;
mod official_stub;
mod official_verifier;
mod peers;
mod selecting_pacts;
mod web_ui;
