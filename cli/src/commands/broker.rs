//! `countersign broker`: the server.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::server_settings::ServerSettings;
use crate::app::Exit;
use crate::failure::Failure;
use crate::logging::{LogFormat, LogLevel, LogStream, Logging};
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
    #[arg(long, value_enum, ignore_case = true, value_name = "LEVEL", env = "PACT_BROKER_LOG_LEVEL")]
    broker_log_level: Option<LogLevel>,
    /// Where log lines go
    #[arg(
        long,
        value_enum,
        ignore_case = true,
        value_name = "STREAM",
        env = "PACT_BROKER_LOG_STREAM",
        default_value_t
    )]
    log_stream: ServerLogStream,
    /// The folder of the log file, with --log-stream file
    #[arg(long, value_name = "FOLDER", env = "PACT_BROKER_LOG_DIR", default_value = "log")]
    log_dir: PathBuf,
    /// The level SQL statements are logged at; they are seen when --log-level lets that level through
    #[arg(long, value_enum, ignore_case = true, value_name = "LEVEL", env = "PACT_BROKER_SQL_LOG_LEVEL")]
    sql_log_level: Option<LogLevel>,
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

/// Where the server's log lines go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum ServerLogStream {
    /// Standard error.
    #[default]
    Stderr,
    /// Standard output.
    Stdout,
    /// The file countersign.log in the folder that --log-dir names.
    File,
}

impl Broker {
    /// What is logged, how and where to, as far as the environment and the server's own options say.
    pub(crate) fn logging(&self) -> Logging {
        let format = match self.log_format {
            ServerLogFormat::Default => LogFormat::Full,
            ServerLogFormat::Json => LogFormat::Json,
        };
        let stream = match self.log_stream {
            ServerLogStream::Stderr => LogStream::Stderr,
            ServerLogStream::Stdout => LogStream::Stdout,
            ServerLogStream::File => LogStream::File(self.log_dir.join("countersign.log")),
        };
        Logging { level: self.broker_log_level, format, stream, sql_level: self.sql_log_level }
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
