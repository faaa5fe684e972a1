//! The pact document.

pub mod digest;
