//! `countersign create-or-update-version` and `describe-version`.

use clap::Args;
use comfy_table::Cell;
use countersign_broker_client::{BrokerClient, PacticipantVersion};
use serde_json::Value;

use crate::app::Exit;
use crate::commands::BrokerOptions;
use crate::failure::Failure;
use crate::output::{Output, Style, print, table};

/// Creates a version, puts it on a branch and tags it, as far as it is not so already.
#[derive(Debug, Clone, Args)]
pub(crate) struct CreateOrUpdateVersion {
    /// The application
    #[arg(short = 'a', long)]
    pacticipant: String,
    /// Its version
    #[arg(short = 'e', long)]
    version: String,
    /// The branch the version was built from
    #[arg(long)]
    branch: Option<String>,
    /// A tag for the version (can be repeated, or separated by commas)
    #[arg(short, long, value_name = "TAG", value_delimiter = ',')]
    tag: Vec<String>,
    /// How to answer
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
    #[command(flatten)]
    broker: BrokerOptions,
}

impl CreateOrUpdateVersion {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let client = self.broker.client()?;
        if self.branch.is_none() && self.tag.is_empty() {
            client.create_version(&self.pacticipant, &self.version).await?;
        }
        if let Some(branch) = &self.branch {
            client.add_to_branch(&self.pacticipant, &self.version, branch).await?;
        }
        for tag in &self.tag {
            client.tag_version(&self.pacticipant, &self.version, tag).await?;
        }
        let saved = client.version(&self.pacticipant, &self.version).await?;
        print(&self.output.document(saved.resource.body()).unwrap_or_else(|| {
            format!("{} {} {} is saved", Style::for_stdout().good("✓"), self.pacticipant, self.version)
        }));
        Ok(Exit::Well)
    }
}

/// Shows a version: the one with a number, the latest (with a tag), or those brought to an environment. Without any of
/// these, the latest.
#[derive(Debug, Clone, Args)]
pub(crate) struct DescribeVersion {
    /// The application
    #[arg(short = 'a', long)]
    pacticipant: String,
    /// The version's number
    #[arg(short = 'e', long, conflicts_with_all = ["latest", "environment"])]
    version: Option<String>,
    /// The latest version, or the latest with this tag
    #[arg(short, long, value_name = "TAG", num_args = 0..=1, default_missing_value = "", conflicts_with = "environment")]
    latest: Option<String>,
    /// Every version deployed or released to this environment
    #[arg(long)]
    environment: Option<String>,
    /// Only versions deployed to the environment now
    #[arg(long, requires = "environment")]
    deployed: bool,
    /// Only versions released to the environment and still supported
    #[arg(long, requires = "environment")]
    released: bool,
    /// How to answer
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
    #[command(flatten)]
    broker: BrokerOptions,
}

impl DescribeVersion {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let client = self.broker.client()?;
        let document = if let Some(environment) = &self.environment {
            let versions = self.in_environment(&client, environment).await?;
            self.tell(&versions);
            Value::Array(versions.into_iter().map(|version| version.resource.into_body()).collect())
        } else {
            let version = self.single(&client).await?;
            self.tell(std::slice::from_ref(&version));
            version.resource.into_body()
        };
        if let Some(text) = self.output.document(&document) {
            print(&text);
        }
        Ok(Exit::Well)
    }

    async fn single(&self, client: &BrokerClient) -> Result<PacticipantVersion, Failure> {
        let tag = self.latest.as_deref().filter(|tag| !tag.is_empty());
        Ok(match &self.version {
            Some(number) => client.version(&self.pacticipant, number).await?,
            None => client.latest_version(&self.pacticipant, tag).await?,
        })
    }

    async fn in_environment(&self, client: &BrokerClient, name: &str) -> Result<Vec<PacticipantVersion>, Failure> {
        let mut versions = client.versions_in_environment(&self.pacticipant, name).await?;
        if self.deployed || self.released {
            versions.retain(|version| {
                let mut here = version.places.iter().filter(|place| place.environment == name && place.current);
                here.any(|place| if place.released { self.released } else { self.deployed })
            });
        }
        Ok(versions)
    }

    fn tell(&self, versions: &[PacticipantVersion]) {
        if self.output == Output::Text {
            print(&described(versions, Style::for_stdout()));
        }
    }
}

fn described(versions: &[PacticipantVersion], style: Style) -> String {
    let rows = versions.iter().map(|version| {
        let branches = version
            .branches
            .iter()
            .map(|branch| if branch.latest { format!("{} (latest)", branch.name) } else { branch.name.clone() });
        let places = version.places.iter().filter(|place| place.current).map(|place| {
            let how = if place.released { "released" } else { "deployed" };
            format!("{} ({how})", place.environment)
        });
        vec![
            Cell::new(&version.number),
            Cell::new(branches.collect::<Vec<_>>().join(", ")),
            Cell::new(version.tags.join(", ")),
            Cell::new(places.collect::<Vec<_>>().join(", ")),
            Cell::new(version.build_url.as_deref().unwrap_or_default()),
        ]
    });
    table(&["NUMBER", "BRANCHES", "TAGS", "ENVIRONMENTS", "BUILD"], rows.collect(), style)
}
