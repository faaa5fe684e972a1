//! What is wrong or dubious in pact files, without any provider: mistakes of the format, rules that never apply, examples
//! that break their own rules.
//!
//! ```
//! use countersign_core::lint::{Severity, lint};
//!
//! let findings = lint(br#"{"consumer": {"name": "web"}, "provider": {"name": "stock"}, "interactions": [{
//!     "description": "a check", "request": {"method": "GET", "path": "/stock"},
//!     "response": {"status": 200, "body": {"left": 5},
//!         "matchingRules": {"body": {"$.right": {"matchers": [{"match": "integer"}]}}}}
//! }], "metadata": {"pactSpecification": {"version": "3.0.0"}}}"#);
//! assert_eq!(findings[0].severity(), Severity::Warning);
//! assert_eq!(
//!     findings[0].to_string(),
//!     "interactions[0].response.matchingRules.body['$.right']: the rule never applies: the example has nothing at $.right",
//! );
//! ```

mod document;
mod example;
mod finding;
mod generators;
mod message;
mod names;
mod part;
mod parts;
mod rules;
mod self_check;
#[cfg(test)]
mod tests;

pub use document::lint;
pub use finding::{Check, Finding, Severity};
