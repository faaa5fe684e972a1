//! `countersign broker`: the server.

use clap::Args;

use super::server_settings::ServerSettings;
use crate::app::Exit;
use crate::failure::Failure;
use crate::output::print;

/// What the server is told at start.
#[derive(Debug, Clone, Args)]
pub(crate) struct Broker {
    #[command(flatten)]
    settings: ServerSettings,
}

impl Broker {
    /// Serves until the process is told to stop (Ctrl-C or SIGTERM).
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let config = self.settings.config()?;
        let database = countersign_broker::config::Database::parse(&config.database_url)?;
        let broker = countersign_broker::Broker::start(config).await?;
        print(&format!("countersign broker on {} (database {database}), stop with Ctrl-C\n", broker.url()));
        broker.serve_until(told_to_stop()).await?;
        Ok(Exit::Well)
    }
}

/// Returns when the process is asked to end.
pub(crate) async fn told_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    // without a handler there is nothing to wait for but the end of the process
    if interrupted.await.is_err() {
        std::future::pending::<()>().await;
    }
}
