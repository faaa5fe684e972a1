//! Everything a consumer's contract test needs: `use countersign_mock_server::prelude::*;`

pub use countersign_core::pattern::matchers::*;
pub use tonic::Code;

pub use crate::consumer::{
    BlockingProvider, MockProvider, Pact, created, delete, get, head, no_content, ok, options, patch, post, put,
    received, request, sent, status,
};
