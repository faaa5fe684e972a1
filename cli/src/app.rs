//! All commands, and which code runs for each.

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

use crate::commands::{
    branches, broker, can_i_deploy, can_i_merge, completions, convert, deliveries, demo, deployments, environments,
    generate_uuid, get_pacts, latest_pacts, lint, matrix, migrate, mock, pacticipants, provider_states, publish,
    releases, show, stub, tags, upkeep, verify, versions, webhooks,
};
use crate::failure::Failure;
use crate::logging::{LogLevel, Logging};

/// Consumer-driven contract testing: publish contracts, verify providers, know what may be deployed.
///
/// Commands, options and environment variables are named like the official Pact tools' `pact broker …` and
/// `pact verifier`. Exit codes: 0 when all is well, 1 when the answer is no or a command could not do its work, 2 when
/// the command line itself is not valid; `verify`, `lint`, `convert` and `mock` have their own, see their `--help`.
#[derive(Debug, Parser)]
#[command(name = "countersign", version, arg_required_else_help = true)]
pub(crate) struct App {
    /// How much is logged to standard error [default: warn, or as RUST_LOG says]
    #[arg(long, global = true, value_name = "LEVEL", help_heading = "Logging")]
    pub(crate) log_level: Option<LogLevel>,
    #[command(flatten)]
    tracing: TracingOptions,
    #[command(subcommand)]
    command: Command,
}

/// Options of the official command that every command takes. Variables of OpenTelemetry do the same.
#[derive(Debug, Clone, clap::Args)]
struct TracingOptions {
    /// Export traces
    #[arg(long, global = true, hide = true)]
    enable_otel: bool,
    /// Export traces
    #[arg(long, global = true, hide = true)]
    enable_otel_traces: bool,
    /// Taken for compatibility: logs are written to standard error only
    #[arg(long, global = true, hide = true)]
    enable_otel_logs: bool,
    /// Where traces go
    #[arg(
        long,
        global = true,
        hide = true,
        value_name = "EXPORTER",
        env = "OTEL_TRACES_EXPORTER",
        value_delimiter = ','
    )]
    otel_exporter: Vec<String>,
    /// The collector's address
    #[arg(long, global = true, hide = true, value_name = "URL", env = "OTEL_EXPORTER_OTLP_ENDPOINT")]
    otel_exporter_endpoint: Option<String>,
    /// How traces travel
    #[arg(long, global = true, hide = true, default_value = "http/protobuf", value_parser = ["http", "http/protobuf"])]
    otel_exporter_protocol: String,
}

impl From<&TracingOptions> for verify::Telemetry {
    fn from(options: &TracingOptions) -> Self {
        let TracingOptions {
            enable_otel,
            enable_otel_traces,
            enable_otel_logs,
            otel_exporter,
            otel_exporter_endpoint,
            otel_exporter_protocol,
        } = options.clone();
        Self {
            enable_otel,
            enable_otel_traces,
            enable_otel_logs,
            otel_exporter,
            otel_exporter_endpoint: otel_exporter_endpoint.filter(|url| !url.is_empty()),
            otel_exporter_protocol,
        }
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Starts the broker, with its web pages; or, followed by a command below, does the same as that command
    Broker(Box<BrokerCommand>),
    #[command(visible_alias = "verifier")]
    Verify(Box<verify::Verify>),
    Lint(lint::Lint),
    Show(show::Show),
    Convert(convert::Convert),
    Mock(mock::Mock),
    Stub(Box<stub::Stub>),
    Demo(demo::Demo),
    Completions(completions::Completions),
    Man(completions::Man),
    #[command(flatten)]
    Client(Box<ClientCommand>),
}

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
struct BrokerCommand {
    #[command(subcommand)]
    command: Option<BrokerSubcommand>,
    #[command(flatten)]
    server: broker::Broker,
}

/// What can follow `countersign broker`.
#[derive(Debug, Subcommand)]
enum BrokerSubcommand {
    #[command(flatten)]
    Upkeep(Box<upkeep::Upkeep>),
    #[command(flatten)]
    Client(Box<ClientCommand>),
}

/// The commands that ask a broker for something, in the order of a contract's life.
#[derive(Debug, Subcommand)]
enum ClientCommand {
    Publish(Box<publish::Publish>),
    ListLatestPactVersions(latest_pacts::ListLatestPactVersions),
    GetPacts(get_pacts::GetPacts),
    #[command(subcommand)]
    ProviderStates(provider_states::ProviderStates),
    CanIDeploy(Box<can_i_deploy::CanIDeploy>),
    CanIMerge(Box<can_i_merge::CanIMerge>),
    Matrix(Box<matrix::Matrix>),
    RecordDeployment(deployments::RecordDeployment),
    RecordUndeployment(deployments::RecordUndeployment),
    RecordRelease(releases::RecordRelease),
    RecordSupportEnded(releases::RecordSupportEnded),
    CreateEnvironment(environments::CreateEnvironment),
    UpdateEnvironment(environments::UpdateEnvironment),
    DescribeEnvironment(environments::DescribeEnvironment),
    ListEnvironments(environments::ListEnvironments),
    DeleteEnvironment(environments::DeleteEnvironment),
    CreateOrUpdatePacticipant(pacticipants::CreateOrUpdatePacticipant),
    DescribePacticipant(pacticipants::DescribePacticipant),
    ListPacticipants(pacticipants::ListPacticipants),
    CreateOrUpdateVersion(versions::CreateOrUpdateVersion),
    DescribeVersion(versions::DescribeVersion),
    CreateVersionTag(tags::CreateVersionTag),
    DeleteVersionTag(tags::DeleteVersionTag),
    DeleteBranch(branches::DeleteBranch),
    CreateWebhook(Box<webhooks::CreateWebhook>),
    CreateOrUpdateWebhook(Box<webhooks::CreateOrUpdateWebhook>),
    TestWebhook(webhooks::TestWebhook),
    DeleteWebhook(webhooks::DeleteWebhook),
    ListWebhookDeliveries(deliveries::ListWebhookDeliveries),
    DescribeWebhookDelivery(deliveries::DescribeWebhookDelivery),
    RedeliverWebhook(deliveries::RedeliverWebhook),
    GenerateUuid(generate_uuid::GenerateUuid),
    Migrate(Box<migrate::Migrate>),
}

/// How a command that did its work ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All is well.
    Well,
    /// The answer is no.
    No,
    /// As the official tool's command of the same name has it.
    Code(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Well => Self::SUCCESS,
            Exit::No => Self::FAILURE,
            Exit::Code(code) => code.into(),
        }
    }
}

impl App {
    /// How much is logged, as far as the command line says.
    pub(crate) fn logging(&self) -> Logging {
        let own = match &self.command {
            Command::Verify(verify) => {
                Logging { level: verify.log_level(), format: verify.log_format(), ..Logging::default() }
            }
            Command::Mock(mock) => Logging { level: mock.loglevel(), ..Logging::default() },
            Command::Stub(stub) => Logging { level: stub.loglevel(), ..Logging::default() },
            Command::Broker(command) if command.command.is_none() => command.server.logging(),
            _ => Logging::default(),
        };
        Logging { level: self.log_level.or(own.level), ..own }
    }

    /// What the command's options say about telemetry.
    pub(crate) fn telemetry(&self) -> verify::Telemetry {
        match &self.command {
            Command::Verify(verify) => verify.telemetry.clone(),
            _ => verify::Telemetry::from(&self.tracing),
        }
    }

    /// Whether the command exports traces without being told to; the others answer at once.
    pub(crate) fn is_traced(&self) -> bool {
        match &self.command {
            Command::Verify(_) => true,
            Command::Broker(command) if command.command.is_none() => true,
            _ => self.tracing.enable_otel || self.tracing.enable_otel_traces,
        }
    }

    /// Does what was typed.
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        match self.command {
            Command::Broker(command) => match command.command {
                Some(BrokerSubcommand::Client(client)) => client.run().await,
                Some(BrokerSubcommand::Upkeep(upkeep)) => upkeep.run().await,
                None => command.server.run().await,
            },
            Command::Verify(command) => command.run().await,
            Command::Lint(command) => command.run(),
            Command::Show(command) => command.run(),
            Command::Convert(command) => command.run(),
            Command::Mock(command) => command.run().await,
            Command::Stub(command) => command.run().await,
            Command::Demo(command) => command.run().await,
            Command::Completions(command) => Ok(command.run(Self::command())),
            Command::Man(command) => command.run(Self::command()),
            Command::Client(command) => command.run().await,
        }
    }
}

impl ClientCommand {
    async fn run(self) -> Result<Exit, Failure> {
        match self {
            Self::Publish(command) => command.run().await,
            Self::ListLatestPactVersions(command) => command.run().await,
            Self::CanIDeploy(command) => command.run().await,
            Self::CanIMerge(command) => command.run().await,
            Self::Matrix(command) => command.run().await,
            Self::GetPacts(command) => command.run().await,
            Self::ProviderStates(command) => command.run().await,
            Self::Migrate(command) => command.run().await,
            Self::RecordDeployment(command) => command.run().await,
            Self::RecordUndeployment(command) => command.run().await,
            Self::RecordRelease(command) => command.run().await,
            Self::RecordSupportEnded(command) => command.run().await,
            Self::CreateEnvironment(command) => command.run().await,
            Self::UpdateEnvironment(command) => command.run().await,
            Self::DescribeEnvironment(command) => command.run().await,
            Self::ListEnvironments(command) => command.run().await,
            Self::DeleteEnvironment(command) => command.run().await,
            Self::CreateOrUpdatePacticipant(command) => command.run().await,
            Self::DescribePacticipant(command) => command.run().await,
            Self::ListPacticipants(command) => command.run().await,
            Self::CreateOrUpdateVersion(command) => command.run().await,
            Self::DescribeVersion(command) => command.run().await,
            Self::CreateVersionTag(command) => command.run().await,
            Self::DeleteVersionTag(command) => command.run().await,
            Self::DeleteBranch(command) => command.run().await,
            Self::CreateWebhook(command) => command.run().await,
            Self::CreateOrUpdateWebhook(command) => command.run().await,
            Self::TestWebhook(command) => command.run().await,
            Self::DeleteWebhook(command) => command.run().await,
            Self::ListWebhookDeliveries(command) => command.run().await,
            Self::DescribeWebhookDelivery(command) => command.run().await,
            Self::RedeliverWebhook(command) => command.run().await,
            Self::GenerateUuid(command) => Ok(command.run()),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        super::App::command().debug_assert();
    }
}
