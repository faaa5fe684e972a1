//! The server that plays the provider: one listener for HTTP/1.1, HTTP/2 without TLS, and gRPC.

mod answer;
mod closest;
mod error;
mod expectation;
mod http;
mod http_index;
mod journal;
mod listener;
mod mock_server;
mod refusal_body;
mod state;

pub use closest::Closest;
pub use error::{StartError, UnplayableInteraction};
pub use expectation::InteractionName;
pub use journal::{Reason, Refusal};
pub use mock_server::{Config, MockServer, Selection};
