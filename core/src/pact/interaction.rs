//! One exchange that was agreed on.

use indexmap::IndexMap;

use super::{Attributes, Body, Fields, ProviderState, Query};
use crate::generator::Generators;
use crate::rule::MatchingRules;

/// One exchange that was agreed on, with all that is said about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Interaction {
    /// What it is about; with the provider states it identifies the interaction within a pact.
    pub description: String,
    /// What must be true of the provider beforehand.
    pub provider_states: Vec<ProviderState>,
    /// V4's own identifier, if the file has one.
    pub key: Option<String>,
    /// A pending interaction's failure is reported but fails no build (V4).
    pub pending: bool,
    /// V4 comments: `text` (a list), `testname` and whatever else was written.
    pub comments: Attributes,
    /// V4 `pluginConfiguration`, by plugin name.
    pub plugin_configuration: Attributes,
    /// V4 `interactionMarkup`.
    pub markup: Option<serde_json::Value>,
    /// V4 `transport`, such as `grpc`; `None` is plain HTTP for HTTP interactions.
    pub transport: Option<String>,
    /// The exchange itself.
    pub kind: InteractionKind,
    /// Attributes the specification does not name; written back as they were.
    pub unknown: Attributes,
}

impl Interaction {
    /// An interaction about which nothing but its description and its exchange is said.
    #[must_use]
    pub fn new(description: impl Into<String>, kind: InteractionKind) -> Self {
        Self {
            description: description.into(),
            provider_states: Vec::new(),
            key: None,
            pending: false,
            comments: Attributes::new(),
            plugin_configuration: Attributes::new(),
            markup: None,
            transport: None,
            kind,
            unknown: Attributes::new(),
        }
    }

    /// Whether this is a gRPC call (a synchronous message that travels over gRPC).
    #[must_use]
    pub fn is_grpc(&self) -> bool {
        self.transport.as_deref() == Some("grpc") && matches!(self.kind, InteractionKind::SynchronousMessage(_))
    }

    /// The request and response, when it is an HTTP interaction.
    #[must_use]
    pub fn http(&self) -> Option<&HttpInteraction> {
        match &self.kind {
            InteractionKind::Http(http) => Some(http),
            _ => None,
        }
    }
}

/// The kinds of exchange.
#[derive(Debug, Clone, PartialEq)]
pub enum InteractionKind {
    /// A request and its response over HTTP.
    Http(Box<HttpInteraction>),
    /// A message that someone sends and nobody answers.
    AsynchronousMessage(Box<Message>),
    /// A message with its answers, among them gRPC calls.
    SynchronousMessage(Box<SynchronousMessage>),
}

/// A request and its response.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HttpInteraction {
    /// What the consumer sends.
    pub request: HttpRequest,
    /// What the provider answers.
    pub response: HttpResponse,
}

/// What the consumer sends.
#[derive(Debug, Clone, PartialEq)]
pub struct HttpRequest {
    /// The method in upper case.
    pub method: String,
    /// The path as it stands in the file, percent-encoded where it was.
    pub path: String,
    /// Decoded query parameters.
    pub query: Query,
    /// The query as written, where the whole text is compared: V1 and V1.1, which know no parameters.
    pub raw_query: Option<String>,
    /// The query as written, where the file has it as one text: names that repeat may stand in an order that parameters by
    /// name do not keep, and providers may read meaning into it.
    pub written_query: Option<String>,
    /// Header fields under the names the file uses.
    pub headers: Fields,
    /// The body.
    pub body: Body,
    /// Rules on all of it.
    pub rules: MatchingRules,
    /// Generators on all of it.
    pub generators: Generators,
    /// Attributes the specification does not name.
    pub unknown: Attributes,
}

impl Default for HttpRequest {
    /// `GET /` with nothing said about query, headers and body.
    fn default() -> Self {
        Self {
            method: "GET".to_owned(),
            path: "/".to_owned(),
            query: Query::new(),
            raw_query: None,
            written_query: None,
            headers: Fields::new(),
            body: Body::Missing,
            rules: MatchingRules::default(),
            generators: Generators::default(),
            unknown: Attributes::new(),
        }
    }
}

/// What the provider answers.
#[derive(Debug, Clone, PartialEq)]
pub struct HttpResponse {
    /// The status code.
    pub status: u16,
    /// Header fields under the names the file uses.
    pub headers: Fields,
    /// The body.
    pub body: Body,
    /// Rules on all of it.
    pub rules: MatchingRules,
    /// Generators on all of it.
    pub generators: Generators,
    /// Attributes the specification does not name.
    pub unknown: Attributes,
}

impl Default for HttpResponse {
    /// Status 200 with nothing said about headers and body.
    fn default() -> Self {
        Self {
            status: 200,
            headers: Fields::new(),
            body: Body::Missing,
            rules: MatchingRules::default(),
            generators: Generators::default(),
            unknown: Attributes::new(),
        }
    }
}

/// Contents with metadata.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Message {
    /// The payload.
    pub contents: Body,
    /// What travels beside the payload: topic, key, content type, gRPC metadata …
    pub metadata: IndexMap<String, serde_json::Value>,
    /// Rules on both.
    pub rules: MatchingRules,
    /// Generators on both.
    pub generators: Generators,
    /// Attributes the specification does not name (on the message part, not the interaction).
    pub unknown: Attributes,
}

/// A message with its answers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SynchronousMessage {
    /// What is sent.
    pub request: Message,
    /// What comes back, in order; may be empty.
    pub responses: Vec<Message>,
}
