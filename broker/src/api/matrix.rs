//! The matrix and can-i-deploy.

use std::collections::HashMap;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use serde_json::{Value, json};

use super::hal::{date, link, ok, text, titled};
use super::links::Links;
use super::problem::{ApiError, ApiResult};
use super::query::Query;
use super::{resolve, resources};
use crate::app::AppState;
use crate::domain::field_problem::FieldProblem;
use crate::domain::version::{Running, VersionDetails};
use crate::matrix::query::{Choice, LatestBy, Selector, parse_ignore};
use crate::matrix::remedy::remedies;
use crate::matrix::{MatrixQuery, Row, Verdict};
use crate::store::matrix::{Answer, answer, unknown_names};
use crate::store::{Conn, Page, StoreError, branches, environments, version_details};

pub(super) async fn ask(State(app): State<AppState>, links: Links, query: Query) -> ApiResult {
    let question = MatrixQuery::parse(&query.0).map_err(ApiError::Question)?;
    let mut conn = app.store.read().await?;
    let unknown = unknown_names(&mut conn, &question).await?;
    if !unknown.is_empty() {
        return Err(ApiError::Question(unknown));
    }
    let answer = answer(&mut conn, &question).await?;
    Ok(ok(&explained(&mut conn, &links, &question, &answer).await?))
}

/// Everything between two pacticipants.
pub(super) async fn of_pair(
    State(app): State<AppState>,
    links: Links,
    Path((provider, consumer)): Path<(String, String)>,
) -> ApiResult {
    let mut conn = app.store.read().await?;
    resolve::parties(&mut conn, &provider, &consumer).await?;
    let all = |pacticipant: String| Selector { pacticipant, choice: Choice::All };
    let question = MatrixQuery {
        selectors: vec![all(consumer), all(provider)],
        ignore: Vec::new(),
        latest_by: LatestBy::BothVersions,
        success: Vec::new(),
        limit: 100,
        target: None,
    };
    let answer = answer(&mut conn, &question).await?;
    Ok(ok(&explained(&mut conn, &links, &question, &answer).await?))
}

pub(super) async fn can_i_deploy(
    State(app): State<AppState>,
    links: Links,
    headers: HeaderMap,
    query: Query,
) -> ApiResult {
    let mut conn = app.store.read().await?;
    let question = deploy_question(&mut conn, &query).await?;
    answered(&mut conn, &links, &headers, &question).await
}

/// What a badge wants to know.
pub(super) enum Asked {
    /// The verdict.
    Answered(Option<bool>),
    /// The question names what is not known here.
    Unknown,
}

/// The verdict alone.
pub(super) async fn verdict(conn: &mut Conn, question: &MatrixQuery) -> Result<Asked, StoreError> {
    if !unknown_names(conn, question).await?.is_empty() {
        return Ok(Asked::Unknown);
    }
    Ok(Asked::Answered(answer(conn, question).await?.verdict.deployable))
}

/// The answer as a document; or as lines of text, for those who ask for them.
async fn answered(conn: &mut Conn, links: &Links, headers: &HeaderMap, question: &MatrixQuery) -> ApiResult {
    let answer = answer(conn, question).await?;
    let document = explained(conn, links, question, &answer).await?;
    let accepts = |kind: &str| {
        headers.get_all(header::ACCEPT).iter().any(|value| value.to_str().is_ok_and(|value| value.contains(kind)))
    };
    if !accepts("text/plain") || accepts("json") {
        return Ok(ok(&document));
    }
    let mut lines = match answer.verdict.deployable {
        Some(true) => "yes\n".to_owned(),
        _ => "no\n".to_owned(),
    };
    for notice in &answer.verdict.notices {
        lines.push_str(&format!("{}: {}\n", notice.kind.as_str(), notice.text));
    }
    lines.push_str(&advice(&document["explanation"]));
    Ok(text(lines))
}

/// What would turn a no into a yes, as lines; nothing for a yes.
fn advice(explanation: &Value) -> String {
    let each = |list: &str| explanation[list].as_array().cloned().unwrap_or_default();
    let mut lines = String::new();
    for obstacle in each("obstacles") {
        let part = |key: &str| obstacle[key].as_str().unwrap_or_default().to_owned();
        lines.push_str(&format!("\n{}\n    {}\n", part("text"), part("command")));
    }
    let instead: Vec<String> = each("alternatives")
        .iter()
        .map(|version| {
            format!(
                "{} {}",
                version["pacticipant"].as_str().unwrap_or_default(),
                version["version"].as_str().unwrap_or_default()
            )
        })
        .collect();
    if !instead.is_empty() {
        lines.push_str(&format!("\nVerified, and could be deployed instead: {}\n", instead.join(", ")));
    }
    lines
}

async fn deploy_question(conn: &mut Conn, query: &Query) -> Result<MatrixQuery, ApiError> {
    let mut problems = Vec::new();
    for field in ["pacticipant", "version"] {
        if query.text(field).is_none() {
            problems.push(FieldProblem::missing(field));
        }
    }
    let name = query.text("pacticipant").unwrap_or_default();
    if !name.is_empty() && crate::store::pacticipants::find(conn, name).await?.is_none() {
        problems.push(FieldProblem::invalid("pacticipant", format!("there is no pacticipant named {name:?}")));
    }
    let target = match (query.text("to"), query.text("environment")) {
        (Some(_), Some(_)) => {
            problems.push(FieldProblem::invalid("", "give either environment or to (a tag), not both"));
            Choice::All
        }
        (Some(tag), None) => Choice::TagHead(tag.to_owned()),
        (None, Some(environment)) => {
            if environments::by_name(conn, environment).await?.is_none() {
                problems.push(FieldProblem::invalid(
                    "environment",
                    format!("there is no environment named {environment:?}"),
                ));
            }
            Choice::Environment(environment.to_owned())
        }
        (None, None) => {
            problems.push(FieldProblem::invalid("", "say where to deploy to: environment or to (a tag)"));
            Choice::All
        }
    };
    let mut ignore_problems = Vec::new();
    let ignore = parse_ignore(&query.0, &mut ignore_problems);
    problems.extend(ignore_problems.into_iter().map(|text| FieldProblem::invalid("ignore", text)));
    if !problems.is_empty() {
        return Err(ApiError::Parameters(problems));
    }
    Ok(MatrixQuery::can_i_deploy(name, query.text("version").unwrap_or_default(), target, ignore))
}

/// May the head of a branch go to an environment?
pub(super) async fn branch_to_environment(
    State(app): State<AppState>,
    links: Links,
    headers: HeaderMap,
    Path((name, branch, environment)): Path<(String, String, String)>,
) -> ApiResult {
    let mut conn = app.store.read().await?;
    let (pacticipant, branch) = resolve::branch(&mut conn, &name, &branch).await?;
    let head = branches::head(&mut conn, pacticipant.id, &branch.name).await?.ok_or_else(ApiError::nothing_here)?;
    if environments::by_name(&mut conn, &environment).await?.is_none() {
        return Err(ApiError::NotFound(format!("No environment with name '{environment}' found")));
    }
    let question = MatrixQuery::can_i_deploy(&name, &head.number, Choice::Environment(environment), Vec::new());
    answered(&mut conn, &links, &headers, &question).await
}

/// May the latest version with one tag join the latest with another?
pub(super) async fn tag_to_tag(
    State(app): State<AppState>,
    links: Links,
    headers: HeaderMap,
    Path((name, tag, to)): Path<(String, String, String)>,
) -> ApiResult {
    let mut conn = app.store.read().await?;
    let pacticipant = resolve::pacticipant(&mut conn, &name).await?;
    let found = crate::store::versions::latest_tagged(&mut conn, pacticipant.id, &tag).await?;
    let version = found.ok_or_else(ApiError::nothing_here)?;
    let question = MatrixQuery::can_i_deploy(&name, &version.number, Choice::TagHead(to), Vec::new());
    answered(&mut conn, &links, &headers, &question).await
}

/// How many versions that could be deployed instead are named.
const ALTERNATIVES: usize = 3;
/// How many versions are looked at to find them.
const CANDIDATES: i64 = 10;

/// The answer as a document; a no comes with what would turn it into a yes.
async fn explained(conn: &mut Conn, links: &Links, question: &MatrixQuery, answer: &Answer) -> Result<Value, ApiError> {
    let mut document = document(conn, links, answer).await?;
    if answer.verdict.deployable == Some(true) || question.target.is_none() {
        return Ok(document);
    }
    let obstacles: Vec<Value> = remedies(&answer.rows, &answer.selectors, links.base())
        .into_iter()
        .map(|remedy| json!({ "text": remedy.text, "command": remedy.command }))
        .collect();
    let alternatives = alternatives(conn, question).await?;
    document["explanation"] = json!({ "obstacles": obstacles, "alternatives": alternatives });
    Ok(document)
}

/// The newest versions of the same pacticipant that could go where this one may not, and are verified.
async fn alternatives(conn: &mut Conn, question: &MatrixQuery) -> Result<Vec<Value>, ApiError> {
    let [Selector { pacticipant, choice: Choice::Number(asked) }] = question.selectors.as_slice() else {
        return Ok(Vec::new());
    };
    let Some(known) = crate::store::pacticipants::find(conn, pacticipant).await? else {
        return Ok(Vec::new());
    };
    let newest = Page { number: 1, size: CANDIDATES };
    let (candidates, _) = crate::store::versions::list(conn, known.id, Some(newest)).await?;
    let mut found = Vec::new();
    for candidate in candidates.into_iter().filter(|candidate| candidate.number != *asked) {
        let mut instead = question.clone();
        instead.selectors[0].choice = Choice::Number(candidate.number.clone());
        let answer = answer(conn, &instead).await?;
        if answer.verdict.deployable == Some(true) && answer.verdict.success > 0 {
            found.push(json!({ "pacticipant": pacticipant, "version": candidate.number }));
        }
        if found.len() == ALTERNATIVES {
            break;
        }
    }
    Ok(found)
}

async fn document(conn: &mut Conn, links: &Links, answer: &Answer) -> Result<Value, ApiError> {
    let ids: Vec<i64> = answer
        .rows
        .iter()
        .flat_map(|row| [Some(row.publication.version.id), row.provider_version.as_ref().map(|version| version.id)])
        .flatten()
        .collect();
    let details = version_details::load(conn, &ids).await?;
    let rows: Vec<Value> = answer.rows.iter().map(|row| row_document(links, row, &details)).collect();
    let notices: Vec<Value> = answer
        .verdict
        .notices
        .iter()
        .map(|notice| json!({ "type": notice.kind.as_str(), "text": notice.text }))
        .collect();
    Ok(json!({
        "summary": summary(&answer.verdict),
        "notices": notices,
        "matrix": rows,
        "_links": { "self": titled(links.here(), "Matrix") },
    }))
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

fn row_document(links: &Links, row: &Row, details: &HashMap<i64, VersionDetails>) -> Value {
    let publication = &row.publication;
    let (consumer, provider) = (publication.consumer.as_str(), publication.provider.as_str());
    let version = |name: &str, id: i64, number: &str| version_document(links, name, number, details.get(&id));
    let result = row.verification.as_ref().map(|verified| {
        let own = links.verification(provider, consumer, &publication.sha, verified.number);
        json!({ "success": verified.success, "verifiedAt": date(verified.at), "_links": { "self": link(own) } })
    });
    let mut document = json!({
        "consumer": {
            "name": consumer,
            "version": version(consumer, publication.version.id, &publication.version.number),
            "_links": { "self": link(links.pacticipant(consumer)) },
        },
        "provider": {
            "name": provider,
            "version": row.provider_version.as_ref().map(|found| version(provider, found.id, &found.number)),
            "_links": { "self": link(links.pacticipant(provider)) },
        },
        "pact": {
            "createdAt": date(publication.published_at),
            "_links": { "self": link(links.pact_of(provider, consumer, &publication.version.number)) },
        },
        "verificationResult": result,
    });
    if row.ignored {
        document["ignored"] = true.into();
    }
    document
}

fn version_document(links: &Links, name: &str, number: &str, details: Option<&VersionDetails>) -> Value {
    let none = VersionDetails::default();
    let details = details.unwrap_or(&none);
    let branches = resources::branches(links, name, number, details);
    let environments: Vec<Value> = details
        .live_in
        .iter()
        .map(|live| {
            let how = match live.running {
                Running::Deployed(_) => "deployed",
                Running::Released => "released",
            };
            json!({
                "uuid": live.environment_uuid,
                "name": live.environment,
                "displayName": live.environment_display_name,
                "production": live.production,
                "status": how,
                "_links": { "self": link(links.environment(&live.environment_uuid)) },
            })
        })
        .collect();
    json!({
        "number": number,
        "branch": details.branch(),
        "branches": branches,
        "branchVersions": branches,
        "environments": environments,
        "tags": resources::tags(links, name, number, details),
        "_links": { "self": link(links.version(name, number)) },
    })
}
