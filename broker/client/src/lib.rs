//! A typed client of the Pact Broker API, for any broker that speaks it.
//!
//! The client starts at the broker's index and follows its links, so it works behind a path prefix, through proxies
//! and against brokers that lay out their paths differently. Every call is one method of [`BrokerClient`]; failures
//! are [`Error`]s that say what happened, where, and what to do about it.
//!
//! ```no_run
//! use countersign_broker_client::{BrokerClient, ConsumerVersionSelector, PactsForVerification};
//!
//! # async fn example() -> Result<(), countersign_broker_client::Error> {
//! let broker = BrokerClient::builder("https://pacts.example.com/broker").bearer_token("s3cret").build()?;
//! let pacts = broker
//!     .pacts_for_verification(
//!         "inventory-service",
//!         &PactsForVerification {
//!             selectors: vec![ConsumerVersionSelector::main_branch(), ConsumerVersionSelector::deployed_or_released()],
//!             include_pending: true,
//!             ..PactsForVerification::default()
//!         },
//!     )
//!     .await?;
//! for pact in pacts {
//!     let document = broker.fetch_pact(&pact.href).await?;
//!     println!("{}: {} bytes", pact.short_description, document.bytes.len());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! | module | what lives there |
//! |---|---|
//! | `builder`, `client`, `transport`, `retry`, `circuit` | how requests are authenticated, sent, repeated, given up and judged |
//! | `hal`, `notice` | links, templates, embedded resources; what a broker says to people |
//! | `contracts`, `pact_files` | publishing pacts; reading and checking them before anything is sent |
//! | `pacts`, `selector`, `verification_results` | what a provider verifies, and handing in the outcome |
//! | `matrix` | can-i-deploy |
//! | `environments`, `deployments`, `releases` | what runs where |
//! | `version_properties` | which commit and branch is being built, from CI variables or git |
//! | `pacticipants`, `versions` | applications, their versions, branches and tags |
//! | `webhooks` | requests the broker sends when something happens |

mod builder;
mod circuit;
mod client;
mod contracts;
mod deployments;
mod environments;
mod error;
mod hal;
mod matrix;
mod notice;
mod pact_files;
mod pacticipants;
mod pacts;
mod releases;
mod retry;
mod selector;
mod transport;
mod verification_results;
mod version_properties;
mod versions;
mod webhooks;

pub use builder::BrokerClientBuilder;
pub use client::BrokerClient;
pub use contracts::{Contract, OnConflict, Publication, Published};
pub use deployments::DeployedVersion;
pub use environments::{Contact, Environment, EnvironmentDetails};
pub use error::{Credentials, Error};
pub use hal::{Link, Resource, expand_template};
pub use matrix::{Ignored, MatrixQuery, MatrixRow, MatrixSelector, Polling, Target, Verdict, VersionChoice};
pub use notice::{Notice, NoticeKind};
pub use pact_files::{PactFile, PactFileProblem, collect_pact_files, find_pact_files};
pub use pacticipants::{Pacticipant, PacticipantDetails};
pub use pacts::{FetchedPact, LatestPact, PactForVerification, PactsForVerification, VerificationNotice};
pub use releases::ReleasedVersion;
pub use retry::RetryPolicy;
pub use selector::ConsumerVersionSelector;
pub use verification_results::{ProviderVersion, VerificationResult};
pub use version_properties::VersionProperties;
pub use versions::{BranchMembership, PacticipantVersion, PlaceInEnvironment};
pub use webhooks::{WebhookDetails, WebhookParty, WebhookRequest};
