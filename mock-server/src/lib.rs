//! The consumer's side of Countersign: a test says what its code asks of a provider and what it relies on in the answer,
//! talks to a server that plays the provider, and leaves a pact file behind for the real provider to be verified against.
//!
//! # A first test
//!
//! ```
//! use countersign_mock_server::prelude::*;
//! use serde_json::json;
//!
//! # async fn stock_of(url: &str, sku: &str) -> u64 {
//! #     let _ = rustls::crypto::ring::default_provider().install_default();
//! #     let response = reqwest::get(format!("{url}/inventory/{sku}")).await.unwrap();
//! #     response.json::<serde_json::Value>().await.unwrap()["quantity_left"].as_u64().unwrap()
//! # }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! # let folder = tempfile::tempdir().unwrap();
//! // in a function with #[tokio::test]
//! let inventory = Pact::between("order-service", "inventory-service")
//! #    .output_dir(folder.path())
//!     .http("a stock check for a known sku", |i| {
//!         i.given("stock exists", json!({ "sku": "ABC-1", "quantity": 5 }))
//!             .request(get("/inventory/ABC-1"))
//!             .response(ok().json(json!({ "available": true, "quantity_left": integer(5) })))
//!     })
//!     .start()
//!     .await;
//!
//! // the code under test, pointed at the server
//! let left = stock_of(&inventory.url(), "ABC-1").await;
//!
//! assert_eq!(left, 5);
//! inventory.finish().await;
//! # }
//! ```
//!
//! [`finish`](MockProvider::finish) panics with a readable report unless every interaction was exercised as agreed and
//! nothing else was asked for. Otherwise it adds the interactions to the pact file. A test that forgets to finish is
//! verified when the provider is dropped. For tests without an async runtime there is
//! [`start_blocking`](Pact::start_blocking).
//!
//! A request that was not agreed on gets status 500 and a JSON body that names the closest interaction and says what
//! differs; a gRPC call gets `FAILED_PRECONDITION` and the same in words.
//!
//! # From here
//!
//! The documentation of the [`prelude`] is the guide: requests, matchers, bodies, provider states, GraphQL, gRPC, messages,
//! where the pact file goes, and how to read the errors one meets.
//!
//! # The modules
//!
//! | module | what it knows |
//! |---|---|
//! | [`prelude`] | what a test needs |
//! | [`consumer`] | the DSL, one type for each stage of an interaction |
//! | [`control`] | mock servers for consumers in other languages, behind an HTTP API |
//! | [`stub`] | pacts served as a fake provider, for everything that is no contract test |
//!
//! Below the DSL, [`MockServer`] plays any pact, for tools that are no tests.

pub mod consumer;
pub mod control;
pub mod prelude;
mod recording;
mod report;
mod server;
pub mod stub;

pub use consumer::{BlockingProvider, ContractError, MockProvider, Pact};
pub use recording::{RecordError, RecordingConflict};
pub use report::{Differing, Report, Unexpected};
pub use server::{
    AllowedOrigin, Closest, Config, Cors, InteractionName, MockServer, Reason, Refusal, Selection, StartError,
    StateHeader, Tls, TlsError, UnplayableInteraction,
};
