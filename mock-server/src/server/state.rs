//! What all connections of a server share.

use countersign_core::pact::{InteractionKind, Pact};

use super::expectation::HttpExpectation;
use super::http_index::HttpIndex;
use super::journal::Journal;
use super::{Config, InteractionName, Selection, StartError, UnplayableInteraction};

/// The agreed interactions, which never change, and what came in so far.
#[derive(Debug)]
pub(super) struct State {
    pub(super) http: HttpIndex,
    pub(super) journal: Journal,
    pub(super) selection: Selection,
    pub(super) max_body: usize,
}

impl State {
    /// Prepares all interactions that a server can play; asynchronous messages are left out.
    pub(super) fn prepare(pact: &Pact, config: &Config) -> Result<Self, StartError> {
        let mut problems = Vec::new();
        let mut http = Vec::new();
        for interaction in &pact.interactions {
            let prepared = match &interaction.kind {
                InteractionKind::Http(exchange) => {
                    HttpExpectation::prepare(interaction, exchange).map(|expectation| http.push(expectation))
                }
                _ => Ok(()),
            };
            if let Err(reason) = prepared {
                problems.push(UnplayableInteraction { description: interaction.description.clone(), reason });
            }
        }
        if !problems.is_empty() {
            return Err(StartError::Unplayable(problems));
        }
        Ok(Self {
            http: HttpIndex::new(http),
            journal: Journal::default(),
            selection: config.selection,
            max_body: config.max_body,
        })
    }

    /// Every interaction with the number of times it was exercised as agreed.
    pub(super) fn hits(&self) -> impl Iterator<Item = (&InteractionName, u64)> {
        self.http.expectations().iter().map(|expectation| (&expectation.name, expectation.hits.count()))
    }
}
