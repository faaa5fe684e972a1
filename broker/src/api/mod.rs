//! The HAL API: one file per resource.

mod body;
mod conventions;
mod hal;
mod links;
mod paging;
mod problem;
mod query;
mod resolve;
mod resources;

mod branches;
mod dashboard;
mod deployed_versions;
mod environments;
mod for_verification;
mod health;
mod index;
mod integrations;
mod labels;
mod matrix;
mod pact;
mod pact_diff;
mod pact_lists;
mod pact_publish;
mod pacticipants;
mod provider_states;
mod publish;
mod released_versions;
mod tags;
mod verification_results;
mod versions;
mod webhooks;

mod routes;

pub(crate) use conventions::{after_panic, conventions, wants_html};
pub(crate) use links::Links;
pub(crate) use query::Query;
pub(crate) use routes::routes;
