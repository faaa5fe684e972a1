//! Requests per second of the mock server, the official stub server and a bare server with the same bytes.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::Context as _;
use countersign_mock_server::{Config, MockServer};

use crate::figures::{Better, Figure, Figures};
use crate::{contract, load, peer, provider};

/// How long each server is asked.
const DURATION: Duration = Duration::from_secs(3);

pub(crate) async fn run() -> anyhow::Result<Figures> {
    let has_official = peer::has_official();
    let folder = tempfile::tempdir()?;
    let bare = provider::start().await?;
    let mut list = Vec::new();
    for interactions in [1, 100, 1000] {
        let file = folder.path().join(format!("{interactions}.json"));
        std::fs::write(&file, contract::pact(interactions).to_string())?;
        let ours = measure_ours(&file, interactions).await?;
        let official = if has_official { Some(measure_official(&file, interactions).await?) } else { None };
        let limit = load::requests_per_second(bare, interactions, DURATION).await?;
        list.push(Figure { name: format!("mock/{interactions}"), ours, official, limit });
    }
    Ok(Figures { unit: "requests/s", better: Better::More, list })
}

async fn measure_ours(file: &Path, interactions: usize) -> anyhow::Result<f64> {
    let child = Command::new(std::env::current_exe()?).arg("serve").arg(file).stdout(Stdio::piped()).spawn()?;
    let mut server = peer::Server(child);
    let output = server.0.stdout.take().context("the server has no output")?;
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line)?;
    let port = line.trim().parse().with_context(|| format!("the server printed {line:?} instead of its port"))?;
    load::requests_per_second(port, interactions, DURATION).await
}

async fn measure_official(file: &Path, interactions: usize) -> anyhow::Result<f64> {
    let port = peer::free_port()?;
    let child = Command::new("pact")
        .args(["stub", "--loglevel", "none", "--port", &port.to_string(), "--file"])
        .arg(file)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let _server = peer::Server(child);
    peer::wait_for(port).await?;
    load::requests_per_second(port, interactions, DURATION).await
}

/// Serves a pact file and prints the port.
pub(crate) async fn serve(file: &Path) -> anyhow::Result<()> {
    let pact = countersign_core::format::read(&std::fs::read(file)?)?;
    let server = MockServer::start(&pact, &Config::default())?;
    println!("{}", server.port());
    std::future::pending::<()>().await;
    server.stop().await;
    Ok(())
}
