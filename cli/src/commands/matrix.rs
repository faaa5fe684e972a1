//! `countersign matrix`.

use clap::Args;
use countersign_broker_client::Target;
use jiff::Timestamp;

use crate::app::Exit;
use crate::commands::BrokerOptions;
use crate::commands::can_i_deploy::question;
use crate::commands::matrix_selectors::MatrixSelectors;
use crate::failure::Failure;
use crate::output::{Output, Style, print, render_verdict};

/// Shows which versions were verified by which, without judging: the exit code is 0 whatever stands in the rows.
#[derive(Debug, Clone, Args)]
pub(crate) struct Matrix {
    #[command(flatten)]
    selectors: MatrixSelectors,
    /// Only what meets the versions in this environment
    #[arg(long, value_name = "ENVIRONMENT")]
    to_environment: Option<String>,
    /// Rows to show, at most
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    limit: u32,
    /// How to answer
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
    #[command(flatten)]
    broker: BrokerOptions,
}

impl Matrix {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let mut query = question(self.selectors, self.to_environment.map(Target::Environment))?;
        query.limit = Some(self.limit);
        let verdict = self.broker.client()?.can_i_deploy(&query).await?;
        let words = || render_verdict(&verdict, Timestamp::now(), Style::for_stdout());
        print(&self.output.document(&verdict.document).unwrap_or_else(words));
        Ok(Exit::Well)
    }
}
