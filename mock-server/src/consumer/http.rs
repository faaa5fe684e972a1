//! An HTTP interaction in the making; its type says what is still missing.

use countersign_core::pact::{HttpInteraction, HttpRequest, Interaction, InteractionKind, ProviderState};

use super::request::RequestBuilder;
use super::response::ResponseBuilder;
use super::states::{Params, provider_state};

/// An HTTP interaction of which the request is still missing.
#[derive(Debug, Clone, Default)]
#[must_use = "an interaction needs a request and a response"]
pub struct Http {
    states: Vec<ProviderState>,
}

/// An HTTP interaction of which the response is still missing.
#[derive(Debug, Clone)]
#[must_use = "an interaction needs a response"]
pub struct RequestedHttp {
    states: Vec<ProviderState>,
    request: HttpRequest,
}

/// An HTTP interaction with all that it needs.
#[derive(Debug, Clone)]
#[must_use = "an interaction takes part in a contract once it is handed to it"]
pub struct AnsweredHttp {
    states: Vec<ProviderState>,
    exchange: HttpInteraction,
}

impl Http {
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

    /// What the consumer sends.
    pub fn request(self, request: RequestBuilder) -> RequestedHttp {
        RequestedHttp { states: self.states, request: request.build() }
    }
}

impl RequestedHttp {
    /// What the provider answers.
    pub fn response(self, response: ResponseBuilder) -> AnsweredHttp {
        let exchange = HttpInteraction { request: self.request, response: response.build() };
        AnsweredHttp { states: self.states, exchange }
    }
}

impl AnsweredHttp {
    pub(super) fn build(self, description: String) -> Interaction {
        let mut interaction = Interaction::new(description, InteractionKind::Http(Box::new(self.exchange)));
        interaction.provider_states = self.states;
        interaction
    }
}
