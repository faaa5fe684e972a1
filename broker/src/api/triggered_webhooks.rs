//! Webhooks that events have triggered, and their logs.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use serde_json::{Value, json};

use super::hal::{date, named, ok, text, titled};
use super::links::Links;
use super::of_pair::OfPair;
use super::problem::{ApiError, ApiResult};
use crate::app::AppState;
use crate::domain::pact::Pact;
use crate::store::triggers::{self, Triggered};

/// A triggered webhook.
pub(super) fn document(app: &AppState, links: &Links, triggered: &Triggered) -> Value {
    let most = i64::try_from(app.settings.webhooks.retry_schedule.len() + 1).unwrap_or(i64::MAX);
    let remaining = if triggered.due_at.is_some() { (most - triggered.attempts).max(0) } else { 0 };
    json!({
        "uuid": triggered.uuid,
        "name": triggered.event_name,
        "status": triggered.status,
        "attemptsMade": triggered.attempts,
        "attemptsRemaining": remaining,
        "triggerType": triggered.trigger_type,
        "eventName": triggered.event_name,
        "triggeredAt": date(triggered.created_at),
        "_links": {
            "pb:logs": titled(logs_at(links, triggered), "What was sent and what came back"),
            "pb:webhook": titled(links.to(&["webhooks", &triggered.webhook_uuid]), "Webhook"),
            "pb:redeliver": titled(links.to(&["triggered-webhooks", &triggered.uuid, "redeliver"]), "Send it again"),
        },
    })
}

fn logs_at(links: &Links, triggered: &Triggered) -> String {
    links.to(&["triggered-webhooks", &triggered.uuid, "logs"])
}

/// What a consumer version's pact triggered.
pub(super) async fn of_pact(State(app): State<AppState>, links: Links, mut of: OfPair) -> ApiResult {
    let pact = of.pact().await?;
    let found = triggers::of_pact(&mut of.conn, pact.version_id, pact.provider_id).await?;
    Ok(ok(&collection(&app, &links, &found, "Webhooks triggered by this pact")))
}

/// Several triggered webhooks.
pub(super) fn collection(app: &AppState, links: &Links, found: &[Triggered], title: &str) -> Value {
    let documents: Vec<Value> = found.iter().map(|triggered| document(app, links, triggered)).collect();
    json!({
        "_embedded": { "triggeredWebhooks": documents },
        "_links": { "self": titled(links.here(), title) },
    })
}

/// How the webhooks of a pair fared last.
pub(super) fn status_document(
    app: &AppState,
    links: &Links,
    (provider, consumer): (&str, &str),
    pact: Option<&Pact>,
    found: &[Triggered],
) -> Value {
    let count = |status: &str| found.iter().filter(|triggered| triggered.status == status).count();
    let mut summary = json!({ "successful": count("success"), "failed": count("failure") });
    for (key, status) in [("retrying", "retrying"), ("notRun", "not_run")] {
        if count(status) > 0 {
            summary[key] = count(status).into();
        }
    }
    let mut document = collection(app, links, found, "Status of the webhooks of this pair");
    document["summary"] = summary;
    let failed: Vec<Value> = found
        .iter()
        .filter(|triggered| matches!(triggered.status.as_str(), "failure" | "retrying"))
        .map(|triggered| named(logs_at(links, triggered), "Log", triggered.event_name.as_str()))
        .collect();
    let rels = &mut document["_links"];
    rels["pb:error-logs"] = failed.into();
    let webhooks = links.to(&["webhooks", "provider", provider, "consumer", consumer]);
    rels["pb:pact-webhooks"] = titled(webhooks, "Webhooks of this pair");
    if let Some(pact) = pact {
        rels["pb:pact-version"] = named(links.pact(pact), "Pact", pact.title());
    }
    rels["pb:consumer"] = named(links.pacticipant(consumer), "Consumer", consumer);
    rels["pb:provider"] = named(links.pacticipant(provider), "Provider", provider);
    document
}

/// The whole state of a triggered webhook's attempts: text, or a document for those who ask for one.
pub(super) async fn logs(
    State(app): State<AppState>,
    links: Links,
    headers: HeaderMap,
    Path(uuid): Path<String>,
) -> ApiResult {
    let mut conn = app.store.read().await?;
    let triggered = triggers::find(&mut conn, &uuid).await?.ok_or_else(ApiError::nothing_here)?;
    let executions = triggers::executions(&mut conn, triggered.id).await?;
    let wants_json =
        headers.get_all(header::ACCEPT).iter().any(|value| value.to_str().is_ok_and(|value| value.contains("json")));
    if !wants_json {
        let mut log = format!(
            "{} of {} {} and {}: {}\n",
            triggered.event_name, triggered.consumer, triggered.version, triggered.provider, triggered.status
        );
        for (index, execution) in executions.iter().enumerate() {
            log.push_str(&format!("\n# Attempt {}, {}\n\n{}", index + 1, date(execution.created_at), execution.logs));
        }
        if executions.is_empty() {
            log.push_str("\nNot attempted yet.\n");
        }
        return Ok(text(log));
    }
    let executions: Vec<Value> = executions
        .iter()
        .map(|execution| {
            json!({ "success": execution.success, "logs": execution.logs, "createdAt": date(execution.created_at) })
        })
        .collect();
    Ok(ok(&json!({
        "eventName": triggered.event_name,
        "consumerName": triggered.consumer,
        "providerName": triggered.provider,
        "status": triggered.status,
        "executions": executions,
        "_links": { "self": titled(links.here(), "Logs") },
    })))
}
