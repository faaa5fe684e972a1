//! What only admins see: API [`tokens`] and the [`audit`] log, in [`words`].

mod audit;
mod tokens;
mod words;

pub(super) use audit::page as audit;
pub(super) use tokens::{create as create_token, page as tokens, revoke as revoke_token};
