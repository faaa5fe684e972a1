//! What webhooks have sent: `countersign list-webhook-deliveries`, `describe-webhook-delivery` and `redeliver-webhook`.

use clap::Args;
use comfy_table::Cell;
use countersign_broker_client::Resource;
use serde_json::{Value, json};

use super::places::below;
use crate::app::Exit;
use crate::commands::BrokerOptions;
use crate::failure::Failure;
use crate::output::{Output, Style, print, table};

/// Lists what the events of a consumer and a provider had webhooks send, and what became of it.
#[derive(Debug, Clone, Args)]
pub(crate) struct ListWebhookDeliveries {
    /// The consumer
    #[arg(long)]
    consumer: String,
    /// The provider
    #[arg(long)]
    provider: String,
    /// Only what this consumer version's pact triggered [default: the latest of each webhook and event]
    #[arg(short = 'e', long)]
    version: Option<String>,
    /// How to answer
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
    #[command(flatten)]
    broker: BrokerOptions,
}

impl ListWebhookDeliveries {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let client = self.broker.client()?;
        let mut place = vec!["pacts", "provider", self.provider.as_str(), "consumer", self.consumer.as_str()];
        match &self.version {
            Some(version) => place.extend(["version", version, "triggered-webhooks"]),
            None => place.extend(["webhooks", "status"]),
        }
        let found = client.get(below(&client, &place)).await?;
        if let Some(text) = self.output.document(found.body()) {
            print(&text);
            return Ok(Exit::Well);
        }
        let deliveries = found.embedded("triggeredWebhooks");
        if deliveries.is_empty() {
            print(&format!("Nothing between {} and {} had a webhook send anything", self.consumer, self.provider));
            return Ok(Exit::Well);
        }
        let header = ["UUID", "EVENT", "STATUS", "ATTEMPTS", "TRIGGERED"];
        print(&table(&header, deliveries.iter().map(row).collect(), Style::for_stdout()));
        Ok(Exit::Well)
    }
}

fn row(delivery: &Resource) -> Vec<Cell> {
    let text = |key: &str| delivery.body().get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let attempts = delivery.body().get("attemptsMade").map(Value::to_string).unwrap_or_default();
    let cells = [uuid(delivery), text("eventName"), text("status"), attempts, text("triggeredAt")];
    cells.into_iter().map(Cell::new).collect()
}

/// A delivery's identity; brokers that do not say it have it in the address of its log.
fn uuid(delivery: &Resource) -> String {
    let said = delivery.body().get("uuid").and_then(Value::as_str).map(str::to_owned);
    let of_log = || delivery.link("pb:logs").and_then(|link| link.href.rsplit('/').nth(1).map(str::to_owned));
    said.or_else(of_log).unwrap_or_default()
}

/// Shows every attempt of a delivery: what was sent, without secrets, and what came back.
#[derive(Debug, Clone, Args)]
pub(crate) struct DescribeWebhookDelivery {
    /// The delivery's UUID, as list-webhook-deliveries shows it
    #[arg(long)]
    uuid: String,
    /// How to answer
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
    #[command(flatten)]
    broker: BrokerOptions,
}

impl DescribeWebhookDelivery {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let client = self.broker.client()?;
        let log = client.get(below(&client, &["triggered-webhooks", &self.uuid, "logs"])).await?;
        let words = || {
            let attempts = log.body().get("executions").and_then(Value::as_array).cloned().unwrap_or_default();
            let texts = attempts.iter().enumerate().map(|(index, attempt)| {
                let part = |key: &str| attempt.get(key).and_then(Value::as_str).unwrap_or_default();
                format!("# Attempt {}, {}\n{}", index + 1, part("createdAt"), part("logs").trim_end())
            });
            let texts: Vec<String> = texts.collect();
            if texts.is_empty() { "Not attempted yet".to_owned() } else { texts.join("\n\n") }
        };
        print(&self.output.document(log.body()).unwrap_or_else(words));
        Ok(Exit::Well)
    }
}

/// Has the broker send a delivery that ended once more, with all its attempts ahead.
#[derive(Debug, Clone, Args)]
pub(crate) struct RedeliverWebhook {
    /// The delivery's UUID, as list-webhook-deliveries shows it
    #[arg(long)]
    uuid: String,
    #[command(flatten)]
    broker: BrokerOptions,
}

impl RedeliverWebhook {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let client = self.broker.client()?;
        client.post_json(below(&client, &["triggered-webhooks", &self.uuid, "redeliver"]), json!({})).await?;
        print(&format!("{} delivery {} will be sent again", Style::for_stdout().good("✓"), self.uuid));
        Ok(Exit::Well)
    }
}
