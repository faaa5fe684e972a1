//! Log lines go to standard error, so that standard output stays what the command answers.

use std::io::IsTerminal as _;

use clap::ValueEnum;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, filter::LevelFilter, filter::Targets};

use crate::telemetry::Telemetry;

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
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

/// Starts logging at `level`, else as `RUST_LOG` says, else warnings and errors; and exporting traces of what this project
/// does, where that is wanted.
pub(crate) fn start(level: Option<LogLevel>, format: LogFormat, telemetry: Option<&Telemetry>) {
    let filter = match level {
        Some(level) => EnvFilter::new(level.directive()),
        None => EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(USUAL)),
    };
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        .with_target(false);
    let lines = match format {
        LogFormat::Full => lines.boxed(),
        LogFormat::Pretty => lines.pretty().boxed(),
        LogFormat::Compact => lines.compact().boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    let ours = || Targets::new().with_target("countersign", LevelFilter::INFO);
    let traces =
        telemetry.map(|telemetry| tracing_opentelemetry::layer().with_tracer(telemetry.tracer()).with_filter(ours()));
    tracing_subscriber::registry().with(traces).with(lines.with_filter(filter)).init();
}
