//! The HAL API: one file per resource.

mod body;
mod conventions;
mod hal;
mod links;
mod observe;
mod of_pair;
mod paging;
mod problem;
mod query;
mod resolve;
mod resources;
mod route_table;
mod trace;

mod badges;
mod branches;
mod dashboard;
mod deployed_versions;
mod docs;
mod environments;
mod figures;
mod for_verification;
mod health;
mod index;
mod integrations;
mod labels;
mod matrix;
mod matrix_document;
mod network;
mod pact;
mod pact_diff;
mod pact_lists;
mod pact_publish;
mod pacticipants;
mod provider_states;
mod publish;
mod released_versions;
mod tags;
mod tokens;
mod triggered_webhooks;
mod verification_results;
mod versions;
mod webhook_documents;
mod webhooks;

mod routes;

pub(crate) use conventions::{after_panic, conventions, to_api_browser, wants_api_browser, wants_html, without_ending};
pub(crate) use links::Links;
pub(crate) use observe::{observe, repeating};
pub(crate) use problem::failure;
pub(crate) use query::Query;
#[cfg(test)]
pub(crate) use route_table::badge_paths;
pub(crate) use routes::routes;
