//! Example consumer: places orders after checking stock over REST and reserving it over gRPC.
//!
//! ```no_run
//! use order_service::{InventoryClient, InventoryGrpc, Order, Orders};
//!
//! # async fn example() -> Result<(), order_service::OrderError> {
//! let orders = Orders::new(
//!     InventoryClient::new("http://inventory.example.com"),
//!     InventoryGrpc::connect("http://inventory.example.com:50051").await?,
//! );
//! let confirmation = orders.place(&Order { sku: "ABC-1".into(), quantity: 2 }).await?;
//! println!("reserved as {}, ships from {}", confirmation.reservation_id, confirmation.ships_from);
//! # Ok(())
//! # }
//! ```
//!
//! | module | what lives there |
//! |---|---|
//! | `orders` | placing an order |
//! | `events` | what others are told about orders |
//! | `rest`, `grpc`, `error` | the inventory service as this service sees it |
//! | [`contracts`] | what this service expects of the inventory service, recorded as a pact |

pub mod contracts;
mod error;
mod events;
mod grpc;
mod orders;
mod rest;

pub use error::InventoryError;
pub use events::OrderPlaced;
pub use grpc::{Cart, InventoryGrpc, StockCheck, StockWatch};
pub use orders::{Confirmation, Order, OrderError, Orders};
pub use rest::{InventoryClient, StockLevel, Warehouse};

/// The text of this service's copy of `inventory.proto`.
pub const INVENTORY_PROTO: &str = include_str!("../proto/inventory.proto");

/// The messages and the client generated from `proto/inventory.proto`.
#[allow(missing_docs, unreachable_pub, clippy::all, reason = "generated code")]
pub mod proto {
    tonic::include_proto!("inventory.v1");
}
