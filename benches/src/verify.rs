//! Wall time of verifying a pact file against a fast provider.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::figures::{Better, Figure, Figures};
use crate::{contract, peer, provider};

/// How often each is run; the fastest counts, since noise only adds.
const RUNS: usize = 3;

/// How many interactions without states are asked for at a time where that is measured.
const CONCURRENCY: usize = 10;

/// Wall times in seconds. `limit` is: for plain sizes, the same traffic in a bare loop; for pacts that share their
/// interactions, the time for one of them; for a slow provider, the provider's time alone at the chosen concurrency.
pub(crate) async fn run() -> anyhow::Result<Figures> {
    let ours = peer::our_command()?;
    let has_official = peer::has_official();
    let folder = tempfile::tempdir()?;
    let port = provider::start().await?;
    let mut list = Vec::new();
    for interactions in [1, 100, 1000] {
        let file = folder.path().join(format!("{interactions}.json"));
        std::fs::write(&file, contract::pact(interactions).to_string())?;
        let our_time = our_time(&ours, flags(&file, port)).await?;
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
        list.push(Figure { name: format!("verify/{interactions}"), ours: our_time, official, limit });
    }
    list.push(shared_interactions(&ours, folder.path(), port).await?);
    list.push(slow_provider(&ours, folder.path(), port, has_official).await?);
    Ok(Figures { unit: "s", better: Better::Less, list })
}

/// Twenty pacts with the same hundred interactions, beside one of them.
async fn shared_interactions(ours: &Path, folder: &Path, port: u16) -> anyhow::Result<Figure> {
    let mut files = Vec::new();
    for consumer in 0..20 {
        let mut pact = contract::pact(100);
        pact["consumer"]["name"] = format!("consumer-{consumer}").into();
        let file = folder.join(format!("shared-{consumer}.json"));
        std::fs::write(&file, pact.to_string())?;
        files.push(file);
    }
    let one = flags(&files[0], port);
    let others = files[1..].iter().flat_map(|file| ["--file".to_owned(), file.display().to_string()]);
    let all: Vec<String> = one.iter().cloned().chain(others).collect();
    let limit = our_time(ours, one).await?;
    let ours = our_time(ours, all).await?;
    Ok(Figure { name: "verify/100 shared by 20".to_owned(), ours, official: None, limit })
}

/// A hundred interactions without states and a provider that takes 20 ms for each.
async fn slow_provider(ours: &Path, folder: &Path, port: u16, has_official: bool) -> anyhow::Result<Figure> {
    let file = folder.join("slow.json");
    std::fs::write(&file, contract::stateless_pact(100).to_string())?;
    let mut slowly = flags(&file, port);
    slowly.retain(|flag| flag != "--state-change-url" && !flag.ends_with("/_states"));
    slowly.extend(["--base-path".to_owned(), provider::SLOWLY.to_owned()]);
    let official = if has_official {
        let flags = slowly.clone();
        let measure = move || peer::time(Command::new("pact").arg("verifier").args(flags));
        Some(tokio::task::spawn_blocking(measure).await??)
    } else {
        None
    };
    slowly.extend(["--concurrency".to_owned(), CONCURRENCY.to_string()]);
    let ours = our_time(ours, slowly).await?;
    let limit = provider::SLOWNESS.as_secs_f64() * 100.0 / CONCURRENCY as f64;
    Ok(Figure { name: format!("verify/100 of 20 ms, {CONCURRENCY} at a time"), ours, official, limit })
}

async fn our_time(command: &Path, flags: Vec<String>) -> anyhow::Result<f64> {
    let command = command.to_owned();
    let measure = move || fastest(RUNS, || peer::time(Command::new(&command).arg("verify").args(&flags)));
    tokio::task::spawn_blocking(measure).await?
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
