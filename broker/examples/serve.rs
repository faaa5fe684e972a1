//! Runs a broker until Ctrl-C: `cargo run -p countersign-broker --example serve -- [DATABASE] [PORT]`.

use countersign_broker::{Broker, BrokerError, Config};

#[tokio::main]
async fn main() -> Result<(), BrokerError> {
    let mut arguments = std::env::args().skip(1);
    let database = arguments.next().unwrap_or_else(|| "sqlite::memory:".to_owned());
    let port = arguments.next().and_then(|port| port.parse().ok()).unwrap_or(9292);
    let broker = Broker::start(Config::new(database).port(port)).await?;
    eprintln!("listening on {}", broker.url());
    // without a signal handler there is nothing to wait for
    let _ = tokio::signal::ctrl_c().await;
    broker.stop().await
}
