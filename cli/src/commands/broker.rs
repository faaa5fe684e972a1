//! `countersign broker`: the server.

use clap::{Args, ValueEnum};

use super::server_settings::ServerSettings;
use crate::app::Exit;
use crate::failure::Failure;
use crate::logging::{LogFormat, LogLevel};
use crate::output::print;

/// What the server is told at start.
#[derive(Debug, Clone, Args)]
pub(crate) struct Broker {
    #[command(flatten)]
    settings: ServerSettings,
    /// What log lines look like; --log-level info has one for each request
    #[arg(long, value_enum, value_name = "FORMAT", env = "PACT_BROKER_LOG_FORMAT", default_value_t)]
    log_format: ServerLogFormat,
    /// How much is logged, where --log-level does not say it
    #[arg(long, hide = true, value_enum, ignore_case = true, env = "PACT_BROKER_LOG_LEVEL")]
    broker_log_level: Option<LogLevel>,
}

/// What the server's log lines look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum ServerLogFormat {
    /// Lines for people.
    #[default]
    #[value(alias = "color")]
    Default,
    /// A JSON document for each event.
    Json,
}

impl Broker {
    /// How much is logged, as far as the environment says.
    pub(crate) fn log_level(&self) -> Option<LogLevel> {
        self.broker_log_level
    }

    /// What log lines look like.
    pub(crate) fn log_format(&self) -> LogFormat {
        match self.log_format {
            ServerLogFormat::Default => LogFormat::Full,
            ServerLogFormat::Json => LogFormat::Json,
        }
    }

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
