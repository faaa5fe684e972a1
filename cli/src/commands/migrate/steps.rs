//! Copying, step by step: whatever comes later finds there what it refers to.

use std::collections::BTreeMap;

use countersign_broker_client::{BrokerClient, Error, Resource};
use serde_json::{Map, Value, json};
use url::Url;

use super::journal::Journal;
use crate::commands::places::below;
use crate::failure::Failure;
use crate::output::print_error;

/// Rows of the matrix asked for at once.
const ROWS: &str = "1000000";

/// A copy under way.
pub(super) struct Migration {
    from: BrokerClient,
    to: BrokerClient,
    journal: Journal,
    copied: BTreeMap<&'static str, usize>,
}

impl Migration {
    pub(super) fn new(from: BrokerClient, to: BrokerClient, journal: Journal) -> Self {
        Self { from, to, journal, copied: BTreeMap::new() }
    }

    /// What this run copied.
    pub(super) fn summary(&self) -> String {
        if self.copied.is_empty() {
            return "Everything was copied before".to_owned();
        }
        let counts: Vec<String> = self.copied.iter().map(|(what, count)| format!("{count} {what}")).collect();
        format!("Copied {}", counts.join(", "))
    }

    pub(super) async fn run(&mut self) -> Result<(), Failure> {
        let pacticipants = self.pacticipants().await?;
        self.environments().await?;
        for (index, name) in pacticipants.iter().enumerate() {
            print_error(&format!("{} of {}: {name}", index + 1, pacticipants.len()));
            self.versions(name).await?;
        }
        self.results().await?;
        self.running().await
    }

    fn done(&mut self, kind: &'static str, key: &str) -> Result<(), Failure> {
        *self.copied.entry(kind).or_default() += 1;
        self.journal.note(key).map_err(|error| Failure::input("the journal cannot be written", error.to_string()))
    }

    async fn pacticipants(&mut self) -> Result<Vec<String>, Failure> {
        let list = self.from.get(below(&self.from, &["pacticipants"])).await?;
        let mut names = Vec::new();
        for pacticipant in list.embedded("pacticipants") {
            let Some(name) = text(pacticipant.body(), "name") else { continue };
            let key = format!("pacticipant {name}");
            if !self.journal.has(&key) {
                let fields = chosen(
                    pacticipant.body(),
                    &["name", "displayName", "mainBranch", "repositoryUrl", "repositoryName", "repositoryNamespace"],
                );
                self.to.patch_json(below(&self.to, &["pacticipants", &name]), fields.into()).await?;
                for label in pacticipant.embedded("labels") {
                    if let Some(label) = text(label.body(), "name") {
                        let place = below(&self.to, &["pacticipants", &name, "labels", &label]);
                        self.to.put_json(place, json!({})).await?;
                    }
                }
                self.done("pacticipants", &key)?;
            }
            names.push(name);
        }
        Ok(names)
    }

    /// Environments keep their names; their identities are the new broker's.
    async fn environments(&mut self) -> Result<(), Failure> {
        let known: Vec<String> = self.to.environments().await?.into_iter().map(|e| e.details.name).collect();
        for environment in self.from.get(below(&self.from, &["environments"])).await?.embedded("environments") {
            let Some(name) = text(environment.body(), "name") else { continue };
            let key = format!("environment {name}");
            if self.journal.has(&key) {
                continue;
            }
            if !known.contains(&name) {
                let fields = chosen(environment.body(), &["name", "displayName", "production", "contacts"]);
                self.to.post_json(below(&self.to, &["environments"]), fields.into()).await?;
            }
            self.done("environments", &key)?;
        }
        Ok(())
    }

    /// The oldest version comes first, because order is what "latest" means.
    async fn versions(&mut self, name: &str) -> Result<(), Failure> {
        let list = self.from.get(below(&self.from, &["pacticipants", name, "versions"])).await?;
        let mut versions = list.embedded("versions");
        versions.reverse();
        for version in versions {
            let Some(number) = text(version.body(), "number") else { continue };
            let key = format!("version {name} {number}");
            if !self.journal.has(&key) {
                self.version(name, &number, &version).await?;
                self.done("versions", &key)?;
            }
        }
        Ok(())
    }

    async fn version(&mut self, name: &str, number: &str, version: &Resource) -> Result<(), Failure> {
        let place = below(&self.to, &["pacticipants", name, "versions", number]);
        self.to.put_json(place, chosen(version.body(), &["buildUrl"]).into()).await?;
        for branch in version.embedded("branchVersions") {
            if let Some(branch) = text(branch.body(), "name") {
                self.to.add_to_branch(name, number, &branch).await?;
            }
        }
        for tag in version.embedded("tags") {
            if let Some(tag) = text(tag.body(), "name") {
                self.to.tag_version(name, number, &tag).await?;
            }
        }
        // lists of versions do not say which pacts each has
        let alone = self.from.get(below(&self.from, &["pacticipants", name, "versions", number])).await?;
        for link in alone.links("pb:pact-versions") {
            let pact = self.from.get(absolute(&alone, &link.href)?).await?;
            let Some(provider) = pact.body().pointer("/provider/name").and_then(Value::as_str).map(str::to_owned)
            else {
                continue;
            };
            let place = ["pacts", "provider", &provider, "consumer", name, "version", number];
            self.to.put_json(below(&self.to, &place), as_published(pact.into_body())).await?;
            *self.copied.entry("pacts").or_default() += 1;
        }
        Ok(())
    }

    /// Every result that counts, in the order they were recorded.
    async fn results(&mut self) -> Result<(), Failure> {
        let mut pairs: Vec<(String, String)> =
            self.from.latest_pact_versions().await?.into_iter().map(|pact| (pact.consumer, pact.provider)).collect();
        pairs.sort();
        pairs.dedup();
        for (consumer, provider) in pairs {
            let mut results: Vec<(u64, String)> = Vec::new();
            for row in self.rows(&consumer, &provider).await? {
                let href = row.pointer("/verificationResult/_links/self/href").and_then(Value::as_str);
                if let Some(href) = href {
                    let number = href.rsplit('/').next().and_then(|number| number.parse().ok()).unwrap_or(0);
                    results.push((number, href.to_owned()));
                }
            }
            results.sort();
            results.dedup();
            for (_, href) in results {
                let key = format!("result {href}");
                if !self.journal.has(&key) {
                    self.result(&consumer, &provider, &href).await?;
                    self.done("verification results", &key)?;
                }
            }
        }
        Ok(())
    }

    async fn rows(&self, consumer: &str, provider: &str) -> Result<Vec<Value>, Failure> {
        let mut url = below(&self.from, &["matrix"]);
        url.query_pairs_mut()
            .append_pair("q[][pacticipant]", consumer)
            .append_pair("q[][pacticipant]", provider)
            .append_pair("latestby", "cvpv")
            .append_pair("limit", ROWS);
        let answer = self.from.get(url).await?.into_body();
        Ok(answer.get("matrix").and_then(Value::as_array).cloned().unwrap_or_default())
    }

    async fn result(&self, consumer: &str, provider: &str, href: &str) -> Result<(), Failure> {
        let url =
            href.parse().map_err(|_| Failure::input("a result was not copied", format!("{href} is no address")))?;
        let result = self.from.get(url).await?;
        let content = result
            .link("pb:pact-version")
            .and_then(|link| content_of(&link.href))
            .or_else(|| content_of(href))
            .ok_or_else(|| {
                Failure::input("a result was not copied", format!("{href} does not say what it is about"))
            })?;
        let fields =
            chosen(result.body(), &["success", "providerApplicationVersion", "buildUrl", "testResults", "verifiedBy"]);
        let place =
            ["pacts", "provider", provider, "consumer", consumer, "pact-version", &content, "verification-results"];
        self.to.post_json(below(&self.to, &place), fields.into()).await?;
        Ok(())
    }

    /// What is deployed and released now.
    async fn running(&mut self) -> Result<(), Failure> {
        for environment in self.from.environments().await? {
            let name = &environment.details.name;
            let here = self.to.environment_named(name).await?.uuid;
            for (list, member, kind, what) in [
                ("currently-deployed", "deployedVersions", "deployed-versions", "deployments"),
                ("currently-supported", "releasedVersions", "released-versions", "releases"),
            ] {
                let place = below(&self.from, &["environments", &environment.uuid, kind, list]);
                for running in self.from.get(place).await?.embedded(member) {
                    let body = running.body();
                    let at = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
                    let (Some(owner), Some(number)) =
                        (at("/_embedded/pacticipant/name"), at("/_embedded/version/number"))
                    else {
                        continue;
                    };
                    let instance = at("/applicationInstance").or_else(|| at("/target"));
                    let key = format!("{what} {name} {owner} {number} {}", instance.as_deref().unwrap_or_default());
                    if self.journal.has(&key) {
                        continue;
                    }
                    let place = ["pacticipants", &owner, "versions", &number, kind, "environment", &here];
                    let body =
                        if what == "deployments" { json!({ "applicationInstance": instance }) } else { json!({}) };
                    self.to.post_json(below(&self.to, &place), body).await?;
                    self.done(what, &key)?;
                }
            }
        }
        Ok(())
    }
}

fn text(document: &Value, key: &str) -> Option<String> {
    document.get(key).and_then(Value::as_str).map(str::to_owned)
}

/// The members of these names that are there.
fn chosen(document: &Value, keys: &[&str]) -> Map<String, Value> {
    let given = |key: &&str| Some(((*key).to_owned(), document.get(*key).filter(|value| !value.is_null())?.clone()));
    keys.iter().filter_map(given).collect()
}

fn absolute(resource: &Resource, href: &str) -> Result<Url, Error> {
    resource.url().join(href).map_err(|error| Error::InvalidBaseUrl { url: href.to_owned(), reason: error.to_string() })
}

/// The digest in the address of a content, or of something below it.
fn content_of(href: &str) -> Option<String> {
    let mut segments = href.split(['/', '?']).skip_while(|segment| *segment != "pact-version");
    segments.next()?;
    segments.next().map(str::to_owned)
}

/// A pact without what its broker added.
fn as_published(mut pact: Value) -> Value {
    if let Some(members) = pact.as_object_mut() {
        members.shift_remove("_links");
        members.shift_remove("createdAt");
        for key in ["interactions", "messages"] {
            for interaction in members.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten() {
                if let Some(interaction) = interaction.as_object_mut() {
                    interaction.shift_remove("_id");
                }
            }
        }
    }
    pact
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pact_is_what_its_consumer_published() {
        let served = json!({
            "consumer": { "name": "a" }, "interactions": [{ "_id": "x", "description": "d" }], "createdAt": "t", "_links": {},
        });
        assert_eq!(
            as_published(served),
            json!({ "consumer": { "name": "a" }, "interactions": [{ "description": "d" }] })
        );
    }

    #[test]
    fn contents_are_found_in_addresses() {
        let href = "http://b/pacts/provider/p/consumer/c/pact-version/abc/metadata/m/verification-results/7";
        assert_eq!(content_of(href).as_deref(), Some("abc"));
        assert_eq!(content_of("http://b/"), None);
    }
}
