//! Every integration with the state of its latest pact.

use axum::extract::State;
use serde_json::{Value, json};

use super::hal::{date, link, ok, titled};
use super::links::Links;
use super::of_pair::OfPair;
use super::problem::{ApiError, ApiResult};
use super::resources;
use crate::app::AppState;
use crate::domain::pact::Pact;
use crate::store::pacts::Pair;
use crate::store::triggers::{self, Triggered};
use crate::store::{Conn, pact_lists, pacts, verifications, version_details, versions};

pub(super) async fn everyone(State(app): State<AppState>, links: Links) -> ApiResult {
    let mut conn = app.store.read().await?;
    let latest = pact_lists::latest_of_everyone(&mut conn).await?;
    show(&mut conn, &links, latest).await
}

pub(super) async fn of_pair(links: Links, mut of: OfPair) -> ApiResult {
    let latest = pacts::latest(&mut of.conn, of.pair).await?;
    show(&mut of.conn, &links, latest.into_iter().collect()).await
}

async fn show(conn: &mut Conn, links: &Links, latest: Vec<Pact>) -> ApiResult {
    let mut items = Vec::with_capacity(latest.len());
    for pact in latest {
        items.push(item(conn, links, &pact).await?);
    }
    Ok(ok(&json!({ "items": items, "_links": { "self": titled(links.here(), "Dashboard") } })))
}

async fn item(conn: &mut Conn, links: &Links, pact: &Pact) -> Result<Value, ApiError> {
    let (consumer, provider) = (pact.consumer.as_str(), pact.provider.as_str());
    let details = version_details::of(conn, pact.version_id).await?;
    let verification = verifications::latest(conn, pact.content_id).await?;
    let status = match &verification {
        Some(verification) if verification.success => "success",
        Some(verification) if verification.pending == Some(true) => "failed_pending",
        Some(_) => "failed",
        None if was_ever_verified(conn, pact).await? => "stale",
        None => "never",
    };
    let provider_tags = match &verification {
        Some(verification) => tags_of(conn, links, pact, &verification.provider_version).await?,
        None => Vec::new(),
    };
    let pair = Pair { consumer: pact.consumer_id, provider: pact.provider_id };
    let triggered = triggers::latest_of_pair(conn, pair).await?;
    let heads: Vec<&str> = details.branches.iter().filter(|b| b.latest).map(|b| b.name.as_str()).collect();
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
        "latestVerificationResultTags": provider_tags,
        "verificationStatus": status,
        "webhookStatus": webhook_status(&triggered),
        "latestWebhookExecution": triggered.first().map(|latest| json!({ "triggeredAt": date(latest.created_at) })),
        "_links": {},
    }))
}

/// The tags of the provider version that verified last.
async fn tags_of(conn: &mut Conn, links: &Links, pact: &Pact, number: &str) -> Result<Vec<Value>, ApiError> {
    let Some(version) = versions::find(conn, pact.provider_id, number).await? else {
        return Ok(Vec::new());
    };
    let details = version_details::of(conn, version.id).await?;
    Ok(resources::tags(links, &pact.provider, number, &details))
}

/// The deliveries of a pair in one word: the worst comes first.
fn webhook_status(triggered: &[Triggered]) -> &'static str {
    let worst = ["failure", "retrying", "not_run", "success"];
    worst.into_iter().find(|status| triggered.iter().any(|one| one.status == *status)).unwrap_or("none")
}

/// Whether an earlier content of the pair was verified, so that the present one is a change nobody verified yet.
async fn was_ever_verified(conn: &mut Conn, pact: &Pact) -> Result<bool, ApiError> {
    match pacts::previous_distinct(conn, pact).await? {
        Some(previous) => Ok(verifications::ever_verified(conn, previous.content_id).await?),
        None => Ok(false),
    }
}
