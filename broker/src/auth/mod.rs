//! Who is asking, and whether they may.

mod access;
mod caller;
mod guard;
mod oidc;
mod role;
mod token;

pub(crate) use caller::Caller;
pub(crate) use guard::{Guard, guard};
pub use role::Role;
pub(crate) use token::{digest, new_secret};
