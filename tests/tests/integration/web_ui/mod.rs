//! The web UI in a real browser: people look things up, follow a failure to its finding, and ask what may be deployed.

mod access;
mod hostile;
mod speed;
mod walks;
mod webhooks;

use std::path::PathBuf;

use countersign_broker::{Broker, Config, RunningBroker};
use countersign_tests::browser::Browser;
use countersign_tests::seed::{landscape, shop};
use countersign_tests::tools::chromium;
use tempfile::TempDir;

/// What a broker knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Data {
    Nothing,
    Shop,
    /// So many services with so many integrations.
    Landscape(usize, usize),
}

/// A broker with data; its files are gone with it.
struct Stocked {
    broker: RunningBroker,
    _folder: TempDir,
}

async fn stocked(data: Data) -> Stocked {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::new(folder.path().join("broker.sqlite").to_string_lossy()).port(0);
    match data {
        Data::Nothing => {}
        Data::Shop => shop::plant(&config).await.unwrap(),
        Data::Landscape(services, integrations) => landscape::plant(&config, services, integrations).await.unwrap(),
    }
    Stocked { broker: Broker::start(config).await.unwrap(), _folder: folder }
}

/// Lets a person visit a broker's pages; nothing may turn up in the browser's console.
async fn visit(data: Data, person: impl FnOnce(&mut Browser, &str) -> anyhow::Result<()> + Send + 'static) {
    let Some(executable): Option<PathBuf> = chromium() else { return };
    let stocked = stocked(data).await;
    let address = stocked.broker.url().to_owned();
    let complaints = tokio::task::spawn_blocking(move || {
        let mut browser = Browser::launch(&executable)?;
        person(&mut browser, &address)?;
        browser.leave()
    });
    assert_eq!(complaints.await.unwrap().unwrap(), Vec::<String>::new(), "in the browser's console");
    stocked.broker.stop().await.unwrap();
}

const PACT: &str = "/pacts/provider/inventory-service/consumer/order-service/latest";
