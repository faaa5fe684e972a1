//! The broker: how fast it answers and takes in, small and at full size, on SQLite and PostgreSQL.
//!
//! `--small` is one integration with 3,000 verified versions and one keep-alive client. Without it, a generated
//! landscape of 1,000 pacticipants, 100,000 publications and 1,000,000 results (see [`seed`]) is asked by 16 clients,
//! and the same at 1/100 of the size. `--postgres URL` measures on databases made on a PostgreSQL server instead of SQLite.

mod client;
mod measure;
mod process;
mod seed;

use std::path::{Path, PathBuf};

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
    /// A PostgreSQL server to make databases on (with psql), instead of SQLite files: the address of any database there
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
        let place = Place::new(options, folder.path(), "small")?;
        let broker = Broker::start(&command, &place.url).await?;
        small(&broker, &mut report).await?;
        return Ok(report.to_text());
    }
    let sizes: &[Size] = if options.hundredth { &[Size::HUNDREDTH] } else { &[Size::HUNDREDTH, Size::FULL] };
    for size in sizes {
        eprintln!("generating {} …", size.name);
        let export = folder.path().join(format!("{}.jsonl", size.name));
        seed::write(*size, &export).context("the landscape cannot be written")?;
        let place = Place::new(options, folder.path(), size.name)?;
        let mut import = std::process::Command::new(&command);
        let imported = peer::time(import.args(["broker", "import", "--database-url", &place.url]).arg(&export))?;
        std::fs::remove_file(&export)?;
        place.settle();
        let broker = Broker::start(&command, &place.url).await?;
        full(&broker, *size, imported, &mut report).await?;
    }
    Ok(report.to_text())
}

/// A new database; one on a server is dropped in the end.
struct Place {
    url: String,
    on_server: Option<(String, String)>,
}

impl Place {
    fn new(options: &Options, folder: &Path, name: &str) -> anyhow::Result<Self> {
        let Some(server) = &options.postgres else {
            return Ok(Self { url: folder.join(format!("{name}.sqlite")).display().to_string(), on_server: None });
        };
        let database = format!("countersign_bench_{name}");
        psql(server, &format!("DROP DATABASE IF EXISTS {database}"))?;
        psql(server, &format!("CREATE DATABASE {database}"))?;
        let (address, _) = server.rsplit_once('/').context("--postgres is no address of a database")?;
        Ok(Self { url: format!("{address}/{database}"), on_server: Some((server.clone(), database)) })
    }

    /// Has a server write what an import left to be written later, which is none of what is measured. It needs the right to.
    fn settle(&self) {
        if let Some((server, _)) = &self.on_server
            && let Err(error) = psql(server, "CHECKPOINT")
        {
            eprintln!("the server writes its checkpoint while it is measured: {error}");
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some((server, database)) = &self.on_server
            && let Err(error) = psql(server, &format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)"))
        {
            eprintln!("the database {database} stays: {error}");
        }
    }
}

fn psql(server: &str, statement: &str) -> anyhow::Result<()> {
    peer::time(std::process::Command::new("psql").args([server, "-q", "-c", statement])).map(drop)
}
