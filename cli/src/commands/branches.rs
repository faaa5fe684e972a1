//! `countersign delete-branch`.

use clap::Args;

use crate::app::Exit;
use crate::commands::BrokerOptions;
use crate::failure::Failure;
use crate::output::{Style, print};

/// Deletes a branch. Its versions, pacts and verifications stay, but selectors no longer find them by it.
#[derive(Debug, Clone, Args)]
pub(crate) struct DeleteBranch {
    /// The application
    #[arg(short = 'a', long)]
    pacticipant: String,
    /// The branch to delete
    #[arg(long)]
    branch: String,
    /// Fail when there is no such branch
    #[arg(
        long,
        value_name = "BOOL",
        num_args = 0..=1,
        default_missing_value = "true",
        default_value_t = false,
        action = clap::ArgAction::Set
    )]
    error_when_not_found: bool,
    #[command(flatten)]
    broker: BrokerOptions,
}

impl DeleteBranch {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let style = Style::for_stdout();
        match self.broker.client()?.delete_branch(&self.pacticipant, &self.branch).await {
            Ok(()) => {
                print(&format!("{} branch {} of {} is deleted", style.good("✓"), self.branch, self.pacticipant));
            }
            Err(error) if error.is_not_found() && !self.error_when_not_found => {
                print(&format!("branch {} of {} does not exist", self.branch, self.pacticipant));
            }
            Err(error) => return Err(error.into()),
        }
        Ok(Exit::Well)
    }
}
