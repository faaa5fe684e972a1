//! A gRPC call read back from a pact.

use indexmap::IndexMap;
use prost_reflect::MessageDescriptor;
use serde_json::Value as Json;

use super::plugin::PLUGIN_NAME;
use super::terms::suffix;
use super::{
    Method, Presence, Schema, SchemaChange, SchemaError, StatusCode, StreamTerms, decode_expected, schema_changes,
};
use crate::format::message_from_json;
use crate::generator::Generators;
use crate::pact::{Interaction, InteractionKind, Message, Pact};
use crate::rule::MatchingRules;

/// What an interaction says about a gRPC call.
#[derive(Debug, Clone)]
pub struct GrpcCall {
    /// The schema that the pact carries.
    pub schema: Schema,
    /// The method that is called.
    pub method: Method,
    /// What is sent; the first message where the client streams.
    pub request: GrpcMessage,
    /// What is sent after it.
    pub further_requests: Vec<GrpcMessage>,
    /// What comes back, in order; none means that success is all that counts.
    pub responses: Vec<GrpcMessage>,
    /// How a stream is told. `None` for unary calls, and for streams in the pacts of those who know no streams: then the
    /// first response counts alone.
    pub stream: Option<StreamTerms>,
    /// Whether the fields of the responses have to arrive.
    pub presence: Presence,
    /// Whether the pact says anything of presence, as this implementation does and others do not. In the pacts of others,
    /// rules count where they count with the ecosystem's plugin.
    pub is_own: bool,
    /// The names of metadata that comes after the messages.
    pub trailers: Vec<String>,
}

/// One message of a call.
#[derive(Debug, Clone)]
pub struct GrpcMessage {
    /// The message in the wire format.
    pub bytes: Vec<u8>,
    /// gRPC metadata, without the pact's own bookkeeping and without the status. A `content-type` is kept for comparing;
    /// on the wire the transport sets its own.
    pub metadata: IndexMap<String, String>,
    /// The failure that is agreed on instead of a message.
    pub status: Option<ExpectedStatus>,
    /// Rules on message and metadata.
    pub rules: MatchingRules,
    /// Generators on both.
    pub generators: Generators,
    /// What the author wrote for the message, if the pact tells; only its paths count.
    pub expectations: Option<Json>,
}

/// How a call fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedStatus {
    /// The code; text that names none is [`StatusCode::UNKNOWN`].
    pub code: StatusCode,
    /// The message, if one was agreed on.
    pub message: Option<String>,
}

/// Why an interaction is no gRPC call that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// It is of another kind.
    #[error("the interaction is not a gRPC call: it is no synchronous message")]
    NotACall,
    /// An attribute is missing.
    #[error("the interaction's pluginConfiguration.protobuf has no text \"{attribute}\"")]
    Incomplete {
        /// Which one.
        attribute: &'static str,
    },
    /// The pact does not carry the descriptors.
    #[error(
        "the pact carries no protobuf descriptors under the key {key} (it has {}): it has probably been merged by hand",
        if .known.is_empty() { "none at all".to_owned() } else { .known.join(", ") }
    )]
    NoDescriptors {
        /// The key that was looked for.
        key: String,
        /// The keys that there are.
        known: Vec<String>,
    },
    /// The descriptors are not what their key says.
    #[error("the protobuf descriptors under the key {key} are damaged: {reason}")]
    Damaged {
        /// The key.
        key: String,
        /// What is wrong with them.
        reason: String,
    },
    /// The stream is told in a way that is not understood.
    #[error("what the interaction says of its stream cannot be used: {reason}")]
    Stream {
        /// Why.
        reason: String,
    },
    /// The descriptors do not have what the interaction speaks of.
    #[error(transparent)]
    Schema(#[from] SchemaError),
}

impl GrpcCall {
    /// Reads a call from its interaction and the pact that carries the descriptors.
    ///
    /// # Errors
    ///
    /// What is missing or does not fit.
    pub fn from_interaction(pact: &Pact, interaction: &Interaction) -> Result<Self, CallError> {
        let InteractionKind::SynchronousMessage(message) = &interaction.kind else { return Err(CallError::NotACall) };
        let configuration = interaction.plugin_configuration.get(PLUGIN_NAME);
        let text = |attribute: &'static str| {
            let value = configuration.and_then(|configuration| configuration.get(attribute)).and_then(Json::as_str);
            value.ok_or(CallError::Incomplete { attribute })
        };
        let schema = Schema::from_pact(pact, text("descriptorKey")?)?;
        let service = text("service")?;
        // what follows `#` says how a stream is told; a method's name has none
        let method = schema.method(service.split('#').next().unwrap_or(service))?;
        let attribute = |name: &str| configuration.and_then(|configuration| configuration.get(name));
        let stream = stream_terms(attribute("streaming"), service, &method)?;
        let of_requests = attribute("expectations").and_then(|expectations| expectations.get("request"));
        let of_responses = attribute("expectations").and_then(|expectations| expectations.get("response"));
        let responses = message.responses.iter().enumerate();
        let responses = responses.map(|(index, response)| GrpcMessage::new(response, own(of_responses, index)));
        let further = attribute("streaming").and_then(|streaming| streaming.get("requests")).and_then(Json::as_array);
        let further = further.into_iter().flatten().enumerate().map(|(index, json)| {
            let message = message_from_json(json).map_err(|error| CallError::Stream { reason: error.to_string() })?;
            Ok(GrpcMessage::new(&message, own(of_requests, index + 1)))
        });
        let trailers = attribute("trailers").and_then(Json::as_array).into_iter().flatten();
        let presence = attribute("presence").and_then(Json::as_str);
        Ok(Self {
            request: GrpcMessage::new(&message.request, own(of_requests, 0)),
            further_requests: further.collect::<Result<_, CallError>>()?,
            responses: responses.collect(),
            stream,
            presence: if presence == Some("required") { Presence::Required } else { Presence::Open },
            is_own: presence.is_some(),
            trailers: trailers.filter_map(Json::as_str).map(str::to_owned).collect(),
            schema,
            method,
        })
    }

    /// All messages that are sent, in order.
    pub fn requests(&self) -> impl Iterator<Item = &GrpcMessage> {
        std::iter::once(&self.request).chain(&self.further_requests)
    }

    /// What a provider's schema has in another way than the pact's, of what is sent and read. A provider whose schema does
    /// not have the method has nothing to compare: the call itself will tell.
    #[must_use]
    pub fn schema_changes(&self, provided: &Schema) -> Vec<SchemaChange> {
        let name = format!("{}/{}", self.method.service_name(), self.method.name());
        let Ok(method) = provided.method(&name) else { return Vec::new() };
        let mut found: Vec<SchemaChange> = Vec::new();
        let mut add = |agreed: &MessageDescriptor, provided: &MessageDescriptor, message: &GrpcMessage, side: &str| {
            let Ok(example) = decode_expected(agreed, &message.bytes) else { return };
            for mut change in schema_changes(agreed, provided, &example) {
                change.path = format!("{side}{}", change.path);
                if !found.contains(&change) {
                    found.push(change);
                }
            }
        };
        for request in self.requests() {
            add(&self.method.input(), &method.input(), request, "request · ");
        }
        for response in &self.responses {
            add(&self.method.output(), &method.output(), response, "");
        }
        found
    }

    /// The failure that is agreed on, if one is.
    #[must_use]
    pub fn expected_status(&self) -> Option<&ExpectedStatus> {
        self.responses.last().and_then(|response| response.status.as_ref())
    }
}

/// What the pact says of a message: expectations are a list where there are several messages.
fn own(expectations: Option<&Json>, index: usize) -> Option<&Json> {
    match expectations {
        Some(Json::Array(several)) => several.get(index),
        one => one.filter(|_| index == 0),
    }
}

/// A stream that is told has a suffix to its method's name; one without is a plain pact's.
fn stream_terms(json: Option<&Json>, service: &str, method: &Method) -> Result<Option<StreamTerms>, CallError> {
    let Some((_, told)) = service.split_once('#') else { return Ok(None) };
    if suffix(method) != Some(told) {
        let is = suffix(method).unwrap_or("unary");
        let reason = format!("it is told as {told}, but {} is {is}", method.pact_name());
        return Err(CallError::Stream { reason });
    }
    let json = json.ok_or(CallError::Incomplete { attribute: "streaming" })?;
    StreamTerms::from_json(json).map(Some).map_err(|reason| CallError::Stream { reason })
}

/// The type of an interaction's protobuf message, for messages that travel without gRPC; `None` when its contents are
/// something else.
///
/// # Errors
///
/// The pact does not carry the type that it names.
pub fn message_type(pact: &Pact, interaction: &Interaction) -> Result<Option<MessageDescriptor>, CallError> {
    let configuration = interaction.plugin_configuration.get(PLUGIN_NAME);
    let Some(name) = configuration.and_then(|configuration| configuration.get("message")).and_then(Json::as_str) else {
        return Ok(None);
    };
    let key = configuration.and_then(|configuration| configuration.get("descriptorKey")).and_then(Json::as_str);
    let schema = Schema::from_pact(pact, key.ok_or(CallError::Incomplete { attribute: "descriptorKey" })?)?;
    Ok(Some(schema.message(name)?))
}

/// What an interaction says of the presence of its fields: `None` in the pacts of others, who know no such thing.
#[must_use]
pub fn message_presence(interaction: &Interaction) -> Option<Presence> {
    let configuration = interaction.plugin_configuration.get(PLUGIN_NAME)?;
    match configuration.get("presence").and_then(Json::as_str)? {
        "required" => Some(Presence::Required),
        _ => Some(Presence::Open),
    }
}

impl GrpcMessage {
    /// Reads a message of an interaction, with what was written for it (`None` where the pact does not tell).
    #[must_use]
    pub fn new(message: &Message, expectations: Option<&Json>) -> Self {
        let mut metadata = IndexMap::new();
        let mut status: Option<ExpectedStatus> = None;
        let mut status_message = None;
        for (name, value) in &message.metadata {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            match name.to_ascii_lowercase().as_str() {
                "contenttype" => {}
                "grpc-status" => {
                    let code = StatusCode::parse(&text).unwrap_or(StatusCode::UNKNOWN);
                    status =
                        Some(ExpectedStatus { code, message: None }).filter(|status| status.code != StatusCode::OK);
                }
                "grpc-message" => status_message = Some(text),
                _ => {
                    metadata.insert(name.clone(), text);
                }
            }
        }
        if let Some(status) = &mut status {
            status.message = status_message;
        }
        Self {
            bytes: message.contents.bytes().to_vec(),
            metadata,
            status,
            rules: message.rules.clone(),
            generators: message.generators.clone(),
            expectations: expectations.cloned(),
        }
    }
}
