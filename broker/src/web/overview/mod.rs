//! The start page: every integration with the state of its newest pact.

mod first_steps;
mod page;
mod production;

pub(super) use page::page;
