//! The broker: how fast it answers and takes in, small and at full size, on SQLite and PostgreSQL.
//!
//! `--small` is one integration with 3,000 verified versions and one keep-alive client. Without it, a generated
//! landscape of 1,000 pacticipants, 100,000 publications and 1,000,000 results (see [`seed`]) is asked by 16 clients,
//! and the same at 1/100 of the size. `--postgres URL` measures on an empty database of a PostgreSQL server instead of SQLite.

mod client;
mod measure;
mod process;
mod seed;

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;

use crate::peer;
use measure::{Report, full, small};
use process::Broker;
use seed::Size;

/// What to measure.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// One integration with 3,000 verified versions, and one client
    #[arg(long)]
    small: bool,
    /// An empty PostgreSQL database to measure on, instead of SQLite files
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    /// The countersign command to measure [default: built in release mode]
    #[arg(long, value_name = "FILE")]
    command: Option<PathBuf>,
    /// Only the landscape at 1/100 of the size
    #[arg(long)]
    hundredth: bool,
}

/// Measures, and says what came out as lines of `name value unit`.
pub(crate) async fn run(options: &Options) -> anyhow::Result<String> {
    let command = match &options.command {
        Some(command) => command.clone(),
        None => peer::our_command()?,
    };
    let folder = tempfile::tempdir()?;
    let mut report = Report::default();
    if options.small {
        let broker = start(options, &command, folder.path(), "small", None).await?;
        small(&broker, &mut report).await?;
        return Ok(report.to_text());
    }
    let sizes: &[Size] = if options.hundredth { &[Size::HUNDREDTH] } else { &[Size::HUNDREDTH, Size::FULL] };
    for size in sizes {
        eprintln!("generating {} …", size.name);
        let export = folder.path().join(format!("{}.jsonl", size.name));
        seed::write(*size, &export).context("the landscape cannot be written")?;
        let broker = start(options, &command, folder.path(), size.name, Some(&export)).await?;
        full(&broker, *size, &mut report).await?;
    }
    Ok(report.to_text())
}

async fn start(
    options: &Options,
    command: &std::path::Path,
    folder: &std::path::Path,
    name: &str,
    export: Option<&std::path::Path>,
) -> anyhow::Result<Broker> {
    let database = match &options.postgres {
        Some(url) => url.clone(),
        None => folder.join(format!("{name}.sqlite")).display().to_string(),
    };
    if let Some(export) = export {
        peer::time(
            std::process::Command::new(command).args(["broker", "import", "--database-url", &database]).arg(export),
        )?;
    }
    Broker::start(command, &database).await
}
