//! The warehouse as a process of its own, with a few articles on the shelf.

use std::error::Error;
use std::net::SocketAddr;

use clap::Parser;
use inventory_service::{Behaviour, Options, spawn};

/// What is on the shelf when the service starts.
const OPENING_STOCK: [(&str, u32); 3] = [("ABC-1", 5), ("MUG-7", 120), ("LAMP-2", 0)];

/// A small warehouse over REST and gRPC.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// Where REST listens
    #[arg(long, env = "INVENTORY_HTTP_ADDR", default_value = "127.0.0.1:8080")]
    http_addr: SocketAddr,
    /// Where gRPC listens
    #[arg(long, env = "INVENTORY_GRPC_ADDR", default_value = "127.0.0.1:50051")]
    grpc_addr: SocketAddr,
    /// Starts with an API change that breaks consumers
    #[arg(long, env = "INVENTORY_BREAKING_CHANGE")]
    breaking_change: bool,
    /// Lets a verifier change the stock with POST /_states; never in production
    #[arg(long, env = "INVENTORY_PROVIDER_STATES")]
    provider_states: bool,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    let behaviour = if args.breaking_change { Behaviour::Breaking } else { Behaviour::Current };
    let service = spawn(Options {
        http_addr: args.http_addr,
        grpc_addr: args.grpc_addr,
        behaviour,
        provider_states: args.provider_states,
    })
    .await
    .map_err(|error| format!("cannot listen on {} and {}: {error}", args.http_addr, args.grpc_addr))?;
    for (sku, quantity) in OPENING_STOCK {
        service.stock(sku, quantity).await;
    }
    eprintln!("inventory-service: REST on {}, gRPC on {}", service.http_url(), service.grpc_url());
    tokio::signal::ctrl_c().await?;
    service.stop().await;
    Ok(())
}
