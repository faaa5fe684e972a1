//! A provider that is asked over HTTP.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use countersign_core::format::{decode_query, encode_query};
use countersign_core::generator::{Context, apply_to_request};
use countersign_core::pact::{Body, HttpInteraction, HttpRequest};
use countersign_core::plan::{ReceivedHeaders, ReceivedResponse, ResponsePlan};
use http::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING, USER_AGENT,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use tokio::sync::Semaphore;

use super::base::Base;
use super::client::{Answer, Client};
use super::decode;
use super::filter::RequestFilter;
use crate::VerifyError;
use crate::outcome::Finding;

/// The provider's address and what every request to it carries.
#[derive(Clone)]
pub(crate) struct HttpProvider<'a> {
    client: Client,
    base: Option<Base>,
    /// Sent with every request, in place of what the pact says under the same name.
    headers: HeaderMap,
    filter: Option<RequestFilter<'a>>,
    /// Taken while a large body is compared: as a tree of values it takes many times the memory that it takes as bytes.
    large: Arc<Semaphore>,
}

/// From how many bytes on bodies are compared one after another.
const LARGE: usize = 4 << 20;

impl<'a> HttpProvider<'a> {
    pub(crate) fn new(
        client: Client,
        base: Option<Base>,
        headers: HeaderMap,
        filter: Option<RequestFilter<'a>>,
    ) -> Self {
        Self { client, base, headers, filter, large: Arc::new(Semaphore::new(1)) }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Whether it is known where the provider answers.
    pub(crate) fn has_address(&self) -> bool {
        self.base.is_some()
    }

    /// Replays the request and compares the response. `extra` headers belong to this exchange alone.
    ///
    /// # Errors
    ///
    /// Why there was no response, in words.
    pub(crate) async fn replay(
        &self,
        interaction: &HttpInteraction,
        plan: &ResponsePlan,
        context: &Context,
        extra: &HeaderMap,
    ) -> Result<Vec<Finding>, String> {
        let request = if interaction.request.generators.is_empty() {
            Cow::Borrowed(&interaction.request)
        } else {
            Cow::Owned(apply_to_request(&interaction.request, context))
        };
        let answer = self.ask(self.request(&request)?, extra).await?;
        let headers = received(&answer.headers);
        let _alone = if answer.body.len() < LARGE { None } else { self.large.acquire().await.ok() };
        let found = plan.check(&ReceivedResponse { status: answer.status.as_u16(), headers, body: &answer.body });
        let agreed = &interaction.response.body;
        Ok(found.into_iter().map(|mismatch| Finding::beside(mismatch, agreed, &answer.body)).collect())
    }

    /// A POST of JSON to the provider's root, as message providers are asked.
    ///
    /// # Errors
    ///
    /// Why there was no answer, in words.
    pub(crate) async fn ask_json(&self, json: &serde_json::Value, extra: &HeaderMap) -> Result<Answer, String> {
        let mut request = self.bare_request(Method::POST, "/", "", json.to_string().into())?;
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.ask(request, extra).await
    }

    async fn ask(&self, mut request: Request<Bytes>, extra: &HeaderMap) -> Result<Answer, String> {
        let headers = request.headers_mut();
        replace(headers, extra);
        for (name, usual) in usual_headers() {
            if !headers.contains_key(&name) {
                headers.insert(name, usual);
            }
        }
        if let Some(login) = self.base.as_ref().and_then(Base::login) {
            headers.insert(AUTHORIZATION, login.clone());
        }
        replace(headers, &self.headers);
        if let Some(filter) = &self.filter {
            request = filter.apply(request).await?;
        }
        self.client.send(request).await
    }

    fn request(&self, agreed: &HttpRequest) -> Result<Request<Bytes>, String> {
        let method = Method::from_bytes(agreed.method.as_bytes())
            .map_err(|_| format!("'{}' is no HTTP method", agreed.method))?;
        let contents = if let Body::Present(contents) = &agreed.body { Some(contents) } else { None };
        let body = contents.map(|contents| contents.bytes.clone().into()).unwrap_or_default();
        // what was written keeps the order of repeated names; generators may have changed the parameters since
        let written = agreed.written_query.clone().filter(|written| decode_query(written) == agreed.query);
        let query = written.unwrap_or_else(|| encode_query(&agreed.query));
        let mut request = self.bare_request(method, &agreed.path, &query, body)?;
        let headers = request.headers_mut();
        for (name, values) in &agreed.headers {
            let name = HeaderName::try_from(name).map_err(|_| format!("'{name}' is no header name"))?;
            // these follow from the body that is really sent
            if name == CONTENT_LENGTH || name == TRANSFER_ENCODING {
                continue;
            }
            for value in values {
                let value = HeaderValue::try_from(value)
                    .map_err(|_| format!("header {name} cannot carry the value '{}'", value.escape_debug()))?;
                headers.append(&name, value);
            }
        }
        let stated = contents.and_then(|contents| contents.content_type.as_ref());
        if let (false, Some(stated)) = (headers.contains_key(CONTENT_TYPE), stated)
            && let Ok(stated) = HeaderValue::try_from(stated.as_str())
        {
            headers.insert(CONTENT_TYPE, stated);
        }
        Ok(request)
    }

    fn bare_request(&self, method: Method, path: &str, query: &str, body: Bytes) -> Result<Request<Bytes>, String> {
        let base = self.base.as_ref().ok_or(
            "no address was given where the provider answers over HTTP: name it with Verifier::http or --provider-base-url",
        )?;
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = base.below(path, query)?;
        Ok(request)
    }
}

/// What a request carries unless the pact says otherwise.
fn usual_headers() -> [(HeaderName, HeaderValue); 3] {
    [
        (ACCEPT, HeaderValue::from_static("*/*")),
        (ACCEPT_ENCODING, HeaderValue::from_static(decode::ACCEPTED)),
        (USER_AGENT, HeaderValue::from_static(concat!("countersign/", env!("CARGO_PKG_VERSION")))),
    ]
}

/// Puts headers in the place of all others with their names.
fn replace(headers: &mut HeaderMap, with: &HeaderMap) {
    for name in with.keys() {
        headers.remove(name);
    }
    headers.extend(with.iter().map(|(name, value)| (name.clone(), value.clone())));
}

/// The headers as the plans take them; values that are no UTF-8 are replaced.
pub(crate) fn received(headers: &HeaderMap) -> ReceivedHeaders<'_> {
    headers.iter().map(|(name, value)| (name.as_str().into(), String::from_utf8_lossy(value.as_bytes()))).collect()
}

/// The headers that a user wants to be sent with every request.
///
/// # Errors
///
/// Which one cannot be sent.
pub(crate) fn custom_headers(headers: &[(String, String)]) -> Result<HeaderMap, VerifyError> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let invalid = |reason: String| VerifyError::InvalidSetting { what: format!("the header '{name}'"), reason };
        let key = HeaderName::try_from(name.trim()).map_err(|error| invalid(error.to_string()))?;
        let value = HeaderValue::try_from(value.trim()).map_err(|error| invalid(error.to_string()))?;
        map.append(key, value);
    }
    Ok(map)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::client::ClientSettings;

    #[tokio::test]
    async fn content_length_follows_from_the_body_that_is_sent() {
        let client = Client::new(&ClientSettings::default()).unwrap();
        let base = Base::parse("the address", "http://h").unwrap();
        let provider = HttpProvider::new(client, Some(base), HeaderMap::new(), None);
        let mut agreed = HttpRequest::default();
        agreed.headers.insert("X-Tags".to_owned(), vec!["a".to_owned(), "b".to_owned()]);
        agreed.headers.insert("Content-Length".to_owned(), vec!["999".to_owned()]);
        let request = provider.request(&agreed).unwrap();
        let all = |name: &str| request.headers().get_all(name).iter().collect::<Vec<_>>();
        assert_eq!(all("x-tags"), ["a", "b"]);
        assert!(all("content-length").is_empty());
    }
}
