//! gRPC calls: requests as the mock server checks them, answers as the verifier does.

use super::message::MessagePlan;
use super::protobuf::ProtobufPlan;
use super::protobuf_rules::Author;
use super::{ReceivedHeaders, Unexpected};
use crate::mismatch::{Location, Mismatch, Problem};
use crate::pact::{Attributes, Body, Message};
use crate::protobuf::{DecodeError, GrpcCall, GrpcMessage, Presence, StatusCode};
use crate::value::Value;

/// The request of a call, ready to be compared with many. What was not agreed on must not come.
#[derive(Debug, Clone)]
pub struct GrpcRequestPlan {
    path: String,
    message: ProtobufPlan,
    /// What a client's stream brings after the first message.
    further: Vec<ProtobufPlan>,
    metadata: MessagePlan,
}

impl GrpcRequestPlan {
    /// Compiles the request of a call.
    ///
    /// # Errors
    ///
    /// The pact's own example is no message of the method's type.
    pub fn compile(call: &GrpcCall) -> Result<Self, DecodeError> {
        let request = &call.request;
        let compile = |message: &GrpcMessage| compile_message(message, &call.method.input(), author(call));
        let further = call.further_requests.iter().map(compile).collect::<Result<_, _>>()?;
        Ok(Self { path: call.method.path(), message: compile(request)?, further, metadata: metadata_plan(request) })
    }

    /// The path that is called: `/package.Service/Method`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// All differences between what was agreed and what came: the message (without its gRPC frame) and its metadata.
    #[must_use]
    pub fn check(&self, message: &[u8], metadata: &ReceivedHeaders<'_>) -> Vec<Mismatch> {
        let mut found = Vec::new();
        self.message.check(message, Unexpected::Refused, &mut found);
        found.extend(self.check_metadata(metadata));
        found
    }

    /// The fields of the first message that have to be exactly what the example has, with their values as texts. Who has many
    /// plans for one path finds by them which can fit.
    #[must_use]
    pub fn literals(&self) -> Vec<(&str, String)> {
        self.message.literals()
    }

    /// A field of a message that came, in the form of [`literals`](Self::literals); `None` when it cannot be read.
    #[must_use]
    pub fn field_of(&self, message: &[u8], field: &str) -> Option<String> {
        self.message.field_of(message, field)
    }

    /// How many messages the client sends.
    #[must_use]
    pub fn messages(&self) -> usize {
        1 + self.further.len()
    }

    /// All differences between the agreed message of this number, from 0, and one that came; `None` when there is no such
    /// message.
    #[must_use]
    pub fn check_message(&self, index: usize, message: &[u8]) -> Option<Vec<Mismatch>> {
        let plan = if index == 0 { &self.message } else { self.further.get(index - 1)? };
        let mut found = Vec::new();
        plan.check(message, Unexpected::Refused, &mut found);
        Some(found)
    }

    /// The agreed message of this number, from 0; `None` when there is no such message.
    #[must_use]
    pub fn example(&self, index: usize) -> Option<&Value> {
        let plan = if index == 0 { &self.message } else { self.further.get(index - 1)? };
        Some(plan.example())
    }

    /// All differences in the metadata of the call.
    #[must_use]
    pub fn check_metadata(&self, metadata: &ReceivedHeaders<'_>) -> Vec<Mismatch> {
        let mut found = Vec::new();
        if self.metadata.has_metadata() {
            self.metadata.check_metadata(&attributes(metadata), &mut found);
        }
        found
    }
}

/// How a call ended.
#[derive(Debug, Clone)]
pub struct ReceivedReply<'a> {
    /// The status code.
    pub status: StatusCode,
    /// The status message; empty when there is none.
    pub status_message: &'a str,
    /// The messages that came, without their gRPC frames.
    pub messages: Vec<&'a [u8]>,
    /// Initial metadata.
    pub headers: ReceivedHeaders<'a>,
    /// Trailing metadata; where both have a key, this one counts.
    pub trailers: ReceivedHeaders<'a>,
}

/// The answer to a call, ready to be compared with many. A provider may answer more than was agreed.
#[derive(Debug, Clone)]
pub struct GrpcResponsePlan {
    status: StatusCode,
    message: Option<ProtobufPlan>,
    metadata: Option<MessagePlan>,
    presence: Presence,
}

impl GrpcResponsePlan {
    /// Compiles the answer to a unary call: its first response. Without any, success is all that counts.
    ///
    /// # Errors
    ///
    /// The pact's own example is no message of the method's type.
    pub fn compile(call: &GrpcCall) -> Result<Self, DecodeError> {
        let Some(response) = call.responses.first() else {
            return Ok(Self { status: StatusCode::OK, message: None, metadata: None, presence: call.presence });
        };
        let (status, message) = match &response.status {
            Some(status) => (status.code, None),
            None => (StatusCode::OK, Some(compile_message(response, &call.method.output(), author(call))?)),
        };
        Ok(Self { status, message, metadata: Some(metadata_plan(response)), presence: call.presence })
    }

    /// The status code that was agreed on.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// All differences between what was agreed and what came.
    #[must_use]
    pub fn check(&self, received: &ReceivedReply<'_>) -> Vec<Mismatch> {
        let mut found = Vec::new();
        if received.status != self.status {
            found.push(status_mismatch(self.status, received));
            // a reply that failed unexpectedly has nothing else to compare
            if self.status == StatusCode::OK {
                return found;
            }
        }
        if let (Some(_), StatusCode::OK) = (&self.message, received.status) {
            match received.messages.first() {
                Some(message) => found.extend(self.check_message(message)),
                None => found.push(no_message(self.example())),
            }
        }
        found.extend(self.check_metadata(received));
        found
    }

    /// All differences between the agreed message and one that came.
    pub(super) fn check_message(&self, message: &[u8]) -> Vec<Mismatch> {
        let mut found = Vec::new();
        let Some(plan) = &self.message else { return found };
        plan.check(message, Unexpected::Allowed, &mut found);
        if self.presence == Presence::Required {
            plan.add_absent(message, &mut found);
        }
        found
    }

    pub(super) fn check_metadata(&self, received: &ReceivedReply<'_>) -> Vec<Mismatch> {
        let mut found = Vec::new();
        if let Some(plan) = self.metadata.as_ref().filter(|plan| plan.has_metadata()) {
            let mut metadata = attributes(&received.headers);
            metadata.extend(attributes(&received.trailers));
            if received.status != StatusCode::OK {
                metadata.insert("grpc-message".to_owned(), received.status_message.into());
            }
            plan.check_metadata(&metadata, &mut found);
        }
        found
    }

    /// Fields that the example sets and that did not arrive in a message, whether that counts or not. A provider that has
    /// removed a field looks like one that sends its default.
    #[must_use]
    pub fn absent_fields(&self, message: &[u8]) -> Vec<Mismatch> {
        self.message.as_ref().map(|plan| plan.absent(message)).unwrap_or_default()
    }

    /// The agreed message; none for a failure.
    #[must_use]
    pub fn example(&self) -> Option<&Value> {
        self.message.as_ref().map(ProtobufPlan::example)
    }
}

pub(super) fn status_mismatch(agreed: StatusCode, received: &ReceivedReply<'_>) -> Mismatch {
    let actual = match received.status_message {
        "" => received.status.name().to_owned(),
        message => format!("{}: {message}", received.status),
    };
    Mismatch {
        location: Location::Metadata { key: "grpc-status".to_owned() },
        problem: Problem::NotEqual,
        expected: Some(Value::from(agreed.name())),
        actual: Some(Value::String(actual)),
        rule: None,
    }
}

pub(super) fn no_message(example: Option<&Value>) -> Mismatch {
    Mismatch {
        location: Location::Body { path: "$".to_owned() },
        problem: Problem::Missing,
        expected: example.cloned(),
        actual: None,
        rule: None,
    }
}

fn author(call: &GrpcCall) -> Author {
    if call.is_own { Author::Ours } else { Author::Others }
}

fn compile_message(
    message: &GrpcMessage,
    descriptor: &prost_reflect::MessageDescriptor,
    author: Author,
) -> Result<ProtobufPlan, DecodeError> {
    ProtobufPlan::compile(descriptor, &message.bytes, &message.rules, message.expectations.as_ref(), author)
}

/// The metadata that was agreed on, the failure's message included.
fn metadata_plan(message: &GrpcMessage) -> MessagePlan {
    let mut metadata: indexmap::IndexMap<String, serde_json::Value> =
        message.metadata.iter().map(|(name, value)| (name.clone(), unpadded(name, value).into())).collect();
    if let Some(text) = message.status.as_ref().and_then(|status| status.message.as_deref()) {
        metadata.insert("grpc-message".to_owned(), text.into());
    }
    let contents = Body::Missing;
    MessagePlan::compile_call(&Message { contents, metadata, rules: message.rules.clone(), ..Message::default() })
}

/// Of several values under one key the first counts.
fn attributes(metadata: &ReceivedHeaders<'_>) -> Attributes {
    let mut attributes = Attributes::new();
    for (name, value) in metadata {
        if !attributes.contains_key(name.as_ref()) {
            attributes.insert(name.clone().into_owned(), unpadded(name, value).into());
        }
    }
    attributes
}

/// Binary values are base64, whose padding may be left out.
fn unpadded<'v>(name: &str, value: &'v str) -> &'v str {
    if name.to_ascii_lowercase().ends_with("-bin") { value.trim_end_matches('=') } else { value }
}
