//! Many servers and many tests at once.

use countersign_mock_server::prelude::*;
use countersign_mock_server::{Config, MockServer};
use serde_json::{Value as Json, json};

use crate::support::{client, fetch, read_pact};

fn one(id: usize) -> Pact {
    Pact::between("shop", "stock").http(format!("check {id:03}"), move |i| {
        i.request(get(format!("/stock/{id}"))).response(ok().json(json!({ "id": integer(id) })))
    })
}

#[tokio::test]
async fn a_hundred_servers_run_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let mut providers = Vec::new();
    for id in 0..100 {
        providers.push(one(id).output_dir(directory.path()).start().await);
    }
    let asked = providers.iter().enumerate().map(|(id, provider)| async move {
        let stock: Json = fetch(format!("{}/stock/{id}", provider.url())).await.json().await.unwrap();
        assert_eq!(stock["id"], id);
    });
    futures::future::join_all(asked).await;
    let mut path = None;
    for provider in providers {
        path = Some(provider.try_finish().await.unwrap());
    }
    assert_eq!(read_pact(&path.unwrap()).interactions.len(), 100);
}

#[tokio::test]
async fn five_hundred_servers_run_at_once_and_start_at_once() {
    let contracts: Vec<_> = (0..500).map(|id| one(id).into_document()).collect();
    let start = std::time::Instant::now();
    let servers: Vec<_> =
        contracts.iter().map(|contract| MockServer::start(contract, &Config::default()).unwrap()).collect();
    // a busy machine may take its time, a server that costs tens of milliseconds would not fit
    assert!(start.elapsed() < std::time::Duration::from_secs(5), "{:?}", start.elapsed());
    for (id, server) in servers.iter().enumerate() {
        let stock: Json = fetch(format!("{}/stock/{id}", server.url())).await.json().await.unwrap();
        assert_eq!(stock["id"], id);
    }
    futures::future::join_all(servers.into_iter().map(MockServer::stop)).await;
}

#[test]
fn recording_at_once_gives_the_same_bytes_as_recording_in_turn() {
    let record = |threads: usize| {
        let directory = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for thread in 0..threads {
                let directory = directory.path();
                scope.spawn(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                    for id in (0..20).filter(|id| id % threads == thread) {
                        runtime.block_on(async {
                            let provider = one(id).output_dir(directory).start().await;
                            fetch(format!("{}/stock/{id}", provider.url())).await;
                            provider.finish().await;
                        });
                    }
                });
            }
        });
        std::fs::read(directory.path().join("shop-stock.json")).unwrap()
    };
    assert_eq!(record(5), record(1));
}

#[tokio::test]
async fn a_thousand_interactions_are_told_apart() {
    let contract = (0..1_000).map(one).map(Pact::into_document).reduce(|mut all, one| {
        all.interactions.extend(one.interactions);
        all
    });
    let server = MockServer::start(&contract.unwrap(), &Config::default()).unwrap();
    for id in [999, 0, 500] {
        let stock: Json = fetch(format!("{}/stock/{id}", server.url())).await.json().await.unwrap();
        assert_eq!(stock["id"], id);
    }
    let refusal: Json = fetch(format!("{}/stock/1000", server.url())).await.json().await.unwrap();
    assert_eq!(refusal["closest"]["mismatches"].as_array().unwrap().len(), 1, "{refusal:#}");
    assert_eq!(server.report().exercised.len(), 3);
    server.stop().await;
}

#[tokio::test]
async fn one_server_answers_many_clients_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let provider = one(7).output_dir(directory.path()).start().await;
    let (client, url) = (client(), format!("{}/stock/7", provider.url()));
    let answers = futures::future::join_all((0..50).map(|_| client.get(&url).send())).await;
    assert!(answers.into_iter().all(|answer| answer.unwrap().status() == 200));
    provider.finish().await;
}

const DIRECTORY: &str = "RECORDING_DIRECTORY";
const SHARE: &str = "RECORDING_SHARE";
const PROCESSES: usize = 50;

/// Another process of this test program that runs one of its ignored tests.
fn process(test: &str, directory: &std::path::Path, share: usize) -> std::process::Command {
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--ignored", "--nocapture"]).env(DIRECTORY, directory).env(SHARE, share.to_string());
    command
}

async fn record_one(directory: &str, id: usize) {
    let provider = one(id).output_dir(directory).start().await;
    fetch(format!("{}/stock/{id}", provider.url())).await;
    provider.finish().await;
}

#[test]
fn fifty_processes_record_into_one_file() {
    let directory = tempfile::tempdir().unwrap();
    let start = |share: usize| {
        let mut command = process("parallel::one_of_several_processes", directory.path(), share);
        command.stdout(std::process::Stdio::null()).spawn().unwrap()
    };
    let processes: Vec<_> = (0..PROCESSES).map(start).collect();
    for mut process in processes {
        assert!(process.wait().unwrap().success());
    }
    let pact = read_pact(&directory.path().join("shop-stock.json"));
    let descriptions: Vec<_> = pact.interactions.iter().map(|interaction| interaction.description.clone()).collect();
    assert_eq!(descriptions, (0..4 * PROCESSES).map(|id| format!("check {id:03}")).collect::<Vec<_>>());
}

#[tokio::test]
#[ignore = "runs in the processes that another test starts"]
async fn one_of_several_processes() {
    let Ok(directory) = std::env::var(DIRECTORY) else { return };
    let share: usize = std::env::var(SHARE).unwrap().parse().unwrap();
    for round in 0..4 {
        record_one(&directory, round * PROCESSES + share).await;
    }
}

#[test]
fn a_process_that_is_killed_leaves_a_whole_file() {
    use std::io::BufRead as _;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("shop-stock.json");
    let mut recorded = Vec::new();
    for round in 0..8 {
        let mut command = process("parallel::one_that_records_until_it_is_killed", directory.path(), round);
        let mut process = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
        let mut lines = std::io::BufReader::new(process.stdout.take().unwrap()).lines();
        let said = lines.by_ref().map_while(Result::ok).filter_map(|line| line.strip_prefix("recorded ")?.parse().ok());
        recorded.extend(said.take(round + 1).collect::<Vec<usize>>());
        process.kill().unwrap();
        process.wait().unwrap();
        let pact = read_pact(&file);
        let known = |id: &usize| pact.interactions.iter().any(|known| known.description == format!("check {id:03}"));
        assert!(recorded.iter().all(known), "after round {round}: {recorded:?} in {:?}", pact.interactions.len());
    }
    assert_eq!(recorded.len(), (1..=8).sum::<usize>());
}

#[tokio::test]
#[ignore = "runs in the processes that another test starts"]
async fn one_that_records_until_it_is_killed() {
    use std::io::Write as _;
    let Ok(directory) = std::env::var(DIRECTORY) else { return };
    let share: usize = std::env::var(SHARE).unwrap().parse().unwrap();
    for id in 0.. {
        record_one(&directory, share * 100_000 + id).await;
        writeln!(std::io::stdout(), "\nrecorded {}", share * 100_000 + id).unwrap();
    }
}
