//! Environments.

use axum::extract::{Path, State};
use serde_json::{Map, Value, json};

use super::body::JsonObject;
use super::hal::{created, named, no_content, ok, titled};
use super::links::Links;
use super::problem::{ApiError, ApiResult};
use super::query::Query;
use super::{resolve, resources};
use crate::app::AppState;
use crate::domain::environment::EnvironmentFields;
use crate::domain::field_problem::FieldProblem;
use crate::store::{Conn, environments, now};

pub(super) async fn list(State(app): State<AppState>, links: Links, query: Query) -> ApiResult {
    let mut conn = app.store.read().await?;
    let found = environments::list(&mut conn, query.text("name")).await?;
    let documents: Vec<Value> = found
        .iter()
        .map(|environment| resources::environment(&links, environment))
        .collect();
    let rels: Vec<Value> = found
        .iter()
        .map(|environment| {
            let shown = environment
                .fields
                .display_name
                .as_deref()
                .unwrap_or(&environment.fields.name);
            named(
                links.environment(&environment.uuid),
                shown,
                environment.fields.name.as_str(),
            )
        })
        .collect();
    Ok(ok(&json!({
        "_embedded": { "environments": documents },
        "_links": { "self": titled(links.here(), "Environments"), "pb:environments": rels },
    })))
}

pub(super) async fn create(
    State(app): State<AppState>,
    links: Links,
    JsonObject(body): JsonObject,
) -> ApiResult {
    let mut tx = app.store.write().await?;
    let fields = checked(&mut tx, &body, None).await?;
    let environment = environments::create(&mut tx, &fields, now()).await?;
    tx.commit().await?;
    Ok(created(
        &links.environment(&environment.uuid),
        &resources::environment(&links, &environment),
    ))
}

pub(super) async fn get(
    State(app): State<AppState>,
    links: Links,
    Path(uuid): Path<String>,
) -> ApiResult {
    let mut conn = app.store.read().await?;
    let environment = resolve::environment(&mut conn, &uuid).await?;
    Ok(ok(&resources::environment(&links, &environment)))
}

pub(super) async fn replace(
    State(app): State<AppState>,
    links: Links,
    Path(uuid): Path<String>,
    JsonObject(body): JsonObject,
) -> ApiResult {
    let mut tx = app.store.write().await?;
    let environment = resolve::environment(&mut tx, &uuid).await?;
    let fields = checked(&mut tx, &body, Some(&uuid)).await?;
    let environment = environments::update(&mut tx, environment.id, &fields, now()).await?;
    tx.commit().await?;
    Ok(ok(&resources::environment(&links, &environment)))
}

pub(super) async fn delete(State(app): State<AppState>, Path(uuid): Path<String>) -> ApiResult {
    let mut tx = app.store.write().await?;
    let environment = resolve::environment(&mut tx, &uuid).await?;
    environments::delete(&mut tx, environment.id).await?;
    tx.commit().await?;
    Ok(no_content())
}

/// The fields of a body, whose name must be free or the environment's own.
async fn checked(
    conn: &mut Conn,
    body: &Map<String, Value>,
    own: Option<&str>,
) -> Result<EnvironmentFields, ApiError> {
    let parsed = EnvironmentFields::parse(body);
    let name = body.get("name").and_then(Value::as_str).unwrap_or_default();
    let holder = environments::by_name(conn, name).await?;
    let taken = holder.is_some_and(|holder| Some(holder.uuid.as_str()) != own);
    let taken = taken.then(|| {
        FieldProblem::invalid(
            "name",
            format!("{name:?} is the name of another environment"),
        )
    });
    match (parsed, taken) {
        (Ok(fields), None) => Ok(fields),
        (Ok(_), Some(taken)) => Err(ApiError::Invalid(vec![taken])),
        (Err(problems), taken) => Err(ApiError::Invalid(
            problems.into_iter().chain(taken).collect(),
        )),
    }
}
