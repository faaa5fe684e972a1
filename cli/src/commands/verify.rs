//! `countersign verify` (alias `verifier`).

mod files;
mod github;
mod options;
mod progress;
mod run;

use clap::{ArgAction, Args};

use crate::logging::{LogFormat, LogLevel};
pub(crate) use options::{
    Credentials, Filters, Provider, Publishing, Reporting, Running, Selection, Sources, States, Telemetry,
};

/// Verifies that a provider honours its consumers' contracts.
///
/// Exit codes: 0 when the provider honours them all (pending ones may fail), 1 when it breaks one or does not answer, 2 when
/// the verification could not run, for example because a pact file is missing or the broker cannot be reached, when
/// results could not be published, or when the command line is not valid.
///
/// On GitHub Actions, failures become annotations and the report a summary of the step.
#[derive(Debug, Clone, Args)]
#[command(version, disable_help_flag = true, disable_version_flag = true)]
pub(crate) struct Verify {
    #[command(flatten)]
    pub(crate) sources: Sources,
    #[command(flatten)]
    pub(crate) credentials: Credentials,
    #[command(flatten)]
    pub(crate) provider: Provider,
    #[command(flatten)]
    pub(crate) states: States,
    #[command(flatten)]
    pub(crate) filters: Filters,
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) publishing: Publishing,
    #[command(flatten)]
    pub(crate) reporting: Reporting,
    #[command(flatten)]
    pub(crate) running: Running,
    #[command(flatten)]
    pub(crate) telemetry: Telemetry,
    /// Print help
    #[arg(long, action = ArgAction::Help)]
    help: Option<bool>,
    /// Print version
    #[arg(short = 'v', long, action = ArgAction::Version)]
    version: Option<bool>,
}

impl Verify {
    /// How much is logged, when these options say so.
    pub(crate) fn log_level(&self) -> Option<LogLevel> {
        self.reporting.loglevel
    }

    /// What log lines look like.
    pub(crate) fn log_format(&self) -> LogFormat {
        match &self.reporting {
            Reporting { pretty_log: true, .. } => LogFormat::Pretty,
            Reporting { compact_log: true, .. } => LogFormat::Compact,
            _ => LogFormat::Full,
        }
    }
}
