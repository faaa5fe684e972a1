//! Every integration with the state of its latest pact.

use std::collections::HashSet;

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::hal::{date, link, ok, titled};
use super::links::Links;
use super::problem::ApiResult;
use super::{resolve, resources};
use crate::app::AppState;
use crate::domain::pact::Pact;
use crate::domain::verification::Verification;
use crate::domain::version::VersionDetails;
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
    let pair = resolve::parties(&mut conn, &provider, &consumer).await?.pair();
    let latest = pacts::latest(&mut conn, pair).await?;
    show(&mut conn, &links, latest.into_iter().collect()).await
}

async fn show(conn: &mut Conn, links: &Links, latest: Vec<Pact>) -> ApiResult {
    let versions: Vec<i64> = latest.iter().map(|pact| pact.version_id).collect();
    let contents: Vec<i64> = latest.iter().map(|pact| pact.content_id).collect();
    let details = version_details::load(conn, &versions).await?;
    let results = verifications::latest_of_each(conn, &contents).await?;
    let unverified: Vec<&Pact> = latest.iter().filter(|pact| !results.contains_key(&pact.content_id)).collect();
    let stale = pacts::once_verified(conn, &unverified).await?;
    let none = VersionDetails::default();
    let items: Vec<Value> = latest
        .iter()
        .map(|pact| {
            let details = details.get(&pact.version_id).unwrap_or(&none);
            item(links, pact, details, results.get(&pact.content_id), &stale)
        })
        .collect();
    Ok(ok(&json!({ "items": items, "_links": { "self": titled(links.here(), "Dashboard") } })))
}

/// `stale` names pacts whose earlier content was verified, so that the present one is a change nobody verified yet.
fn item(
    links: &Links,
    pact: &Pact,
    details: &VersionDetails,
    verification: Option<&Verification>,
    stale: &HashSet<(i64, i64)>,
) -> Value {
    let (consumer, provider) = (pact.consumer.as_str(), pact.provider.as_str());
    let status = match verification {
        Some(verification) if verification.success => "success",
        Some(_) => "failed",
        None if stale.contains(&(pact.version_id, pact.provider_id)) => "stale",
        None => "never",
    };
    let heads: Vec<&str> = details.branches.iter().filter(|b| b.latest).map(|b| b.name.as_str()).collect();
    let result = verification.map(|verification| {
        json!({
            "success": verification.success,
            "verifiedAt": date(verification.created_at),
            "providerApplicationVersion": verification.provider_version,
            "_links": { "self": link(links.verification(provider, consumer, &pact.sha, verification.number)) },
        })
    });
    json!({
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
            "version": verification.map(|verification| json!({ "number": verification.provider_version })),
            "_links": { "self": link(links.pacticipant(provider)) },
        },
        "pact": { "createdAt": date(pact.created_at), "_links": { "self": link(links.pact(pact)) } },
        "pactTags": resources::tags(links, consumer, &pact.version, details),
        "latestVerificationResult": result,
        "latestVerificationResultTags": [],
        "verificationStatus": status,
        "webhookStatus": "none",
        "latestWebhookExecution": null,
        "_links": {},
    })
}
