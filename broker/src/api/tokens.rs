//! API tokens, and the log of who wrote what.

use axum::Extension;
use axum::extract::{Path, State};
use serde_json::{Value, json};
use uuid::Uuid;

use super::body::JsonObject;
use super::hal::{add, created, date, no_content, ok, titled};
use super::links::Links;
use super::paging::{add_page, page_or_first};
use super::problem::{ApiError, ApiResult};
use super::query::Query;
use super::resources::members;
use crate::app::AppState;
use crate::auth::{Caller, Role, digest, new_secret};
use crate::domain::field_problem::FieldProblem;
use crate::store::audit::{self, Filter};
use crate::store::now;
use crate::store::tokens::{self, Token};

pub(super) async fn list(State(app): State<AppState>, links: Links) -> ApiResult {
    let mut conn = app.store.read().await?;
    let found: Vec<Value> = tokens::list(&mut conn).await?.iter().map(|token| document(&links, token)).collect();
    Ok(ok(&json!({
        "_embedded": { "tokens": found },
        "_links": { "self": titled(links.here(), "API tokens") },
    })))
}

/// Creates a token. Its text is in this answer and nowhere else.
pub(super) async fn create(
    State(app): State<AppState>,
    links: Links,
    Extension(caller): Extension<Caller>,
    JsonObject(body): JsonObject,
) -> ApiResult {
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
    let roles = texts(&body, "roles", &mut problems);
    let mut parsed = Vec::new();
    for role in roles.iter().flatten() {
        match Role::parse(role) {
            Some(role) => parsed.push(role),
            None => problems.push(FieldProblem::invalid("roles", format!("{role:?} is no role: {}", Role::NAMES))),
        }
    }
    if roles.as_ref().is_none_or(Vec::is_empty) {
        problems.push(FieldProblem::missing("roles"));
    }
    let pacticipants = texts(&body, "pacticipants", &mut problems);
    let expires_at = match body.get("expiresAt") {
        None | Some(Value::Null) => None,
        Some(value) => match value.as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok()) {
            Some(at) => Some(at.as_microsecond()),
            None => {
                problems.push(FieldProblem::invalid("expiresAt", "must be a time such as 2027-01-31T12:00:00Z"));
                None
            }
        },
    };
    if !problems.is_empty() {
        return Err(ApiError::Invalid(problems));
    }
    let secret = new_secret().map_err(|error| ApiError::Unavailable(format!("no random numbers: {error}")))?;
    let token = Token {
        uuid: Uuid::new_v4().to_string(),
        name,
        roles: parsed,
        pacticipants,
        created_by: caller.name,
        created_at: now(),
        expires_at,
        revoked_at: None,
    };
    audit::describe(format!("token {} ({})", token.name, token.uuid));
    let mut tx = app.store.write().await?;
    tokens::create(&mut tx, &token, &digest(&secret)).await?;
    tx.commit().await?;
    let mut document = document(&links, &token);
    document["token"] = secret.into();
    Ok(created(&links.to(&["tokens", &token.uuid]), &document))
}

fn texts(body: &serde_json::Map<String, Value>, key: &str, problems: &mut Vec<FieldProblem>) -> Option<Vec<String>> {
    match body.get(key) {
        None | Some(Value::Null) => None,
        Some(Value::Array(items)) if items.iter().all(Value::is_string) => {
            Some(items.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        }
        Some(_) => {
            problems.push(FieldProblem::invalid(key, "must be a list of texts"));
            None
        }
    }
}

pub(super) async fn get(State(app): State<AppState>, links: Links, Path(uuid): Path<String>) -> ApiResult {
    let mut conn = app.store.read().await?;
    let found = tokens::find(&mut conn, &uuid).await?.ok_or_else(ApiError::nothing_here)?;
    Ok(ok(&document(&links, &found)))
}

pub(super) async fn revoke(State(app): State<AppState>, Path(uuid): Path<String>) -> ApiResult {
    let mut tx = app.store.write().await?;
    if !tokens::revoke(&mut tx, &uuid, now()).await? {
        return Err(ApiError::nothing_here());
    }
    tx.commit().await?;
    Ok(no_content())
}

fn document(links: &Links, token: &Token) -> Value {
    let roles: Vec<&str> = token.roles.iter().map(|role| role.name()).collect();
    let mut document = members(json!({ "uuid": token.uuid, "name": token.name, "roles": roles }));
    add(&mut document, "pacticipants", token.pacticipants.clone());
    document.insert("createdBy".to_owned(), token.created_by.clone().into());
    document.insert("createdAt".to_owned(), date(token.created_at).into());
    add(&mut document, "expiresAt", token.expires_at.map(date));
    add(&mut document, "revokedAt", token.revoked_at.map(date));
    let own = links.to(&["tokens", &token.uuid]);
    document.insert("_links".to_owned(), json!({ "self": titled(own, token.name.as_str()) }));
    Value::Object(document)
}

/// Who wrote what, newest first: `?who=`, `?q=` (a part of path or detail), `?since=`, `?until=`.
pub(super) async fn audit_log(State(app): State<AppState>, links: Links, query: Query) -> ApiResult {
    let page = page_or_first(&query)?;
    let mut problems = Vec::new();
    let mut time = |key: &str| {
        let text = query.text(key)?;
        let at = text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_microsecond);
        if at.is_none() {
            problems.push(FieldProblem::unreadable(key, "must be a time such as 2027-01-31T12:00:00Z"));
        }
        at
    };
    let (since, until) = (time("since"), time("until"));
    if !problems.is_empty() {
        return Err(ApiError::Parameters(problems));
    }
    let text = |key: &str| query.text(key).map(str::to_owned);
    let filter = Filter { who: text("who"), about: text("q"), since, until };
    let mut conn = app.store.read().await?;
    let (found, total) = audit::list(&mut conn, &filter, page).await?;
    let entries: Vec<Value> = found
        .into_iter()
        .map(|entry| {
            let mut document = members(json!({
                "at": date(entry.at),
                "who": entry.who,
                "method": entry.method,
                "path": entry.path,
            }));
            add(&mut document, "detail", entry.detail);
            add(&mut document, "requestId", entry.request_id);
            Value::Object(document)
        })
        .collect();
    let mut document = members(json!({
        "_embedded": { "entries": entries },
        "_links": { "self": titled(links.here(), "Audit log") },
    }));
    add_page(&mut document, &links, Some(page), total);
    Ok(ok(&Value::Object(document)))
}
