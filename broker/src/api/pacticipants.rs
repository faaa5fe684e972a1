//! Pacticipants.

use axum::extract::{Path, State};
use serde_json::{Map, Value, json};

use super::body::JsonObject;
use super::hal::{created, no_content, ok, put, templated, titled};
use super::links::Links;
use super::paging::{add_page, page};
use super::problem::{ApiError, ApiResult};
use super::query::Query;
use super::{resolve, resources};
use crate::app::AppState;
use crate::domain::field_problem::FieldProblem;
use crate::domain::pacticipant::{Pacticipant, PacticipantFields};
use crate::store::{Conn, StoreError, environments, labels, now, pacticipants, versions};

pub(super) async fn list(State(app): State<AppState>, links: Links, query: Query) -> ApiResult {
    let page = page(&query)?;
    let mut conn = app.store.read().await?;
    let (found, total) = pacticipants::list(&mut conn, query.text("q"), page).await?;
    let mut document = list_document(&mut conn, &links, &found).await?;
    add_page(&mut document, &links, page, total);
    Ok(ok(&Value::Object(document)))
}

pub(super) async fn with_label(State(app): State<AppState>, links: Links, Path(label): Path<String>) -> ApiResult {
    let mut conn = app.store.read().await?;
    let found = pacticipants::with_label(&mut conn, &label).await?;
    Ok(ok(&Value::Object(list_document(&mut conn, &links, &found).await?)))
}

async fn list_document(
    conn: &mut Conn,
    links: &Links,
    found: &[Pacticipant],
) -> Result<Map<String, Value>, StoreError> {
    let ids: Vec<i64> = found.iter().map(|pacticipant| pacticipant.id).collect();
    let labels = labels::of(conn, &ids).await?;
    let deployed = environments::deployed_in(conn, &ids).await?;
    let mut documents = Vec::with_capacity(found.len());
    for pacticipant in found {
        let latest = versions::latest(conn, pacticipant.id).await?;
        let labels = labels.get(&pacticipant.id).map_or(&[][..], Vec::as_slice);
        let deployed_in = deployed.get(&pacticipant.id).map_or(&[][..], Vec::as_slice);
        documents.push(resources::pacticipant(links, pacticipant, labels, latest.as_ref(), deployed_in));
    }
    let rels: Vec<Value> = found
        .iter()
        .map(|pacticipant| titled(links.pacticipant(&pacticipant.name), pacticipant.name.as_str()))
        .collect();
    Ok(resources::members(json!({
        "_embedded": { "pacticipants": documents },
        "pacticipants": documents,
        "_links": {
            "self": titled(links.here(), "Pacticipants"),
            "pb:pacticipants": rels,
            "pacticipants": rels,
            "pb:pacticipants-with-label": templated(
                format!("{}/pacticipants/label/{{label}}", links.base()), "Pacticipants with a label"),
        },
    })))
}

pub(super) async fn create(State(app): State<AppState>, links: Links, JsonObject(body): JsonObject) -> ApiResult {
    let mut problems = Vec::new();
    let name = match body.get("name") {
        Some(Value::String(name)) if !name.trim().is_empty() && !name.contains(['\n', '\r']) => name.clone(),
        None | Some(Value::Null) => {
            problems.push(FieldProblem::missing("name"));
            String::new()
        }
        Some(_) => {
            problems.push(FieldProblem::invalid("name", "must be text on one line, not blank"));
            String::new()
        }
    };
    let fields = fields(&body, &PacticipantFields::default(), &mut problems);
    if !problems.is_empty() {
        return Err(ApiError::Invalid(problems));
    }
    let mut tx = app.store.write().await?;
    if !pacticipants::create(&mut tx, &name, &fields, now()).await? {
        let message = format!("there is a pacticipant named {name:?} already");
        return Err(ApiError::Conflict(json!({ "errors": { "name": [message] } })));
    }
    let document = one(&mut tx, &links, &name).await?;
    tx.commit().await?;
    Ok(created(&links.pacticipant(&name), &document))
}

pub(super) async fn get(State(app): State<AppState>, links: Links, Path(name): Path<String>) -> ApiResult {
    let mut conn = app.store.read().await?;
    Ok(ok(&one(&mut conn, &links, &name).await?))
}

async fn one(conn: &mut Conn, links: &Links, name: &str) -> Result<Value, ApiError> {
    let pacticipant = resolve::pacticipant(conn, name).await?;
    let labels = labels::of(conn, &[pacticipant.id]).await?.remove(&pacticipant.id).unwrap_or_default();
    let latest = versions::latest(conn, pacticipant.id).await?;
    let deployed =
        environments::deployed_in(conn, &[pacticipant.id]).await?.remove(&pacticipant.id).unwrap_or_default();
    Ok(resources::pacticipant(links, &pacticipant, &labels, latest.as_ref(), &deployed))
}

/// Replaces: what is not said is no longer so.
pub(super) async fn replace(
    State(app): State<AppState>,
    links: Links,
    Path(name): Path<String>,
    JsonObject(body): JsonObject,
) -> ApiResult {
    let mut problems = Vec::new();
    let fields = fields(&body, &PacticipantFields::default(), &mut problems);
    if !problems.is_empty() {
        return Err(ApiError::Invalid(problems));
    }
    let mut tx = app.store.write().await?;
    let pacticipant = resolve::pacticipant(&mut tx, &name).await?;
    pacticipants::update(&mut tx, pacticipant.id, &fields, now()).await?;
    let document = one(&mut tx, &links, &name).await?;
    tx.commit().await?;
    Ok(ok(&document))
}

/// Changes what is said, and creates the pacticipant if need be.
pub(super) async fn merge(
    State(app): State<AppState>,
    links: Links,
    Path(name): Path<String>,
    JsonObject(body): JsonObject,
) -> ApiResult {
    let mut tx = app.store.write().await?;
    let known = pacticipants::find(&mut tx, &name).await?;
    let before = known.as_ref().map(PacticipantFields::from).unwrap_or_default();
    let mut problems = Vec::new();
    let fields = fields(&body, &before, &mut problems);
    if !problems.is_empty() {
        return Err(ApiError::Invalid(problems));
    }
    match &known {
        Some(known) if fields != before => drop(pacticipants::update(&mut tx, known.id, &fields, now()).await?),
        Some(_) => {}
        None => drop(pacticipants::create(&mut tx, &name, &fields, now()).await?),
    }
    let document = one(&mut tx, &links, &name).await?;
    tx.commit().await?;
    Ok(put(known.is_none(), &links.pacticipant(&name), &document))
}

pub(super) async fn delete(State(app): State<AppState>, Path(name): Path<String>) -> ApiResult {
    let mut tx = app.store.write().await?;
    let pacticipant = resolve::pacticipant(&mut tx, &name).await?;
    pacticipants::delete(&mut tx, pacticipant.id).await?;
    tx.commit().await?;
    Ok(no_content())
}

/// The fields a body sets, over what they were before.
fn fields(
    body: &Map<String, Value>,
    before: &PacticipantFields,
    problems: &mut Vec<FieldProblem>,
) -> PacticipantFields {
    let mut text = |keys: [&str; 2], before: &Option<String>| match keys.iter().find_map(|key| body.get(*key)) {
        None => before.clone(),
        Some(Value::Null) => None,
        Some(Value::String(text)) if text.contains(['\n', '\r']) => {
            problems.push(FieldProblem::invalid(keys[0], "must not contain line breaks"));
            None
        }
        Some(Value::String(text)) => Some(text.clone()).filter(|text| !text.trim().is_empty()),
        Some(_) => {
            problems.push(FieldProblem::invalid(keys[0], "must be text"));
            None
        }
    };
    // older clients write names with underscores
    let fields = PacticipantFields {
        display_name: text(["displayName", "display_name"], &before.display_name),
        main_branch: text(["mainBranch", "main_branch"], &before.main_branch),
        repository_url: text(["repositoryUrl", "repository_url"], &before.repository_url),
        repository_name: text(["repositoryName", "repository_name"], &before.repository_name),
        repository_namespace: text(["repositoryNamespace", "repository_namespace"], &before.repository_namespace),
    };
    if fields.main_branch.as_deref().is_some_and(|branch| branch.contains(char::is_whitespace)) {
        problems.push(FieldProblem::invalid("mainBranch", "must not contain spaces"));
    }
    fields
}
