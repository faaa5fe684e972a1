//! The provider's side: replays pacts against a real provider and reports what differs.
//!
//! ```no_run
//! use countersign_provider_verifier::{Broker, Verifier, Version};
//! use serde_json::json;
//!
//! # async fn add_stock(_sku: String, _quantity: u32) -> Result<u64, std::io::Error> { Ok(7) }
//! # async fn example() {
//! Verifier::of("inventory-service")
//!     .http("http://127.0.0.1:8080")
//!     .grpc("http://127.0.0.1:50051")
//!     .state("stock exists", |s| async move {
//!         let id = add_stock(s.param("sku")?, s.param("quantity")?).await?;
//!         Ok(json!({ "id": id }))
//!     })
//!     .pacts(Broker::from_env().deployed_or_released().main_branch().matching_branch().pending().wip_since("2026-01-01"))
//!     .publish(Version::from_git())
//!     .verify()
//!     .await
//!     .unwrap_verified(); // panics with the report
//! # }
//! ```
//!
//! The steps follow one another: sources bring pacts, a plan folds equal interactions of different pacts into one replay,
//! the run prepares states, asks the provider and compares, the outcome is data, and reports are made of it.
//!
//! | module | what it knows |
//! |---|---|
//! | `verifier`, `selection` | how a verification is set up |
//! | `session` | the order of its steps |
//! | `source` | where pacts come from: files, folders, patterns, addresses, a broker |
//! | `plan`, `filter`, `overview` | which exchanges are needed, and how answers are judged |
//! | `state` | provider states: handlers in the process, the state change URL |
//! | `provider` | the provider over HTTP, over gRPC, and as a source of messages |
//! | `run` | one exchange after or beside another |
//! | `trace`, `mask` | what the provider is told about the run; what nobody is told |
//! | `outcome` | what came of it |
//! | [`report`] | the outcome for people and for programs |
//! | `publish`, `version` | handing results in |

/// The guide, so that its examples are compiled.
#[cfg(doctest)]
#[doc = include_str!("../../docs/verify.md")]
struct Guide;

mod error;
mod filter;
mod mask;
mod outcome;
mod overview;
mod plan;
mod provider;
mod publish;
pub mod report;
mod run;
mod selection;
mod session;
mod source;
mod state;
mod trace;
mod verifier;
mod version;

pub use error::{SourceProblem, VerifyError};
pub use outcome::{
    Bodies, Counts, Failure, Finding, InteractionOutcome, Outcome, PactOutcome, Replayed, Transport, Verdict,
    Verification,
};
pub use overview::{Overview, PlannedInteraction, PlannedPact};
pub use provider::message_handlers::{MessageCall, ProducedMessage};
pub use run::Progress;
pub use source::{Broker, PactFiles, PactSource, PactUrl};
pub use state::{StateCall, StateChangeUrl, StateError, StateValues};
pub use verifier::Verifier;
pub use version::Version;
