//! A gRPC call in the making; its type says what is still missing.

use std::path::PathBuf;
use std::time::Duration;

use countersign_core::pact::Interaction;
use countersign_core::protobuf::{
    CallPattern, CallTerms, Method, Outcome, Presence, Schema, SchemaError, Sequence, StatusCode, Step, StreamTerms,
};
use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value as Json;
use tonic::Code;

use super::about::{About, about_methods};
use super::text::to_json;

/// A gRPC call of which the method is still missing.
#[derive(Debug, Clone, Default)]
#[must_use = "a call needs a method, a request and a response"]
pub struct Grpc {
    about: About,
}

/// A gRPC call of which the request is still missing.
#[derive(Debug, Clone)]
#[must_use = "a call needs a request and a response"]
pub struct GrpcMethod {
    about: About,
    method: MethodName,
}

/// A gRPC call of which the response is still missing.
#[derive(Debug, Clone)]
#[must_use = "a call needs a response"]
pub struct RequestedGrpc {
    about: About,
    method: MethodName,
    requests: Vec<Json>,
    metadata: IndexMap<String, Json>,
}

/// A gRPC call with all that it needs.
#[derive(Debug, Clone)]
#[must_use = "a call takes part in a contract once it is handed to it"]
pub struct AnsweredGrpc {
    about: About,
    method: MethodName,
    call: CallPattern,
    terms: CallTerms,
}

/// One message of a conversation, see [`sent`] and [`received`].
#[derive(Debug, Clone)]
pub struct Turn {
    step: Step,
    message: Json,
}

/// A message that the consumer sends in a [conversation](GrpcMethod::conversation).
#[track_caller]
pub fn sent(message: impl Serialize) -> Turn {
    Turn { step: Step::Send, message: to_json(message) }
}

/// A message that the consumer receives in a [conversation](GrpcMethod::conversation).
#[track_caller]
pub fn received(message: impl Serialize) -> Turn {
    Turn { step: Step::Receive, message: to_json(message) }
}

/// A method and what declares it.
#[derive(Debug, Clone)]
pub(super) struct MethodName {
    source: Source,
    pub(super) name: String,
}

#[derive(Debug, Clone)]
enum Source {
    Proto(PathBuf),
    Descriptors(Vec<u8>),
}

impl MethodName {
    /// The schema that declares the method.
    pub(super) fn schema(&self, includes: &[PathBuf]) -> Result<Schema, SchemaError> {
        match &self.source {
            Source::Proto(file) => Schema::compile(file, includes),
            Source::Descriptors(bytes) => Schema::from_descriptor_set(bytes.clone()),
        }
    }
}

about_methods!(Grpc);

impl Grpc {
    /// The method that is called, such as `inventory.v1.InventoryService/CheckStock`, and the `.proto` file that declares
    /// it. The file is taken from the package's directory, where tests run.
    pub fn method(self, proto: impl Into<PathBuf>, name: impl Into<String>) -> GrpcMethod {
        self.method_in(Source::Proto(proto.into()), name)
    }

    /// As [`Grpc::method`], from a serialised `google.protobuf.FileDescriptorSet` that has all imports.
    pub fn method_of(self, descriptors: impl Into<Vec<u8>>, name: impl Into<String>) -> GrpcMethod {
        self.method_in(Source::Descriptors(descriptors.into()), name)
    }

    fn method_in(self, source: Source, name: impl Into<String>) -> GrpcMethod {
        GrpcMethod { about: self.about, method: MethodName { source, name: name.into() } }
    }
}

impl GrpcMethod {
    /// The message that the consumer sends, with matchers anywhere in it; fields go by the names of the `.proto` file.
    #[track_caller]
    pub fn request(self, message: impl Serialize) -> RequestedGrpc {
        self.requests([message])
    }

    /// The messages that the consumer streams, all of them before it reads an answer.
    ///
    /// # Panics
    ///
    /// When there are none.
    #[track_caller]
    pub fn requests<M: Serialize>(self, messages: impl IntoIterator<Item = M>) -> RequestedGrpc {
        let Self { about, method } = self;
        let mut requests = Vec::new();
        for message in messages {
            requests.push(to_json(message));
        }
        assert!(!requests.is_empty(), "a stream of requests has one at least");
        RequestedGrpc { about, method, requests, metadata: IndexMap::new() }
    }

    /// What both sides stream, in the order in which it is said: [`sent`] and [`received`] messages in turn.
    ///
    /// # Panics
    ///
    /// When nothing is sent.
    #[track_caller]
    pub fn conversation(self, turns: impl IntoIterator<Item = Turn>) -> AnsweredGrpc {
        let (mut requests, mut responses, mut order) = (Vec::new(), Vec::new(), Vec::new());
        for turn in turns {
            order.push(turn.step);
            match turn.step {
                Step::Send => requests.push(turn.message),
                Step::Receive => responses.push(turn.message),
            }
        }
        let mut answered = self.requests(requests).answered(Outcome::Messages(responses));
        answered.terms.stream.order = order;
        answered
    }
}

impl RequestedGrpc {
    /// Metadata that has to come with the request; other entries may come as well.
    #[track_caller]
    pub fn metadata(mut self, key: impl Into<String>, value: impl Serialize) -> Self {
        self.metadata.insert(key.into().to_ascii_lowercase(), to_json(value));
        self
    }

    /// The message that the provider answers, with matchers anywhere in it.
    #[track_caller]
    pub fn response(self, message: impl Serialize) -> AnsweredGrpc {
        self.responses([message])
    }

    /// The messages that the provider streams: exactly these, unless [`AnsweredGrpc::at_least`] or
    /// [`AnsweredGrpc::in_order`] is said.
    #[track_caller]
    pub fn responses<M: Serialize>(self, messages: impl IntoIterator<Item = M>) -> AnsweredGrpc {
        let mut responses = Vec::new();
        for message in messages {
            responses.push(to_json(message));
        }
        self.answered(Outcome::Messages(responses))
    }

    /// The failure that the provider answers: its code, and its message as a text or a matcher.
    ///
    /// # Panics
    ///
    /// When the code is [`Code::Ok`].
    #[track_caller]
    pub fn status(self, code: Code, message: impl Serialize) -> AnsweredGrpc {
        let (code, message) = failure(code, message);
        self.answered(Outcome::Status { code, message })
    }

    fn answered(self, outcome: Outcome) -> AnsweredGrpc {
        let Self { about, method, requests, metadata } = self;
        let mut requests = requests.into_iter();
        let request = requests.next().unwrap_or_default();
        let call = CallPattern { request, request_metadata: metadata, outcome, response_metadata: IndexMap::new() };
        let terms = CallTerms { further_requests: requests.collect(), ..CallTerms::default() };
        AnsweredGrpc { about, method, call, terms }
    }
}

#[track_caller]
fn failure(code: Code, message: impl Serialize) -> (StatusCode, Option<Json>) {
    assert!(code != Code::Ok, "a call that succeeds has a message: say it with `response`");
    (StatusCode::from_number(code as i32), Some(to_json(message)))
}

impl AnsweredGrpc {
    /// Metadata that the provider sends with its answer, as headers or trailers; it may send other entries as well.
    #[track_caller]
    pub fn metadata(mut self, key: impl Into<String>, value: impl Serialize) -> Self {
        self.call.response_metadata.insert(key.into().to_ascii_lowercase(), to_json(value));
        self
    }

    /// Metadata that comes after the messages. A provider may send it before them as well: clients see both.
    #[track_caller]
    pub fn trailer(mut self, key: impl Into<String>, value: impl Serialize) -> Self {
        self.terms.trailers.insert(key.into().to_ascii_lowercase(), to_json(value));
        self
    }

    /// The failure with which a stream ends after its messages.
    ///
    /// # Panics
    ///
    /// When the code is [`Code::Ok`].
    #[track_caller]
    pub fn then_status(mut self, code: Code, message: impl Serialize) -> Self {
        self.terms.failure = Some(failure(code, message));
        self
    }

    /// The details of a failure: a serialised `google.rpc.Status`, such as the `details()` of a `tonic::Status`.
    pub fn details(mut self, status: impl Into<Vec<u8>>) -> Self {
        self.terms.details = Some(status.into());
        self
    }

    /// These responses come first; others may follow, and the stream need not end.
    pub fn at_least(mut self) -> Self {
        self.terms.stream.sequence = Sequence::AtLeast;
        self
    }

    /// These responses come in this order; others may come before, between and after, and the stream need not end.
    pub fn in_order(mut self) -> Self {
        self.terms.stream.sequence = Sequence::InOrder;
        self
    }

    /// How long the provider may take until all responses of its stream have come. Default: the verifier's time-out.
    pub fn within(mut self, time: Duration) -> Self {
        self.terms.stream.within = Some(time);
        self
    }

    /// Fields of the response need not arrive. In protobuf a field that was not sent reads as its default, so that a provider
    /// that no longer has it would pass; by default, the fields that the example sets have to come.
    pub fn defaults_will_do(mut self) -> Self {
        self.terms.presence = Presence::Open;
        self
    }

    pub(super) fn method(&self) -> &MethodName {
        &self.method
    }

    #[track_caller]
    pub(super) fn build(mut self, description: &str, schema: &Schema, method: &Method) -> Interaction {
        if let Err(problem) = self.fits(method) {
            panic!("the call '{description}' cannot be used: {problem}");
        }
        // the order in which metadata was said means nothing, and two tests may differ in it
        self.call.request_metadata.sort_keys();
        self.call.response_metadata.sort_keys();
        self.terms.trailers.sort_keys();
        match self.call.to_interaction_with(description, schema, method, &self.terms) {
            Ok(mut interaction) => {
                self.about.say(&mut interaction);
                interaction
            }
            Err(error) => panic!("the call '{description}' cannot be used: {error}"),
        }
    }

    /// Whether the method takes and gives as many messages as were said.
    fn fits(&self, method: &Method) -> Result<(), String> {
        let path = method.path();
        let responses = if let Outcome::Messages(messages) = &self.call.outcome { messages.len() } else { 1 };
        if !method.is_client_streaming() && !self.terms.further_requests.is_empty() {
            return Err(format!("{path} takes one request, and {} were said", 1 + self.terms.further_requests.len()));
        }
        if !method.is_server_streaming() && responses != 1 {
            return Err(format!("{path} gives one response, and {responses} were said"));
        }
        if !method.is_server_streaming()
            && (self.terms.stream != StreamTerms::default() || self.terms.failure.is_some())
        {
            return Err(format!("{path} gives one response and no stream, of which more could be said"));
        }
        if !self.terms.stream.order.is_empty() && !method.is_client_streaming() {
            return Err(format!(
                "{path} takes one request, so that there is no conversation: say `request` and `responses`"
            ));
        }
        Ok(())
    }
}
