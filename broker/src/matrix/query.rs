//! What is asked of the matrix.

use serde_json::Value;

/// A question to the matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatrixQuery {
    /// The pacticipants asked about, each with its versions.
    pub selectors: Vec<Selector>,
    /// What not to count.
    pub ignore: Vec<Ignore>,
    /// Which rows stand for the others of their group.
    pub latest_by: LatestBy,
    /// The results to keep (`None` is "unknown"); empty keeps all.
    pub success: Vec<Option<bool>>,
    /// How many rows to show. The verdict looks at all.
    pub limit: usize,
    /// Which versions of the pacticipants on the other side of each pact count.
    pub target: Option<Choice>,
}

/// A pacticipant and which of its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector {
    /// The pacticipant's name.
    pub pacticipant: String,
    /// Which of its versions.
    pub choice: Choice,
}

/// A pacticipant, or one version of it, whose results do not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignore {
    /// The pacticipant's name.
    pub pacticipant: String,
    /// Only this version.
    pub version: Option<String>,
}

/// Which versions of a pacticipant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// All of them.
    All,
    /// The one with this number.
    Number(String),
    /// The latest.
    Latest,
    /// Those on a branch.
    Branch(String),
    /// The head of a branch.
    BranchHead(String),
    /// Those with a tag.
    Tag(String),
    /// The latest with a tag.
    TagHead(String),
    /// Those that run in an environment.
    Environment(String),
    /// The head of the main branch.
    MainBranch,
}

impl Choice {
    /// Whether the versions run side by side, so that every one of them must agree.
    #[must_use]
    pub fn all_must_agree(&self) -> bool {
        matches!(self, Self::Environment(_))
    }
}

/// Which rows stand for the others of their group: those with the latest provider version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LatestBy {
    /// Every revision and every verification is a row of its own.
    Nothing,
    /// One row per consumer version and provider (`cvp`).
    ConsumerVersion,
    /// One row per consumer version and provider version (`cvpv`).
    BothVersions,
    /// One row per consumer and provider (`cp`).
    Pair,
}

/// Pacticipants that one question may name. They become parts of one statement, of which SQLite takes 500 at most.
const MOST_SELECTORS: usize = 200;

/// Rows shown when the question does not say.
const DEFAULT_LIMIT: usize = 100;

impl MatrixQuery {
    /// Reads a question from a nested query.
    ///
    /// # Errors
    ///
    /// Every problem, in words.
    pub fn parse(query: &Value) -> Result<Self, Vec<String>> {
        let mut problems = Vec::new();
        let selectors = parse_selectors(query, &mut problems);
        let target = parse_choice(query, &mut problems, Place::Target);
        let latest_by = latest_by(query, &mut problems);
        let limit = limit(query, &mut problems);
        let ignore = parse_ignore(query, &mut problems);
        let success = list(query, "success")
            .into_iter()
            .map(|value| match value.as_str() {
                Some("true") => Some(true),
                Some("false") => Some(false),
                _ => None,
            })
            .collect();
        if !problems.is_empty() {
            return Err(problems);
        }
        let target = Some(target).filter(|choice| *choice != Choice::All);
        let mut query = Self { selectors, ignore, latest_by, success, limit, target };
        query.count_every_running_version();
        Ok(query)
    }

    /// The question behind `/can-i-deploy`: one version into one target.
    #[must_use]
    pub fn can_i_deploy(pacticipant: &str, version: &str, target: Choice, ignore: Vec<Ignore>) -> Self {
        let mut query = Self {
            selectors: vec![Selector {
                pacticipant: pacticipant.to_owned(),
                choice: Choice::Number(version.to_owned()),
            }],
            ignore,
            latest_by: LatestBy::ConsumerVersion,
            success: Vec::new(),
            limit: usize::MAX,
            target: Some(target),
        };
        query.count_every_running_version();
        query
    }

    /// Whether it is about one pacticipant and everything on the other side of its pacts.
    #[must_use]
    pub fn is_lone(&self) -> bool {
        self.selectors.len() == 1 && self.target.is_none()
    }

    /// Several versions of one provider may run in an environment. Looking only at the latest of them would overlook
    /// one that fails, so every version counts there, whatever grouping was asked for.
    fn count_every_running_version(&mut self) {
        let mut choices = self.selectors.iter().map(|selector| &selector.choice).chain(&self.target);
        if self.latest_by == LatestBy::ConsumerVersion && choices.any(Choice::all_must_agree) {
            self.latest_by = LatestBy::BothVersions;
        }
    }
}

/// The ignored pacticipants of a nested query (`ignore[][pacticipant]`, `ignore[][version]`).
pub fn parse_ignore(query: &Value, problems: &mut Vec<String>) -> Vec<Ignore> {
    let mut ignored = Vec::new();
    for element in list(query, "ignore") {
        match text(element, "pacticipant") {
            Some(pacticipant) => ignored.push(Ignore {
                pacticipant: pacticipant.to_owned(),
                version: text(element, "version").map(str::to_owned),
            }),
            None => problems.push("to ignore something, give its pacticipant".to_owned()),
        }
    }
    ignored
}

fn parse_selectors(query: &Value, problems: &mut Vec<String>) -> Vec<Selector> {
    let mut selectors = Vec::new();
    for element in list(query, "q") {
        let choice = parse_choice(element, problems, Place::Selector);
        match text(element, "pacticipant") {
            Some(pacticipant) => selectors.push(Selector { pacticipant: pacticipant.to_owned(), choice }),
            None => problems.push("a selector needs a pacticipant (q[][pacticipant])".to_owned()),
        }
    }
    if selectors.is_empty() && problems.is_empty() {
        problems.push("give at least one pacticipant (q[][pacticipant])".to_owned());
    }
    if selectors.len() > MOST_SELECTORS {
        problems.push(format!("give at most {MOST_SELECTORS} pacticipants, not {}", selectors.len()));
    }
    selectors
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Selector,
    Target,
}

fn parse_choice(members: &Value, problems: &mut Vec<String>, place: Place) -> Choice {
    let owned = |key: &str| text(members, key).map(str::to_owned);
    let (latest, main_branch) = (text(members, "latest") == Some("true"), text(members, "mainBranch") == Some("true"));
    let (branch, tag, environment) = (owned("branch"), owned("tag"), owned("environment"));
    let named =
        [branch.is_some(), tag.is_some(), environment.is_some(), main_branch].iter().filter(|given| **given).count();
    if named > 1 {
        problems.push("give only one of tag, branch, environment and mainBranch".to_owned());
    }
    if latest && environment.is_some() {
        problems.push("latest does not combine with environment".to_owned());
    }
    if place == Place::Selector
        && let Some(number) = owned("version")
    {
        if latest {
            problems.push("give either a version or latest".to_owned());
        }
        return Choice::Number(number);
    }
    match (environment, branch, tag) {
        (Some(name), _, _) => Choice::Environment(name),
        (_, Some(name), _) if latest => Choice::BranchHead(name),
        (_, Some(name), _) => Choice::Branch(name),
        (_, _, Some(name)) if latest => Choice::TagHead(name),
        (_, _, Some(name)) => Choice::Tag(name),
        _ if main_branch => Choice::MainBranch,
        _ if latest => Choice::Latest,
        _ => Choice::All,
    }
}

fn latest_by(query: &Value, problems: &mut Vec<String>) -> LatestBy {
    match text(query, "latestby") {
        None | Some("none") => LatestBy::Nothing,
        Some("cvp") => LatestBy::ConsumerVersion,
        Some("cvpv") => LatestBy::BothVersions,
        Some("cp") => LatestBy::Pair,
        Some(other) => {
            problems.push(format!("latestby must be cvp, cvpv, cp or none, not {other:?}"));
            LatestBy::Nothing
        }
    }
}

fn limit(query: &Value, problems: &mut Vec<String>) -> usize {
    match text(query, "limit").map(str::parse::<usize>) {
        None => DEFAULT_LIMIT,
        Some(Ok(limit)) if limit >= 1 => limit,
        Some(_) => {
            problems.push("limit must be a whole number, 1 or more".to_owned());
            DEFAULT_LIMIT
        }
    }
}

fn text<'q>(members: &'q Value, key: &str) -> Option<&'q str> {
    members.get(key)?.as_str().filter(|text| !text.trim().is_empty())
}

/// The elements of a list, which some clients send as an object keyed by position.
fn list<'q>(query: &'q Value, key: &str) -> Vec<&'q Value> {
    match query.get(key) {
        Some(Value::Array(elements)) => elements.iter().collect(),
        Some(Value::Object(members)) => members.values().collect(),
        Some(Value::String(_)) => query.get(key).into_iter().collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn choices() {
        let text = |text: &str| text.to_owned();
        for (members, choice) in [
            (json!({ "version": "1" }), Choice::Number(text("1"))),
            (json!({ "latest": "true" }), Choice::Latest),
            (json!({ "latest": "true", "tag": "t" }), Choice::TagHead(text("t"))),
            (json!({ "tag": "t" }), Choice::Tag(text("t"))),
            (json!({ "branch": "b" }), Choice::Branch(text("b"))),
            (json!({ "latest": "true", "branch": "b" }), Choice::BranchHead(text("b"))),
            (json!({ "mainBranch": "true" }), Choice::MainBranch),
            (json!({ "environment": "e" }), Choice::Environment(text("e"))),
            (json!({ "version": "" }), Choice::All),
        ] {
            let mut problems = Vec::new();
            assert_eq!(parse_choice(&members, &mut problems, Place::Selector), choice, "{members}");
            assert!(problems.is_empty(), "{members} {problems:?}");
        }
    }

    #[test]
    fn questions_that_make_no_sense() {
        let foo = || json!([{ "pacticipant": "Foo" }]);
        for (query, problem) in [
            (json!({}), "give at least one pacticipant (q[][pacticipant])"),
            (json!({ "q": [{ "version": "1" }] }), "a selector needs a pacticipant (q[][pacticipant])"),
            (
                json!({ "q": [{ "pacticipant": "Foo", "version": "1", "latest": "true" }] }),
                "give either a version or latest",
            ),
            (
                json!({ "q": foo(), "tag": "t", "environment": "e" }),
                "give only one of tag, branch, environment and mainBranch",
            ),
            (json!({ "q": foo(), "latest": "true", "environment": "e" }), "latest does not combine with environment"),
            (json!({ "q": foo(), "limit": "0" }), "limit must be a whole number, 1 or more"),
            (json!({ "q": foo(), "latestby": "x" }), "latestby must be cvp, cvpv, cp or none, not \"x\""),
            (json!({ "q": foo(), "ignore": [{ "version": "1" }] }), "to ignore something, give its pacticipant"),
        ] {
            assert_eq!(MatrixQuery::parse(&query).unwrap_err(), [problem], "{query}");
        }
    }

    #[test]
    fn in_an_environment_every_running_version_counts() {
        let query =
            json!({ "q": [{ "pacticipant": "Foo", "version": "1" }], "latestby": "cvp", "environment": "prod" });
        assert_eq!(MatrixQuery::parse(&query).unwrap().latest_by, LatestBy::BothVersions);
        let query = json!({ "q": [{ "pacticipant": "Foo", "version": "1" }], "latestby": "cvp", "latest": "true" });
        assert_eq!(MatrixQuery::parse(&query).unwrap().latest_by, LatestBy::ConsumerVersion);
    }
}
