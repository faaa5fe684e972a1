//! Every integration with the state of its latest pact.

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::hal::{date, link, ok, titled};
use super::links::Links;
use super::problem::{ApiError, ApiResult};
use super::{resolve, resources};
use crate::app::AppState;
use crate::domain::pact::Pact;
use crate::store::{Conn, pact_lists, pacts, verifications, version_details};

pub(super) async fn everyone(State(app): State<AppState>, links: Links) -> ApiResult {
    let mut conn = app.store.read().await?;
    let latest = pact_lists::latest_of_everyone(&mut conn).await?;
    show(&mut conn, &links, latest).await
}

pub(super) async fn of_pair(
    State(app): State<AppState>,
    links: Links,
    Path((provider, consumer)): Path<(String, String)>,
) -> ApiResult {
    let mut conn = app.store.read().await?;
    let pair = resolve::parties(&mut conn, &provider, &consumer)
        .await?
        .pair();
    let latest = pacts::latest(&mut conn, pair).await?;
    show(&mut conn, &links, latest.into_iter().collect()).await
}

async fn show(conn: &mut Conn, links: &Links, latest: Vec<Pact>) -> ApiResult {
    let mut items = Vec::with_capacity(latest.len());
    for pact in latest {
        items.push(item(conn, links, &pact).await?);
    }
    Ok(ok(
        &json!({ "items": items, "_links": { "self": titled(links.here(), "Dashboard") } }),
    ))
}

async fn item(conn: &mut Conn, links: &Links, pact: &Pact) -> Result<Value, ApiError> {
    let (consumer, provider) = (pact.consumer.as_str(), pact.provider.as_str());
    let details = version_details::of(conn, pact.version_id).await?;
    let verification = verifications::latest(conn, pact.content_id).await?;
    let status = match &verification {
        Some(verification) if verification.success => "success",
        Some(_) => "failed",
        None if was_ever_verified(conn, pact).await? => "stale",
        None => "never",
    };
    let heads: Vec<&str> = details
        .branches
        .iter()
        .filter(|b| b.latest)
        .map(|b| b.name.as_str())
        .collect();
    let result = verification.as_ref().map(|verification| {
        json!({
            "success": verification.success,
            "verifiedAt": date(verification.created_at),
            "providerApplicationVersion": verification.provider_version,
            "_links": { "self": link(links.verification(provider, consumer, &pact.sha, verification.number)) },
        })
    });
    Ok(json!({
        "consumer": {
            "name": consumer,
            "version": {
                "number": pact.version,
                "branch": details.branch(),
                "headBranchNames": heads,
                "_links": { "self": link(links.version(consumer, &pact.version)) },
            },
            "_links": { "self": link(links.pacticipant(consumer)) },
        },
        "provider": {
            "name": provider,
            "version": verification.as_ref().map(|verification| json!({ "number": verification.provider_version })),
            "_links": { "self": link(links.pacticipant(provider)) },
        },
        "pact": { "createdAt": date(pact.created_at), "_links": { "self": link(links.pact(pact)) } },
        "pactTags": resources::tags(links, consumer, &pact.version, &details),
        "latestVerificationResult": result,
        "latestVerificationResultTags": [],
        "verificationStatus": status,
        "webhookStatus": "none",
        "latestWebhookExecution": null,
        "_links": {},
    }))
}

/// Whether an earlier content of the pair was verified, so that the present one is a change nobody verified yet.
async fn was_ever_verified(conn: &mut Conn, pact: &Pact) -> Result<bool, ApiError> {
    match pacts::previous_distinct(conn, pact).await? {
        Some(previous) => Ok(verifications::ever_verified(conn, previous.content_id).await?),
        None => Ok(false),
    }
}
