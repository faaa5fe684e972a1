//! The two services of the story.

use std::path::Path;
use std::time::{Duration, Instant};

use countersign_core::format;
use countersign_core::pact::{InteractionKind, Pact};
use countersign_provider_verifier::Verifier;
use inventory_service::{Behaviour, Options, Running, STATES, Stock, set_up};
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

/// Runs them as a test harness does: on a thread that bears their name, where a failure is a panic.
fn run_contract_tests(recording: Recording) -> Result<(), String> {
    let tests = std::thread::Builder::new().name("order_service::contracts".to_owned()).spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(contracts::record(&recording));
        Ok::<_, std::io::Error>(())
    });
    match tests.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(()))) => Ok(()),
        Ok(Ok(Err(error))) | Err(error) => Err(error.to_string()),
        Ok(Err(_)) => Err("a contract test of order-service failed; its report stands above".to_owned()),
    }
}

fn count(pact: &Pact, wanted: impl Fn(&InteractionKind) -> bool) -> usize {
    pact.interactions.iter().filter(|interaction| wanted(&interaction.kind)).count()
}

fn is_rest(kind: &InteractionKind) -> bool {
    matches!(kind, InteractionKind::Http(_))
}

/// Starts the real inventory-service on free ports.
pub(super) async fn start_inventory(behaviour: Behaviour) -> Result<Running, String> {
    let options = Options { behaviour, ..Options::default() };
    inventory_service::spawn(options).await.map_err(|error| format!("inventory-service did not start: {error}"))
}

/// Lets the verifier bring the stock into every state that the service knows.
pub(super) fn with_states<'a>(verifier: Verifier<'a>, stock: &'a Stock) -> Verifier<'a> {
    STATES.iter().fold(verifier, |verifier, name| {
        verifier.state(*name, move |state| async move { Ok(set_up(stock, state.name(), state.params())?) })
    })
}
