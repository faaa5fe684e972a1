//! Example provider: a small warehouse over REST (axum) and gRPC (tonic).
//!
//! Both doors open onto the same [`Stock`]: what is reserved over gRPC is gone over REST. The service can be started
//! with a breaking change ([`Behaviour::Breaking`]), so that it can be seen what a contract test says about one.
//!
//! ```
//! # async fn example() -> std::io::Result<()> {
//! let service = inventory_service::spawn(inventory_service::Options::default()).await?;
//! service.stock("ABC-1", 5).await;
//! println!("GET {}/inventory/ABC-1?quantity=2", service.http_url());
//! service.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! | module | what lives there |
//! |---|---|
//! | `stock` | what is on the shelf, what is reserved, and who watches |
//! | `rest`, `grpc` | the two doors |
//! | `breaking` | the same doors as a careless next version would build them |
//! | `states` | provider states: bringing the stock into the situation a contract speaks of |
//! | `service` | starting, addressing and stopping it all |

mod breaking;
mod grpc;
mod rest;
mod service;
mod states;
mod stock;

pub use service::{Behaviour, Options, Running, spawn};
pub use states::{STATES, StateError, set_up};
pub use stock::{Item, Level, Reservation, Stock, StockError, Warehouse, Watch};

/// The messages, client and server generated from `proto/inventory.proto`.
#[allow(missing_docs, unreachable_pub, clippy::all, reason = "generated code")]
pub mod proto {
    tonic::include_proto!("inventory.v1");
}
