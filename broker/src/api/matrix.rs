//! The matrix and can-i-deploy.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use serde_json::{Value, json};

use super::hal::{ok, text};
use super::links::Links;
use super::problem::{ApiError, ApiResult};
use super::query::Query;
use super::{matrix_document, resolve};
use crate::app::AppState;
use crate::domain::field_problem::FieldProblem;
use crate::matrix::query::{Choice, LatestBy, Selector, parse_ignore};
use crate::matrix::remedy::remedies;
use crate::matrix::{MatrixQuery, Row};
use crate::store::matrix::{Answer, answer, deployable_instead, known, unknown_names};
use crate::store::{Conn, StoreError, branches, environments, version_details, versions};

pub(super) async fn ask(State(app): State<AppState>, links: Links, query: Query) -> ApiResult {
    let question = MatrixQuery::parse(&query.0).map_err(ApiError::Question)?;
    let mut conn = app.store.look().await?;
    let answer = answer(&mut conn, &question).await?;
    if !answer.shows_names_are_known(&question) {
        let unknown = unknown_names(&mut conn, &question).await?;
        if !unknown.is_empty() {
            return Err(ApiError::Question(unknown));
        }
    }
    explained(&mut conn, &links, &question, &answer).await
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
    explained(&mut conn, &links, &question, &answer).await
}

pub(super) async fn can_i_deploy(
    State(app): State<AppState>,
    links: Links,
    headers: HeaderMap,
    query: Query,
) -> ApiResult {
    let question = deploy_question(&query).map_err(ApiError::Parameters)?;
    let mut conn = app.store.look().await?;
    let answer = answer(&mut conn, &question).await?;
    if !answer.shows_names_are_known(&question) {
        let problems = unknown_in_deploy_question(&mut conn, &question).await?;
        if !problems.is_empty() {
            return Err(ApiError::Parameters(problems));
        }
    }
    answered(&mut conn, &links, &headers, &question, &answer).await
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
async fn answered(
    conn: &mut Conn,
    links: &Links,
    headers: &HeaderMap,
    question: &MatrixQuery,
    answer: &Answer,
) -> ApiResult {
    let accepts = |kind: &str| {
        headers.get_all(header::ACCEPT).iter().any(|value| value.to_str().is_ok_and(|value| value.contains(kind)))
    };
    if !accepts("text/plain") || accepts("json") {
        return explained(conn, links, question, answer).await;
    }
    let mut lines = match answer.verdict.deployable {
        Some(true) => "yes\n".to_owned(),
        _ => "no\n".to_owned(),
    };
    for notice in &answer.verdict.notices {
        lines.push_str(&format!("{}: {}\n", notice.kind.as_str(), notice.text));
    }
    if let Some(explanation) = explanation(conn, links, question, answer).await? {
        lines.push_str(&advice(&explanation));
    }
    Ok(text(lines))
}

/// What would turn a no into a yes, as lines.
fn advice(explanation: &Value) -> String {
    let each = |list: &str| explanation[list].as_array().cloned().unwrap_or_default();
    let part = |of: &Value, key: &str| of[key].as_str().unwrap_or_default().to_owned();
    let mut lines = String::new();
    for obstacle in each("obstacles") {
        lines.push_str(&format!("\n{}\n    {}\n", part(&obstacle, "text"), part(&obstacle, "command")));
    }
    let instead: Vec<String> = each("alternatives")
        .iter()
        .map(|one| format!("{} {}", part(one, "pacticipant"), part(one, "version")))
        .collect();
    if !instead.is_empty() {
        lines.push_str(&format!("\nVerified, and could be deployed instead: {}\n", instead.join(", ")));
    }
    lines
}

fn deploy_question(query: &Query) -> Result<MatrixQuery, Vec<FieldProblem>> {
    let mut problems = Vec::new();
    for field in ["pacticipant", "version"] {
        if query.text(field).is_none() {
            problems.push(FieldProblem::missing(field));
        }
    }
    let target = match (query.text("to"), query.text("environment")) {
        (Some(_), Some(_)) => {
            problems.push(FieldProblem::invalid("", "give either environment or to (a tag), not both"));
            Choice::All
        }
        (Some(tag), None) => Choice::TagHead(tag.to_owned()),
        (None, Some(environment)) => Choice::Environment(environment.to_owned()),
        (None, None) => {
            problems.push(FieldProblem::invalid("", "say where to deploy to: environment or to (a tag)"));
            Choice::All
        }
    };
    let mut ignore_problems = Vec::new();
    let ignore = parse_ignore(&query.0, &mut ignore_problems);
    problems.extend(ignore_problems.into_iter().map(|text| FieldProblem::invalid("ignore", text)));
    if !problems.is_empty() {
        return Err(problems);
    }
    let text = |field| query.text(field).unwrap_or_default();
    Ok(MatrixQuery::can_i_deploy(text("pacticipant"), text("version"), target, ignore))
}

/// The fields of a question to `/can-i-deploy` that name what is not known here.
async fn unknown_in_deploy_question(conn: &mut Conn, question: &MatrixQuery) -> Result<Vec<FieldProblem>, StoreError> {
    let name = question.selectors.first().map_or("", |selector| selector.pacticipant.as_str());
    let environment = match &question.target {
        Some(Choice::Environment(environment)) => Some(environment.as_str()),
        _ => None,
    };
    let known = known(conn, &[name], environment.as_slice()).await?;
    let mut problems = Vec::new();
    if !known.pacticipant(name) {
        problems.push(FieldProblem::invalid("pacticipant", format!("there is no pacticipant named {name:?}")));
    }
    if let Some(environment) = environment.filter(|environment| !known.environment(environment)) {
        problems.push(FieldProblem::invalid("environment", format!("there is no environment named {environment:?}")));
    }
    Ok(problems)
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
    let answer = answer(&mut conn, &question).await?;
    answered(&mut conn, &links, &headers, &question, &answer).await
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
    let found = versions::latest_tagged(&mut conn, pacticipant.id, &tag).await?;
    let version = found.ok_or_else(ApiError::nothing_here)?;
    let question = MatrixQuery::can_i_deploy(&name, &version.number, Choice::TagHead(to), Vec::new());
    let answer = answer(&mut conn, &question).await?;
    answered(&mut conn, &links, &headers, &question, &answer).await
}

/// How many versions that could be deployed instead are named.
const ALTERNATIVES: usize = 3;
/// How many versions are looked at to find them.
const CANDIDATES: u32 = 10;

/// What would turn a no into a yes; nothing for a yes, and for questions without a target.
async fn explanation(
    conn: &mut Conn,
    links: &Links,
    question: &MatrixQuery,
    answer: &Answer,
) -> Result<Option<Value>, ApiError> {
    if answer.verdict.deployable == Some(true) || question.target.is_none() {
        return Ok(None);
    }
    let obstacles: Vec<Value> = remedies(&answer.rows, &answer.selectors, &question.ignore, links.base())
        .into_iter()
        .map(|remedy| json!({ "text": remedy.text, "command": remedy.command }))
        .collect();
    let alternatives = alternatives(conn, question).await?;
    Ok(Some(json!({ "obstacles": obstacles, "alternatives": alternatives })))
}

/// The answer as a document; a no comes with what would turn it into a yes.
async fn explained(conn: &mut Conn, links: &Links, question: &MatrixQuery, answer: &Answer) -> ApiResult {
    let explanation = explanation(conn, links, question, answer).await?;
    let versions: Vec<i64> = answer.rows.iter().flat_map(Row::versions).map(|version| version.id).collect();
    let details = version_details::load(conn, &versions).await?;
    Ok(ok(&matrix_document::document(links, answer, &details, explanation)))
}

/// The newest versions of the same pacticipant that could go where this one may not, and are verified.
async fn alternatives(conn: &mut Conn, question: &MatrixQuery) -> Result<Vec<Value>, ApiError> {
    let [Selector { pacticipant, choice: Choice::Number(asked) }] = question.selectors.as_slice() else {
        return Ok(Vec::new());
    };
    let deployable = deployable_instead(conn, question, CANDIDATES).await?;
    let named = deployable.iter().filter(|version| version.number != *asked).take(ALTERNATIVES);
    Ok(named.map(|version| json!({ "pacticipant": pacticipant, "version": version.number })).collect())
}
