//! What changed between two pacts of a pair, interaction by interaction.
//!
//! [`pairing`] finds which interaction of one is which of the other; [`lines`] puts two of them side by side;
//! [`page`] shows it.

mod lines;
mod page;
mod pairing;

pub(in crate::web) use page::{with_previous, with_version};
