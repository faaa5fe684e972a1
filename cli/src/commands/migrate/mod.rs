//! `countersign migrate`: from any broker that speaks the Pact Broker API to any other.

mod journal;
mod steps;

use std::path::PathBuf;

use clap::Args;
use countersign_broker_client::{BrokerClient, Error, RetryPolicy};

use crate::app::Exit;
use crate::failure::Failure;
use crate::output::print;
use journal::Journal;
use steps::Migration;

/// Copies everything from one broker to another: pacticipants, versions, branches, tags, pacts, verification results,
/// environments, and what is deployed and released.
///
/// What was copied is noted in a file, so that a run that broke off goes on where it was. Webhooks are not copied: no
/// broker gives their passwords away.
#[derive(Debug, Clone, Args)]
pub(crate) struct Migrate {
    /// The broker to copy from
    #[arg(long, value_name = "URL")]
    from: String,
    /// The broker to copy to
    #[arg(long, value_name = "URL")]
    to: String,
    /// Bearer token of the first
    #[arg(long, value_name = "TOKEN", env = "COUNTERSIGN_MIGRATE_FROM_TOKEN", hide_env_values = true)]
    from_token: Option<String>,
    /// User name and password of the first, as NAME:PASSWORD
    #[arg(long, value_name = "NAME:PASSWORD", env = "COUNTERSIGN_MIGRATE_FROM_USER", hide_env_values = true)]
    from_user: Option<String>,
    /// Bearer token of the second
    #[arg(long, value_name = "TOKEN", env = "COUNTERSIGN_MIGRATE_TO_TOKEN", hide_env_values = true)]
    to_token: Option<String>,
    /// User name and password of the second, as NAME:PASSWORD
    #[arg(long, value_name = "NAME:PASSWORD", env = "COUNTERSIGN_MIGRATE_TO_USER", hide_env_values = true)]
    to_user: Option<String>,
    /// Where to note what was copied
    #[arg(long, value_name = "FILE", default_value = "countersign-migration.txt")]
    journal: PathBuf,
}

impl Migrate {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let from = client(&self.from, self.from_token.as_deref(), self.from_user.as_deref())?;
        let to = client(&self.to, self.to_token.as_deref(), self.to_user.as_deref())?;
        let refuse = |error: std::io::Error| {
            Failure::input("nothing was copied", format!("{}: {error}", self.journal.display()))
        };
        let journal = Journal::open(&self.journal, from.base_url(), to.base_url()).map_err(refuse)?;
        let mut migration = Migration::new(from, to, journal);
        migration.run().await?;
        print(&migration.summary());
        Ok(Exit::Well)
    }
}

fn client(url: &str, token: Option<&str>, user: Option<&str>) -> Result<BrokerClient, Error> {
    let builder = BrokerClient::builder(url).retry(RetryPolicy::with_retries(5));
    let builder = match (token, user.and_then(|user| user.split_once(':'))) {
        (Some(token), _) => builder.bearer_token(token),
        (None, Some((name, password))) => builder.basic_auth(name, Some(password.to_owned())),
        (None, None) => builder,
    };
    builder.build()
}
