//! `countersign get-pacts`.

use std::path::{Path, PathBuf};

use clap::Args;
use comfy_table::Cell;
use countersign_broker_client::{BrokerClient, Error, Resource};
use serde_json::{Value, json};
use url::Url;

use super::places::below;
use crate::app::Exit;
use crate::commands::BrokerOptions;
use crate::failure::Failure;
use crate::output::{Output, Style, print, table};

/// Lists, and downloads, the pacts of a provider: of all consumers or one, from a branch or the main branch.
#[derive(Debug, Clone, Args)]
pub(crate) struct GetPacts {
    /// The provider
    #[arg(long)]
    provider: String,
    /// Only pacts of this consumer
    #[arg(long)]
    consumer: Option<String>,
    /// The branch of the consumer versions [default: each consumer's main branch]
    #[arg(long)]
    branch: Option<String>,
    /// Only the latest of each consumer
    #[arg(long)]
    latest: bool,
    /// Write the pacts into files
    #[arg(long)]
    download: bool,
    /// The folder those files go to
    #[arg(long, value_name = "DIR", default_value = "./pacts")]
    download_dir: PathBuf,
    /// How to answer
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
    #[command(flatten)]
    broker: BrokerOptions,
}

/// A pact and where it is.
struct Found {
    title: String,
    consumer: String,
    url: Url,
}

impl GetPacts {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let client = self.broker.client()?;
        let found = self.find(&client).await?;
        let mut files = Vec::new();
        if self.download {
            for pact in &found {
                files.push(download(&client, pact, &self.provider, &self.download_dir).await?);
            }
        }
        self.tell(&found, &files);
        Ok(Exit::Well)
    }

    async fn find(&self, client: &BrokerClient) -> Result<Vec<Found>, Error> {
        let provider = self.provider.as_str();
        let mut segments = vec!["pacts", "provider", provider];
        if let Some(consumer) = &self.consumer {
            segments.extend(["consumer", consumer]);
        }
        segments.push("branch");
        segments.extend(self.branch.as_deref());
        // of a pair, the latest by branch is one pact, and everything else a list
        match (&self.consumer, &self.branch, self.latest) {
            (Some(consumer), Some(_), true) => {
                segments.push("latest");
                let pact = client.get(below(client, &segments)).await?;
                let url = pact.target("self", &[])?;
                let title = pact.link("self").and_then(|link| link.name).unwrap_or_else(|| url.to_string());
                return Ok(vec![Found { title, consumer: consumer.clone(), url }]);
            }
            (Some(_), None, latest) => {
                segments.extend(if latest { vec!["latest", "versions"] } else { vec!["versions"] })
            }
            (None, _, true) => segments.push("latest"),
            _ => {}
        }
        let list = client.get(below(client, &segments)).await?;
        Ok(self.listed(&list))
    }

    fn listed(&self, list: &Resource) -> Vec<Found> {
        let rel = ["pb:pacts", "pb:pact-versions", "pact-versions"].into_iter().find(|rel| !list.links(rel).is_empty());
        let links = rel.map(|rel| list.links(rel)).unwrap_or_default();
        links
            .into_iter()
            .filter_map(|link| {
                let consumer = self.consumer.clone().or(link.name).unwrap_or_default();
                let title = link.title.unwrap_or_else(|| link.href.clone());
                Some(Found { title, consumer, url: list.url().join(&link.href).ok()? })
            })
            .collect()
    }

    fn tell(&self, found: &[Found], files: &[PathBuf]) {
        let document: Vec<Value> = found
            .iter()
            .enumerate()
            .map(|(index, pact)| {
                let file = files.get(index).map(|file| file.display().to_string());
                json!({ "name": pact.title, "consumer": pact.consumer, "provider": self.provider,
                        "href": pact.url.as_str(), "file": file })
            })
            .collect();
        if let Some(document) = self.output.document(&Value::Array(document)) {
            print(&document);
            return;
        }
        if found.is_empty() {
            print(&format!("No pacts of {} were found", self.provider));
            return;
        }
        let rows = found.iter().enumerate().map(|(index, pact)| {
            let place = files.get(index).map_or_else(|| pact.url.to_string(), |file| file.display().to_string());
            [pact.consumer.clone(), pact.title.clone(), place].into_iter().map(Cell::new).collect()
        });
        let header = ["CONSUMER", "PACT", if self.download { "FILE" } else { "URL" }];
        print(&table(&header, rows.collect(), Style::for_stdout()));
    }
}

/// Writes a pact as it was published, without what the broker adds to it.
async fn download(client: &BrokerClient, pact: &Found, provider: &str, folder: &Path) -> Result<PathBuf, Failure> {
    let resource = client.get(pact.url.clone()).await?;
    let version = resource.link("pb:consumer-version").and_then(|link| link.name);
    let mut document = resource.into_body();
    if let Some(members) = document.as_object_mut() {
        members.shift_remove("_links");
        members.shift_remove("createdAt");
    }
    let name: String = [Some(pact.consumer.as_str()), Some(provider), version.as_deref()]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("-")
        .chars()
        // names must not lead out of the folder
        .map(|letter| if letter.is_alphanumeric() || "-_. ".contains(letter) { letter } else { '_' })
        .collect();
    let file = folder.join(format!("{name}.json"));
    let refuse =
        |error: std::io::Error| Failure::input("the pact was not written", format!("{}: {error}", file.display()));
    std::fs::create_dir_all(folder).map_err(refuse)?;
    std::fs::write(&file, format!("{document:#}\n")).map_err(refuse)?;
    Ok(file)
}
