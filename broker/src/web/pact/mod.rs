//! A pact for people.
//!
//! [`page`] loads what a pact's page shows; [`document`] picks the interactions to show of its bytes; [`interaction`] and
//! its parts turn each into a [`view`]; [`findings`] is what the verifier had to say about it.

mod body;
mod cut;
mod diff;
mod document;
mod fields;
mod findings;
mod grpc;
mod http;
mod interaction;
mod markup;
mod message;
mod page;
mod ruled;
mod view;

pub(super) use diff::{with_previous, with_version};
pub(super) use page::{latest, latest_on_branch, latest_tagged, latest_untagged, of_content, of_version, pair};
