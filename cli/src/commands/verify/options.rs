//! The options of `countersign verify`, group by group.

use std::path::PathBuf;

use clap::Args;
use countersign_broker_client::ConsumerVersionSelector;

/// Where pacts come from; several kinds are united.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Pacts")]
pub(crate) struct Sources {
    /// A pact file, or a pattern such as 'pacts/*.json' (can be repeated)
    #[arg(short, long)]
    pub(crate) file: Vec<PathBuf>,
    /// A directory of pact files (can be repeated)
    #[arg(short, long)]
    pub(crate) dir: Vec<PathBuf>,
    /// The address of a pact (can be repeated)
    #[arg(short, long)]
    pub(crate) url: Vec<String>,
    /// The broker to fetch pacts from
    #[arg(
        short,
        long,
        visible_alias = "broker-base-url",
        value_name = "URL",
        env = "PACT_BROKER_BASE_URL",
        hide_env_values = true
    )]
    pub(crate) broker_url: Option<String>,
    /// The address of the one pact a webhook asks to verify; needs the broker's
    #[arg(long, value_name = "URL", env = "PACT_WEBHOOK_CALLBACK_URL", requires = "broker_url")]
    pub(crate) webhook_callback_url: Option<String>,
    /// End well when there is no pact to verify
    #[arg(long)]
    pub(crate) ignore_no_pacts_error: bool,
}

/// How to fetch pacts that are not for everyone.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Authentication")]
pub(crate) struct Credentials {
    /// User name for fetching pacts and publishing results
    #[arg(long, alias = "broker-username", value_name = "NAME", env = "PACT_BROKER_USERNAME", hide_env_values = true)]
    pub(crate) user: Option<String>,
    /// Password for fetching pacts and publishing results
    #[arg(long, alias = "broker-password", env = "PACT_BROKER_PASSWORD", hide_env_values = true)]
    pub(crate) password: Option<String>,
    /// Bearer token for fetching pacts and publishing results; comes before user name and password
    #[arg(short, long, alias = "broker-token", env = "PACT_BROKER_TOKEN", hide_env_values = true)]
    pub(crate) token: Option<String>,
    /// Believe whoever answers to be the broker, whatever their certificate
    #[arg(long, env = "SSL_SKIP_VERIFICATION", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) skip_ssl_verification: bool,
}

/// The provider and how to reach it.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Provider")]
pub(crate) struct Provider {
    /// The provider's name, as in its pacts
    #[arg(
        short = 'n',
        long,
        visible_alias = "provider",
        value_name = "NAME",
        env = "PACT_PROVIDER_NAME",
        default_value = "provider"
    )]
    pub(crate) provider_name: String,
    /// The provider's address, instead of transport, host name, port and base path
    #[arg(long, value_name = "URL", conflicts_with_all = ["hostname", "port", "base_path"])]
    pub(crate) provider_base_url: Option<String>,
    /// The provider's host name
    #[arg(short = 'h', long, env = "PACT_PROVIDER_HOSTNAME", default_value = "localhost")]
    pub(crate) hostname: String,
    /// The provider's port [default: 80 or 443, as the transport says]
    #[arg(short, long, env = "PACT_PROVIDER_PORT")]
    pub(crate) port: Option<u16>,
    /// The provider's transport
    #[arg(long, env = "PACT_PROVIDER_TRANSPORT", default_value = "http")]
    pub(crate) transport: String,
    /// Several transports with their ports, for example http:8080 grpc:5555
    #[arg(long, value_name = "TRANSPORT:PORT", num_args = 1.., value_delimiter = ' ', value_parser = transport)]
    pub(crate) transports: Vec<(String, u16)>,
    /// The port the provider speaks gRPC on
    #[arg(long, value_name = "PORT")]
    pub(crate) grpc_port: Option<u16>,
    /// A path before every request's own
    #[arg(long, value_name = "PATH", env = "PACT_PROVIDER_BASE_PATH")]
    pub(crate) base_path: Option<String>,
    /// Milliseconds the provider may take to answer, for requests and state changes
    #[arg(long, value_name = "MS", env = "PACT_PROVIDER_REQUEST_TIMEOUT", default_value_t = 5000)]
    pub(crate) request_timeout: u64,
    /// A header for every request to the provider, as KEY=VALUE (can be repeated)
    #[arg(short = 'H', long, value_name = "KEY=VALUE", value_parser = header)]
    pub(crate) header: Vec<(String, String)>,
    /// The most mebibytes that an answer may have
    #[arg(long, value_name = "MIB", default_value_t = 64)]
    pub(crate) max_response_size: usize,
    /// Speak HTTP/2 only, over cleartext without asking first
    #[arg(long)]
    pub(crate) http2: bool,
    /// Accept any certificate of the provider
    #[arg(long)]
    pub(crate) disable_ssl_verification: bool,
    /// Fail where a pact of another tool is satisfied only because a protobuf field that did not arrive reads as its default
    #[arg(long, help_heading = "Provider")]
    pub(crate) strict: bool,
    /// PEM file of a certificate authority to trust besides the system's, for provider and broker (can be repeated)
    #[arg(long, value_name = "FILE")]
    pub(crate) ssl_certificate: Vec<PathBuf>,
    /// PEM file of the certificate that the provider is shown
    #[arg(long, value_name = "FILE")]
    pub(crate) client_certificate: Option<PathBuf>,
    /// PEM file of that certificate's key, unless it is in the same file
    #[arg(long, value_name = "FILE", requires = "client_certificate")]
    pub(crate) client_key: Option<PathBuf>,
}

/// How the provider is brought into the states interactions ask for.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Provider states")]
pub(crate) struct States {
    /// The address that state changes are posted to
    #[arg(
        short,
        long,
        visible_alias = "provider-states-setup-url",
        value_name = "URL",
        env = "PACT_PROVIDER_STATE_CHANGE_URL"
    )]
    pub(crate) state_change_url: Option<String>,
    /// Send state changes as query parameters instead of a JSON body
    #[arg(long, env = "PACT_PROVIDER_STATE_CHANGE_AS_QUERY", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) state_change_as_query: bool,
    /// Take states down again after each interaction
    #[arg(long, env = "PACT_PROVIDER_STATE_CHANGE_TEARDOWN", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) state_change_teardown: bool,
    /// The provider keeps states apart by the header Countersign-State-Scope, a fresh id for each interaction's state changes
    /// and request: interactions with states are verified at the same time too
    #[arg(long)]
    pub(crate) scoped_states: bool,
}

/// Which interactions are verified.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Filters")]
pub(crate) struct Filters {
    /// Only interactions whose description matches
    #[arg(long, value_name = "REGEX", env = "PACT_DESCRIPTION")]
    pub(crate) filter_description: Option<String>,
    /// Only interactions with a provider state that matches
    #[arg(long, value_name = "REGEX", env = "PACT_PROVIDER_STATE", conflicts_with = "filter_no_state")]
    pub(crate) filter_state: Option<String>,
    /// Only interactions without a provider state
    #[arg(long, env = "PACT_PROVIDER_NO_STATE", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) filter_no_state: bool,
    /// Only pacts of this consumer (can be repeated)
    #[arg(short = 'c', long, value_name = "NAME")]
    pub(crate) filter_consumer: Vec<String>,
}

/// Which pacts are asked of the broker.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Broker")]
pub(crate) struct Selection {
    /// Newest consumer versions with these tags, separated by commas
    #[arg(long, value_name = "TAGS", value_delimiter = ',', conflicts_with = "consumer_version_selectors")]
    pub(crate) consumer_version_tags: Vec<String>,
    /// A consumer version selector as JSON, for example '{"mainBranch": true}' (can be repeated)
    #[arg(long, value_name = "JSON", value_parser = selector)]
    pub(crate) consumer_version_selectors: Vec<ConsumerVersionSelector>,
    /// Let pacts fail that this provider branch has never honoured yet
    #[arg(long)]
    pub(crate) enable_pending: bool,
    /// Also verify, without letting it fail the build, work in progress published since this date
    #[arg(long, value_name = "DATE")]
    pub(crate) include_wip_pacts_since: Option<String>,
    /// How often a request to the broker is repeated after 5xx, 408 or 429
    #[arg(long, value_name = "TIMES", env = "PACT_BROKER_HTTP_RETRIES", default_value_t = 8)]
    pub(crate) retries: u32,
}

/// Telling the broker what the verification brought.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Publishing")]
pub(crate) struct Publishing {
    /// Publish the results at the broker that the pacts come from
    #[arg(long)]
    pub(crate) publish: bool,
    /// The provider's version [default with --publish: the commit, as the CI system's variables or git tell; branch and
    /// build URL likewise]
    #[arg(long, visible_alias = "provider-app-version", value_name = "VERSION")]
    pub(crate) provider_version: Option<String>,
    /// The branch the provider was built from
    #[arg(long, value_name = "BRANCH")]
    pub(crate) provider_branch: Option<String>,
    /// Tags for the provider's version, separated by commas
    #[arg(long, value_name = "TAGS", value_delimiter = ',')]
    pub(crate) provider_tags: Vec<String>,
    /// Where the build that verifies can be looked at
    #[arg(long, value_name = "URL")]
    pub(crate) build_url: Option<String>,
}

/// What is written about the verification, and where.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Reports")]
pub(crate) struct Reporting {
    /// Write a JSON report
    #[arg(short, long, value_name = "FILE", env = "PACT_VERIFIER_JSON_REPORT")]
    pub(crate) json: Option<PathBuf>,
    /// Write a JUnit XML report
    #[arg(short = 'x', long, value_name = "FILE", env = "PACT_VERIFIER_JUNIT_REPORT")]
    pub(crate) junit: Option<PathBuf>,
    /// No colours on the console
    #[arg(long, visible_alias = "no-color")]
    pub(crate) no_colour: bool,
    /// Write an HTML report, one page that needs nothing else
    #[arg(long, value_name = "FILE", env = "PACT_VERIFIER_HTML_REPORT")]
    pub(crate) html: Option<PathBuf>,
    /// Write a Markdown report, like the one that GitHub Actions gets as the step's summary
    #[arg(long, value_name = "FILE")]
    pub(crate) markdown: Option<PathBuf>,
    /// Taken for compatibility and not used: the HTML report is made without a stylesheet
    #[arg(long, value_name = "FILE")]
    pub(crate) xslt: Option<PathBuf>,
    /// How much is logged to standard error
    #[arg(short, long, value_enum, value_name = "LEVEL")]
    pub(crate) loglevel: Option<crate::logging::LogLevel>,
    /// Log in several lines for each event
    #[arg(long, conflicts_with_all = ["full_log", "compact_log"])]
    pub(crate) pretty_log: bool,
    /// Log a line for each event with what it happened in (the usual form)
    #[arg(long, conflicts_with = "compact_log")]
    pub(crate) full_log: bool,
    /// Log short lines
    #[arg(long)]
    pub(crate) compact_log: bool,
}

/// How the verification goes about it.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Running")]
pub(crate) struct Running {
    /// How many interactions without provider states are verified at the same time [default: four for each core]
    #[arg(long, value_name = "NUMBER")]
    pub(crate) concurrency: Option<std::num::NonZeroUsize>,
    /// Seconds that all interactions may take together; what is left then has failed
    #[arg(long, value_name = "SECONDS")]
    pub(crate) run_timeout: Option<u64>,
    /// Say what would be verified, and ask the provider nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Stop at the first failure
    #[arg(long)]
    pub(crate) exit_on_first_error: bool,
    /// Only what failed according to the report that --json names
    #[arg(long, requires = "json")]
    pub(crate) last_failed: bool,
}

/// What is told about the run to a collector of traces. The variables of OpenTelemetry (OTEL_EXPORTER_OTLP_ENDPOINT,
/// OTEL_EXPORTER_OTLP_HEADERS, OTEL_SERVICE_NAME and the like) do the same without any option.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Telemetry")]
pub(crate) struct Telemetry {
    /// Export traces
    #[arg(long)]
    pub(crate) enable_otel: bool,
    /// Export traces
    #[arg(long)]
    pub(crate) enable_otel_traces: bool,
    /// Taken for compatibility: logs are written to standard error only
    #[arg(long)]
    pub(crate) enable_otel_logs: bool,
    /// Where traces go: otlp, none, or several separated by commas, of which otlp counts
    #[arg(long, value_name = "EXPORTER", env = "OTEL_TRACES_EXPORTER", value_delimiter = ',')]
    pub(crate) otel_exporter: Vec<String>,
    /// The collector's address, for example http://localhost:4318
    #[arg(long, value_name = "URL", env = "OTEL_EXPORTER_OTLP_ENDPOINT")]
    pub(crate) otel_exporter_endpoint: Option<String>,
    /// How traces travel; both mean protobuf over HTTP
    #[arg(long, env = "OTEL_EXPORTER_OTLP_PROTOCOL", default_value = "http/protobuf", value_parser = ["http", "http/protobuf"])]
    pub(crate) otel_exporter_protocol: String,
}

fn selector(text: &str) -> Result<ConsumerVersionSelector, String> {
    let value: serde_json::Value = serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))?;
    serde_json::from_value(value).map_err(|error| format!("no selector: {error}"))
}

fn header(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("it is not of the form KEY=VALUE")?;
    if key.is_empty() || !text.chars().all(|c| (' '..='\u{7f}').contains(&c)) {
        return Err("header names and values are made of ASCII characters".to_owned());
    }
    Ok((key.to_owned(), value.to_owned()))
}

fn transport(text: &str) -> Result<(String, u16), String> {
    let (name, port) = text.rsplit_once(':').ok_or("it is not of the form TRANSPORT:PORT")?;
    let port = port.parse().map_err(|_| format!("`{port}` is no port"))?;
    Ok((name.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        assert_eq!(transport("grpc:5555"), Ok(("grpc".to_owned(), 5555)));
        assert!(transport("grpc").is_err() && transport("grpc:x").is_err());
        assert_eq!(header("A=1=2"), Ok(("A".to_owned(), "1=2".to_owned())));
        assert!(header("A").is_err() && header("=1").is_err() && header("A=ä").is_err());
        assert_eq!(selector(r#"{"mainBranch": true}"#), Ok(ConsumerVersionSelector::main_branch()));
        assert!(selector("{").is_err() && selector(r#"{"mainBranch": 1}"#).is_err());
    }
}
