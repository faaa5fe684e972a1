//! `countersign broker`: the server.

use clap::Args;
use countersign_broker::Config;

use crate::app::Exit;
use crate::failure::Failure;
use crate::output::print;

/// What the server is told at start.
#[derive(Debug, Clone, Args)]
pub(crate) struct Broker {
    /// Where contracts are kept: a path or sqlite:… for an embedded database (created when missing; sqlite::memory: is
    /// forgotten at the end), postgres://… for a server that several brokers can share
    #[arg(
        long,
        value_name = "URL",
        env = "PACT_BROKER_DATABASE_URL",
        hide_env_values = true,
        default_value = "countersign.sqlite"
    )]
    pub(crate) database_url: String,
    /// The host name or address to listen on; 0.0.0.0 lets other machines in
    #[arg(long, value_name = "HOST", env = "PACT_BROKER_HOST", default_value = "127.0.0.1")]
    pub(crate) host: String,
    /// The port to listen on; 0 takes any free one
    #[arg(long, value_name = "PORT", env = "PACT_BROKER_PORT", default_value_t = 9292)]
    pub(crate) port: u16,
    /// The address people and clients reach the broker by, when a proxy stands in front; several separated by spaces
    #[arg(long, value_name = "URL", env = "PACT_BROKER_BASE_URL", value_delimiter = ' ')]
    pub(crate) base_url: Vec<String>,
    /// Refuse a new pacticipant whose name is too like a known one
    #[arg(
        long,
        value_name = "BOOL",
        env = "PACT_BROKER_CHECK_FOR_POTENTIAL_DUPLICATE_PACTICIPANT_NAMES",
        default_value_t = true,
        action = clap::ArgAction::Set
    )]
    pub(crate) check_for_potential_duplicate_pacticipant_names: bool,
    /// Let a publication replace the contract of a version that has one already
    #[arg(
        long,
        value_name = "BOOL",
        env = "PACT_BROKER_ALLOW_DANGEROUS_CONTRACT_MODIFICATION",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        default_value_t = false,
        action = clap::ArgAction::Set
    )]
    pub(crate) allow_dangerous_contract_modification: bool,
}

impl Broker {
    /// Serves until the process is told to stop (Ctrl-C or SIGTERM).
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let database = self.database_url.clone();
        let broker = countersign_broker::Broker::start(self.config()).await?;
        print(&format!("countersign broker on {} (database {database}), stop with Ctrl-C\n", broker.url()));
        broker.serve_until(told_to_stop()).await?;
        Ok(Exit::Well)
    }

    fn config(self) -> Config {
        Config {
            database_url: self.database_url,
            host: self.host,
            port: self.port,
            base_urls: self.base_url,
            check_for_duplicate_names: self.check_for_potential_duplicate_pacticipant_names,
            allow_contract_modification: self.allow_dangerous_contract_modification,
        }
    }
}

/// Returns when the process is asked to end.
pub(crate) async fn told_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    // without a handler there is nothing to wait for but the end of the process
    if interrupted.await.is_err() {
        std::future::pending::<()>().await;
    }
}
