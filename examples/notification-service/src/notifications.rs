use serde::Deserialize;
use thiserror::Error;
use tokio::sync::mpsc;

/// A letter to a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub text: String,
}

/// Why an event led to no letter.
#[derive(Debug, Error)]
pub enum EventError {
    /// It is not the event this service knows.
    #[error("the event cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// Nobody reads the outbox any more.
    #[error("the outbox is closed")]
    OutboxClosed,
}

/// All that this service reads of an `order.placed` event.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrderPlaced {
    order_id: String,
    total_amount: f64,
}

/// Writes letters about what happened in the shop.
#[derive(Clone, Debug)]
pub struct Notifications {
    outbox: mpsc::Sender<Letter>,
}

impl Notifications {
    /// Letters that are written can be taken from the receiver.
    #[must_use]
    pub fn with_outbox() -> (Self, mpsc::Receiver<Letter>) {
        let (outbox, letters) = mpsc::channel(16);
        (Self { outbox }, letters)
    }

    /// Takes an `order.placed` event as it comes from the topic.
    ///
    /// # Errors
    ///
    /// The event is another one than this service knows, or the letter could not be put into the outbox.
    pub async fn handle(&self, event: &[u8]) -> Result<(), EventError> {
        let OrderPlaced { order_id, total_amount } = serde_json::from_slice(event)?;
        let letter = Letter {
            subject: format!("We have your order {order_id}"),
            text: format!("Thank you! Your order {order_id} of {total_amount:.2} € is on its way to our warehouse."),
        };
        self.outbox.send(letter).await.map_err(|_| EventError::OutboxClosed)
    }
}
