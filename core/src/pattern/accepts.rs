//! Trying a pattern out.

use serde::Serialize;

use super::Pattern;
use crate::generator::Generators;
use crate::pact::{Body, ContentType, HttpResponse};
use crate::plan::{ReceivedResponse, ResponsePlan};
use crate::rule::{Category, MatchingRules};

/// Whether a provider may send this value where the pattern was agreed on, for trying a pattern out. Neither value is a
/// body of its own: members that were not agreed on do no harm, as in a response.
///
/// ```
/// use countersign_core::pattern::{accepts, each_like, integer};
/// use serde_json::json;
///
/// let stock = json!({ "left": integer(5), "tags": each_like("heavy") });
/// assert!(accepts(&stock, json!({ "left": 0, "tags": ["fragile", "cold"], "note": "from a provider of today" })));
/// assert!(!accepts(&stock, json!({ "left": "none", "tags": ["fragile"] })));
/// ```
///
/// # Panics
///
/// When the pattern has problems of its own, which [`Pattern::parse`] reports, or either value cannot be JSON.
#[must_use]
#[track_caller]
pub fn accepts(pattern: impl Serialize, value: impl Serialize) -> bool {
    let json = |value: Result<_, serde_json::Error>| match value {
        Ok(json) => json,
        Err(error) => panic!("the value cannot be written as JSON: {error}"),
    };
    let pattern = match Pattern::parse(&json(serde_json::to_value(pattern))) {
        Ok(pattern) => pattern,
        Err(error) => panic!("the pattern cannot be used: {error}"),
    };
    let mut rules = MatchingRules::default();
    pattern.add_to(Category::Body, None, &mut rules, &mut Generators::default());
    let body = Body::new(pattern.example.to_string(), Some(ContentType::json()));
    let plan = ResponsePlan::compile(&HttpResponse { body, rules, ..HttpResponse::default() });
    let body = json(serde_json::to_value(value)).to_string();
    let headers = vec![("content-type".into(), "application/json".into())];
    plan.check(&ReceivedResponse { status: 200, headers, body: body.as_bytes() }).is_empty()
}
