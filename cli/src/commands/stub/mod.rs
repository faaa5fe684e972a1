//! `countersign stub`.

mod run;
mod sources;
mod watch;

use std::path::PathBuf;

use clap::{ArgAction, Args};
use fancy_regex::Regex;

use crate::logging::LogLevel;

/// Serves pacts as a fake provider, over REST and gRPC on one port.
///
/// The options are those of the official `pact stub`. A request that no interaction fits gets status 404 and a body that names
/// the closest one. Nothing is verified and nothing is written.
#[derive(Debug, Clone, Args)]
#[command(version, disable_version_flag = true)]
pub(crate) struct Stub {
    #[command(flatten)]
    sources: Sources,
    #[command(flatten)]
    credentials: Credentials,
    #[command(flatten)]
    server: Server,
    #[command(flatten)]
    states: States,
    /// How much is logged; the same as --log-level
    #[arg(short, long, value_enum, value_name = "LEVEL")]
    loglevel: Option<LogLevel>,
    /// Print version
    #[arg(short = 'v', long, action = ArgAction::Version)]
    version: Option<bool>,
}

/// Where pacts come from; several kinds are united.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Pacts")]
struct Sources {
    /// A pact file (can be repeated)
    #[arg(short, long)]
    file: Vec<PathBuf>,
    /// A directory of pact files, with those below it (can be repeated)
    #[arg(short, long)]
    dir: Vec<PathBuf>,
    /// The extension of pact files in directories
    #[arg(short, long, value_name = "EXT", default_value = "json")]
    extension: String,
    /// The address of a pact (can be repeated)
    #[arg(short, long)]
    url: Vec<String>,
    /// The broker whose latest pacts are served
    #[arg(
        short,
        long,
        visible_alias = "broker-base-url",
        value_name = "URL",
        env = "PACT_BROKER_BASE_URL",
        hide_env_values = true
    )]
    broker_url: Option<String>,
    /// Of the broker's pacts, those of this consumer: a name, or an expression that matches it (can be repeated)
    #[arg(long, value_name = "NAME", value_parser = regex)]
    consumer_name: Vec<Regex>,
    /// Of the broker's pacts, those with this provider: a name, or an expression that matches it (can be repeated)
    #[arg(long, value_name = "NAME", value_parser = regex)]
    provider_name: Vec<Regex>,
    /// Load files and directories again when they change
    #[arg(short, long)]
    watch: bool,
}

/// How to fetch pacts that are not for everyone.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Authentication")]
struct Credentials {
    /// User name and password for addresses and the broker, as USER:PASSWORD
    #[arg(long, value_name = "USER:PASSWORD")]
    user: Option<String>,
    /// User name for the broker
    #[arg(long, value_name = "NAME", env = "PACT_BROKER_USERNAME", hide_env_values = true, conflicts_with = "user")]
    broker_username: Option<String>,
    /// Password for the broker
    #[arg(long, value_name = "PASSWORD", env = "PACT_BROKER_PASSWORD", hide_env_values = true)]
    broker_password: Option<String>,
    /// Bearer token for addresses and the broker; comes before user name and password
    #[arg(short, long, env = "PACT_BROKER_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Accept any certificate of addresses and the broker
    #[arg(long)]
    insecure_tls: bool,
    /// How often failed requests are repeated after 5xx, 408 or 429
    #[arg(long, value_name = "TIMES", env = "PACT_BROKER_HTTP_RETRIES", default_value_t = 8)]
    retries: u32,
}

/// Where it listens, and what browsers are told.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Server")]
struct Server {
    /// The port to listen on [default: any free one]
    #[arg(short, long, default_value_t = 0, hide_default_value = true)]
    port: u16,
    /// The host name or address to listen on; the default lets other machines in
    #[arg(long, default_value = "0.0.0.0")]
    host: String,
    /// Speak TLS with a certificate that is generated, and written to this file for clients to trust
    #[arg(long, value_name = "FILE")]
    tls_certificate: Option<PathBuf>,
    /// Answer OPTIONS requests that no interaction expects, for browsers
    #[arg(short = 'o', long)]
    cors: bool,
    /// Tell browsers that the page in Referer may go on, instead of any
    #[arg(long)]
    cors_referer: bool,
}

/// Which interactions answer.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Provider states")]
struct States {
    /// Only interactions with a provider state that matches
    #[arg(short = 's', long, value_name = "REGEX", value_parser = regex)]
    provider_state: Option<Regex>,
    /// A header whose value chooses among interactions by provider state, one request at a time
    #[arg(long, value_name = "HEADER")]
    provider_state_header_name: Option<http::HeaderName>,
    /// Let interactions without a provider state answer too where states choose
    #[arg(long)]
    empty_provider_state: bool,
}

impl Stub {
    /// What `--loglevel` says.
    pub(crate) fn loglevel(&self) -> Option<LogLevel> {
        self.loglevel
    }
}

fn regex(text: &str) -> Result<Regex, String> {
    Regex::new(text).map_err(|error| error.to_string())
}
