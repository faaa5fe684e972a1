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
//! # What to say
//!
//! Say what the consumer needs, no more: a provider may always answer more than was agreed. Values stand for themselves
//! unless a matcher widens them, in JSON, paths, query parameters, header fields and gRPC messages alike:
//!
//! ```
//! # use countersign_mock_server::prelude::*;
//! # use serde_json::json;
//! let request = get(regex(r"/inventory/[A-Z]+-\d+", "/inventory/ABC-1"))
//!     .query("quantity", integer(2))
//!     .query("tag", ["fragile", "heavy"])
//!     .header("Accept", "application/json");
//! let response = ok().header("ETag", not_empty("\"5f\"")).json(json!({
//!     "warehouse": { "id": regex(r"w-\d+", "w-1"), "city": like("Oslo") },
//!     "tags": each_like("fragile").min(1),
//!     "restocked_at": nullable(datetime("yyyy-MM-dd'T'HH:mm:ssXXX", "2026-05-24T10:30:00Z")),
//! }));
//! # let _ = (request, response);
//! ```
//!
//! [`prelude`] has all of them. An interaction is told from others by its description and provider states.
//!
//! # gRPC
//!
//! REST and gRPC answer on the same port. The `.proto` file is compiled within the test; neither `protoc` nor a plugin is
//! needed.
//!
//! ```no_run
//! # use countersign_mock_server::prelude::*;
//! # use serde_json::json;
//! # async fn test() {
//! let inventory = Pact::between("order-service", "inventory-service")
//!     .grpc("a stock check for a known sku", |i| {
//!         i.given_state("stock exists")
//!             .method("proto/inventory.proto", "inventory.v1.InventoryService/CheckStock")
//!             .request(json!({ "sku": "ABC-1", "quantity": integer(2) }))
//!             .response(json!({ "available": true, "quantity_left": integer(5) }))
//!     })
//!     .grpc("a sku nobody knows", |i| {
//!         i.method("proto/inventory.proto", "inventory.v1.InventoryService/CheckStock")
//!             .request(json!({ "sku": "NOPE", "quantity": 1 }))
//!             .status(Code::NotFound, "unknown sku")
//!     })
//!     .start()
//!     .await;
//! # inventory.finish().await;
//! # }
//! ```
//!
//! # Where the pact file goes
//!
//! All tests of a consumer write into one file per provider, `order-service-inventory-service.json`, whether they run in
//! one process or in several at once. Its bytes do not depend on their order. It stands in
//!
//! 1. the folder given to [`output_dir`](Pact::output_dir), or
//! 2. `PACT_OUTPUT_DIR`, or
//! 3. `pacts` in `CARGO_TARGET_DIR`, or
//! 4. `target/pacts` beside the workspace's `Cargo.lock`.
//!
//! Relative folders in these variables start at the workspace's root.
//!
//! Two tests of one run that mean different things by the same description and provider states are a conflict, which is
//! reported with both tests' names. What an earlier run left under that name is simply replaced. Interactions that no test
//! records any more stay in the file until it is deleted; with `PACT_OVERWRITE=true`, the first test of a run starts with
//! an empty file. The hidden `.lock` file beside the pact remembers who recorded what in the current run.
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
