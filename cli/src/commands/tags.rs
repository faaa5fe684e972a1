//! `countersign create-version-tag` and `delete-version-tag`.

use std::path::Path;

use clap::Args;
use countersign_broker_client::VersionProperties;

use crate::app::Exit;
use crate::commands::BrokerOptions;
use crate::failure::Failure;
use crate::output::{Style, print};

/// Tags a version.
#[derive(Debug, Clone, Args)]
pub(crate) struct CreateVersionTag {
    /// The application
    #[arg(short = 'a', long)]
    pacticipant: String,
    /// Its version
    #[arg(short = 'e', long)]
    version: String,
    /// A tag for the version (can be repeated, or separated by commas)
    #[arg(short, long, value_name = "TAG", value_delimiter = ',', required_unless_present = "tag_with_git_branch")]
    tag: Vec<String>,
    /// Create the version if there is none
    #[arg(long)]
    auto_create_version: bool,
    /// Tag the version with the branch that the CI system's variables or git name
    #[arg(short = 'g', long)]
    tag_with_git_branch: bool,
    #[command(flatten)]
    broker: BrokerOptions,
}

impl CreateVersionTag {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let mut tags = self.tag;
        if self.tag_with_git_branch {
            let branch = VersionProperties::detect(Path::new(".")).branch;
            tags.push(branch.ok_or_else(|| {
                Failure::input(
                    "no tag was created",
                    "--tag-with-git-branch: neither CI variables nor git name a branch",
                )
            })?);
        }
        let client = self.broker.client()?;
        if !self.auto_create_version {
            client.version(&self.pacticipant, &self.version).await?;
        }
        for tag in tags {
            client.tag_version(&self.pacticipant, &self.version, &tag).await?;
            let check = Style::for_stdout().good("✓");
            print(&format!("{check} {} {} is tagged {tag}", self.pacticipant, self.version));
        }
        Ok(Exit::Well)
    }
}

/// Takes a tag off a version.
#[derive(Debug, Clone, Args)]
pub(crate) struct DeleteVersionTag {
    /// The application
    #[arg(short = 'a', long)]
    pacticipant: String,
    /// Its version
    #[arg(short = 'e', long)]
    version: String,
    /// The tag to take off
    #[arg(short, long)]
    tag: String,
    #[command(flatten)]
    broker: BrokerOptions,
}

impl DeleteVersionTag {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        self.broker.client()?.untag_version(&self.pacticipant, &self.version, &self.tag).await?;
        let check = Style::for_stdout().good("✓");
        print(&format!("{check} {} {} is no longer tagged {}", self.pacticipant, self.version, self.tag));
        Ok(Exit::Well)
    }
}
