//! Letting the consumer's code send the agreed messages.

use std::future::Future;
use std::panic::Location;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use countersign_core::pact::{self as model, Interaction, InteractionKind};

use super::builder::{AnsweredMessage, SynchronousMessage};
use super::exchange::{Exchange, Sent};
use super::rounds::{self, Round};
use super::taken::Taken;
use crate::consumer::ContractError;
use crate::consumer::draft::{self, draft_methods};
use crate::consumer::owed::Owed;

/// A contract on messages with responses in the making, see
/// [`Pact::synchronous_message`](crate::Pact::synchronous_message).
#[derive(Debug, Clone)]
#[must_use = "a contract on messages does something once the consumer converses"]
pub struct ExchangePact {
    pact: model::Pact,
    directory: Option<PathBuf>,
}

draft_methods!(ExchangePact);

impl ExchangePact {
    pub(in crate::consumer) fn new(pact: model::Pact, directory: Option<PathBuf>) -> Self {
        Self { pact, directory }
    }

    /// Adds another message with its responses.
    ///
    /// # Panics
    ///
    /// As [`Pact::synchronous_message`](crate::Pact::synchronous_message).
    #[track_caller]
    pub fn synchronous_message(
        mut self,
        description: impl Into<String>,
        build: impl FnOnce(SynchronousMessage) -> AnsweredMessage,
    ) -> Self {
        draft::add(&mut self.pact, build(SynchronousMessage::default()).build(description.into()));
        self
    }

    /// Lets the handler have every exchange, one after another in the order they were said, and adds the contract to its
    /// pact file if all were had as agreed. The handler lets the code under test write its message, hands it to
    /// [`Exchange::send`], and lets it take the answers.
    ///
    /// # Panics
    ///
    /// With a report when something else was sent than agreed on, or nothing, or the handler returned an error; or with
    /// what kept the file from being written. A panic inside the handler is passed on as it is.
    #[track_caller]
    pub fn converse<F>(self, handler: impl FnMut(Exchange) -> F) -> impl Future<Output = ()>
    where
        F: Future<Output: Taken>,
    {
        rounds::or_panic(self.try_converse(handler), Location::caller())
    }

    /// As [`converse`](Self::converse), but returns where the pact file is, or what went wrong.
    ///
    /// # Panics
    ///
    /// When nothing was agreed on, or the specification version has no words for it.
    #[track_caller]
    pub fn try_converse<F>(
        self,
        handler: impl FnMut(Exchange) -> F,
    ) -> impl Future<Output = Result<PathBuf, ContractError>>
    where
        F: Future<Output: Taken>,
    {
        rounds::play::<Exchanged, F>(self.owed(), handler)
    }

    /// As [`converse`](Self::converse), for tests without an async runtime.
    ///
    /// # Panics
    ///
    /// As [`converse`](Self::converse).
    #[track_caller]
    pub fn converse_blocking<T: Taken>(self, handler: impl FnMut(Exchange) -> T) {
        rounds::play_blocking::<Exchanged, T>(self.owed(), handler);
    }

    #[track_caller]
    fn owed(self) -> Owed {
        draft::check(&self.pact, "add one with `synchronous_message`");
        Owed::new(self.pact, self.directory)
    }
}

/// What the consumer sends in a conversation.
struct Exchanged(Arc<Mutex<Sent>>);

impl Round for Exchanged {
    type Handed = Exchange;

    fn begin(_: &model::Pact, interaction: &Interaction) -> Option<(Self, Exchange)> {
        let InteractionKind::SynchronousMessage(exchange) = &interaction.kind else { return None };
        let exchange = Exchange::new(interaction, exchange);
        Some((Self(exchange.sent()), exchange))
    }

    fn problems(self, taken: Result<(), String>) -> Vec<String> {
        let sent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut problems = sent.otherwise.clone();
        if let Err(error) = taken
            && !problems.contains(&error)
        {
            problems.push(format!("the consumer gave up: {error}"));
        }
        if problems.is_empty() && !sent.as_agreed {
            problems.push("was agreed but never sent: hand what the consumer writes to `send`".to_owned());
        }
        problems
    }
}
