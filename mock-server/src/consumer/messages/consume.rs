//! Handing the agreed messages to the consumer's code.

use std::future::Future;
use std::panic::Location;
use std::path::PathBuf;

use countersign_core::pact::{self as model, Interaction, InteractionKind};
use countersign_core::protobuf::register;

use super::builder::{Message, WrittenMessage};
use super::delivered::{DeliveredMessage, now};
use super::protobuf;
use super::rounds::{self, Round};
use super::taken::Taken;
use crate::consumer::ContractError;
use crate::consumer::draft::{self, draft_methods};
use crate::consumer::owed::Owed;

/// A contract on messages in the making, see [`Pact::message`](crate::Pact::message).
#[derive(Debug, Clone)]
#[must_use = "a contract on messages does something once they are consumed"]
pub struct MessagePact {
    pact: model::Pact,
    directory: Option<PathBuf>,
    proto_includes: Vec<PathBuf>,
}

draft_methods!(MessagePact);

impl MessagePact {
    pub(in crate::consumer) fn new(
        pact: model::Pact,
        directory: Option<PathBuf>,
        proto_includes: Vec<PathBuf>,
    ) -> Self {
        Self { pact, directory, proto_includes }
    }

    /// Adds another message.
    ///
    /// # Panics
    ///
    /// As [`Pact::message`](crate::Pact::message).
    #[track_caller]
    pub fn message(mut self, description: impl Into<String>, build: impl FnOnce(Message) -> WrittenMessage) -> Self {
        let message = Message::with_proto_includes(self.proto_includes.clone());
        let (interaction, schema) = build(message).build(description.into());
        draft::add(&mut self.pact, interaction);
        if let Some(schema) = schema {
            register(&mut self.pact, &schema);
        }
        self
    }

    /// Hands every message to the handler, one after another in the order they were said, and adds the contract to its pact
    /// file if all were taken. The handler is the code under test: it returns nothing, or a result whose error says why
    /// the message could not be taken.
    ///
    /// # Panics
    ///
    /// With a report when the handler returned an error, or with what kept the file from being written. A panic inside the
    /// handler is passed on as it is.
    #[track_caller]
    pub fn consume<F>(self, handler: impl FnMut(DeliveredMessage) -> F) -> impl Future<Output = ()>
    where
        F: Future<Output: Taken>,
    {
        rounds::or_panic(self.try_consume(handler), Location::caller())
    }

    /// As [`consume`](Self::consume), but returns where the pact file is, or what went wrong.
    ///
    /// # Panics
    ///
    /// When nothing was agreed on, or the specification version has no words for it.
    #[track_caller]
    pub fn try_consume<F>(
        self,
        handler: impl FnMut(DeliveredMessage) -> F,
    ) -> impl Future<Output = Result<PathBuf, ContractError>>
    where
        F: Future<Output: Taken>,
    {
        rounds::play::<Delivery, F>(self.owed(), handler)
    }

    /// As [`consume`](Self::consume), for tests without an async runtime.
    ///
    /// # Panics
    ///
    /// As [`consume`](Self::consume).
    #[track_caller]
    pub fn consume_blocking<T: Taken>(self, handler: impl FnMut(DeliveredMessage) -> T) {
        rounds::play_blocking::<Delivery, T>(self.owed(), handler);
    }

    #[track_caller]
    fn owed(self) -> Owed {
        draft::check(&self.pact, "add one with `message`");
        Owed::new(self.pact, self.directory)
    }
}

/// A message on its way to the consumer, in short.
struct Delivery(String);

impl Round for Delivery {
    type Handed = DeliveredMessage;

    fn begin(pact: &model::Pact, interaction: &Interaction) -> Option<(Self, DeliveredMessage)> {
        let InteractionKind::AsynchronousMessage(message) = &interaction.kind else { return None };
        let delivered = DeliveredMessage::new(interaction, message);
        let delivered = match protobuf::generated(pact, interaction, message, &now()) {
            Ok(None) => delivered,
            Ok(Some(contents)) => delivered.with_contents(contents),
            Err(error) => panic!("the message '{}' cannot be made: {error}", interaction.description),
        };
        Some((Self(delivered.in_short()), delivered))
    }

    fn problems(self, taken: Result<(), String>) -> Vec<String> {
        match taken {
            Ok(()) => Vec::new(),
            Err(error) => vec![format!("the consumer did not take it: {error}"), format!("the message: {}", self.0)],
        }
    }
}
