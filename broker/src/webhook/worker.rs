//! Delivering what is in the outbox.

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::app::AppState;
use crate::store::triggers::{self, Triggered};
use crate::store::{StoreError, now, webhooks};

/// How often to look without being told: other brokers' events, retries, claims of brokers that died.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Deliveries at a time.
const AT_ONCE: usize = 8;

/// Delivers until told to stop; deliveries under way are finished.
pub(crate) async fn work(app: AppState, mut stop: watch::Receiver<bool>) {
    let mut under_way = JoinSet::new();
    loop {
        while under_way.len() < AT_ONCE {
            match claim(&app).await {
                Ok(Some(triggered)) => drop(under_way.spawn(deliver(app.clone(), triggered))),
                Ok(None) => break,
                Err(error) => {
                    tracing::warn!(%error, "the outbox cannot be read");
                    break;
                }
            }
        }
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => break,
            Some(_) = under_way.join_next() => {}
            () = app.outbox.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
    while under_way.join_next().await.is_some() {}
}

async fn claim(app: &AppState) -> Result<Option<Triggered>, StoreError> {
    let mut conn = app.store.read().await?;
    let due = triggers::any_due(&mut conn).await?;
    drop(conn);
    if !due {
        return Ok(None);
    }
    // nobody else may try before this attempt is surely over
    let span = app.settings.webhooks.lease.max(app.settings.webhooks.timeout + Duration::from_secs(5));
    let mut tx = app.store.write().await?;
    let claimed = triggers::claim(&mut tx, app.store.dialect(), span).await?;
    tx.commit().await?;
    Ok(claimed)
}

async fn deliver(app: AppState, triggered: Triggered) {
    if let Err(error) = attempt(&app, &triggered).await {
        // the claim runs out, and somebody tries again
        tracing::warn!(%error, triggered = triggered.uuid, "a delivery could not be recorded");
    }
}

async fn attempt(app: &AppState, triggered: &Triggered) -> Result<(), StoreError> {
    let mut conn = app.store.read().await?;
    let webhook = match triggered.webhook_id {
        Some(id) => webhooks::by_id(&mut conn, &app.keyring, id).await?,
        None => None,
    };
    drop(conn);
    let (success, log, retry) = match webhook {
        None => (false, "The webhook was deleted before this delivery.\n".to_owned(), false),
        Some(webhook) => {
            let variables = serde_json::from_str(&triggered.variables)?;
            let delivery = app.courier.deliver(&webhook.fields.request, &variables, &triggered.uuid).await;
            (delivery.success, delivery.log(), true)
        }
    };
    let schedule = &app.settings.webhooks.retry_schedule;
    let attempts = usize::try_from(triggered.attempts).unwrap_or(usize::MAX);
    let wait = schedule.get(attempts.saturating_sub(1)).filter(|_| retry && !success).copied().map(with_jitter);
    let again_at = wait.map(|wait| now().saturating_add(i64::try_from(wait.as_micros()).unwrap_or(i64::MAX)));
    app.metrics.webhook(success);
    // the receiver has it: losing the record would send it twice
    let mut left = 5;
    loop {
        match record(app, triggered.id, success, &log, again_at).await {
            Err(error) if left > 0 => {
                tracing::warn!(%error, "a delivery is recorded again");
                left -= 1;
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
            done => return done,
        }
    }
}

async fn record(app: &AppState, id: i64, success: bool, log: &str, again_at: Option<i64>) -> Result<(), StoreError> {
    let mut tx = app.store.write().await?;
    triggers::finish(&mut tx, id, success, log, again_at).await?;
    tx.commit().await?;
    Ok(())
}

/// Up to a tenth shorter or longer, so that what failed together does not return together.
fn with_jitter(wait: Duration) -> Duration {
    wait.mul_f64(0.9 + 0.2 * fastrand::f64())
}
