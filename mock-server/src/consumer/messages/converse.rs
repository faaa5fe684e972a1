//! Letting the consumer's code send the agreed messages.

use std::future::Future;
use std::panic::Location;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use countersign_core::pact::{self as model, Interaction, InteractionKind};

use super::builder::{AnsweredMessage, SynchronousMessage};
use super::consume::settle;
use super::exchange::{Exchange, Sent};
use super::report::{MessageOutcome, MessageReport};
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
        // a panic of the future names no line of the test
        let line = Location::caller();
        let conversing = self.try_converse(handler);
        async move {
            if let Err(error) = conversing.await {
                panic!("{}  at {line}", error.for_stderr());
            }
        }
    }

    /// As [`converse`](Self::converse), but returns where the pact file is, or what went wrong.
    ///
    /// # Panics
    ///
    /// When nothing was agreed on, or the specification version has no words for it.
    #[track_caller]
    pub fn try_converse<F>(
        self,
        mut handler: impl FnMut(Exchange) -> F,
    ) -> impl Future<Output = Result<PathBuf, ContractError>>
    where
        F: Future<Output: Taken>,
    {
        let owed = self.owed();
        async move {
            let mut outcomes = Vec::new();
            for interaction in &owed.pact.interactions {
                let Some(exchange) = exchange(interaction) else { continue };
                let sent = exchange.sent();
                outcomes.push(outcome(interaction, handler(exchange).await, &sent));
            }
            settle(owed, MessageReport { outcomes })
        }
    }

    /// As [`converse`](Self::converse), for tests without an async runtime.
    ///
    /// # Panics
    ///
    /// As [`converse`](Self::converse).
    #[track_caller]
    pub fn converse_blocking<T: Taken>(self, mut handler: impl FnMut(Exchange) -> T) {
        let owed = self.owed();
        let have = |interaction| {
            let exchange = exchange(interaction)?;
            let sent = exchange.sent();
            Some(outcome(interaction, handler(exchange), &sent))
        };
        let outcomes = owed.pact.interactions.iter().filter_map(have).collect();
        if let Err(error) = settle(owed, MessageReport { outcomes }) {
            panic!("{}", error.for_stderr());
        }
    }

    #[track_caller]
    fn owed(self) -> Owed {
        draft::check(&self.pact, "add one with `synchronous_message`");
        Owed::new(self.pact, self.directory)
    }
}

fn exchange(interaction: &Interaction) -> Option<Exchange> {
    match &interaction.kind {
        InteractionKind::SynchronousMessage(exchange) => Some(Exchange::new(interaction, exchange)),
        _ => None,
    }
}

fn outcome(interaction: &Interaction, taken: impl Taken, sent: &Mutex<Sent>) -> MessageOutcome {
    let sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
    let mut problems = sent.otherwise.clone();
    if let Err(error) = taken.taken()
        && !problems.contains(&error)
    {
        problems.push(format!("the consumer gave up: {error}"));
    }
    if problems.is_empty() && !sent.as_agreed {
        problems.push("was agreed but never sent: hand what the consumer writes to `send`".to_owned());
    }
    MessageOutcome::new(interaction, problems)
}
