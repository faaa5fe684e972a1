//! What this service makes of events, and the contract it records.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use notification_service::{EventError, Notifications, contracts};

#[tokio::test]
async fn the_contract_is_recorded() {
    contracts::record(None).await;
}

#[tokio::test]
async fn recording_twice_gives_the_same_file_to_the_byte() {
    let folder = tempfile::tempdir().unwrap();
    contracts::record(Some(folder.path())).await;
    let first = std::fs::read(contracts::pact_file(folder.path())).unwrap();
    contracts::record(Some(folder.path())).await;
    assert_eq!(std::fs::read(contracts::pact_file(folder.path())).unwrap(), first);
}

#[tokio::test]
async fn an_event_of_another_kind_leads_to_no_letter() {
    let (notifications, mut outbox) = Notifications::with_outbox();
    let refused = notifications.handle(br#"{ "orderId": "ord_456" }"#).await;
    assert!(matches!(refused, Err(EventError::Unreadable(_))), "{refused:?}");
    drop(notifications);
    assert_eq!(outbox.recv().await, None);
}

#[tokio::test]
async fn a_closed_outbox_is_told() {
    let (notifications, outbox) = Notifications::with_outbox();
    drop(outbox);
    let refused = notifications.handle(br#"{ "orderId": "ord_456", "totalAmount": 29.99 }"#).await;
    assert!(matches!(refused, Err(EventError::OutboxClosed)), "{refused:?}");
}
