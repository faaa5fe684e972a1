//! Throwing old data away.

mod schedule;
mod sweep;

pub(crate) use schedule::Schedule;
pub use sweep::Swept;
pub(crate) use sweep::sweep;

use std::time::Duration;

use tokio::sync::watch;
use uuid::Uuid;

use crate::config::CleanConfig;
use crate::store::{Store, StoreError, leases};

/// How long one broker keeps the others from cleaning.
const LEASE: Duration = Duration::from_secs(30 * 60);

/// Cleans whenever the schedule says so, until told to stop. Of several brokers on one database, one does it.
pub(crate) async fn by_schedule(store: Store, config: CleanConfig, mut stop: watch::Receiver<bool>) {
    let Ok(schedule) = Schedule::parse(&config.schedule) else {
        tracing::error!(schedule = config.schedule, "the clean-up schedule does not read");
        return;
    };
    let holder = Uuid::new_v4().to_string();
    let mut last = None;
    loop {
        let minute = jiff::Timestamp::now().as_second() / 60;
        if last != Some(minute) && schedule.includes(minute) {
            last = Some(minute);
            match clean(&store, &config, &holder).await {
                Ok(Some(swept)) => tracing::info!(%swept, dry_run = config.dry_run, "cleaned up"),
                Ok(None) => {}
                Err(error) => tracing::error!(%error, "the clean-up failed"),
            }
        }
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(Duration::from_secs(10)) => {}
        }
    }
}

/// Cleans, unless another broker does so or just did.
async fn clean(store: &Store, config: &CleanConfig, holder: &str) -> Result<Option<Swept>, StoreError> {
    let mut tx = store.write().await?;
    let ours = leases::take(&mut tx, "clean", holder, LEASE).await?;
    tx.commit().await?;
    if ours { Ok(Some(sweep(store, config).await?)) } else { Ok(None) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::AppState;
    use crate::config::Config;

    #[tokio::test]
    async fn of_several_brokers_one_cleans() {
        let store = AppState::open(&Config::in_memory()).await.unwrap().store;
        let config = CleanConfig::default();
        assert!(clean(&store, &config, "one").await.unwrap().is_some());
        assert!(clean(&store, &config, "another").await.unwrap().is_none());
        assert!(clean(&store, &config, "one").await.unwrap().is_some());
    }
}
