//! Which consumer versions' pacts a provider wants to verify.

use serde_json::{Map, Value};

use super::field_problem::FieldProblem;
use super::selector_text::parse_selector;

/// One selector: what to pick, and optionally of which consumer only.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ConsumerSelector {
    /// Restricts the selector to one consumer.
    pub consumer: Option<String>,
    /// What to pick.
    pub pick: Pick,
}

/// What a selector picks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Pick {
    /// The head of each consumer's main branch.
    MainBranch,
    /// The head of a branch, or of another where the consumer has none of that name.
    Branch {
        /// The branch.
        name: String,
        /// Used when the first has no pact.
        fallback: Option<String>,
    },
    /// The heads of all branches.
    AnyBranch,
    /// The head of the branch named like the provider's.
    MatchingBranch,
    /// Every version with a tag.
    AllTagged(String),
    /// The latest version with a tag, or with another where there is none.
    LatestTagged {
        /// The tag.
        name: String,
        /// Used when the first has no pact.
        fallback: Option<String>,
    },
    /// The latest publication of each consumer.
    Latest,
    /// What runs, deployed or released, in one environment or all.
    Running {
        /// Which way of running.
        how: How,
        /// Only in this environment.
        environment: Option<String>,
    },
}

/// The ways of running in an environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum How {
    /// Currently deployed.
    Deployed,
    /// Released and supported.
    Released,
    /// Either.
    DeployedOrReleased,
}

impl How {
    /// Whether deployed versions are wanted.
    #[must_use]
    pub fn deployed(self) -> bool {
        !matches!(self, Self::Released)
    }

    /// Whether released versions are wanted.
    #[must_use]
    pub fn released(self) -> bool {
        !matches!(self, Self::Deployed)
    }
}

/// What a provider asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PactsForVerification {
    /// What to select; empty means the default choice.
    pub selectors: Vec<ConsumerSelector>,
    /// The branch of the provider version to be verified.
    pub provider_branch: Option<String>,
    /// The tags of the provider version to be verified.
    pub provider_tags: Vec<String>,
    /// Whether to say which pacts are pending.
    pub include_pending: bool,
    /// Whether to add work in progress, published since then (microseconds since 1970).
    pub include_wip_since: Option<i64>,
}

impl PactsForVerification {
    /// Reads the question from a request body, collecting every problem.
    ///
    /// # Errors
    ///
    /// All problems found.
    pub fn parse(body: &Map<String, Value>) -> Result<Self, Vec<FieldProblem>> {
        let mut problems = Vec::new();
        let provider_branch = branch_name(body, &mut problems);
        let provider_tags = tag_names(body, &mut problems);
        let include_pending = match body.get("includePendingStatus") {
            None | Some(Value::Null) => true,
            Some(Value::Bool(include)) => *include,
            Some(_) => {
                problems.push(FieldProblem::invalid("includePendingStatus", "must be true or false"));
                false
            }
        };
        let include_wip_since = wip_since(body, &mut problems);
        let selectors = selectors(body, provider_branch.as_deref(), &mut problems);
        let lineless = provider_tags.is_empty() && provider_branch.is_none();
        if lineless && include_wip_since.is_some() {
            problems.push(FieldProblem::invalid(
                "includeWipPactsSince",
                "needs providerVersionBranch (or providerVersionTags), to know whose work in progress it is",
            ));
        }
        if problems.is_empty() {
            Ok(Self { selectors, provider_branch, provider_tags, include_pending, include_wip_since })
        } else {
            Err(problems)
        }
    }
}

fn branch_name(body: &Map<String, Value>, problems: &mut Vec<FieldProblem>) -> Option<String> {
    match body.get("providerVersionBranch") {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) if name.is_empty() => None,
        Some(Value::String(name)) if !name.trim().is_empty() => Some(name.clone()),
        Some(_) => {
            problems.push(FieldProblem::invalid("providerVersionBranch", "must be text, not blank"));
            None
        }
    }
}

fn tag_names(body: &Map<String, Value>, problems: &mut Vec<FieldProblem>) -> Vec<String> {
    match body.get("providerVersionTags") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(tags)) if tags.iter().all(Value::is_string) => {
            tags.iter().filter_map(Value::as_str).filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
        }
        Some(_) => {
            problems.push(FieldProblem::invalid("providerVersionTags", "must be a list of names"));
            Vec::new()
        }
    }
}

fn wip_since(body: &Map<String, Value>, problems: &mut Vec<FieldProblem>) -> Option<i64> {
    match body.get("includeWipPactsSince") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) if text.is_empty() => None,
        Some(Value::String(text)) => match point_in_time(text) {
            Some(time) => Some(time),
            None => {
                problems.push(FieldProblem::invalid(
                    "includeWipPactsSince",
                    "must be a date such as 2026-01-31 or a time such as 2026-01-31T12:00:00Z",
                ));
                None
            }
        },
        Some(_) => {
            problems.push(FieldProblem::invalid("includeWipPactsSince", "must be a date"));
            None
        }
    }
}

/// A date, or a time with or without an offset (UTC when there is none), as microseconds since 1970.
#[must_use]
pub fn point_in_time(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Some(time.as_microsecond());
    }
    let civil = text.parse::<jiff::civil::DateTime>().ok()?;
    Some(civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_microsecond())
}

fn selectors(
    body: &Map<String, Value>,
    provider_branch: Option<&str>,
    problems: &mut Vec<FieldProblem>,
) -> Vec<ConsumerSelector> {
    match body.get("consumerVersionSelectors") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(selectors)) => selectors
            .iter()
            .enumerate()
            .filter_map(|(index, selector)| {
                let parsed = parse_selector(selector, provider_branch);
                parsed
                    .map_err(|message| {
                        problems.push(FieldProblem::invalid(
                            "consumerVersionSelectors",
                            format!("{message} (at index {index})"),
                        ));
                    })
                    .ok()
            })
            .collect(),
        Some(_) => {
            problems.push(FieldProblem::invalid("consumerVersionSelectors", "must be a list"));
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_with_and_without_a_time() {
        let day = point_in_time("2026-01-31").unwrap();
        for (text, expected) in [
            ("2026-01-31T00:00:00Z", Some(day)),
            ("2026-01-31T01:00:00+01:00", Some(day)),
            ("2026-01-31T00:00:01", Some(day + 1_000_000)),
            ("soon", None),
            ("2026-13-01", None),
        ] {
            assert_eq!(point_in_time(text), expected, "{text}");
        }
    }
}
