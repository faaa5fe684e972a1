//! One message that the consumer sends, and what is answered.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use countersign_core::mismatch::Mismatch;
use countersign_core::pact::{Attributes, Interaction, SynchronousMessage};
use countersign_core::plan::{MessagePlan, ReceivedMessage, Unexpected};
use countersign_core::render::words;
use serde_json::Value as Json;

use super::delivered::DeliveredMessage;

/// The agreed provider of one message: what the consumer sends is compared with what was agreed on, and answered.
#[derive(Debug, Clone)]
pub struct Exchange {
    request: DeliveredMessage,
    responses: Vec<DeliveredMessage>,
    plan: Arc<MessagePlan>,
    sent: Arc<Mutex<Sent>>,
}

/// What the consumer sent so far.
#[derive(Debug, Default)]
pub(super) struct Sent {
    pub(super) as_agreed: bool,
    pub(super) otherwise: Vec<String>,
}

/// What the consumer sent is not what was agreed on; displays with all differences.
#[derive(Debug, Clone, PartialEq)]
pub struct NotAgreed {
    /// All differences.
    pub mismatches: Vec<Mismatch>,
}

impl std::error::Error for NotAgreed {}

impl fmt::Display for NotAgreed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what was sent is not what was agreed on:")?;
        self.mismatches.iter().try_for_each(|mismatch| write!(f, "\n{}", words(mismatch)))
    }
}

impl Exchange {
    pub(super) fn new(interaction: &Interaction, exchange: &SynchronousMessage) -> Self {
        Self {
            request: DeliveredMessage::new(interaction, &exchange.request),
            responses: exchange.responses.iter().map(|response| DeliveredMessage::new(interaction, response)).collect(),
            plan: Arc::new(MessagePlan::compile(&exchange.request)),
            sent: Arc::default(),
        }
    }

    /// What the contract calls it, for code that has several conversations.
    #[must_use]
    pub fn description(&self) -> &str {
        self.request.description()
    }

    /// An example of what the consumer agreed to send.
    #[must_use]
    pub fn example(&self) -> &DeliveredMessage {
        &self.request
    }

    /// Sends what the code under test wrote, and returns what the provider answers, in order.
    ///
    /// # Errors
    ///
    /// All differences from what was agreed on; the contract is not kept then, even if the error is ignored.
    pub fn send(&self, contents: impl AsRef<[u8]>) -> Result<&[DeliveredMessage], NotAgreed> {
        self.send_with(contents, [] as [(&str, Json); 0])
    }

    /// As [`send`](Self::send), with what travels beside the contents, such as a topic. What was agreed on has to be among
    /// it.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn send_with<N: Into<String>, V: Into<Json>>(
        &self,
        contents: impl AsRef<[u8]>,
        metadata: impl IntoIterator<Item = (N, V)>,
    ) -> Result<&[DeliveredMessage], NotAgreed> {
        let mut metadata: Attributes = metadata.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        let says_type = metadata.keys().any(|name| crate::consumer::bodies::is_content_type(name));
        if let (false, Some(content_type)) = (says_type, self.request.content_type()) {
            // whoever hands over bytes alone means the agreed type
            metadata.insert("contentType".to_owned(), content_type.into());
        }
        let received = ReceivedMessage { contents: contents.as_ref(), metadata };
        let mismatches = self.plan.check(&received, Unexpected::Refused);
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        if mismatches.is_empty() {
            sent.as_agreed = true;
            return Ok(&self.responses);
        }
        let error = NotAgreed { mismatches };
        sent.otherwise.push(error.to_string());
        Err(error)
    }

    pub(super) fn sent(&self) -> Arc<Mutex<Sent>> {
        Arc::clone(&self.sent)
    }
}
