//! `countersign list-latest-pact-versions`.

use clap::Args;
use comfy_table::Cell;
use serde_json::{Value, json};

use crate::app::Exit;
use crate::commands::BrokerOptions;
use crate::failure::Failure;
use crate::output::{Output, Style, print, table};

/// Lists the latest pact of every consumer and provider.
#[derive(Debug, Clone, Args)]
pub(crate) struct ListLatestPactVersions {
    /// How to answer
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
    #[command(flatten)]
    broker: BrokerOptions,
}

impl ListLatestPactVersions {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let pacts = self.broker.client()?.latest_pact_versions().await?;
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let document: Vec<Value> = pacts
            .iter()
            .map(|pact| {
                json!({ "consumer": pact.consumer, "consumerVersion": pact.consumer_version,
                        "provider": pact.provider, "createdAt": pact.created_at, "href": pact.href })
            })
            .collect();
        if let Some(document) = self.output.document(&Value::Array(document)) {
            print(&document);
            return Ok(Exit::Well);
        }
        let rows = pacts.iter().map(|pact| {
            let columns = [
                pact.consumer.clone(),
                pact.consumer_version.clone(),
                pact.provider.clone(),
                text(&pact.created_at),
                text(&pact.href),
            ];
            columns.into_iter().map(Cell::new).collect()
        });
        let header = ["CONSUMER", "C.VERSION", "PROVIDER", "PUBLISHED", "URL"];
        print(&table(&header, rows.collect(), Style::for_stdout()));
        Ok(Exit::Well)
    }
}
