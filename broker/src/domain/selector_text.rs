//! How a consumer version selector is spelled.

use serde_json::{Map, Value};

use super::consumer_selector::{ConsumerSelector, How, Pick};

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

/// Reads one selector; the message of an error does not name its place.
pub(super) fn parse_selector(selector: &Value, provider_branch: Option<&str>) -> Result<ConsumerSelector, String> {
    let Value::Object(selector) = selector else {
        return Err("must be an object".to_owned());
    };
    let members = Members { selector };
    let consumer = members.text("consumer")?.map(str::to_owned);
    Ok(ConsumerSelector { consumer, pick: parse_pick(&members, provider_branch)? })
}

/// What a selector says, before it is known to make sense.
struct Said<'a> {
    main_branch: bool,
    matching_branch: bool,
    any_branch: bool,
    branch: Option<&'a str>,
    fallback_branch: Option<&'a str>,
    tag: Option<&'a str>,
    fallback_tag: Option<&'a str>,
    latest: Option<bool>,
    how: Option<How>,
    environment: Option<&'a str>,
}

impl<'a> Said<'a> {
    fn read(members: &Members<'a>) -> Result<Self, String> {
        let any_branch = members.selector.get("branch") == Some(&Value::Bool(true));
        Ok(Self {
            main_branch: members.only_true("mainBranch")?,
            matching_branch: members.only_true("matchingBranch")?,
            any_branch,
            branch: if any_branch { None } else { members.text("branch")? },
            fallback_branch: members.text("fallbackBranch")?,
            tag: members.text("tag")?,
            fallback_tag: members.text("fallbackTag")?,
            latest: members.flag("latest")?,
            how: how_running(members)?,
            environment: members.text("environment")?,
        })
    }

    fn some_branch(&self) -> bool {
        self.any_branch || self.branch.is_some()
    }

    fn runs(&self) -> bool {
        self.how.is_some() || self.environment.is_some()
    }

    /// What does not go together, if anything.
    fn contradiction(&self, provider_branch: Option<&str>) -> Option<&'static str> {
        let others = self.some_branch() || self.tag.is_some() || self.runs();
        let found = [
            (
                self.main_branch && (others || self.matching_branch || self.latest == Some(false)),
                "mainBranch combines with consumer only",
            ),
            (self.matching_branch && (others || self.latest.is_some()), "matchingBranch combines with consumer only"),
            (self.matching_branch && provider_branch.is_none(), "matchingBranch needs providerVersionBranch"),
            (self.some_branch() && self.tag.is_some(), "give either a branch or a tag"),
            (
                (self.some_branch() || self.tag.is_some()) && self.runs(),
                "a branch or tag does not combine with an environment",
            ),
            (
                self.some_branch() && self.latest == Some(false),
                "a branch stands for its latest version; latest: false does not combine",
            ),
            (self.fallback_branch.is_some() && self.branch.is_none(), "fallbackBranch needs a branch"),
            (
                self.fallback_tag.is_some() && (self.tag.is_none() || self.latest != Some(true)),
                "fallbackTag needs a tag and latest: true",
            ),
        ];
        found.into_iter().find(|(hit, _)| *hit).map(|(_, message)| message)
    }
}

fn parse_pick(members: &Members<'_>, provider_branch: Option<&str>) -> Result<Pick, String> {
    let said = Said::read(members)?;
    if let Some(contradiction) = said.contradiction(provider_branch) {
        return Err(contradiction.to_owned());
    }
    let owned = |text: &str| text.to_owned();
    match (said.branch, said.tag) {
        _ if said.main_branch => Ok(Pick::MainBranch),
        _ if said.matching_branch => Ok(Pick::MatchingBranch),
        _ if said.any_branch => Ok(Pick::AnyBranch),
        (Some(name), _) => Ok(Pick::Branch { name: owned(name), fallback: said.fallback_branch.map(owned) }),
        (_, Some(name)) if said.latest == Some(true) => {
            Ok(Pick::LatestTagged { name: owned(name), fallback: said.fallback_tag.map(owned) })
        }
        (_, Some(name)) => Ok(Pick::AllTagged(owned(name))),
        _ if said.runs() => Ok(Pick::Running {
            how: said.how.unwrap_or(How::DeployedOrReleased),
            environment: said.environment.map(owned),
        }),
        _ if said.latest == Some(true) => Ok(Pick::Latest),
        _ => Err("must say what to select: mainBranch, branch, matchingBranch, tag, latest, deployed, released, \
                  deployedOrReleased or environment"
            .to_owned()),
    }
}

fn how_running(members: &Members<'_>) -> Result<Option<How>, String> {
    let choices = [
        (members.only_true("deployed")?, How::Deployed),
        (members.only_true("released")?, How::Released),
        (members.only_true("deployedOrReleased")?, How::DeployedOrReleased),
    ];
    let mut chosen = choices.into_iter().filter(|(given, _)| *given).map(|(_, how)| how);
    match (chosen.next(), chosen.next()) {
        (Some(_), Some(_)) => Err("give one of deployed, released and deployedOrReleased".to_owned()),
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
            (json!({ "mainBranch": true, "latest": true }), Pick::MainBranch),
            (json!({ "branch": "x" }), Pick::Branch { name: text("x"), fallback: None }),
            (
                json!({ "branch": "x", "fallbackBranch": "main" }),
                Pick::Branch { name: text("x"), fallback: Some(text("main")) },
            ),
            (json!({ "branch": true }), Pick::AnyBranch),
            (json!({ "matchingBranch": true, "consumer": "c" }), Pick::MatchingBranch),
            (json!({ "tag": "t" }), Pick::AllTagged(text("t"))),
            (
                json!({ "tag": "t", "latest": true, "fallbackTag": "u" }),
                Pick::LatestTagged { name: text("t"), fallback: Some(text("u")) },
            ),
            (json!({ "latest": true, "somethingNew": 1 }), Pick::Latest),
            (json!({ "deployed": true }), Pick::Running { how: How::Deployed, environment: None }),
            (
                json!({ "environment": "e" }),
                Pick::Running { how: How::DeployedOrReleased, environment: Some(text("e")) },
            ),
            (
                json!({ "released": true, "environment": "e" }),
                Pick::Running { how: How::Released, environment: Some(text("e")) },
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
}
