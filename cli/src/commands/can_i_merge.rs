//! `countersign can-i-merge`.

use clap::Args;
use countersign_broker_client::Target;

use crate::app::Exit;
use crate::commands::BrokerOptions;
use crate::commands::can_i_deploy::{Answering, question};
use crate::commands::matrix_selectors::MatrixSelectors;
use crate::failure::Failure;

/// Answers whether a version gets on with the newest main-branch version of everything it is integrated with.
///
/// Exit code 0 when the answer is yes, 1 when it is no, when results are missing, or when the broker could not be
/// asked. With --dry-run it is 0 for every answer.
#[derive(Debug, Clone, Args)]
pub(crate) struct CanIMerge {
    #[command(flatten)]
    selectors: MatrixSelectors,
    #[command(flatten)]
    answering: Answering,
    #[command(flatten)]
    broker: BrokerOptions,
}

impl CanIMerge {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let query = question(self.selectors, Some(Target::MainBranch))?;
        self.answering.answer(&self.broker, &query).await
    }
}
