//! What all connections of a server share.

use std::sync::{Arc, OnceLock};

use countersign_core::format;
use countersign_core::pact::{Interaction, InteractionKind, Pact};
use countersign_core::protobuf::Schema;
use fancy_regex::Regex;
use http::{HeaderMap, Request, Response, StatusCode};
use hyper::body::Incoming;

use super::answer_body::AnswerBody;
use super::grpc::{self, GrpcExpectation, GrpcIndex, Reflection};
use super::http_expectation::HttpExpectation;
use super::http_index::HttpIndex;
use super::http_service;
use super::incoming_body::BodyLimits;
use super::journal::Journal;
use super::listener::Answers;
use super::selection::{Countable, WantedState};
use super::traffic::{Counter, Traffic};
use super::{Config, Cors, InteractionName, Selection, StartError, StateHeader, UnplayableInteraction};

/// The agreed interactions, which never change, and what came in so far.
#[derive(Debug)]
pub(crate) struct State {
    pub(super) http: HttpIndex,
    pub(super) grpc: Arc<GrpcIndex>,
    pub(super) reflection: Option<Reflection>,
    pub(super) journal: Arc<Journal>,
    pub(super) selection: Selection,
    pub(super) limits: BodyLimits,
    pub(super) cors: Cors,
    pub(super) refused_status: StatusCode,
    state_header: Option<StateHeader>,
    counter: Option<Counter>,
    /// Known once the server listens.
    url: OnceLock<String>,
}

impl State {
    /// Prepares all interactions that a server can play; messages that are no gRPC calls are left out.
    pub(crate) fn prepare<'p>(pacts: impl IntoIterator<Item = &'p Pact>, config: &Config) -> Result<Self, StartError> {
        let mut prepared = Prepared::default();
        for pact in pacts {
            pact.interactions.iter().for_each(|interaction| prepared.add(pact, interaction));
        }
        Self::new(prepared, config)
    }

    /// As [`State::prepare`], of a pact file, whose interactions are let go of one by one.
    pub(super) fn prepare_file(bytes: &[u8], config: &Config) -> Result<Self, StartError> {
        let add = |prepared: &mut Prepared, pact: &Pact, interaction: Interaction| prepared.add(pact, &interaction);
        let (_, prepared) = format::read_into(bytes, add)?;
        Self::new(prepared, config)
    }

    fn new(prepared: Prepared, config: &Config) -> Result<Self, StartError> {
        let Prepared { http, grpc, problems } = prepared;
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
            grpc: Arc::new(GrpcIndex::new(grpc)),
            journal: Arc::default(),
            selection: config.selection,
            limits: BodyLimits { size: config.max_body, patience: config.patience },
            cors: config.cors,
            refused_status: config.refused_status,
            state_header: config.state_header.clone(),
            counter: config.counts_requests.then(Counter::default),
            url: OnceLock::new(),
        })
    }

    /// Every interaction with the number of times it was exercised as agreed.
    pub(super) fn hits(&self) -> impl Iterator<Item = (&InteractionName, u64)> {
        let http = self.http.expectations().iter().map(|expectation| (&expectation.name, expectation.hits().count()));
        let grpc = self.grpc.expectations().iter().map(|expectation| (&expectation.name, expectation.hits().count()));
        http.chain(grpc)
    }

    /// How many interactions can be played.
    pub(crate) fn size(&self) -> usize {
        self.http.expectations().len() + self.grpc.expectations().len()
    }

    pub(super) fn count(&self, path: &str) {
        if let Some(counter) = &self.counter {
            counter.add(path);
        }
    }

    pub(super) fn traffic(&self) -> Traffic {
        self.counter.as_ref().map(Counter::traffic).unwrap_or_default()
    }

    /// Tells where the server listens, for generators of links to it.
    pub(crate) fn listens_at(&self, url: String) {
        // told once; a second server never shares this
        let _ = self.url.set(url);
    }

    pub(super) fn url(&self) -> Option<&str> {
        self.url.get().map(String::as_str)
    }

    /// Which interactions a request wants, by the header that the server looks for.
    pub(super) fn wanted_state(&self, headers: &HeaderMap) -> WantedState {
        let Some(header) = &self.state_header else { return WantedState::Any };
        let value = headers.get(&header.name).and_then(|value| value.to_str().ok());
        match value.map(|text| Regex::new(text).or_else(|_| Regex::new(&fancy_regex::escape(text)))) {
            Some(Ok(regex)) => WantedState::Matching { regex, stateless_too: header.stateless_too },
            _ => WantedState::Any,
        }
    }
}

impl Answers for State {
    async fn answer(&self, request: Request<Incoming>) -> Response<AnswerBody> {
        match grpc::is_call(&request) {
            true => grpc::answer(self, request).await,
            false => http_service::answer(self, request).await,
        }
    }
}

/// Interactions that are ready, and those that cannot be.
#[derive(Debug, Default)]
struct Prepared {
    http: Vec<HttpExpectation>,
    grpc: Vec<GrpcExpectation>,
    problems: Vec<UnplayableInteraction>,
}

impl Prepared {
    fn add(&mut self, pact: &Pact, interaction: &Interaction) {
        if let Err(reason) = self.try_add(pact, interaction) {
            self.problems.push(UnplayableInteraction { description: interaction.description.clone(), reason });
        }
    }

    fn try_add(&mut self, pact: &Pact, interaction: &Interaction) -> Result<(), String> {
        match &interaction.kind {
            InteractionKind::Http(exchange) => self.http.push(HttpExpectation::prepare(interaction, exchange)?),
            InteractionKind::SynchronousMessage(_) if GrpcExpectation::is_meant(interaction) => {
                self.grpc.push(GrpcExpectation::prepare(pact, interaction)?);
            }
            InteractionKind::SynchronousMessage(_) | InteractionKind::AsynchronousMessage(_) => {}
        }
        Ok(())
    }
}
