//! Versions of pacticipants.

use axum::extract::{Path, State};
use serde_json::{Map, Value, json};

use super::body::{JsonObject, MergePatch};
use super::hal::{named, no_content, ok, put, titled};
use super::links::Links;
use super::paging::{add_page, page};
use super::problem::{ApiError, ApiResult};
use super::query::Query;
use super::{resolve, resources};
use crate::app::AppState;
use crate::domain::field_problem::FieldProblem;
use crate::domain::pact::Pact;
use crate::domain::pacticipant::Pacticipant;
use crate::domain::version::Version;
use crate::store::{Conn, StoreError, environments, now, pact_lists, pacticipants, tags, version_details, versions};

pub(super) async fn list(
    State(app): State<AppState>,
    links: Links,
    Path(name): Path<String>,
    query: Query,
) -> ApiResult {
    let page = page(&query)?;
    let mut conn = app.store.read().await?;
    let pacticipant = resolve::pacticipant(&mut conn, &name).await?;
    let (found, total) = versions::list(&mut conn, pacticipant.id, page).await?;
    let mut document = list_document(&mut conn, &links, &pacticipant, &found).await?;
    add_page(&mut document, &links, page, total);
    Ok(ok(&Value::Object(document)))
}

pub(super) async fn tagged(
    State(app): State<AppState>,
    links: Links,
    Path((name, tag)): Path<(String, String)>,
) -> ApiResult {
    let mut conn = app.store.read().await?;
    let pacticipant = resolve::pacticipant(&mut conn, &name).await?;
    let found = versions::tagged(&mut conn, pacticipant.id, &tag).await?;
    Ok(ok(&Value::Object(list_document(&mut conn, &links, &pacticipant, &found).await?)))
}

pub(super) async fn in_environment(
    State(app): State<AppState>,
    links: Links,
    Path((name, uuid)): Path<(String, String)>,
) -> ApiResult {
    let mut conn = app.store.read().await?;
    let pacticipant = resolve::pacticipant(&mut conn, &name).await?;
    let environment = resolve::environment(&mut conn, &uuid).await?;
    let found = versions::live_in(&mut conn, pacticipant.id, environment.id).await?;
    Ok(ok(&Value::Object(list_document(&mut conn, &links, &pacticipant, &found).await?)))
}

/// A list of versions.
pub(super) async fn list_document(
    conn: &mut Conn,
    links: &Links,
    pacticipant: &Pacticipant,
    found: &[Version],
) -> Result<Map<String, Value>, StoreError> {
    let ids: Vec<i64> = found.iter().map(|version| version.id).collect();
    let details = version_details::load(conn, &ids).await?;
    let pacts = pact_lists::of_consumer_versions(conn, &ids).await?;
    let empty = crate::domain::version::VersionDetails::default();
    let documents: Vec<Value> = found
        .iter()
        .map(|version| {
            let details = details.get(&version.id).unwrap_or(&empty);
            let mut document = resources::version(links, &pacticipant.name, version, details);
            document["_links"]["pb:pact-versions"] =
                pact_links(links, pacts.get(&version.id).map_or(&[], Vec::as_slice)).into();
            document
        })
        .collect();
    let rels: Vec<Value> = found
        .iter()
        .map(|version| titled(links.version(&pacticipant.name, &version.number), version.number.as_str()))
        .collect();
    Ok(resources::members(json!({
        "_embedded": { "versions": documents },
        "_links": {
            "self": titled(links.here(), format!("Versions of {}", pacticipant.name)),
            "pb:pacticipant": titled(links.pacticipant(&pacticipant.name), pacticipant.name.as_str()),
            "pb:versions": rels,
            "versions": rels,
        },
    })))
}

pub(super) async fn get(
    State(app): State<AppState>,
    links: Links,
    Path((name, number)): Path<(String, String)>,
) -> ApiResult {
    let mut conn = app.store.read().await?;
    let (pacticipant, version) = resolve::version(&mut conn, &name, &number).await?;
    Ok(ok(&one(&mut conn, &links, &pacticipant, &version).await?))
}

pub(super) async fn latest(State(app): State<AppState>, links: Links, Path(name): Path<String>) -> ApiResult {
    let mut conn = app.store.read().await?;
    let pacticipant = resolve::pacticipant(&mut conn, &name).await?;
    let version = versions::latest(&mut conn, pacticipant.id).await?.ok_or_else(ApiError::nothing_here)?;
    Ok(ok(&one(&mut conn, &links, &pacticipant, &version).await?))
}

pub(super) async fn latest_tagged(
    State(app): State<AppState>,
    links: Links,
    Path((name, tag)): Path<(String, String)>,
) -> ApiResult {
    let mut conn = app.store.read().await?;
    let pacticipant = resolve::pacticipant(&mut conn, &name).await?;
    let found = versions::latest_tagged(&mut conn, pacticipant.id, &tag).await?;
    let version = found.ok_or_else(ApiError::nothing_here)?;
    Ok(ok(&one(&mut conn, &links, &pacticipant, &version).await?))
}

fn pact_links(links: &Links, pacts: &[Pact]) -> Vec<Value> {
    pacts.iter().map(|pact| named(links.pact(pact), pact.title(), pact.provider.as_str())).collect()
}

/// A version with everything one may do with it.
pub(super) async fn one(
    conn: &mut Conn,
    links: &Links,
    pacticipant: &Pacticipant,
    version: &Version,
) -> Result<Value, ApiError> {
    let name = &pacticipant.name;
    let details = version_details::of(conn, version.id).await?;
    let mut document = resources::version(links, name, version, &details);
    let pacts = pact_links(links, &pact_lists::of_consumer_version(conn, version.id).await?);
    let own = links.version(name, &version.number);
    let (mut deploy, mut release) = (Vec::new(), Vec::new());
    for environment in environments::list(conn, None).await? {
        let (fields, uuid) = (&environment.fields, &environment.uuid);
        let shown = fields.display_name.as_deref().unwrap_or(&fields.name);
        deploy.push(named(
            format!("{own}/deployed-versions/environment/{uuid}"),
            format!("Record deployment to {shown}"),
            fields.name.as_str(),
        ));
        release.push(named(
            format!("{own}/released-versions/environment/{uuid}"),
            format!("Record release to {shown}"),
            fields.name.as_str(),
        ));
    }
    document["_links"]["pb:pact-versions"] = pacts.into();
    document["_links"]["pb:record-deployment"] = deploy.into();
    document["_links"]["pb:record-release"] = release.into();
    Ok(document)
}

pub(super) async fn replace(
    State(app): State<AppState>,
    links: Links,
    Path((name, number)): Path<(String, String)>,
    JsonObject(body): JsonObject,
) -> ApiResult {
    write(app, links, name, number, body, Missing::Clears).await
}

pub(super) async fn merge(
    State(app): State<AppState>,
    links: Links,
    Path((name, number)): Path<(String, String)>,
    MergePatch(body): MergePatch,
) -> ApiResult {
    write(app, links, name, number, body, Missing::Keeps).await
}

/// What a field that is not given means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Missing {
    Clears,
    Keeps,
}

async fn write(
    app: AppState,
    links: Links,
    name: String,
    number: String,
    body: Map<String, Value>,
    missing: Missing,
) -> ApiResult {
    let build_url = match body.get("buildUrl") {
        None if missing == Missing::Keeps => None,
        None | Some(Value::Null) => Some(None),
        Some(Value::String(url)) => Some(Some(url.as_str())),
        Some(_) => return Err(ApiError::field("buildUrl", "must be text")),
    };
    let tag_names = tag_names(&body)?;
    let mut tx = app.store.write().await?;
    let now = now();
    let pacticipant = pacticipants::ensure(&mut tx, &name, now).await?;
    let (version, new) = versions::ensure(&mut tx, pacticipant.id, &number, now).await?;
    if let Some(url) = build_url
        && version.build_url.as_deref() != url
    {
        versions::set_build_url(&mut tx, version.id, url, now).await?;
    }
    for tag in tag_names {
        tags::put(&mut tx, &app.settings.rules, &pacticipant, &version, &tag, now).await?;
    }
    let (pacticipant, version) = resolve::version(&mut tx, &name, &number).await?;
    let document = one(&mut tx, &links, &pacticipant, &version).await?;
    tx.commit().await?;
    Ok(put(new, &links.version(&name, &number), &document))
}

/// Tags come as names or as objects with a name.
fn tag_names(body: &Map<String, Value>) -> Result<Vec<String>, ApiError> {
    let Some(Value::Array(tags)) = body.get("tags") else {
        return Ok(Vec::new());
    };
    let names = tags.iter().enumerate().map(|(index, tag)| {
        let name =
            tag.as_str().or_else(|| tag.get("name").and_then(Value::as_str)).filter(|name| !name.trim().is_empty());
        name.map(str::to_owned)
            .ok_or_else(|| FieldProblem::invalid("tags", format!("must have a name, not blank (at index {index})")))
    });
    names.collect::<Result<_, _>>().map_err(|problem| ApiError::Invalid(vec![problem]))
}

pub(super) async fn delete(State(app): State<AppState>, Path((name, number)): Path<(String, String)>) -> ApiResult {
    let mut tx = app.store.write().await?;
    let (pacticipant, version) = resolve::version(&mut tx, &name, &number).await?;
    versions::delete(&mut tx, pacticipant.id, version.id).await?;
    tx.commit().await?;
    Ok(no_content())
}
