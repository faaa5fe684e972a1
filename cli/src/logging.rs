//! Log lines go to standard error, so that standard output stays what the command answers.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use clap::ValueEnum;
use tracing_subscriber::fmt::writer::BoxMakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, filter::LevelFilter, filter::Targets};

use crate::failure::Failure;
use crate::telemetry::Telemetry;

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum LogLevel {
    #[value(alias = "none")]
    Off,
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

impl LogLevel {
    fn directive(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

/// What log lines look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum LogFormat {
    /// One line for each event, with what it happened in.
    #[default]
    Full,
    /// Several lines for each event.
    Pretty,
    /// Short lines.
    Compact,
    /// One JSON document for each event, with the names of the request and trace it belongs to.
    Json,
}

/// Warnings and errors, but not the certificate checker's: commands report what it finds.
const USUAL: &str = "warn,rustls_platform_verifier=off";

/// Where log lines go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum LogStream {
    /// Standard error.
    #[default]
    Stderr,
    /// Standard output.
    Stdout,
    /// The end of this file.
    File(PathBuf),
}

/// What is logged, how, and where to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Logging {
    /// How much; `RUST_LOG` says it where this does not, and else warnings and errors are logged.
    pub(crate) level: Option<LogLevel>,
    /// What lines look like.
    pub(crate) format: LogFormat,
    /// Where they go.
    pub(crate) stream: LogStream,
    /// The level SQL statements count as.
    pub(crate) sql_level: Option<LogLevel>,
}

impl Logging {
    fn filter(&self) -> EnvFilter {
        let Some(level) = self.level else {
            return EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(USUAL));
        };
        // the driver has one level for statements, so whether they are seen is decided here
        let statements = match self.sql_level {
            None => "",
            Some(sql) if sql != LogLevel::Off && sql <= level => ",sqlx::query=debug",
            Some(_) => ",sqlx::query=off",
        };
        EnvFilter::new(format!("{}{statements}", level.directive()))
    }

    fn writer(&self) -> Result<(BoxMakeWriter, bool), Failure> {
        let colours = std::env::var_os("NO_COLOR").is_none();
        Ok(match &self.stream {
            LogStream::Stderr => (BoxMakeWriter::new(std::io::stderr), colours && std::io::stderr().is_terminal()),
            LogStream::Stdout => (BoxMakeWriter::new(std::io::stdout), colours && std::io::stdout().is_terminal()),
            LogStream::File(path) => {
                let folder = path.parent().unwrap_or(Path::new("."));
                let opened = std::fs::create_dir_all(folder)
                    .and_then(|()| std::fs::OpenOptions::new().create(true).append(true).open(path));
                let file = opened.map_err(|error| {
                    Failure::input("nothing can be logged", format!("{}: {error}; check --log-dir", path.display()))
                })?;
                (BoxMakeWriter::new(Mutex::new(file)), false)
            }
        })
    }
}

/// Starts logging; and exporting traces of what this project does, where that is wanted.
///
/// # Errors
///
/// The log file cannot be written.
pub(crate) fn start(logging: &Logging, telemetry: Option<&Telemetry>) -> Result<(), Failure> {
    let filter = logging.filter();
    let (writer, colours) = logging.writer()?;
    let lines = tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(colours).with_target(false);
    let lines = match logging.format {
        LogFormat::Full => lines.boxed(),
        LogFormat::Pretty => lines.pretty().boxed(),
        LogFormat::Compact => lines.compact().boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    let ours = || Targets::new().with_target("countersign", LevelFilter::INFO);
    let traces =
        telemetry.map(|telemetry| tracing_opentelemetry::layer().with_tracer(telemetry.tracer()).with_filter(ours()));
    tracing_subscriber::registry().with(traces).with(lines.with_filter(filter)).init();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_seen_when_their_level_is() {
        let filter = |level, sql| Logging { level, sql_level: sql, ..Logging::default() }.filter().to_string();
        assert!(filter(Some(LogLevel::Info), Some(LogLevel::Info)).contains("sqlx::query=debug"));
        assert!(filter(Some(LogLevel::Info), Some(LogLevel::Debug)).contains("sqlx::query=off"));
        assert!(filter(Some(LogLevel::Trace), Some(LogLevel::Off)).contains("sqlx::query=off"));
        assert_eq!(filter(Some(LogLevel::Info), None), "info");
    }
}
