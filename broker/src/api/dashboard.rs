//! Every integration with the state of its latest pact.

use std::collections::{HashMap, HashSet};

use axum::extract::State;
use serde_json::{Value, json};

use super::hal::{date, link, ok, titled};
use super::links::Links;
use super::of_pair::OfPair;
use super::problem::ApiResult;
use super::resources;
use crate::app::AppState;
use crate::domain::pact::Pact;
use crate::domain::verification::Verification;
use crate::domain::version::VersionDetails;
use crate::store::triggers::{self, LastTriggered};
use crate::store::{Conn, pact_lists, pacts, verifications, version_details};

pub(super) async fn everyone(State(app): State<AppState>, links: Links) -> ApiResult {
    let mut conn = app.store.read().await?;
    let latest = pact_lists::latest_of_everyone(&mut conn).await?;
    show(&mut conn, &links, latest).await
}

pub(super) async fn of_pair(links: Links, mut of: OfPair) -> ApiResult {
    let latest = pacts::latest(&mut of.conn, of.pair).await?;
    show(&mut of.conn, &links, latest.into_iter().collect()).await
}

/// What is told about pacts beside themselves, loaded for all of them at once.
struct Context {
    details: HashMap<i64, VersionDetails>,
    results: HashMap<i64, Verification>,
    /// Pacts (by consumer version and provider) whose earlier content was verified, so that the present one is a change
    /// nobody verified yet.
    stale: HashSet<(i64, i64)>,
    triggered: Vec<LastTriggered>,
}

async fn show(conn: &mut Conn, links: &Links, latest: Vec<Pact>) -> ApiResult {
    let contents: Vec<i64> = latest.iter().map(|pact| pact.content_id).collect();
    let results = verifications::latest_of_each(conn, &contents).await?;
    let verified_by = results.values().map(|result| result.provider_version_id);
    let versions: Vec<i64> = latest.iter().map(|pact| pact.version_id).chain(verified_by).collect();
    let details = version_details::load(conn, &versions).await?;
    let unverified: Vec<&Pact> = latest.iter().filter(|pact| !results.contains_key(&pact.content_id)).collect();
    let stale = pacts::once_verified(conn, &unverified).await?;
    let triggered = triggers::last_of_each(conn).await?;
    let context = Context { details, results, stale, triggered };
    let items: Vec<Value> = latest.iter().map(|pact| item(links, pact, &context)).collect();
    Ok(ok(&json!({ "items": items, "_links": { "self": titled(links.here(), "Dashboard") } })))
}

fn item(links: &Links, pact: &Pact, context: &Context) -> Value {
    let (consumer, provider) = (pact.consumer.as_str(), pact.provider.as_str());
    let none = VersionDetails::default();
    let details_of = |version: i64| context.details.get(&version).unwrap_or(&none);
    let details = details_of(pact.version_id);
    let verification = context.results.get(&pact.content_id);
    let tested = verification.map(|verified| {
        resources::tags(links, provider, &verified.provider_version, details_of(verified.provider_version_id))
    });
    let is_of_pair = |one: &&LastTriggered| (one.consumer_id, one.provider_id) == (pact.consumer_id, pact.provider_id);
    let triggered: Vec<&LastTriggered> = context.triggered.iter().filter(is_of_pair).collect();
    let last = triggered.iter().map(|one| one.created_at).max();
    let status = match verification {
        Some(verification) if verification.success => "success",
        Some(verification) if verification.pending == Some(true) => "failed_pending",
        Some(_) => "failed",
        None if context.stale.contains(&(pact.version_id, pact.provider_id)) => "stale",
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
        "latestVerificationResultTags": tested.unwrap_or_default(),
        "verificationStatus": status,
        "webhookStatus": webhook_status(&triggered),
        "latestWebhookExecution": last.map(|last| json!({ "triggeredAt": date(last) })),
        "_links": {},
    })
}

/// The deliveries of a pair in one word: the worst comes first.
fn webhook_status(triggered: &[&LastTriggered]) -> &'static str {
    let worst = ["failure", "retrying", "not_run", "success"];
    worst.into_iter().find(|status| triggered.iter().any(|one| one.status == *status)).unwrap_or("none")
}
