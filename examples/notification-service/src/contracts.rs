//! What this service expects of the order service's events, recorded as a pact.
//!
//! Usually such a function stands below `tests/` with `#[tokio::test]` on it. It is public here because the order service's
//! verification test records the contract as well, in place of a broker.

use std::path::{Path, PathBuf};

use countersign_mock_server::prelude::*;
use serde_json::json;

use crate::{Letter, Notifications};

/// The name this service goes by in its contracts.
pub const CONSUMER: &str = "notification-service";
/// The name the order service goes by in them.
pub const PROVIDER: &str = "order-service";

/// Records the contract into a folder, or where all tests of a workspace put their pacts.
pub async fn record(folder: Option<&Path>) {
    let contract = Pact::between(CONSUMER, PROVIDER);
    let contract = match folder {
        Some(folder) => contract.output_dir(folder),
        None => contract,
    };
    let (notifications, mut outbox) = Notifications::with_outbox();
    contract
        .message("an order was placed", |m| {
            m.given("an order exists", json!({ "id": "ord_456" }))
                .metadata("topic", "order.placed")
                .json(json!({ "orderId": like("ord_456"), "totalAmount": decimal(29.99) }))
        })
        .consume(|message| {
            let notifications = notifications.clone();
            async move { notifications.handle(message.bytes()).await }
        })
        .await;

    let letter = outbox.recv().await;
    let expected = Letter {
        subject: "We have your order ord_456".into(),
        text: "Thank you! Your order ord_456 of 29.99 € is on its way to our warehouse.".into(),
    };
    assert_eq!(letter, Some(expected));
}

/// The pact file that is recorded into a folder.
#[must_use]
pub fn pact_file(folder: &Path) -> PathBuf {
    folder.join(format!("{CONSUMER}-{PROVIDER}.json"))
}
