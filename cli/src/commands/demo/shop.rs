//! The two services of the story.

use std::path::Path;
use std::time::{Duration, Instant};

use countersign_core::format;
use countersign_core::pact::{InteractionKind, Pact};
use inventory_service::{Behaviour, Options, Running};
use order_service::contracts::{self, Recording};

/// The pact that the consumer's contract tests recorded.
pub(super) struct Recorded {
    pub(super) bytes: Vec<u8>,
    pub(super) rest: usize,
    pub(super) grpc: usize,
    pub(super) took: Duration,
}

/// Runs order-service's contract tests and reads what they recorded.
pub(super) async fn record(folder: &Path) -> Result<Recorded, String> {
    let began = Instant::now();
    let recording = Recording::into_folder(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let tested = tokio::task::spawn_blocking(move || run_contract_tests(recording)).await;
    tested.map_err(|error| error.to_string())??;
    let file = Recording::pact_file(folder);
    let bytes = std::fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let pact = format::read(&bytes).map_err(|error| format!("{}: {error}", file.display()))?;
    let took = began.elapsed();
    Ok(Recorded { rest: count(&pact, is_rest), grpc: count(&pact, |kind| !is_rest(kind)), bytes, took })
}

/// Runs them as a test harness does: on a thread of their own, where a failure is a panic.
fn run_contract_tests(recording: Recording) -> Result<(), String> {
    let tests = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(contracts::record(&recording));
        Ok::<_, std::io::Error>(())
    });
    match tests.join() {
        Ok(ran) => ran.map_err(|error| error.to_string()),
        Err(_) => Err("a contract test of order-service failed; its report stands above".to_owned()),
    }
}

fn count(pact: &Pact, wanted: impl Fn(&InteractionKind) -> bool) -> usize {
    pact.interactions.iter().filter(|interaction| wanted(&interaction.kind)).count()
}

fn is_rest(kind: &InteractionKind) -> bool {
    matches!(kind, InteractionKind::Http(_))
}

/// Starts the real inventory-service on free ports, with an endpoint for its provider states.
pub(super) async fn start_inventory(behaviour: Behaviour) -> Result<Running, String> {
    let options = Options { behaviour, provider_states: true, ..Options::default() };
    inventory_service::spawn(options).await.map_err(|error| format!("inventory-service did not start: {error}"))
}
