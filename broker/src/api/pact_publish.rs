//! Publishing, merging and deleting the pact of one consumer version.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::body::JsonBytes;
use super::hal::{hal, link, put, titled};
use super::links::Links;
use super::problem::{ApiError, ApiResult};
use super::{pact, pact_diff, resolve};
use crate::app::AppState;
use crate::domain::field_problem::FieldProblem;
use crate::domain::merge::merge as merge_documents;
use crate::domain::pact::Pact;
use crate::domain::publication::PactDocument;
use crate::store::pacts::Pair;
use crate::store::publish::{Stored, current};
use crate::store::{now, pacticipants, pacts, publish, triggers, versions};
use crate::webhook::{self, Triggers};

/// A pact's place: provider, consumer, consumer version.
type Place = (String, String, String);

pub(super) async fn replace(
    State(app): State<AppState>,
    links: Links,
    Path(place): Path<Place>,
    JsonBytes(bytes): JsonBytes,
) -> ApiResult {
    let document = document(bytes.to_vec(), &place)?;
    write(
        app,
        links,
        place,
        |existing, overwrite| match existing {
            Some(existing) if !overwrite => Err(format!(
                "its content differs:\n{}",
                pact_diff::unified(existing, &document.bytes, pact_diff::WITHIN_A_REFUSAL)
            )),
            _ => Ok(None),
        },
        &document,
    )
    .await
}

pub(super) async fn merge(
    State(app): State<AppState>,
    links: Links,
    Path(place): Path<Place>,
    JsonBytes(bytes): JsonBytes,
) -> ApiResult {
    let document = document(bytes.to_vec(), &place)?;
    write(
        app,
        links,
        place,
        |existing, _| {
            let Some(existing) = existing else {
                return Ok(None);
            };
            let existing: Value = serde_json::from_slice(existing).map_err(|error| error.to_string())?;
            let merged = merge_documents(&existing, &document.json);
            merged
                .map(|merged| Some(PactDocument::from_json(merged)))
                .map_err(|conflicts| conflicts.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
        },
        &document,
    )
    .await
}

/// Writes a document, or what `settle` makes of the existing content and it.
async fn write(
    app: AppState,
    links: Links,
    (provider_name, consumer_name, number): Place,
    settle: impl FnOnce(Option<&[u8]>, bool) -> Result<Option<PactDocument>, String>,
    document: &PactDocument,
) -> ApiResult {
    let mut tx = app.store.write().await?;
    if app.settings.rules.check_for_duplicate_names {
        for name in [&consumer_name, &provider_name] {
            if let Some(message) = resolve::misspelling(&mut tx, name).await? {
                return Err(ApiError::Conflict(json!({ "error": message })));
            }
        }
    }
    let now = now();
    let consumer = pacticipants::ensure(&mut tx, &consumer_name, now).await?;
    let provider = pacticipants::ensure(&mut tx, &provider_name, now).await?;
    let (version, _) = versions::ensure(&mut tx, consumer.id, &number, now).await?;
    let pair = Pair { consumer: consumer.id, provider: provider.id };
    let before = current(&mut tx, version.id, pair.provider).await?;
    let existing = match before.as_ref().filter(|before| before.sha != document.sha) {
        Some(before) => Some(pacts::bytes(&mut tx, before.content_id).await?),
        None => None,
    };
    let settled = settle(existing.as_deref(), app.settings.rules.allow_contract_modification).map_err(|reason| {
        ApiError::Conflict(json!({
            "error": format!(
                "{consumer_name} version {number} has a pact with {provider_name} already, which must not change: \
                 {reason}. Publish changed contracts under a new version number."
            ),
        }))
    })?;
    let document = settled.as_ref().unwrap_or(document);
    let stored = publish::store(&mut tx, pair, version.id, document, before, now).await?.stored;
    let published = pacts::of_version(&mut tx, pair, &number).await?.ok_or_else(ApiError::nothing_here)?;
    let triggers = Triggers { keyring: &app.keyring, links: &links, now };
    webhook::published(&mut tx, triggers, &published, &stored).await?;
    let body = pact::document(&mut tx, &links, &published, None).await?;
    tx.commit().await?;
    app.outbox.notify_one();
    Ok(put(stored == Stored::Created, &links.pact(&published), &body))
}

fn document(bytes: Vec<u8>, (provider, consumer, _): &Place) -> Result<PactDocument, ApiError> {
    if std::str::from_utf8(&bytes).is_err() {
        return Err(ApiError::Unusable("the pact is not UTF-8 text".to_owned()));
    }
    let document = PactDocument::parse(bytes).map_err(|message| ApiError::Unusable(format!("the pact {message}")))?;
    let mut problems = Vec::new();
    for (role, expected) in [("consumer", consumer), ("provider", provider)] {
        if let Some(name) = document.participant(role).filter(|name| name != expected) {
            let message = format!("is {name:?} in the pact, and {expected:?} in the path");
            problems.push(FieldProblem::invalid(format!("{role}.name"), message));
        }
    }
    if problems.is_empty() { Ok(document) } else { Err(ApiError::Invalid(problems)) }
}

pub(super) async fn delete(
    State(app): State<AppState>,
    links: Links,
    Path((provider, consumer, number)): Path<Place>,
) -> ApiResult {
    let mut tx = app.store.write().await?;
    let pair = resolve::parties(&mut tx, &provider, &consumer).await?.pair();
    let pact = pacts::of_version(&mut tx, pair, &number).await?.ok_or_else(ApiError::nothing_here)?;
    pacts::delete(&mut tx, pact.version_id, pair.provider).await?;
    triggers::delete_of_pact(&mut tx, pact.version_id, pair.provider).await?;
    let latest = pacts::latest(&mut tx, pair).await?;
    tx.commit().await?;
    Ok(after_deletion(&links, latest.as_ref()))
}

/// Where to go once pacts are deleted.
pub(super) fn after_deletion(links: &Links, latest: Option<&Pact>) -> axum::response::Response {
    let mut rels = json!({ "index": titled(links.base(), "Index") });
    if let Some(latest) = latest {
        rels["pb:latest-pact-version"] = link(format!("{}/latest", links.pair(&latest.provider, &latest.consumer)));
    }
    hal(StatusCode::OK, &json!({ "_links": rels }))
}
