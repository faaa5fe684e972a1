//! `countersign can-i-deploy`.

use std::time::Duration;

use clap::Args;
use countersign_broker_client::{MatrixQuery, Polling, Target, Verdict};
use jiff::Timestamp;

use crate::app::Exit;
use crate::commands::BrokerOptions;
use crate::commands::matrix_selectors::MatrixSelectors;
use crate::failure::Failure;
use crate::output::{Output, Style, print, print_error, render_verdict};

/// Answers whether a version may be deployed: whether everything it works with at the target honours, or was verified
/// against, its contracts.
///
/// Exit code 0 when the answer is yes, 1 when it is no, when results are missing, or when the broker could not be
/// asked. With --dry-run it is 0 for every answer.
///
///   countersign can-i-deploy --pacticipant web --version 1f3c9ab --to-environment production
///
///   countersign can-i-deploy --pacticipant web --branch main --pacticipant stock --version 77aa012
#[derive(Debug, Clone, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct CanIDeploy {
    #[command(flatten)]
    selectors: MatrixSelectors,
    /// The environment the versions are meant for
    #[arg(long, value_name = "ENVIRONMENT", conflicts_with = "to")]
    to_environment: Option<String>,
    /// The tag of the versions they have to get on with; environments are the better way
    #[arg(long, value_name = "TAG")]
    to: Option<String>,
    #[command(flatten)]
    answering: Answering,
    #[command(flatten)]
    broker: BrokerOptions,
}

/// How patiently, and in which form, a verdict is given.
#[derive(Debug, Clone, Args)]
pub(crate) struct Answering {
    /// Ask again up to this many times while results are missing
    #[arg(long, value_name = "TIMES", default_value_t = 0)]
    retry_while_unknown: u32,
    /// Seconds between asking again
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    retry_interval: u64,
    /// End with exit code 0 whatever the answer
    #[arg(
        long,
        env = "PACT_BROKER_CAN_I_DEPLOY_DRY_RUN",
        action = clap::ArgAction::SetTrue,
        value_parser = clap::builder::FalseyValueParser::new()
    )]
    dry_run: bool,
    /// How to answer
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

impl CanIDeploy {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let target = self.to_environment.map(Target::Environment).or(self.to.map(Target::Tag));
        let query = question(self.selectors, target)?;
        self.answering.answer(&self.broker, &query).await
    }
}

/// The question the options make.
pub(crate) fn question(selectors: MatrixSelectors, target: Option<Target>) -> Result<MatrixQuery, Failure> {
    let (selectors, ignored) =
        selectors.interpret().map_err(|problems| Failure::Input { what: "nothing was asked".to_owned(), problems })?;
    Ok(MatrixQuery { selectors, target, ignored, limit: None })
}

impl Answering {
    /// Asks, waits as long as wanted, prints, and turns the verdict into an exit.
    pub(crate) async fn answer(&self, broker: &BrokerOptions, query: &MatrixQuery) -> Result<Exit, Failure> {
        let interval = Duration::from_secs(self.retry_interval);
        let polling = Polling { times: self.retry_while_unknown, interval };
        let client = broker.client()?;
        let waiting = |verdict: &Verdict, left| {
            print_error(&format!(
                "waiting for {} missing verification {}; asking again in {} s, {left} more {}",
                verdict.unknown,
                if verdict.unknown == 1 { "result" } else { "results" },
                self.retry_interval,
                if left == 1 { "time" } else { "times" },
            ));
        };
        let verdict = client.can_i_deploy_once_known(query, polling, waiting).await?;
        self.tell(&verdict);
        Ok(if verdict.deployable == Some(true) || self.dry_run { Exit::Well } else { Exit::No })
    }

    fn tell(&self, verdict: &Verdict) {
        let words = || render_verdict(verdict, Timestamp::now(), Style::for_stdout());
        print(&self.output.document(&verdict.document).unwrap_or_else(words));
        if self.dry_run && verdict.deployable != Some(true) {
            print_error("dry run: ending with exit code 0 although the answer is no");
        }
    }
}
