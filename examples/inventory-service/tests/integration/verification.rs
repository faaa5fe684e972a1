//! Does this service honour what its consumers need? First as it is, then with its breaking change.

use countersign_provider_verifier::{
    Outcome, PactFiles, StateCall, StateChangeUrl, StateError, Transport, Verification, Verifier,
};
use inventory_service::{Behaviour, Options, Running, Stock, set_up, spawn};
use order_service::contracts::{self, Recording};
use tempfile::TempDir;

/// The pact of order-service, recorded afresh. A service whose consumers live elsewhere takes pacts from a broker.
async fn recorded_pact() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    contracts::record(&Recording::into_folder(folder.path()).unwrap()).await;
    folder
}

async fn service(behaviour: Behaviour) -> Running {
    spawn(Options { behaviour, provider_states: true, ..Options::default() }).await.unwrap()
}

async fn verify(service: &Running, pacts: &TempDir) -> Outcome {
    let shelf = service.shelf();
    Verifier::of("inventory-service")
        .http(service.http_url())
        .grpc(service.grpc_url())
        .state("stock exists", |state| async move {
            service.stock(state.param::<String>("sku")?, state.param("quantity")?).await;
            Ok(())
        })
        .state("the sku is unknown", |state| async move {
            shelf.remove(&state.param::<String>("sku")?);
            Ok(())
        })
        .state("a reservation exists", |state| as_the_endpoint_does(shelf, state))
        .state("stock sells while it is watched", |state| as_the_endpoint_does(shelf, state))
        .pacts(PactFiles::at([pacts.path()]))
        .verify()
        .await
}

async fn as_the_endpoint_does(shelf: &Stock, state: StateCall) -> Result<(), StateError> {
    Ok(set_up(shelf, state.name(), state.params())?)
}

/// The interactions that were not as agreed, by transport and description.
fn broken(verification: &Verification) -> Vec<(Transport, &str)> {
    let failed = verification.interactions().filter(|interaction| !interaction.replayed.verdict.agreed());
    failed.map(|interaction| (interaction.transport, interaction.description.as_str())).collect()
}

#[tokio::test]
async fn honours_every_consumer() {
    let service = service(Behaviour::Current).await;
    let verification = verify(&service, &recorded_pact().await).await.unwrap_verified();
    for transport in [Transport::Rest, Transport::Grpc] {
        let replayed = verification.interactions().filter(|interaction| interaction.transport == transport);
        assert!(replayed.count() >= 5, "{transport}: the whole contract was replayed");
    }
    service.stop().await;
}

#[tokio::test]
async fn honours_them_through_its_state_endpoint_too() {
    let service = service(Behaviour::Current).await;
    let pacts = recorded_pact().await;
    Verifier::of("inventory-service")
        .http(service.http_url())
        .grpc(service.grpc_url())
        .state_change_url(StateChangeUrl::new(format!("{}/_states", service.http_url())))
        .pacts(PactFiles::at([pacts.path()]))
        .verify()
        .await
        .unwrap_verified();
}

#[tokio::test]
async fn the_breaking_change_is_found_over_both_protocols() {
    let service = service(Behaviour::Breaking).await;
    let outcome = verify(&service, &recorded_pact().await).await;
    assert_eq!(outcome.exit_code(), 1);
    let report = outcome.to_string();
    let verification = outcome.into_result().unwrap();
    assert_eq!(
        broken(&verification),
        [
            (Transport::Grpc, "a cart that is filled"),
            (Transport::Grpc, "a reservation"),
            (Transport::Rest, "a stock check for a known sku"),
            (Transport::Grpc, "a stock check for a known sku"),
            (Transport::Rest, "a stock check for more than there is"),
            (Transport::Grpc, "stock updates while a sku sells"),
            (Transport::Grpc, "stock updates without end"),
            (Transport::Grpc, "the release of a reservation"),
        ],
        "{report}"
    );
    for said in ["$.quantity_left", "$.warehouse", "response 2 · $.quantity_left"] {
        assert!(report.contains(said), "the report says what differs: {said}\n{report}");
    }
}
