//! `/metrics`: figures as Prometheus reads them, or as the official broker's JSON.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value, json};

use super::hal::{date, ok, titled};
use super::links::Links;
use super::problem::{ApiError, ApiResult};
use crate::app::AppState;
use crate::metrics::Exposition;
use crate::store::counts::{self, Counts, Spread};

pub(super) async fn get(State(app): State<AppState>, links: Links, headers: HeaderMap) -> ApiResult {
    let wants_json =
        headers.get_all(header::ACCEPT).iter().any(|value| value.to_str().is_ok_and(|value| value.contains("json")));
    let counting = async {
        let mut conn = app.store.read().await?;
        let counts = counts::load(&mut conn).await?;
        let interactions = if wants_json { counts::latest_interactions(&mut conn).await? } else { (0, 0) };
        Ok::<_, ApiError>((counts, interactions))
    };
    let Ok(counted) = tokio::time::timeout(app.settings.figures_timeout, counting).await else {
        return Err(ApiError::Unavailable(
            "counting takes longer than --metrics-sql-statement-timeout allows; try again when less is going on"
                .to_owned(),
        ));
    };
    let (counts, interactions) = counted?;
    if !wants_json {
        return Ok(prometheus(&app, &counts));
    }
    let mut document = document(&counts, interactions);
    document["_links"] = json!({ "self": titled(links.here(), "Figures about this broker") });
    Ok(ok(&document))
}

fn prometheus(app: &AppState, counts: &Counts) -> Response {
    let mut text = Exposition::default();
    app.metrics.write(&mut text);
    let (open, idle) = app.store.connections();
    text.begin("countersign_database_connections", "gauge", "Open connections to the database.");
    for (state, value) in [("busy", f64::from(open) - idle as f64), ("idle", idle as f64)] {
        text.value("countersign_database_connections", &[("state", state)], value);
    }
    text.begin("countersign_webhook_queue", "gauge", "Webhook deliveries by state.");
    for state in ["not_run", "retrying", "success", "failure"] {
        let count = counts.deliveries.iter().find(|(name, _)| name == state).map_or(0, |(_, count)| *count);
        text.value("countersign_webhook_queue", &[("state", state)], count as f64);
    }
    text.begin("countersign_records", "gauge", "What is stored, by kind.");
    for (kind, count) in counts.records() {
        text.value("countersign_records", &[("kind", kind)], count as f64);
    }
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], text.into_text()).into_response()
}

fn spread(spread: &Spread) -> Value {
    let distribution: Map<String, Value> =
        spread.iter().map(|(size, count)| (size.to_string(), (*count).into())).collect();
    json!({ "distribution": distribution })
}

fn document(counts: &Counts, (interactions, messages): (i64, i64)) -> Value {
    let time = |at: Option<i64>| at.map(date);
    let all_deliveries: i64 = counts.deliveries.iter().map(|(_, count)| count).sum();
    json!({
        "interactions": {
            "latestInteractionsCount": interactions,
            "latestMessagesCount": messages,
            "latestInteractionsAndMessagesCount": interactions + messages,
        },
        "pacticipants": { "count": counts.pacticipants, "withMainBranchSetCount": counts.with_main_branch },
        "integrations": { "count": counts.integrations },
        "pactPublications": {
            "count": counts.publications,
            "firstPublishedAt": time(counts.first_publication),
            "lastPublishedAt": time(counts.last_publication),
        },
        "pactVersions": { "count": counts.contents },
        "pactRevisionsPerConsumerVersion": spread(&counts.revisions),
        "verificationResults": {
            "count": counts.verifications,
            "successCount": counts.successes,
            "failureCount": counts.verifications - counts.successes,
            "distinctCount": counts.current_verifications,
            "firstVerifiedAt": time(counts.first_verification),
            "lastVerifiedAt": time(counts.last_verification),
        },
        "verificationResultsPerPactVersion": spread(&counts.results),
        "pacticipantVersions": {
            "count": counts.versions,
            "withUserCreatedBranchCount": counts.versions_with_branch,
            "withBranchCount": counts.versions_with_branch,
            "withBranchSetCount": counts.versions_with_branch,
        },
        "webhooks": { "count": counts.webhooks },
        "tags": {
            "count": counts.tags,
            "distinctCount": counts.tag_names,
            "distinctWithPacticipantCount": counts.tag_heads,
        },
        "triggeredWebhooks": { "count": all_deliveries },
        "webhookExecutions": { "count": counts.executions },
        "matrix": { "count": -1 },
        "environments": { "count": counts.environments },
        "deployedVersions": {
            "count": counts.deployments,
            "userCreatedCount": counts.deployments,
            "currentlyDeployedCount": counts.running,
        },
        "releasedVersions": { "count": counts.releases, "currentlySupportedCount": counts.supported },
    })
}
