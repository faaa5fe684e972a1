//! Attributes that the specification does not name, and which one may have been meant.

use super::{Check, Finding};
use crate::pact::Attributes;

pub(super) const PACT: &[&str] = &["consumer", "provider", "interactions", "messages", "metadata"];

pub(super) const INTERACTION: &[&str] = &[
    "type",
    "description",
    "key",
    "pending",
    "comments",
    "pluginConfiguration",
    "interactionMarkup",
    "transport",
    "providerState",
    "providerStates",
    "request",
    "response",
    "contents",
    "metadata",
    "matchingRules",
    "generators",
];

pub(super) const REQUEST: &[&str] = &["method", "path", "query", "headers", "body", "matchingRules", "generators"];

pub(super) const RESPONSE: &[&str] = &["status", "headers", "body", "matchingRules", "generators"];

pub(super) const MESSAGE: &[&str] = &["contents", "metadata", "matchingRules", "generators"];

/// How alike two names have to be for one to be taken for the other.
const ALIKE: f32 = 0.75;

/// Reports attributes that nobody reads. Brokers add some of their own, which are no mistake.
pub(super) fn check(unknown: &Attributes, known: &[&str], at: &str, found: &mut Vec<Finding>) {
    for name in unknown.keys().filter(|name| !is_brokers(name)) {
        let location = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
        let meant = similar::get_close_matches(name.as_str(), known, 1, ALIKE);
        let message = match meant.first() {
            Some(meant) if *meant != name => format!("unknown attribute, which nobody reads: is \"{meant}\" meant?"),
            _ => "unknown attribute in this version of the specification, which nobody reads".to_owned(),
        };
        found.push(Finding::new(Check::UnknownAttribute, location, message));
    }
}

fn is_brokers(name: &str) -> bool {
    name.starts_with('_') || name == "createdAt"
}
