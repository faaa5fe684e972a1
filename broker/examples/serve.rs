//! Runs a broker until Ctrl-C: `cargo run -p countersign-broker --example serve -- [DATABASE] [PORT]`. Other settings come
//! from the environment.

use countersign_broker::{Broker, BrokerError, config::Layers};

#[tokio::main]
async fn main() -> Result<(), BrokerError> {
    let mut arguments = std::env::args().skip(1);
    let mut layers = Layers::default();
    layers.environment(|name| std::env::var(name).ok())?;
    let mut config = layers.finish()?;
    config.database_url = arguments.next().unwrap_or_else(|| "sqlite::memory:".to_owned());
    config.port = arguments.next().and_then(|port| port.parse().ok()).unwrap_or(9292);
    let broker = Broker::start(config).await?;
    eprintln!("listening on {}", broker.url());
    // without a signal handler there is nothing to wait for
    let _ = tokio::signal::ctrl_c().await;
    broker.stop().await
}
