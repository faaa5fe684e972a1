//! gRPC calls: requests as the mock server checks them, answers as the verifier does.

use super::message::MessagePlan;
use super::protobuf::ProtobufPlan;
use super::protobuf_rules::Author;
use super::{ReceivedHeaders, Unexpected};
use crate::mismatch::{Location, Mismatch, Problem};
use crate::pact::{Attributes, Body, Message};
use crate::protobuf::{DecodeError, GrpcCall, GrpcMessage, StatusCode};
use crate::value::Value;

/// The request of a call, ready to be compared with many. What was not agreed on must not come.
#[derive(Debug, Clone)]
pub struct GrpcRequestPlan {
    path: String,
    message: ProtobufPlan,
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
        let message = compile_message(request, &call.method.input())?;
        Ok(Self { path: call.method.path(), message, metadata: metadata_plan(request) })
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
        self.metadata.check_metadata(&attributes(metadata), &mut found);
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
}

impl GrpcResponsePlan {
    /// Compiles the answer to a unary call: its first response. Without any, success is all that counts.
    ///
    /// # Errors
    ///
    /// The pact's own example is no message of the method's type.
    pub fn compile(call: &GrpcCall) -> Result<Self, DecodeError> {
        let Some(response) = call.responses.first() else {
            return Ok(Self { status: StatusCode::OK, message: None, metadata: None });
        };
        let (status, message) = match &response.status {
            Some(status) => (status.code, None),
            None => (StatusCode::OK, Some(compile_message(response, &call.method.output())?)),
        };
        Ok(Self { status, message, metadata: Some(metadata_plan(response)) })
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
            found.push(self.status_mismatch(received));
            // a reply that failed unexpectedly has nothing else to compare
            if self.status == StatusCode::OK {
                return found;
            }
        }
        if let (Some(plan), StatusCode::OK) = (&self.message, received.status) {
            match received.messages.first() {
                Some(message) => plan.check(message, Unexpected::Allowed, &mut found),
                None => found.push(no_message()),
            }
        }
        if let Some(plan) = &self.metadata {
            let mut metadata = attributes(&received.headers);
            metadata.extend(attributes(&received.trailers));
            if received.status != StatusCode::OK {
                metadata.insert("grpc-message".to_owned(), received.status_message.into());
            }
            plan.check_metadata(&metadata, &mut found);
        }
        found
    }

    fn status_mismatch(&self, received: &ReceivedReply<'_>) -> Mismatch {
        let actual = match received.status_message {
            "" => received.status.name().to_owned(),
            message => format!("{}: {message}", received.status),
        };
        Mismatch {
            location: Location::Metadata { key: "grpc-status".to_owned() },
            problem: Problem::NotEqual,
            expected: Some(Value::from(self.status.name())),
            actual: Some(Value::String(actual)),
            rule: None,
        }
    }
}

fn no_message() -> Mismatch {
    Mismatch {
        location: Location::Body { path: "$".to_owned() },
        problem: Problem::Missing,
        expected: None,
        actual: None,
        rule: None,
    }
}

fn compile_message(
    message: &GrpcMessage,
    descriptor: &prost_reflect::MessageDescriptor,
) -> Result<ProtobufPlan, DecodeError> {
    ProtobufPlan::compile(
        descriptor,
        &message.bytes,
        &message.rules,
        message.expectations.as_ref(),
        Author::Others,
    )
}

/// The metadata that was agreed on, the failure's message included.
fn metadata_plan(message: &GrpcMessage) -> MessagePlan {
    let mut metadata: indexmap::IndexMap<String, serde_json::Value> =
        message.metadata.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
    if let Some(text) = message.status.as_ref().and_then(|status| status.message.as_deref()) {
        metadata.insert("grpc-message".to_owned(), text.into());
    }
    let contents = Body::Missing;
    MessagePlan::compile(&Message { contents, metadata, rules: message.rules.clone(), ..Message::default() })
}

/// Of several values under one key the first counts.
fn attributes(metadata: &ReceivedHeaders<'_>) -> Attributes {
    let mut attributes = Attributes::new();
    for (name, value) in metadata {
        if !attributes.contains_key(name.as_ref()) {
            attributes.insert(name.clone().into_owned(), value.as_ref().into());
        }
    }
    attributes
}
