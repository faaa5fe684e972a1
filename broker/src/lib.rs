//! The Countersign broker: stores contracts per version, answers can-i-deploy, serves the web UI.
//!
//! ```no_run
//! use countersign_broker::{Broker, Config};
//!
//! # async fn start() -> Result<(), countersign_broker::BrokerError> {
//! let broker = Broker::start(Config::new("sqlite:contracts.sqlite")).await?;
//! println!("listening on {}", broker.url());
//! broker.stop().await?;
//! # Ok(())
//! # }
//! ```
//!
//! A request travels inwards: [`app`] decides between API and web UI, `api` parses it and renders the answer,
//! [`domain`] and [`matrix`] hold the rules (no SQL, no HTTP), [`store`] the tables.

pub mod app;
pub mod config;
pub mod domain;
pub mod matrix;
pub mod store;
pub mod upkeep;

mod api;
mod auth;
mod clean;
mod error;
mod metrics;
mod serve;
mod web;
mod webhook;

pub use app::{Broker, RunningBroker};
pub use auth::Role;
pub use config::Config;
pub use error::BrokerError;
