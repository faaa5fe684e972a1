//! `countersign provider-states list`.

use clap::{Args, Subcommand};
use comfy_table::Cell;
use serde_json::Value;

use super::places::below;
use crate::app::Exit;
use crate::commands::BrokerOptions;
use crate::failure::Failure;
use crate::output::{Output, Style, print, table};

/// Shows the provider states a provider's consumers rely on.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum ProviderStates {
    /// Lists each state once: of main branches, of a branch, or of what runs in an environment
    List(List),
}

#[derive(Debug, Clone, Args)]
pub(crate) struct List {
    /// The provider
    #[arg(short = 'r', long)]
    provider: String,
    /// The branch of the consumer versions [default: each consumer's main branch]
    #[arg(long, conflicts_with = "environment")]
    branch: Option<String>,
    /// The environment the consumer versions run in
    #[arg(long)]
    environment: Option<String>,
    /// How to answer
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
    /// The same as --output json
    #[arg(long, hide = true)]
    json: bool,
    #[command(flatten)]
    broker: BrokerOptions,
}

impl ProviderStates {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let Self::List(list) = self;
        list.run().await
    }
}

impl List {
    async fn run(self) -> Result<Exit, Failure> {
        let client = self.broker.client()?;
        let mut segments = vec!["pacts", "provider", self.provider.as_str(), "provider-states"];
        if let Some(branch) = &self.branch {
            segments.extend(["branch", branch]);
        }
        if let Some(environment) = &self.environment {
            segments.extend(["environment", environment]);
        }
        let answer = client.get(below(&client, &segments)).await?;
        let states = answer.body().get("providerStates").cloned().unwrap_or_else(|| Value::Array(Vec::new()));
        let output = if self.json { Output::Json } else { self.output };
        if let Some(document) = output.document(&states) {
            print(&document);
            return Ok(Exit::Well);
        }
        let rows: Vec<Vec<Cell>> = states.as_array().into_iter().flatten().map(row).collect();
        if rows.is_empty() {
            print(&format!("No pact of {} names a provider state", self.provider));
        } else {
            print(&table(&["STATE", "PARAMETERS", "CONSUMERS"], rows, Style::for_stdout()));
        }
        Ok(Exit::Well)
    }
}

fn row(state: &Value) -> Vec<Cell> {
    let params = match state.get("params") {
        None | Some(Value::Null) => String::new(),
        Some(Value::Object(members)) if members.is_empty() => String::new(),
        Some(params) => params.to_string(),
    };
    let consumers = state.get("consumers").and_then(Value::as_array).into_iter().flatten();
    let consumers: Vec<&str> = consumers.filter_map(Value::as_str).collect();
    let name = state.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    [name, params, consumers.join(", ")].into_iter().map(Cell::new).collect()
}
