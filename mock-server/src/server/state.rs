//! What all connections of a server share.

use countersign_core::pact::{Interaction, InteractionKind, Pact};
use countersign_core::protobuf::Schema;

use super::grpc::{GrpcExpectation, GrpcIndex, Reflection};
use super::http_expectation::HttpExpectation;
use super::http_index::HttpIndex;
use super::journal::Journal;
use super::selection::Countable;
use super::{Config, InteractionName, Selection, StartError, UnplayableInteraction};

/// The agreed interactions, which never change, and what came in so far.
#[derive(Debug)]
pub(super) struct State {
    pub(super) http: HttpIndex,
    pub(super) grpc: GrpcIndex,
    pub(super) reflection: Option<Reflection>,
    pub(super) journal: Journal,
    pub(super) selection: Selection,
    pub(super) max_body: usize,
}

impl State {
    /// Prepares all interactions that a server can play; messages that are no gRPC calls are left out.
    pub(super) fn prepare(pact: &Pact, config: &Config) -> Result<Self, StartError> {
        let mut problems = Vec::new();
        let (mut http, mut grpc) = (Vec::new(), Vec::new());
        for interaction in &pact.interactions {
            if let Err(reason) = prepare(pact, interaction, &mut http, &mut grpc) {
                problems.push(UnplayableInteraction { description: interaction.description.clone(), reason });
            }
        }
        if !problems.is_empty() {
            return Err(StartError::Unplayable(problems));
        }
        let mut schemas: Vec<Schema> = Vec::new();
        for expectation in &grpc {
            if !schemas.contains(&expectation.schema) {
                schemas.push(expectation.schema.clone());
            }
        }
        Ok(Self {
            reflection: Reflection::new(&schemas),
            http: HttpIndex::new(http),
            grpc: GrpcIndex::new(grpc),
            journal: Journal::default(),
            selection: config.selection,
            max_body: config.max_body,
        })
    }

    /// Every interaction with the number of times it was exercised as agreed.
    pub(super) fn hits(&self) -> impl Iterator<Item = (&InteractionName, u64)> {
        let http = self.http.expectations().iter().map(|expectation| (&expectation.name, expectation.hits().count()));
        let grpc = self.grpc.expectations().iter().map(|expectation| (&expectation.name, expectation.hits().count()));
        http.chain(grpc)
    }
}

fn prepare(
    pact: &Pact,
    interaction: &Interaction,
    http: &mut Vec<HttpExpectation>,
    grpc: &mut Vec<GrpcExpectation>,
) -> Result<(), String> {
    match &interaction.kind {
        InteractionKind::Http(exchange) => http.push(HttpExpectation::prepare(interaction, exchange)?),
        InteractionKind::SynchronousMessage(_) if GrpcExpectation::is_meant(interaction) => {
            grpc.push(GrpcExpectation::prepare(pact, interaction)?);
        }
        InteractionKind::SynchronousMessage(_) | InteractionKind::AsynchronousMessage(_) => {}
    }
    Ok(())
}
