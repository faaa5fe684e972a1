//! What the whole-story tests share: conformance corpora, and finding the tools that tests drive.

pub mod browser;
pub mod conformance;
pub mod tools;
