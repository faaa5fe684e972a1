//! A provider that is asked over HTTP.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use countersign_core::format::{decode_query, encode_query};
use countersign_core::generator::{Context, apply_to_request};
use countersign_core::mismatch::Mismatch;
use countersign_core::pact::{Body, HttpInteraction, HttpRequest};
use countersign_core::plan::{ReceivedHeaders, ReceivedResponse, ResponsePlan};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use url::Url;

use super::request_failure;
use crate::VerifyError;

/// One client for all requests, so that connections are reused. Redirects are answers like any other, and no proxy
/// stands between.
#[derive(Debug, Clone)]
pub(crate) struct HttpProvider {
    client: reqwest::Client,
    base: Option<Url>,
    /// Sent with every request, in place of what the pact says under the same name.
    headers: HeaderMap,
    timeout: Duration,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: http::StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// How a provider is reached.
#[derive(Debug, Clone)]
pub(crate) struct HttpSettings {
    pub(crate) base: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) timeout: Duration,
    pub(crate) any_certificate: bool,
}

impl HttpProvider {
    pub(crate) fn new(settings: &HttpSettings) -> Result<Self, VerifyError> {
        // fails only when the process has a provider already, which then serves just as well
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .user_agent(concat!("countersign/", env!("CARGO_PKG_VERSION")))
            .tcp_nodelay(true)
            .tls_danger_accept_invalid_certs(settings.any_certificate)
            .build()
            .map_err(|error| invalid("the HTTP client", &error.to_string()))?;
        Ok(Self {
            client,
            base: settings.base.as_deref().map(base_url).transpose()?,
            headers: custom_headers(&settings.headers)?,
            timeout: settings.timeout,
        })
    }

    pub(crate) fn client(&self) -> &reqwest::Client {
        &self.client
    }

    pub(crate) fn timeout(&self) -> Duration {
        self.timeout
    }

    pub(crate) fn custom_headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Replays the request and compares the response.
    ///
    /// # Errors
    ///
    /// Why there was no response, in words.
    pub(crate) async fn replay(
        &self,
        interaction: &HttpInteraction,
        plan: &ResponsePlan,
        context: &Context,
    ) -> Result<Vec<Mismatch>, String> {
        let request = if interaction.request.generators.is_empty() {
            Cow::Borrowed(&interaction.request)
        } else {
            Cow::Owned(apply_to_request(&interaction.request, context))
        };
        let request = self.request(&request)?;
        let answer = self.send(request).await?;
        let headers = received(&answer.headers);
        Ok(plan.check(&ReceivedResponse { status: answer.status.as_u16(), headers, body: &answer.body }))
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    ///
    /// Why there was no answer, in words.
    pub(crate) async fn send(&self, request: reqwest::Request) -> Result<Answer, String> {
        let what = format!("{} {}", request.method(), request.url());
        let failed = |error: reqwest::Error| request_failure(&what, &error, self.timeout);
        let response = self.client.execute(request).await.map_err(failed)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await.map_err(failed)?;
        Ok(Answer { status, headers, body })
    }

    fn request(&self, agreed: &HttpRequest) -> Result<reqwest::Request, String> {
        let method = Method::from_bytes(agreed.method.as_bytes())
            .map_err(|_| format!("'{}' is no HTTP method", agreed.method))?;
        // what was written keeps the order of repeated names; generators may have changed the parameters since
        let written = agreed.written_query.clone().filter(|written| decode_query(written) == agreed.query);
        let query = written.unwrap_or_else(|| encode_query(&agreed.query));
        let mut request = self.bare_request(method, &agreed.path, &query)?;
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
        if let Body::Present(contents) = &agreed.body {
            let stated = contents.content_type.as_ref().and_then(|it| HeaderValue::try_from(it.as_str()).ok());
            if let (false, Some(stated)) = (headers.contains_key(CONTENT_TYPE), stated) {
                headers.insert(CONTENT_TYPE, stated);
            }
            *request.body_mut() = Some(contents.bytes.clone().into());
        }
        self.add_custom_headers(request.headers_mut());
        Ok(request)
    }

    /// A POST of JSON to the provider's root, as message providers are asked.
    ///
    /// # Errors
    ///
    /// There is no address.
    pub(crate) fn json_request(&self, json: &serde_json::Value) -> Result<reqwest::Request, String> {
        let mut request = self.bare_request(Method::POST, "/", "")?;
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.add_custom_headers(request.headers_mut());
        *request.body_mut() = Some(json.to_string().into());
        Ok(request)
    }

    fn bare_request(&self, method: Method, path: &str, query: &str) -> Result<reqwest::Request, String> {
        let base = self.base.as_ref().ok_or(
            "no address was given where the provider answers over HTTP: name it with Verifier::http or --provider-base-url",
        )?;
        let mut request = reqwest::Request::new(method, target(base, path, query));
        *request.timeout_mut() = Some(self.timeout);
        Ok(request)
    }

    fn add_custom_headers(&self, headers: &mut HeaderMap) {
        for name in self.headers.keys() {
            headers.remove(name);
        }
        headers.extend(self.headers.iter().map(|(name, value)| (name.clone(), value.clone())));
    }
}

/// The address of a path below the base. What the pact has percent-encoded stays so, and what it has not but cannot travel
/// as it is becomes so.
fn target(base: &Url, path: &str, query: &str) -> Url {
    let mut url = base.clone();
    let below = base.path().trim_end_matches('/');
    let slash = if path.starts_with('/') { "" } else { "/" };
    url.set_path(&format!("{below}{slash}{path}"));
    url.set_query(Some(query).filter(|query| !query.is_empty()));
    url
}

/// The headers as the plans take them; values that are no UTF-8 are replaced.
pub(crate) fn received(headers: &HeaderMap) -> ReceivedHeaders<'_> {
    headers.iter().map(|(name, value)| (name.as_str().into(), String::from_utf8_lossy(value.as_bytes()))).collect()
}

fn base_url(text: &str) -> Result<Url, VerifyError> {
    let what = || format!("the provider's address '{text}'");
    let url = Url::parse(text).map_err(|error| invalid(&what(), &format!("{error}; give it as http://host:port")))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(invalid(&what(), "it is not of the form http://host:port or https://host:port"));
    }
    Ok(url)
}

fn custom_headers(headers: &[(String, String)]) -> Result<HeaderMap, VerifyError> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let what = || format!("the header '{name}'");
        let key = HeaderName::try_from(name.trim()).map_err(|error| invalid(&what(), &error.to_string()))?;
        let value = HeaderValue::try_from(value.trim()).map_err(|error| invalid(&what(), &error.to_string()))?;
        map.append(key, value);
    }
    Ok(map)
}

fn invalid(what: &str, reason: &str) -> VerifyError {
    VerifyError::InvalidSetting { what: what.to_owned(), reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_queries_travel_as_agreed() {
        for (base, path, query, expected) in [
            ("http://h", "/", "", "http://h/"),
            ("http://h/", "/a%2Fb/%c3%a9", "", "http://h/a%2Fb/%c3%a9"),
            ("http://h/api/", "/x", "a=1", "http://h/api/x?a=1"),
            ("http://h/api", "x y", "a=%2B&a=%20", "http://h/api/x%20y?a=%2B&a=%20"),
            ("http://h", "/what?#", "flag", "http://h/what%3F%23?flag"),
            ("http://h", "//a//b", "", "http://h//a//b"),
        ] {
            let base = base_url(base).unwrap();
            assert_eq!(target(&base, path, query).as_str(), expected, "{path}");
        }
    }

    #[test]
    fn addresses_have_to_be_web_addresses() {
        for wrong in ["", "localhost:8080", "ftp://h", "/x"] {
            assert!(base_url(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn headers_of_the_verifier_replace_those_of_the_pact() {
        let settings = HttpSettings {
            base: Some("http://h".to_owned()),
            headers: vec![("Authorization".to_owned(), "Bearer real".to_owned())],
            timeout: Duration::from_secs(1),
            any_certificate: false,
        };
        let provider = HttpProvider::new(&settings).unwrap();
        let mut agreed = HttpRequest::default();
        agreed.headers.insert("authorization".to_owned(), vec!["Bearer recorded".to_owned()]);
        agreed.headers.insert("X-Tags".to_owned(), vec!["a".to_owned(), "b".to_owned()]);
        agreed.headers.insert("Content-Length".to_owned(), vec!["999".to_owned()]);
        let request = provider.request(&agreed).unwrap();
        let all = |name: &str| request.headers().get_all(name).iter().collect::<Vec<_>>();
        assert_eq!(all("authorization"), ["Bearer real"]);
        assert_eq!(all("x-tags"), ["a", "b"]);
        assert!(all("content-length").is_empty());
    }
}
