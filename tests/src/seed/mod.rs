//! Data for a broker to show: [`shop`] is small and tells a story, [`landscape`] is large.
//!
//! Both are written straight into a broker's store, with times in the past, because a page about time needs time to have
//! gone by.

pub mod landscape;
pub mod shop;

mod planter;

pub use planter::{Planter, Run, Verified};
