//! The server that plays the provider: one listener for HTTP/1.1, HTTP/2 without TLS, and gRPC.

mod answer_body;
mod closest;
mod error;
mod grpc;
mod http_answer;
mod http_expectation;
mod http_index;
mod http_service;
mod journal;
mod listener;
mod mock_server;
mod name;
mod refusal_body;
mod selection;
mod state;

pub use closest::Closest;
pub use error::{StartError, UnplayableInteraction};
pub use journal::{Reason, Refusal};
pub use mock_server::{Config, MockServer};
pub use name::InteractionName;
pub use selection::Selection;
