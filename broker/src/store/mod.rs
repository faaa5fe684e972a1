//! The tables: one file per aggregate, one set of SQL for SQLite and PostgreSQL.
//!
//! Functions take an open connection, so that a caller composes several into one transaction
//! ([`Store::read`], [`Store::write`]). What is asked often is kept ready by the writing transaction: branch and tag
//! heads, the current pact of each (consumer version, provider), the current verification of each (contract, provider
//! version), what runs where.

pub(crate) mod dialect;
mod error;
mod migrate;
mod pool;
mod rows;
mod sqlite;

pub mod audit;
pub mod branches;
pub mod counts;
pub mod deliveries;
pub mod deployments;
pub mod environments;
pub mod integrations;
pub mod labels;
pub mod leases;
pub mod matrix;
pub mod network;
pub mod overview;
pub mod pact_lists;
pub mod pacticipants;
pub mod pacts;
pub mod publish;
pub mod releases;
pub mod search;
pub mod selection;
pub mod tags;
pub mod timeline;
pub mod tokens;
pub mod triggers;
pub mod verifications;
pub mod version_details;
pub mod versions;
pub(crate) mod webhooks;
pub mod wip;

pub(crate) use error::Remedy;
pub use error::StoreError;
#[cfg(test)]
pub(crate) use migrate::MIGRATIONS;
pub use pool::{Conn, Store, Tx};
pub use rows::{Page, now};
