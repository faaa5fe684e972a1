//! Webhooks: what events trigger, and how it is delivered.
//!
//! An event puts webhooks into the outbox within the transaction that causes it ([`events`]). A worker of any broker on
//! the database claims and delivers them ([`worker`], [`courier`]); a broker that dies leaves its claims to the others.

mod courier;
mod events;
mod hosts;
mod secrets;
mod template;
mod variables;
mod worker;

pub(crate) use courier::{Courier, Delivery, HIDDEN};
pub(crate) use events::{Triggers, published, verified};
pub(crate) use hosts::Hosts;
pub(crate) use secrets::{Keyring, key_file};
pub(crate) use template::Variables;
pub(crate) use variables::{Subject, placeholders, variables};
pub(crate) use worker::work;
