//! `countersign create-or-update-pacticipant`, `describe-pacticipant` and `list-pacticipants`.

use clap::Args;
use comfy_table::Cell;
use countersign_broker_client::{Pacticipant, PacticipantDetails};
use serde_json::Value;

use crate::app::Exit;
use crate::commands::BrokerOptions;
use crate::failure::Failure;
use crate::output::{Output, Style, fields, print, table};

/// Creates an application, or changes what is given of one that exists.
#[derive(Debug, Clone, Args)]
pub(crate) struct CreateOrUpdatePacticipant {
    /// The application's name
    #[arg(long)]
    name: String,
    /// Name for people
    #[arg(long, value_name = "NAME")]
    display_name: Option<String>,
    /// The branch that counts as the main line of development
    #[arg(long, value_name = "BRANCH")]
    main_branch: Option<String>,
    /// Where the source is
    #[arg(long, value_name = "URL")]
    repository_url: Option<String>,
    /// How to answer
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
    #[command(flatten)]
    broker: BrokerOptions,
}

impl CreateOrUpdatePacticipant {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let details = PacticipantDetails {
            display_name: self.display_name,
            main_branch: self.main_branch,
            repository_url: self.repository_url,
        };
        let saved = self.broker.client()?.create_or_update_pacticipant(&self.name, &details).await?;
        print(
            &self
                .output
                .document(saved.resource.body())
                .unwrap_or_else(|| format!("{} pacticipant {} is saved", Style::for_stdout().good("✓"), self.name)),
        );
        Ok(Exit::Well)
    }
}

/// Shows an application.
#[derive(Debug, Clone, Args)]
pub(crate) struct DescribePacticipant {
    /// The application's name
    #[arg(long, visible_alias = "pacticipant", short_alias = 'a')]
    name: String,
    /// How to answer
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
    #[command(flatten)]
    broker: BrokerOptions,
}

impl DescribePacticipant {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let found = self.broker.client()?.pacticipant(&self.name).await?;
        print(&self.output.document(found.resource.body()).unwrap_or_else(|| description(&found)));
        Ok(Exit::Well)
    }
}

fn description(found: &Pacticipant) -> String {
    fields(&[
        ("Name", Some(found.name.clone())),
        ("Display name", found.details.display_name.clone()),
        ("Main branch", found.details.main_branch.clone()),
        ("Repository", found.details.repository_url.clone()),
        ("Labels", Some(found.labels.join(", ")).filter(|labels| !labels.is_empty())),
        ("Latest version", found.latest_version.clone()),
    ])
}

/// Lists applications.
#[derive(Debug, Clone, Args)]
pub(crate) struct ListPacticipants {
    /// How to answer
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
    #[command(flatten)]
    broker: BrokerOptions,
}

impl ListPacticipants {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let all = self.broker.client()?.pacticipants().await?;
        let documents: Vec<_> = all.iter().map(|found| found.resource.body().clone()).collect();
        print(&self.output.document(&Value::Array(documents)).unwrap_or_else(|| {
            let text = |value: &Option<String>| Cell::new(value.as_deref().unwrap_or_default());
            let rows = all.iter().map(|found| {
                vec![
                    Cell::new(&found.name),
                    text(&found.details.display_name),
                    text(&found.details.main_branch),
                    text(&found.latest_version),
                ]
            });
            table(&["NAME", "DISPLAY NAME", "MAIN BRANCH", "LATEST VERSION"], rows.collect(), Style::for_stdout())
        }));
        Ok(Exit::Well)
    }
}
