//! `countersign record-release` and `record-support-ended`.

use clap::Args;

use crate::app::Exit;
use crate::commands::BrokerOptions;
use crate::failure::Failure;
use crate::output::{Output, Style, print};

/// A version and an environment.
#[derive(Debug, Clone, Args)]
struct Release {
    /// The application
    #[arg(short = 'a', long)]
    pacticipant: String,
    /// Its version
    #[arg(short = 'e', long)]
    version: String,
    /// The environment
    #[arg(long)]
    environment: String,
    /// How to answer
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
    #[command(flatten)]
    broker: BrokerOptions,
}

impl Release {
    fn tell(&self, document: &serde_json::Value, what: &str) {
        print(&self.output.document(document).unwrap_or_else(|| {
            let check = Style::for_stdout().good("✓");
            format!("{check} {} {} is {what} {}", self.pacticipant, self.version, self.environment)
        }));
    }
}

/// Records that a version was released to an environment, where it lives beside those released before.
#[derive(Debug, Clone, Args)]
pub(crate) struct RecordRelease {
    #[command(flatten)]
    release: Release,
}

impl RecordRelease {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let Release { pacticipant, version, environment, broker, .. } = &self.release;
        let released = broker.client()?.record_release(pacticipant, version, environment).await?;
        self.release.tell(released.resource.body(), "recorded as released to");
        Ok(Exit::Well)
    }
}

/// Records that a released version is no longer supported in an environment.
#[derive(Debug, Clone, Args)]
pub(crate) struct RecordSupportEnded {
    #[command(flatten)]
    release: Release,
}

impl RecordSupportEnded {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let Release { pacticipant, version, environment, broker, .. } = &self.release;
        let ended = broker.client()?.record_support_ended(pacticipant, version, environment).await?;
        self.release.tell(ended.resource.body(), "recorded as no longer supported in");
        Ok(Exit::Well)
    }
}
