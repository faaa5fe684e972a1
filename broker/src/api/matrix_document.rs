//! The matrix as clients read it.
//!
//! A matrix has thousands of rows; they are written out as they are, without a tree of values in between.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::hal::{OwnLink, date, titled};
use super::links::Links;
use super::resources::{Line, branches, tags};
use crate::domain::version::{LiveIn, Running, VersionDetails};
use crate::matrix::selector::VersionRef;
use crate::matrix::{Row, Verdict};
use crate::store::matrix::Answer;

/// The versions' details, by row.
type Details = HashMap<i64, VersionDetails>;

/// The matrix of an answer; a no comes with an explanation.
#[derive(Debug, Serialize)]
pub(super) struct MatrixDocument<'a> {
    summary: Value,
    notices: Vec<Notice<'a>>,
    matrix: Vec<RowDocument<'a>>,
    #[serde(rename = "_links")]
    links: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<Value>,
}

#[derive(Debug, Serialize)]
struct Notice<'a> {
    r#type: &'a str,
    text: &'a str,
}

#[derive(Debug, Serialize)]
struct RowDocument<'a> {
    consumer: Party<'a>,
    provider: Party<'a>,
    pact: PactDocument,
    #[serde(rename = "verificationResult")]
    result: Option<ResultDocument>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ignored: Option<bool>,
}

#[derive(Debug, Serialize)]
struct Party<'a> {
    name: &'a str,
    version: Option<VersionDocument<'a>>,
    #[serde(rename = "_links")]
    links: OwnLink,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct VersionDocument<'a> {
    number: &'a str,
    branch: Option<&'a str>,
    branches: Vec<Line<'a>>,
    branch_versions: Vec<Line<'a>>,
    environments: Vec<Environment<'a>>,
    tags: Vec<Line<'a>>,
    #[serde(rename = "_links")]
    links: OwnLink,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Environment<'a> {
    uuid: &'a str,
    name: &'a str,
    display_name: Option<&'a str>,
    production: bool,
    status: &'static str,
    #[serde(rename = "_links")]
    links: OwnLink,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PactDocument {
    created_at: String,
    #[serde(rename = "_links")]
    links: OwnLink,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ResultDocument {
    success: bool,
    verified_at: String,
    #[serde(rename = "_links")]
    links: OwnLink,
}

/// Writes an answer down.
pub(super) fn document<'a>(
    links: &Links,
    answer: &'a Answer,
    details: &'a Details,
    explanation: Option<Value>,
) -> MatrixDocument<'a> {
    let notices = answer.verdict.notices.iter();
    let writer = Writer { links, details };
    MatrixDocument {
        summary: summary(&answer.verdict),
        notices: notices.map(|notice| Notice { r#type: notice.kind.as_str(), text: &notice.text }).collect(),
        matrix: answer.rows.iter().map(|row| writer.row(row)).collect(),
        links: json!({ "self": titled(links.here(), "Matrix") }),
        explanation,
    }
}

fn summary(verdict: &Verdict) -> Value {
    let reason: Vec<&str> = verdict.notices.iter().map(|notice| notice.text.as_str()).collect();
    let mut summary = json!({
        "deployable": verdict.deployable,
        "reason": reason.join("\n"),
        "success": verdict.success,
        "failed": verdict.failed,
        "unknown": verdict.unknown,
    });
    if let Some(ignored) = verdict.ignored {
        summary["ignored"] = ignored.into();
    }
    summary
}

#[derive(Clone, Copy)]
struct Writer<'a, 'l> {
    links: &'l Links,
    details: &'a Details,
}

impl<'a> Writer<'a, '_> {
    fn row(self, row: &'a Row) -> RowDocument<'a> {
        let publication = &row.publication;
        let (consumer, provider) = (publication.consumer.as_str(), publication.provider.as_str());
        RowDocument {
            consumer: self.party(consumer, Some(&publication.version)),
            provider: self.party(provider, row.provider_version.as_ref()),
            pact: PactDocument {
                created_at: date(publication.published_at),
                links: OwnLink::to(self.links.pact_of(provider, consumer, &publication.version.number)),
            },
            result: row.verification.as_ref().map(|verified| ResultDocument {
                success: verified.success,
                verified_at: date(verified.at),
                links: OwnLink::to(self.links.verification(provider, consumer, &publication.sha, verified.number)),
            }),
            ignored: row.ignored.then_some(true),
        }
    }

    fn party(self, name: &'a str, version: Option<&'a VersionRef>) -> Party<'a> {
        Party {
            name,
            version: version.map(|version| self.version(name, version)),
            links: OwnLink::to(self.links.pacticipant(name)),
        }
    }

    fn version(self, name: &str, version: &'a VersionRef) -> VersionDocument<'a> {
        static NOTHING_KNOWN: VersionDetails =
            VersionDetails { branches: Vec::new(), tags: Vec::new(), live_in: Vec::new() };
        let details = self.details.get(&version.id).unwrap_or(&NOTHING_KNOWN);
        let number = version.number.as_str();
        VersionDocument {
            number,
            branch: details.branch(),
            branches: branches(self.links, name, number, details),
            branch_versions: branches(self.links, name, number, details),
            environments: details.live_in.iter().map(|live| self.environment(live)).collect(),
            tags: tags(self.links, name, number, details),
            links: OwnLink::to(self.links.version(name, number)),
        }
    }

    fn environment(self, live: &'a LiveIn) -> Environment<'a> {
        Environment {
            uuid: &live.environment_uuid,
            name: &live.environment,
            display_name: live.environment_display_name.as_deref(),
            production: live.production,
            status: match live.running {
                Running::Deployed(_) => "deployed",
                Running::Released => "released",
            },
            links: OwnLink::to(self.links.environment(&live.environment_uuid)),
        }
    }
}
