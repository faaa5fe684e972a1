//! Which consumer versions' pacts a provider wants to verify.

use serde_json::{Map, Value};

use super::field_problem::FieldProblem;

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
                problems.push(FieldProblem::invalid(
                    "includePendingStatus",
                    "must be true or false",
                ));
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
            Ok(Self {
                selectors,
                provider_branch,
                provider_tags,
                include_pending,
                include_wip_since,
            })
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
            problems.push(FieldProblem::invalid(
                "providerVersionBranch",
                "must be text, not blank",
            ));
            None
        }
    }
}

fn tag_names(body: &Map<String, Value>, problems: &mut Vec<FieldProblem>) -> Vec<String> {
    match body.get("providerVersionTags") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(tags)) if tags.iter().all(Value::is_string) => tags
            .iter()
            .filter_map(Value::as_str)
            .filter(|tag| !tag.is_empty())
            .map(str::to_owned)
            .collect(),
        Some(_) => {
            problems.push(FieldProblem::invalid(
                "providerVersionTags",
                "must be a list of names",
            ));
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
            problems.push(FieldProblem::invalid(
                "includeWipPactsSince",
                "must be a date",
            ));
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
    Some(
        civil
            .to_zoned(jiff::tz::TimeZone::UTC)
            .ok()?
            .timestamp()
            .as_microsecond(),
    )
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
            problems.push(FieldProblem::invalid(
                "consumerVersionSelectors",
                "must be a list",
            ));
            Vec::new()
        }
    }
}

/// A selector's members, typed; what nobody knows is left aside.
struct Members<'a> {
    selector: &'a Map<String, Value>,
}

impl<'a> Members<'a> {
    fn text(&self, key: &str) -> Result<Option<&'a str>, String> {
        match self.selector.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if !text.trim().is_empty() => Ok(Some(text)),
            Some(_) => Err(format!("{key} must be text, not blank")),
        }
    }

    fn flag(&self, key: &str) -> Result<Option<bool>, String> {
        match self.selector.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(format!("{key} must be true or false")),
        }
    }

    fn only_true(&self, key: &str) -> Result<bool, String> {
        match self.flag(key)? {
            Some(false) => Err(format!("{key} can only be true; leave it out instead")),
            flag => Ok(flag.is_some()),
        }
    }
}

fn parse_selector(
    selector: &Value,
    provider_branch: Option<&str>,
) -> Result<ConsumerSelector, String> {
    let Value::Object(selector) = selector else {
        return Err("must be an object".to_owned());
    };
    let members = Members { selector };
    let consumer = members.text("consumer")?.map(str::to_owned);
    Ok(ConsumerSelector {
        consumer,
        pick: parse_pick(&members, provider_branch)?,
    })
}

fn parse_pick(members: &Members<'_>, provider_branch: Option<&str>) -> Result<Pick, String> {
    let latest = members.flag("latest")?;
    let any_branch = members.selector.get("branch") == Some(&Value::Bool(true));
    let branch = if any_branch {
        None
    } else {
        members.text("branch")?
    };
    let (tag, environment) = (members.text("tag")?, members.text("environment")?);
    let (fallback_tag, fallback_branch) = (
        members.text("fallbackTag")?,
        members.text("fallbackBranch")?,
    );
    let how = how_running(members)?;
    let branchish = any_branch || branch.is_some();
    if members.only_true("mainBranch")? {
        let alone = !branchish
            && tag.is_none()
            && how.is_none()
            && environment.is_none()
            && latest != Some(false);
        return if alone {
            Ok(Pick::MainBranch)
        } else {
            Err("mainBranch combines with consumer only".to_owned())
        };
    }
    if members.only_true("matchingBranch")? {
        if branchish || tag.is_some() || how.is_some() || environment.is_some() || latest.is_some()
        {
            return Err("matchingBranch combines with consumer only".to_owned());
        }
        return match provider_branch {
            Some(_) => Ok(Pick::MatchingBranch),
            None => Err("matchingBranch needs providerVersionBranch".to_owned()),
        };
    }
    if branchish && tag.is_some() {
        return Err("give either a branch or a tag".to_owned());
    }
    if (branchish || tag.is_some()) && (how.is_some() || environment.is_some()) {
        return Err("a branch or tag does not combine with an environment".to_owned());
    }
    if branchish && latest == Some(false) {
        return Err(
            "a branch stands for its latest version; latest: false does not combine".to_owned(),
        );
    }
    if fallback_branch.is_some() && branch.is_none() {
        return Err("fallbackBranch needs a branch".to_owned());
    }
    if fallback_tag.is_some() && (tag.is_none() || latest != Some(true)) {
        return Err("fallbackTag needs a tag and latest: true".to_owned());
    }
    let owned = |text: &str| text.to_owned();
    match (branch, tag) {
        _ if any_branch => Ok(Pick::AnyBranch),
        (Some(name), _) => Ok(Pick::Branch { name: owned(name), fallback: fallback_branch.map(owned) }),
        (_, Some(name)) if latest == Some(true) => {
            Ok(Pick::LatestTagged { name: owned(name), fallback: fallback_tag.map(owned) })
        }
        (_, Some(name)) => Ok(Pick::AllTagged(owned(name))),
        _ if how.is_some() || environment.is_some() => {
            Ok(Pick::Running { how: how.unwrap_or(How::DeployedOrReleased), environment: environment.map(owned) })
        }
        _ if latest == Some(true) => Ok(Pick::Latest),
        _ => Err("must say what to select: mainBranch, branch, matchingBranch, tag, latest, deployed, released, \
                  deployedOrReleased or environment"
            .to_owned()),
    }
}

fn how_running(members: &Members<'_>) -> Result<Option<How>, String> {
    let choices = [
        (members.only_true("deployed")?, How::Deployed),
        (members.only_true("released")?, How::Released),
        (
            members.only_true("deployedOrReleased")?,
            How::DeployedOrReleased,
        ),
    ];
    let mut chosen = choices
        .into_iter()
        .filter(|(given, _)| *given)
        .map(|(_, how)| how);
    match (chosen.next(), chosen.next()) {
        (Some(_), Some(_)) => {
            Err("give one of deployed, released and deployedOrReleased".to_owned())
        }
        (first, _) => Ok(first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parse(selector: Value) -> Result<Pick, String> {
        parse_selector(&selector, Some("feat")).map(|selector| selector.pick)
    }

    #[test]
    fn selectors_that_mean_something() {
        let text = |text: &str| text.to_owned();
        for (selector, pick) in [
            (
                json!({ "mainBranch": true, "latest": true }),
                Pick::MainBranch,
            ),
            (
                json!({ "branch": "x" }),
                Pick::Branch {
                    name: text("x"),
                    fallback: None,
                },
            ),
            (
                json!({ "branch": "x", "fallbackBranch": "main" }),
                Pick::Branch {
                    name: text("x"),
                    fallback: Some(text("main")),
                },
            ),
            (json!({ "branch": true }), Pick::AnyBranch),
            (
                json!({ "matchingBranch": true, "consumer": "c" }),
                Pick::MatchingBranch,
            ),
            (json!({ "tag": "t" }), Pick::AllTagged(text("t"))),
            (
                json!({ "tag": "t", "latest": true, "fallbackTag": "u" }),
                Pick::LatestTagged {
                    name: text("t"),
                    fallback: Some(text("u")),
                },
            ),
            (json!({ "latest": true, "somethingNew": 1 }), Pick::Latest),
            (
                json!({ "deployed": true }),
                Pick::Running {
                    how: How::Deployed,
                    environment: None,
                },
            ),
            (
                json!({ "environment": "e" }),
                Pick::Running {
                    how: How::DeployedOrReleased,
                    environment: Some(text("e")),
                },
            ),
            (
                json!({ "released": true, "environment": "e" }),
                Pick::Running {
                    how: How::Released,
                    environment: Some(text("e")),
                },
            ),
        ] {
            assert_eq!(parse(selector.clone()), Ok(pick), "{selector}");
        }
    }

    #[test]
    fn selectors_that_do_not() {
        for selector in [
            json!({}),
            json!([]),
            json!({ "consumer": "c" }),
            json!({ "latest": false }),
            json!({ "latest": "true" }),
            json!({ "mainBranch": false }),
            json!({ "mainBranch": true, "tag": "t" }),
            json!({ "matchingBranch": true, "branch": "x" }),
            json!({ "branch": "x", "latest": false }),
            json!({ "branch": "x", "tag": "t" }),
            json!({ "branch": "x", "environment": "e" }),
            json!({ "branch": " " }),
            json!({ "fallbackTag": "t", "latest": true }),
            json!({ "tag": "t", "fallbackTag": "u" }),
            json!({ "deployed": true, "released": true }),
        ] {
            assert!(parse(selector.clone()).is_err(), "{selector}");
        }
        assert!(parse_selector(&json!({ "matchingBranch": true }), None).is_err());
    }

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
