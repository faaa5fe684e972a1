//! `countersign record-deployment` and `record-undeployment`.

use clap::Args;

use crate::app::Exit;
use crate::commands::BrokerOptions;
use crate::failure::Failure;
use crate::output::{Output, Style, print};

/// Records that a version was deployed to an environment, in place of the one before.
#[derive(Debug, Clone, Args)]
pub(crate) struct RecordDeployment {
    /// The application that was deployed
    #[arg(short = 'a', long)]
    pacticipant: String,
    /// Its version
    #[arg(short = 'e', long)]
    version: String,
    /// The environment it was deployed to
    #[arg(long)]
    environment: String,
    /// Which instance of the application, when one environment has several
    #[arg(long, visible_alias = "target", value_name = "NAME")]
    application_instance: Option<String>,
    /// How to answer
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
    #[command(flatten)]
    broker: BrokerOptions,
}

impl RecordDeployment {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let instance = self.application_instance.as_deref();
        let client = self.broker.client()?;
        let deployed = client.record_deployment(&self.pacticipant, &self.version, &self.environment, instance).await?;
        print(&self.output.document(deployed.resource.body()).unwrap_or_else(|| {
            let check = Style::for_stdout().good("✓");
            let suffix = instance_words(deployed.application_instance.as_deref());
            format!(
                "{check} {} {} is recorded as deployed to {}{suffix}",
                self.pacticipant, self.version, self.environment
            )
        }));
        Ok(Exit::Well)
    }
}

/// Records that an application is gone from an environment for good. Deploying another version over it needs no such
/// record.
#[derive(Debug, Clone, Args)]
pub(crate) struct RecordUndeployment {
    /// The application that was undeployed
    #[arg(short = 'a', long)]
    pacticipant: String,
    /// The environment it was undeployed from
    #[arg(long)]
    environment: String,
    /// Which instance of the application, when one environment has several
    #[arg(long, visible_alias = "target", value_name = "NAME")]
    application_instance: Option<String>,
    /// How to answer
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
    #[command(flatten)]
    broker: BrokerOptions,
}

impl RecordUndeployment {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let instance = self.application_instance.as_deref();
        let client = self.broker.client()?;
        let gone = client.record_undeployment(&self.pacticipant, &self.environment, instance).await?;
        for deployed in gone {
            print(&self.output.document(deployed.resource.body()).unwrap_or_else(|| {
                let check = Style::for_stdout().good("✓");
                let suffix = instance_words(instance);
                let (name, version) = (&self.pacticipant, &deployed.version);
                format!("{check} {name} {version} is recorded as undeployed from {}{suffix}", self.environment)
            }));
        }
        Ok(Exit::Well)
    }
}

fn instance_words(instance: Option<&str>) -> String {
    instance.map(|name| format!(" (instance {name})")).unwrap_or_default()
}
