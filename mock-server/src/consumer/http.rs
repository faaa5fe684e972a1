//! An HTTP interaction in the making; its type says what is still missing.

use countersign_core::pact::{HttpInteraction, HttpRequest, Interaction, InteractionKind};

use super::about::{About, about_methods};
use super::request::RequestBuilder;
use super::response::ResponseBuilder;

/// An HTTP interaction of which the request is still missing.
#[derive(Debug, Clone, Default)]
#[must_use = "an interaction needs a request and a response"]
pub struct Http {
    about: About,
}

/// An HTTP interaction of which the response is still missing.
#[derive(Debug, Clone)]
#[must_use = "an interaction needs a response"]
pub struct RequestedHttp {
    about: About,
    request: HttpRequest,
}

/// An HTTP interaction with all that it needs.
#[derive(Debug, Clone)]
#[must_use = "an interaction takes part in a contract once it is handed to it"]
pub struct AnsweredHttp {
    about: About,
    exchange: HttpInteraction,
}

about_methods!(Http);

impl Http {
    /// What the consumer sends.
    pub fn request(self, request: RequestBuilder) -> RequestedHttp {
        RequestedHttp { about: self.about, request: request.build() }
    }
}

impl RequestedHttp {
    /// What the provider answers: a [`ResponseBuilder`], or a status such as `201` where nothing else matters.
    #[track_caller]
    pub fn response(self, response: impl Into<ResponseBuilder>) -> AnsweredHttp {
        let exchange = HttpInteraction { request: self.request, response: response.into().build() };
        AnsweredHttp { about: self.about, exchange }
    }
}

impl AnsweredHttp {
    pub(super) fn build(self, description: String) -> Interaction {
        let mut interaction = Interaction::new(description, InteractionKind::Http(Box::new(self.exchange)));
        self.about.say(&mut interaction);
        interaction
    }
}
