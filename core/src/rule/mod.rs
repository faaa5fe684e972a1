//! Matching rules: how each is spelled, and how it decides.
//!
//! One file per rule; this one is the registry. [`Rule::from_json`] and [`Rule::to_json`] know the spellings of all
//! specification versions, [`Rule::check`] asks the rule itself.

mod array_contains;
mod boolean;
mod category;
mod content_type;
mod datetime;
mod decimal;
mod each_key_value;
mod equality;
mod include;
mod integer;
mod not_empty;
mod null;
mod number;
mod regex;
mod regex_dialect;
mod registry;
mod schema;
mod semver;
mod status_code;
mod type_rule;

pub use array_contains::{ArrayContains, Variant};
pub use category::{Category, Combine, MatchingRules, RuleEntry, RuleList};
pub(crate) use category::{rule_list_from_json, rule_list_to_json};
pub use content_type::types_of;
pub use datetime::{DateTimeFormat, DateTimeKind, DateTimeRule, Expected, FormatError, ReadError, Unit};
pub use each_key_value::EachRule;
pub use regex::Regex;
pub use registry::{Rule, RuleError, Typing};
pub use schema::JsonSchema;
pub use status_code::StatusClass;
pub use type_rule::Bounds;
