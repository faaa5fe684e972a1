//! What the whole-story tests share: conformance corpora, and finding the tools that tests drive, data for brokers to show.

pub mod accessibility;
pub mod browser;
pub mod conformance;
pub mod seed;
pub mod tools;
pub mod tour;
