//! A provider's own endpoint for state changes.

use bytes::Bytes;
use countersign_core::pact::{Attributes, ProviderState};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, Request, Uri};
use serde_json::{Value as Json, json};
use url::{Position, Url};

use super::Action;
use crate::mask;
use crate::provider::base::{is_web, login, origin};
use crate::provider::client::Client;

/// An endpoint that puts the provider into a state: `POST {"action": "setup", "state": …, "params": {…}}`, one call for each
/// state, with an empty name for interactions that need none. An object in the answer feeds `ProviderState` generators.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct StateChangeUrl {
    url: String,
    teardown: bool,
    as_query: bool,
}

impl StateChangeUrl {
    /// The endpoint at `url`, called before each exchange only.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), teardown: false, as_query: false }
    }

    /// Calls it after each exchange too, with `"action": "teardown"`. Default `false`.
    pub fn teardown(mut self, teardown: bool) -> Self {
        self.teardown = teardown;
        self
    }

    /// Sends action, state and parameters in the query instead of the body. Default `false`.
    pub fn as_query(mut self, as_query: bool) -> Self {
        self.as_query = as_query;
        self
    }

    /// The address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Sends one state change; gives the values that came back.
    ///
    /// # Errors
    ///
    /// Why the provider is not in the state, in words.
    pub(super) async fn change(
        &self,
        action: Action,
        state: &ProviderState,
        client: &Client,
        extra: &HeaderMap,
    ) -> Result<Attributes, String> {
        if action == Action::Teardown && !self.teardown {
            return Ok(Attributes::new());
        }
        let answer = client.send(self.request(action, state, extra)?).await?;
        if !answer.status.is_success() {
            let said = mask::excerpt(&answer.body);
            let said = if said.is_empty() { said } else { format!(": {said}") };
            return Err(format!("POST {} answered {}{said}", mask::text(&self.url), answer.status));
        }
        Ok(match serde_json::from_slice(&answer.body) {
            Ok(Json::Object(values)) => values,
            // an endpoint may answer anything; only an object carries values
            _ => Attributes::new(),
        })
    }

    fn request(&self, action: Action, state: &ProviderState, extra: &HeaderMap) -> Result<Request<Bytes>, String> {
        let unusable =
            |reason: String| format!("the state change URL {} cannot be used: {reason}", mask::text(&self.url));
        let mut url = Url::parse(&self.url).map_err(|error| unusable(error.to_string()))?;
        if !is_web(&url) {
            return Err(unusable("it is not of the form http://host:port/path".to_owned()));
        }
        let mut request = Request::new(Bytes::new());
        *request.method_mut() = Method::POST;
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.extend(login(&url).map(|login| (AUTHORIZATION, login)));
        headers.extend(extra.iter().map(|(name, value)| (name.clone(), value.clone())));
        if self.as_query {
            add_to_query(&mut url, action, state);
        } else {
            let change = json!({ "action": action.as_str(), "params": state.params, "state": state.name });
            *request.body_mut() = change.to_string().into();
        }
        let target = format!("{}{}", origin(&url), &url[Position::BeforePath..Position::AfterQuery]);
        *request.uri_mut() = Uri::try_from(target).map_err(|error| unusable(error.to_string()))?;
        Ok(request)
    }
}

fn add_to_query(url: &mut Url, action: Action, state: &ProviderState) {
    let text = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut query = url.query_pairs_mut();
    query.append_pair("action", action.as_str()).append_pair("state", &state.name);
    for (name, value) in &state.params {
        query.append_pair(name, &text(value));
    }
}
