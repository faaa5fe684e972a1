//! Example consumer of messages: writes to customers when the order service says that an order was placed.
//!
//! ```
//! use notification_service::Notifications;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), notification_service::EventError> {
//! let (notifications, mut outbox) = Notifications::with_outbox();
//! notifications.handle(br#"{ "orderId": "ord_456", "totalAmount": 29.99 }"#).await?;
//! assert_eq!(outbox.recv().await.unwrap().subject, "We have your order ord_456");
//! # Ok(())
//! # }
//! ```
//!
//! | module | what lives there |
//! |---|---|
//! | `notifications` | from an event to a letter |
//! | [`contracts`] | what this service expects of the order service's events, recorded as a pact |

pub mod contracts;
mod notifications;

pub use notifications::{EventError, Letter, Notifications};
