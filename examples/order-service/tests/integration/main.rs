#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod clients;
mod contracts;
mod events;
