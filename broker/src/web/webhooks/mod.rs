//! Webhooks: all of them in a [`list`], each with its form and deliveries in [`page`]; [`form`] is between the form and the
//! API's document.

mod form;
mod list;
mod page;

pub(super) use list::page as list;
pub(super) use page::{act, create, new, one, redeliver};
