//! `countersign mock`.

mod client;
mod master;
mod start;

use std::path::PathBuf;

use clap::{ArgAction, Args, Subcommand};

use crate::app::Exit;
use crate::failure::Failure;
use crate::logging::LogLevel;

/// Mock servers for consumers in any language: one master server that creates, verifies and stops them.
///
/// The commands and the master's HTTP API are those of the official `pact mock`, and each works with the other's master. Exit
/// codes: 0 when all is well; 2 when a verification failed, 3 when there is no such mock server, 10 when the master cannot
/// be reached, 20 when a pact file cannot be read, 30 when the master refuses.
#[derive(Debug, Args)]
#[command(version, disable_help_flag = true, disable_version_flag = true, arg_required_else_help = true)]
pub(crate) struct Mock {
    #[command(flatten)]
    master: MasterAddress,
    #[command(subcommand)]
    command: MockCommand,
}

/// Where the master server is, and what the official command can be told besides.
#[derive(Debug, Args)]
struct MasterAddress {
    /// The port of the master server
    #[arg(short, long, global = true, default_value_t = 8080)]
    port: u16,
    /// The host name of the master server
    #[arg(short = 'h', long, global = true, default_value = "localhost")]
    host: String,
    /// How much is logged; the same as --log-level
    #[arg(short, long, global = true, value_enum, value_name = "LEVEL")]
    loglevel: Option<LogLevel>,
    /// Accepted for the official command's sake: logs go to standard error
    #[arg(long, global = true, hide = true)]
    no_file_log: bool,
    /// Accepted for the official command's sake: logs have colours on terminals only
    #[arg(long, global = true, hide = true)]
    no_term_log: bool,
    /// Print help
    #[arg(long, global = true, action = ArgAction::Help)]
    help: Option<bool>,
    /// Print version
    #[arg(short = 'v', long, global = true, action = ArgAction::Version)]
    version: Option<bool>,
}

#[derive(Debug, Subcommand)]
enum MockCommand {
    Start(Start),
    List(List),
    Create(Create),
    /// Verifies a mock server's conversation, and writes its pact file when all is well
    Verify(Chosen),
    /// Stops a mock server
    Shutdown(Chosen),
    ShutdownMaster(ShutdownMaster),
}

/// Starts the master server and runs until it is told to stop
#[derive(Debug, Args)]
#[command(version, disable_help_flag = true, disable_version_flag = true)]
struct Start {
    /// The folder that verified pacts are written to
    #[arg(short, long, value_name = "DIR", default_value = ".")]
    output: PathBuf,
    /// Mock servers get the first free port from this one on [default: any free port]
    #[arg(long, value_name = "PORT")]
    base_port: Option<u16>,
    /// The key that shutdown-master takes [default: a random one]
    #[arg(long, value_name = "KEY")]
    server_key: Option<String>,
}

/// Lists the running mock servers
#[derive(Debug, Args)]
#[command(version, disable_help_flag = true, disable_version_flag = true)]
struct List {
    /// Print the master's JSON
    #[arg(long)]
    json: bool,
}

/// Creates a mock server from a pact file
#[derive(Debug, Args)]
#[command(version, disable_help_flag = true, disable_version_flag = true)]
struct Create {
    /// The pact file
    #[arg(short, long)]
    file: PathBuf,
    /// Answer preflight requests of browsers
    #[arg(short, long)]
    cors_preflight: bool,
    /// The Pact specification version to write [default: the pact's own]
    #[arg(long, value_name = "VERSION")]
    specification: Option<String>,
    /// Speak TLS, with a certificate that the master generates
    #[arg(long)]
    tls: bool,
}

// the doc comments are those of the commands that take it
#[derive(Debug, Args)]
#[command(version, disable_help_flag = true, disable_version_flag = true)]
struct Chosen {
    /// The mock server's id
    #[arg(short = 'i', long, value_name = "ID", required_unless_present = "mock_server_port")]
    mock_server_id: Option<String>,
    /// The mock server's port
    #[arg(short = 'm', long, value_name = "PORT", conflicts_with = "mock_server_id")]
    mock_server_port: Option<u16>,
}

/// Ends the master server and all mock servers
#[derive(Debug, Args)]
#[command(version, disable_help_flag = true, disable_version_flag = true)]
struct ShutdownMaster {
    /// The key that the master printed when it started
    #[arg(short = 'k', long, value_name = "KEY")]
    server_key: String,
    /// Milliseconds until the end
    #[arg(long, value_name = "MS", default_value_t = 100)]
    period: u64,
}

impl Mock {
    /// Does what was typed.
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let Self { master, command } = self;
        let client = || master::Master::at(&master.host, master.port);
        match command {
            MockCommand::Start(start) => start.run(&master).await,
            MockCommand::List(list) => list.run(&client()?).await,
            MockCommand::Create(create) => create.run(&client()?).await,
            MockCommand::Verify(chosen) => chosen.verify(&client()?).await,
            MockCommand::Shutdown(chosen) => chosen.stop(&client()?).await,
            MockCommand::ShutdownMaster(shutdown) => shutdown.run(&client()?).await,
        }
    }

    /// What `--loglevel` says.
    pub(crate) fn loglevel(&self) -> Option<LogLevel> {
        self.master.loglevel
    }
}
