//! Documents that several resources show or embed.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::hal::{OwnLink, add, add_dates, date, link, named, templated, titled};
use super::links::Links;
use crate::domain::branch::Branch;
use crate::domain::environment::Environment;
use crate::domain::pacticipant::Pacticipant;
use crate::domain::version::{Running, Version, VersionDetails};

/// `{ "_links": ..., ... }` as a map to add to.
pub(super) fn members(document: Value) -> Map<String, Value> {
    match document {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// A pacticipant, with its labels, its latest version and the environments it is deployed to, as far as they are known.
pub(super) fn pacticipant(
    links: &Links,
    pacticipant: &Pacticipant,
    labels: &[String],
    latest: Option<&Version>,
    deployed_in: &[Environment],
) -> Value {
    let name = &pacticipant.name;
    let mut document = members(json!({ "name": name, "displayName": pacticipant.shown_name() }));
    add(&mut document, "mainBranch", pacticipant.main_branch.clone());
    add(&mut document, "repositoryUrl", pacticipant.repository_url.clone());
    add(&mut document, "repositoryName", pacticipant.repository_name.clone());
    add(&mut document, "repositoryNamespace", pacticipant.repository_namespace.clone());
    add_dates(&mut document, pacticipant.created_at, pacticipant.updated_at);
    let labels: Vec<Value> = labels
        .iter()
        .map(|label| json!({ "name": label, "_links": { "self": link(links.to(&["pacticipants", name, "labels", label])) } }))
        .collect();
    let mut embedded = members(json!({ "labels": labels }));
    if let Some(latest) = latest {
        let version = json!({
            "number": latest.number,
            "_links": { "self": titled(links.version(name, &latest.number), "Version") },
        });
        embedded.insert("latestVersion".to_owned(), version.clone());
        embedded.insert("latest-version".to_owned(), version);
    }
    document.insert("_embedded".to_owned(), Value::Object(embedded));
    document.insert("_links".to_owned(), pacticipant_links(links, name, deployed_in));
    Value::Object(document)
}

fn pacticipant_links(links: &Links, name: &str, deployed_in: &[Environment]) -> Value {
    let own = links.pacticipant(name);
    let environments: Vec<Value> = deployed_in
        .iter()
        .map(|environment| {
            let title = format!("Versions of {name} in {}", environment.shown_name());
            named(format!("{own}/environments/{}/versions", environment.uuid), title, environment.fields.name.as_str())
        })
        .collect();
    json!({
        "self": named(own.as_str(), "Pacticipant", name),
        "pb:versions": link(format!("{own}/versions")),
        "pb:version": templated(format!("{own}/versions/{{version}}"), "A version of this pacticipant"),
        "pb:version-tag": templated(format!("{own}/versions/{{version}}/tags/{{tag}}"), "A tag on a version"),
        "pb:branches": link(format!("{own}/branches")),
        "pb:branch-version": templated(format!("{own}/branches/{{branch}}/versions/{{version}}"), "A version on a branch"),
        "pb:label": templated(format!("{own}/labels/{{label}}"), "A label of this pacticipant"),
        "pb:deployed-environments": environments,
        "pb:can-i-deploy-badge": templated(
            format!("{own}/latest-version/{{tag}}/can-i-deploy/to/{{environmentTag}}/badge"),
            "Whether the latest version with a tag fits those with another, as a picture"),
        "pb:can-i-deploy-branch-to-environment-badge": templated(
            format!("{own}/branches/{{branch}}/latest-version/can-i-deploy/to-environment/{{environment}}/badge"),
            "Whether a branch's head can be deployed, as a picture"),
        "versions": link(format!("{own}/versions")),
    })
}

/// A pacticipant, embedded.
pub(super) fn short_pacticipant(links: &Links, name: &str) -> Value {
    json!({ "name": name, "_links": { "self": titled(links.pacticipant(name), name) } })
}

/// A version, with where it has been seen.
pub(super) fn version(links: &Links, pacticipant: &str, version: &Version, details: &VersionDetails) -> Value {
    let mut document = members(json!({ "number": version.number }));
    add(&mut document, "buildUrl", version.build_url.clone());
    add_dates(&mut document, version.created_at, version.updated_at);
    document.insert(
        "_embedded".to_owned(),
        json!({
            "branchVersions": branches(links, pacticipant, &version.number, details),
            "tags": tags(links, pacticipant, &version.number, details),
        }),
    );
    document.insert("_links".to_owned(), version_links(links, pacticipant, version, details));
    Value::Object(document)
}

fn version_links(links: &Links, pacticipant: &str, version: &Version, details: &VersionDetails) -> Value {
    let own = links.version(pacticipant, &version.number);
    let mut rels = members(json!({
        "self": named(own.as_str(), "Version", version.number.as_str()),
        "pb:pacticipant": named(links.pacticipant(pacticipant), "Pacticipant", pacticipant),
        "pb:tag": templated(format!("{own}/tags/{{tag}}"), "A tag on this version"),
        "pb:latest-verification-results-where-pacticipant-is-consumer":
            link(format!("{}/latest", links.to(&["verification-results", "consumer", pacticipant, "version", &version.number]))),
    }));
    let (mut deployed, mut released) = (Vec::new(), Vec::new());
    for live in &details.live_in {
        let shown = live.environment_display_name.as_deref().unwrap_or(&live.environment);
        let mut rel = members(named(links.environment(&live.environment_uuid), shown, live.environment.as_str()));
        match &live.running {
            Running::Deployed(instance) => {
                rel.insert("currently_deployed".to_owned(), true.into());
                add(&mut rel, "application_instance", instance.clone());
                deployed.push(Value::Object(rel));
            }
            Running::Released => {
                rel.insert("currently_supported".to_owned(), true.into());
                released.push(Value::Object(rel));
            }
        }
    }
    rels.insert("pb:deployed-environments".to_owned(), deployed.into());
    rels.insert("pb:released-environments".to_owned(), released.into());
    Value::Object(rels)
}

/// A branch or tag of a version.
#[derive(Debug, Serialize)]
pub(super) struct Line<'a> {
    name: &'a str,
    latest: bool,
    #[serde(rename = "_links")]
    links: OwnLink,
}

/// The branches of a version.
pub(super) fn branches<'a>(
    links: &Links,
    pacticipant: &str,
    number: &str,
    details: &'a VersionDetails,
) -> Vec<Line<'a>> {
    let each = details.branches.iter();
    each.map(|branch| Line {
        name: &branch.name,
        latest: branch.latest,
        links: OwnLink::to(links.branch_version(pacticipant, &branch.name, number)),
    })
    .collect()
}

/// The tags of a version.
pub(super) fn tags<'a>(links: &Links, pacticipant: &str, number: &str, details: &'a VersionDetails) -> Vec<Line<'a>> {
    let each = details.tags.iter();
    each.map(|tag| Line {
        name: &tag.name,
        latest: tag.latest,
        links: OwnLink::to(links.tag(pacticipant, number, &tag.name)),
    })
    .collect()
}

/// An environment.
pub(super) fn environment(links: &Links, environment: &Environment) -> Value {
    let fields = &environment.fields;
    let own = links.environment(&environment.uuid);
    // the official client does not list environments of which one has no display name
    let shown = environment.shown_name();
    let mut document = members(
        json!({ "uuid": environment.uuid, "name": fields.name, "displayName": shown, "production": fields.production }),
    );
    add(&mut document, "contacts", fields.contacts.clone());
    add_dates(&mut document, environment.created_at, environment.updated_at);
    document.insert(
        "_links".to_owned(),
        json!({
            "self": titled(own.as_str(), shown),
            "pb:currently-deployed-deployed-versions": titled(
                format!("{own}/deployed-versions/currently-deployed"), format!("Versions deployed to {shown}")),
            "pb:currently-supported-released-versions": titled(
                format!("{own}/released-versions/currently-supported"), format!("Versions released and supported in {shown}")),
            "pb:environments": titled(links.to(&["environments"]), "Environments"),
        }),
    );
    Value::Object(document)
}

/// A branch, with the version at its head.
pub(super) fn branch(links: &Links, pacticipant: &str, branch: &Branch) -> Value {
    let own = links.branch(pacticipant, &branch.name);
    json!({
        "name": branch.name,
        "createdAt": date(branch.created_at),
        "_links": {
            "self": titled(own.as_str(), branch.name.as_str()),
            "pb:latest-version": link(format!("{own}/latest-version")),
            "pb:versions": link(format!("{own}/versions")),
            "pb:pacticipant": titled(links.pacticipant(pacticipant), pacticipant),
        },
    })
}
