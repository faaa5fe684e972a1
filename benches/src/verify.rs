//! Wall time of verifying a pact file against a fast provider.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::figures::{Better, Figure, Figures};
use crate::{contract, peer, provider};

/// How often each is run; the fastest counts, since noise only adds.
const RUNS: usize = 3;

pub(crate) async fn run() -> anyhow::Result<Figures> {
    let ours = peer::our_command()?;
    let has_official = peer::has_official();
    let folder = tempfile::tempdir()?;
    let port = provider::start().await?;
    let mut list = Vec::new();
    for interactions in [1, 100, 1000] {
        let file = folder.path().join(format!("{interactions}.json"));
        std::fs::write(&file, contract::pact(interactions).to_string())?;
        let (our_command, our_file) = (ours.clone(), file.clone());
        let measure =
            move || fastest(RUNS, || peer::time(Command::new(&our_command).arg("verify").args(flags(&our_file, port))));
        let ours = tokio::task::spawn_blocking(measure).await??;
        let official = if has_official {
            // seconds for the largest: once is enough
            let runs = if interactions >= 1000 { 1 } else { RUNS };
            let measure =
                move || fastest(runs, || peer::time(Command::new("pact").arg("verifier").args(flags(&file, port))));
            Some(tokio::task::spawn_blocking(measure).await??)
        } else {
            None
        };
        let limit = bare_loop(port, interactions).await?;
        list.push(Figure { name: format!("verify/{interactions}"), ours, official, limit });
    }
    Ok(Figures { unit: "s", better: Better::Less, list })
}

/// The flags that both commands understand.
fn flags(file: &Path, port: u16) -> Vec<String> {
    let states = format!("http://127.0.0.1:{port}/_states");
    let mut flags: Vec<String> =
        ["--hostname", "127.0.0.1", "--provider-name", "bench-provider"].map(Into::into).into();
    flags.extend(["--port".to_owned(), port.to_string(), "--state-change-url".to_owned(), states]);
    flags.extend(["--file".to_owned(), file.display().to_string()]);
    flags
}

fn fastest(runs: usize, mut run: impl FnMut() -> anyhow::Result<f64>) -> anyhow::Result<f64> {
    let mut fastest = f64::INFINITY;
    for _ in 0..runs {
        fastest = fastest.min(run()?);
    }
    Ok(fastest)
}

/// The same traffic and nothing else: a state change and a request for each interaction, one after the other.
async fn bare_loop(port: u16, interactions: usize) -> anyhow::Result<f64> {
    // both commands start with a cold connection pool, so does this
    let mut fastest = f64::INFINITY;
    for _ in 0..RUNS {
        // the workspace builds reqwest without a TLS provider of its own; a second installation is refused, which is fine
        let _ = rustls::crypto::ring::default_provider().install_default();
        let start = Instant::now();
        let client = reqwest::Client::new();
        for index in 0..interactions {
            let state = serde_json::json!({ "action": "setup", "state": "an item exists", "params": { "id": index } });
            client.post(format!("http://127.0.0.1:{port}/_states")).json(&state).send().await?.bytes().await?;
            let path = contract::path(index);
            client.get(format!("http://127.0.0.1:{port}{path}")).send().await?.bytes().await?;
        }
        fastest = fastest.min(start.elapsed().as_secs_f64());
    }
    Ok(fastest)
}
