//! Findings as words for people and as data for programs.

mod data;
#[cfg(test)]
mod kind_tests;
mod official;
mod official_date;
mod official_text;
mod pact;
mod pieces;
mod rule_words;
mod shown;
#[cfg(test)]
mod tests;
mod words;

pub use data::mismatch_json;
pub use official::{official_json, official_list};
pub use pact::pact_text;
pub use rule_words::{example_and_rule, rule_in_words};
pub use words::{Words, words};
