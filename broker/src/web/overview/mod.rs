//! The start page: every integration with the state of its newest pact.
//!
//! [`filters`] is what was chosen, [`rows`] which integrations fit it, [`page`] what they look like, [`first_steps`] what
//! stands there while there are none.

mod filters;
mod first_steps;
mod page;
mod rows;

pub(super) use page::page;
pub(super) use rows::status;
