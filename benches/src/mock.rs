//! Requests per second of the mock server, the official stub server and a bare server with the same bytes.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use countersign_core::format;
use countersign_mock_server::{Config, MockServer};

use crate::figures::{Better, Figure, Figures};
use crate::{contract, load, peer};

/// How long each server is asked.
const DURATION: Duration = Duration::from_secs(3);

/// How many servers are started at once to see what one costs.
const SERVERS: u32 = 300;

/// The official stub takes minutes and gigabytes for more interactions than this.
const OFFICIAL_UP_TO: usize = 1_000;

/// What is measured: a name, how many interactions are loaded, and how their paths are agreed on.
const CASES: [(&str, usize, contract::Paths); 7] = [
    ("mock/1", 1, contract::Paths::Literal),
    ("mock/100", 100, contract::Paths::Literal),
    ("mock/1000", 1_000, contract::Paths::Literal),
    ("mock/10000", 10_000, contract::Paths::Literal),
    ("mock/regex-paths/100", 100, contract::Paths::Regex),
    ("mock/regex-paths/1000", 1_000, contract::Paths::Regex),
    ("mock/one-regex-folder/1000", 1_000, contract::Paths::RegexInOneFolder),
];

pub(crate) async fn run() -> anyhow::Result<Figures> {
    let has_official = peer::has_official();
    let folder = tempfile::tempdir()?;
    eprintln!("a server starts in {:.0} µs", microseconds_to_start().await?);
    let mut list = Vec::new();
    for (name, interactions, paths) in CASES {
        let file = folder.path().join("pact.json");
        std::fs::write(&file, contract::pact_with(interactions, paths).to_string())?;
        let path = move |index| contract::path_in(index, paths);
        let (ours, resident) = measure_ours(&file, interactions, path).await?;
        eprintln!("{name}: {resident:.1} MB resident after the requests");
        let measured = has_official && interactions <= OFFICIAL_UP_TO;
        let official = if measured { Some(measure_official(&file, interactions, path).await?) } else { None };
        let (_bare, port) = start(&["bare", &interactions.to_string()])?;
        let limit = load::requests_per_second(port, interactions, contract::path, DURATION).await?;
        list.push(Figure { name: name.to_owned(), ours, official, limit });
    }
    Ok(Figures { unit: "requests/s", better: Better::More, list })
}

/// How long starting one of several hundred servers in this process takes.
async fn microseconds_to_start() -> anyhow::Result<f64> {
    let pact = format::from_json(contract::pact(1))?;
    let begun = Instant::now();
    let servers = (0..SERVERS).map(|_| MockServer::start(&pact, &Config::default())).collect::<Result<Vec<_>, _>>()?;
    let taken = begun.elapsed();
    for server in servers {
        server.stop().await;
    }
    Ok(taken.as_secs_f64() * 1e6 / f64::from(SERVERS))
}

async fn measure_ours(
    file: &Path,
    interactions: usize,
    path: impl Fn(usize) -> String + Copy + Send + 'static,
) -> anyhow::Result<(f64, f64)> {
    let file = file.to_str().context("the pact's path is no text")?;
    let (server, port) = start(&["serve", file])?;
    let figure = load::requests_per_second(port, interactions, path, DURATION).await?;
    Ok((figure, peer::resident_megabytes(server.0.id())?))
}

/// Starts this program again as a server that prints its port.
fn start(arguments: &[&str]) -> anyhow::Result<(peer::Server, u16)> {
    let child = Command::new(std::env::current_exe()?).args(arguments).stdout(Stdio::piped()).spawn()?;
    let mut server = peer::Server(child);
    let output = server.0.stdout.take().context("the server has no output")?;
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line)?;
    let port = line.trim().parse().with_context(|| format!("the server printed {line:?} instead of its port"))?;
    Ok((server, port))
}

async fn measure_official(
    file: &Path,
    interactions: usize,
    path: impl Fn(usize) -> String + Copy + Send + 'static,
) -> anyhow::Result<f64> {
    let port = peer::free_port()?;
    let child = Command::new("pact")
        .args(["stub", "--loglevel", "none", "--port", &port.to_string(), "--file"])
        .arg(file)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let _server = peer::Server(child);
    peer::wait_for(port).await?;
    load::requests_per_second(port, interactions, path, DURATION).await
}

/// Serves a pact file and prints the port.
pub(crate) async fn serve(file: &Path) -> anyhow::Result<()> {
    let server = MockServer::start_file(&std::fs::read(file)?, &Config::default())?;
    println!("{}", server.port());
    std::future::pending::<()>().await;
    server.stop().await;
    Ok(())
}
