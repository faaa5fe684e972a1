//! A gRPC call in the making; its type says what is still missing.

use std::path::PathBuf;

use countersign_core::pact::{Interaction, ProviderState};
use countersign_core::protobuf::{CallPattern, Method, Outcome, Schema, StatusCode};
use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value as Json;
use tonic::Code;

use super::states::{Params, provider_state};
use super::text::to_json;

/// A gRPC call of which the method is still missing.
#[derive(Debug, Clone, Default)]
#[must_use = "a call needs a method, a request and a response"]
pub struct Grpc {
    states: Vec<ProviderState>,
}

/// A gRPC call of which the request is still missing.
#[derive(Debug, Clone)]
#[must_use = "a call needs a request and a response"]
pub struct GrpcMethod {
    states: Vec<ProviderState>,
    method: MethodName,
}

/// A gRPC call of which the response is still missing.
#[derive(Debug, Clone)]
#[must_use = "a call needs a response"]
pub struct RequestedGrpc {
    states: Vec<ProviderState>,
    method: MethodName,
    request: Json,
    metadata: IndexMap<String, Json>,
}

/// A gRPC call with all that it needs.
#[derive(Debug, Clone)]
#[must_use = "a call takes part in a contract once it is handed to it"]
pub struct AnsweredGrpc {
    states: Vec<ProviderState>,
    method: MethodName,
    call: CallPattern,
}

/// A method and the file that declares it.
#[derive(Debug, Clone)]
pub(super) struct MethodName {
    pub(super) proto: PathBuf,
    pub(super) name: String,
}

impl Grpc {
    /// Something that has to be true of the provider beforehand, with parameters for its state handler. Several may be
    /// said.
    #[track_caller]
    pub fn given(mut self, state: impl Into<String>, params: impl Into<Params>) -> Self {
        self.states.push(provider_state(state, params.into()));
        self
    }

    /// Something that has to be true of the provider beforehand, without parameters.
    pub fn given_state(self, state: impl Into<String>) -> Self {
        self.given(state, ())
    }

    /// The method that is called, such as `inventory.v1.InventoryService/CheckStock`, and the `.proto` file that declares
    /// it. The file is taken from the package's directory, where tests run.
    pub fn method(self, proto: impl Into<PathBuf>, name: impl Into<String>) -> GrpcMethod {
        GrpcMethod { states: self.states, method: MethodName { proto: proto.into(), name: name.into() } }
    }
}

impl GrpcMethod {
    /// The message that the consumer sends, with matchers anywhere in it; fields go by the names of the `.proto` file.
    #[track_caller]
    pub fn request(self, message: impl Serialize) -> RequestedGrpc {
        let Self { states, method } = self;
        RequestedGrpc { states, method, request: to_json(message), metadata: IndexMap::new() }
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
        self.answered(Outcome::Messages(vec![to_json(message)]))
    }

    /// The failure that the provider answers: its code, and its message as a text or a matcher.
    ///
    /// # Panics
    ///
    /// When the code is [`Code::Ok`].
    #[track_caller]
    pub fn status(self, code: Code, message: impl Serialize) -> AnsweredGrpc {
        assert!(code != Code::Ok, "a call that succeeds has a message: say it with `response`");
        self.answered(Outcome::Status { code: StatusCode::from_number(code as i32), message: Some(to_json(message)) })
    }

    fn answered(self, outcome: Outcome) -> AnsweredGrpc {
        let Self { states, method, request, metadata } = self;
        let call = CallPattern { request, request_metadata: metadata, outcome, response_metadata: IndexMap::new() };
        AnsweredGrpc { states, method, call }
    }
}

impl AnsweredGrpc {
    /// Metadata that the provider sends with its answer, as headers or trailers; it may send other entries as well.
    #[track_caller]
    pub fn metadata(mut self, key: impl Into<String>, value: impl Serialize) -> Self {
        self.call.response_metadata.insert(key.into().to_ascii_lowercase(), to_json(value));
        self
    }

    pub(super) fn method(&self) -> &MethodName {
        &self.method
    }

    #[track_caller]
    pub(super) fn build(mut self, description: &str, schema: &Schema, method: &Method) -> Interaction {
        // the order in which metadata was said means nothing, and two tests may differ in it
        self.call.request_metadata.sort_keys();
        self.call.response_metadata.sort_keys();
        match self.call.to_interaction(description, schema, method) {
            Ok(mut interaction) => {
                interaction.provider_states = self.states;
                interaction
            }
            Err(error) => panic!("the call '{description}' cannot be used: {error}"),
        }
    }
}
