//! Example values with matchers inside: what a person writes becomes an example, rules and generators.
//!
//! There are two notations. In *integration JSON*, an object such as `{"pact:matcher:type": "integer", "value": 5}` stands
//! for its `value` and says which rule applies there; [`Pattern::parse`] reads it, and the [`matchers`] write it. In
//! *expressions*, a text such as `matching(integer, 5)` does the same; [`Definition::parse`] reads those.
//!
//! ```
//! use countersign_core::pattern::{Pattern, each_like, integer, regex};
//! use serde_json::json;
//!
//! let pattern = Pattern::parse(&json!({ "id": regex(r"w-\d+", "w-1"), "sizes": each_like(integer(7)) }))?;
//! assert_eq!(pattern.example, json!({ "id": "w-1", "sizes": [7] }));
//! let paths: Vec<_> = pattern.rules.iter().map(|entry| entry.path.to_string()).collect();
//! assert_eq!(paths, ["$.id", "$.sizes", "$.sizes[*]"]);
//! # Ok::<(), countersign_core::pattern::PatternError>(())
//! ```

mod accepts;
mod definition;
mod expression;
mod forms;
mod generated;
pub(crate) mod integration;
pub mod matchers;
mod node;
mod tokens;

pub use accepts::accepts;
pub use definition::{Definition, ExpressionError};
pub use forms::{base64, hexadecimal, ipv4, ipv6, iso_date, iso_datetime, url, url_path};
pub use generated::{
    from_provider_state, generated_date, generated_datetime, generated_time, mock_server_url, random_boolean,
    random_decimal, random_hexadecimal, random_int, random_regex, random_string, random_uuid, random_uuid_as,
};
pub use integration::{Pattern, PatternError, PatternProblem};
pub use matchers::{
    EachLike, Matcher, array_containing, boolean, date, datetime, decimal, each_key, each_like, each_value, equal_to,
    include, integer, like, not_empty, null_value, nullable, number, one_of, regex, schema, semver, time, uuid,
    values_like,
};
pub(crate) use node::{Collected, Node, check_example};
