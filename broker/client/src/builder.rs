//! Setting up a client: address, credentials, headers, certificates, patience.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use crate::client::{BrokerClient, Inner};
use crate::{Credentials, Error, RetryPolicy};

/// Collects how to talk to a broker; [`build`](Self::build) checks it all and makes the client.
#[derive(Debug, Clone)]
#[must_use]
pub struct BrokerClientBuilder {
    base_url: String,
    auth: Option<Auth>,
    headers: Vec<(String, String)>,
    retry: RetryPolicy,
    timeout: Duration,
    certificates: Vec<Vec<u8>>,
    any_certificate: bool,
    system_certificates: bool,
}

#[derive(Clone)]
enum Auth {
    Basic { username: String, password: Option<String> },
    Bearer(String),
}

impl std::fmt::Debug for Auth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Basic { .. } => "Basic(…)",
            Self::Bearer(_) => "Bearer(…)",
        })
    }
}

impl BrokerClientBuilder {
    pub(crate) fn new(base_url: String) -> Self {
        Self {
            base_url,
            auth: None,
            headers: Vec::new(),
            retry: RetryPolicy::default(),
            timeout: Duration::from_secs(60),
            certificates: Vec::new(),
            any_certificate: false,
            system_certificates: true,
        }
    }

    /// Reads `PACT_BROKER_BASE_URL`, `PACT_BROKER_TOKEN`, `PACT_BROKER_USERNAME`, `PACT_BROKER_PASSWORD` and
    /// `PACT_BROKER_HTTP_RETRIES` through `lookup`. A token comes before a user name; empty values count as absent.
    ///
    /// # Errors
    /// [`Error::NoBaseUrl`] without a base URL, [`Error::InvalidSetting`] for retries that are no number.
    pub fn from_variables(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let given = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let mut builder = Self::new(given("PACT_BROKER_BASE_URL").ok_or(Error::NoBaseUrl)?);
        if let Some(token) = given("PACT_BROKER_TOKEN") {
            builder = builder.bearer_token(token);
        } else if let Some(username) = given("PACT_BROKER_USERNAME") {
            builder = builder.basic_auth(username, given("PACT_BROKER_PASSWORD"));
        }
        if let Some(retries) = given("PACT_BROKER_HTTP_RETRIES") {
            let retries = retries.trim().parse().map_err(|_| Error::InvalidSetting {
                what: "PACT_BROKER_HTTP_RETRIES".to_owned(),
                reason: format!("`{retries}` is not a whole number"),
            })?;
            builder = builder.retry(RetryPolicy::with_retries(retries));
        }
        Ok(builder)
    }

    /// The same settings for the broker at another address.
    pub fn at(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// Sends a user name and password with every request. Default: those in the base URL, else none.
    pub fn basic_auth(mut self, username: impl Into<String>, password: Option<String>) -> Self {
        self.auth = Some(Auth::Basic { username: username.into(), password });
        self
    }

    /// Sends a bearer token with every request.
    pub fn bearer_token(mut self, token: impl Into<String>) -> Self {
        self.auth = Some(Auth::Bearer(token.into()));
        self
    }

    /// Sends one more header with every request; may be called several times.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// How often and how long failed requests are repeated. Default: [`RetryPolicy::default`].
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// How long one attempt may take, from connecting to the last byte. Default 60 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Trusts the certificate authorities in this PEM text too.
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.certificates.push(pem.into());
        self
    }

    /// Whether the system's certificate authorities are trusted. Default `true`.
    pub fn system_certificates(mut self, trusted: bool) -> Self {
        self.system_certificates = trusted;
        self
    }

    /// Accepts any certificate: whoever answers is believed to be the broker. Default `false`.
    pub fn accept_any_certificate(mut self, accept: bool) -> Self {
        self.any_certificate = accept;
        self
    }

    /// Makes the client. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::InvalidBaseUrl`] or [`Error::InvalidSetting`] naming what cannot be used.
    pub fn build(self) -> Result<BrokerClient, Error> {
        let (base, in_url) = parse_base_url(&self.base_url)?;
        let auth = self.auth.clone().or(in_url);
        let (headers, credentials) = request_headers(&self.headers, auth.as_ref())?;
        let http = self.http_client(headers)?;
        let inner = Inner::new(http, base, self.retry, credentials, self.timeout);
        Ok(BrokerClient { inner: Arc::new(inner) })
    }

    fn http_client(&self, headers: HeaderMap) -> Result<reqwest::Client, Error> {
        // fails only when the process has a provider already, which then serves just as well
        let _ = rustls::crypto::ring::default_provider().install_default();
        let certificates = self.parse_certificates()?;
        let client = reqwest::Client::builder()
            .user_agent(concat!("countersign/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers)
            .connect_timeout(self.timeout.min(Duration::from_secs(10)))
            .timeout(self.timeout)
            .tls_danger_accept_invalid_certs(self.any_certificate);
        let client = match (self.system_certificates, certificates.is_empty()) {
            (true, true) => client,
            (true, false) => client.tls_certs_merge(certificates),
            (false, _) => client.tls_certs_only(certificates),
        };
        client.build().map_err(|error| Error::InvalidSetting {
            what: "the HTTP client".to_owned(),
            reason: crate::transport::root_cause(&error),
        })
    }

    fn parse_certificates(&self) -> Result<Vec<reqwest::Certificate>, Error> {
        let mut certificates = Vec::new();
        for pem in &self.certificates {
            let parsed = reqwest::Certificate::from_pem_bundle(pem).map_err(|error| invalid_certificate(&error))?;
            if parsed.is_empty() {
                return Err(invalid_certificate(&"the file holds no PEM certificate"));
            }
            certificates.extend(parsed);
        }
        Ok(certificates)
    }
}

fn invalid_certificate(reason: &dyn std::fmt::Display) -> Error {
    Error::InvalidSetting { what: "the SSL certificate file".to_owned(), reason: reason.to_string() }
}

/// The address with a path that ends in `/`, so that relative paths append to it, and the credentials it carried.
fn parse_base_url(text: &str) -> Result<(Url, Option<Auth>), Error> {
    let invalid = |reason: String| Error::InvalidBaseUrl { url: text.to_owned(), reason };
    let mut url = Url::parse(text.trim()).map_err(|error| invalid(error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(invalid(format!("`{}` is not http or https", url.scheme())));
    }
    let auth = (!url.username().is_empty())
        .then(|| Auth::Basic { username: decode(url.username()), password: url.password().map(decode) });
    // both setters succeed on http and https addresses
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok((url, auth))
}

fn decode(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn request_headers(custom: &[(String, String)], auth: Option<&Auth>) -> Result<(HeaderMap, Credentials), Error> {
    let mut headers = HeaderMap::new();
    let mut credentials = Credentials::None;
    if let Some(auth) = auth {
        let (text, kind) = match auth {
            Auth::Basic { username, password } => {
                let pair = format!("{username}:{}", password.as_deref().unwrap_or_default());
                (format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair)), Credentials::Basic)
            }
            Auth::Bearer(token) => (format!("Bearer {}", token.trim()), Credentials::Bearer),
        };
        headers.insert(AUTHORIZATION, secret_value("the bearer token", &text)?);
        credentials = kind;
    }
    for (name, value) in custom {
        let what = format!("header `{name}`");
        let name = HeaderName::try_from(name.trim())
            .map_err(|error| Error::InvalidSetting { what: what.clone(), reason: error.to_string() })?;
        if name == AUTHORIZATION {
            credentials = Credentials::Custom;
            headers.remove(AUTHORIZATION);
        }
        headers.append(name, secret_value(&what, value.trim())?);
    }
    Ok((headers, credentials))
}

/// A header value that logs do not show.
fn secret_value(what: &str, text: &str) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::try_from(text).map_err(|_| Error::InvalidSetting {
        what: what.to_owned(),
        reason: "it holds characters that a header cannot carry".to_owned(),
    })?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_urls() {
        let cases = [
            ("http://localhost:9292", "http://localhost:9292/"),
            ("https://x.example/pacts?q=1#f", "https://x.example/pacts/"),
            ("https://u:p%40@x.example/pacts/", "https://x.example/pacts/"),
        ];
        for (given, expected) in cases {
            assert_eq!(parse_base_url(given).unwrap().0.as_str(), expected);
        }
        for wrong in ["localhost:9292", "", "ftp://x", "http://"] {
            assert!(matches!(parse_base_url(wrong), Err(Error::InvalidBaseUrl { .. })), "{wrong}");
        }
    }

    #[test]
    fn credentials_in_the_url_are_decoded() {
        let (_, auth) = parse_base_url("http://me:p%40ss@x").unwrap();
        let (headers, credentials) = request_headers(&[], auth.as_ref()).unwrap();
        assert_eq!(headers[AUTHORIZATION], "Basic bWU6cEBzcw==");
        assert_eq!(credentials, Credentials::Basic);
    }

    #[test]
    fn variables() {
        let read = |pairs: &'static [(&str, &str)]| {
            BrokerClientBuilder::from_variables(|name| {
                pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert!(matches!(read(&[("PACT_BROKER_BASE_URL", "")]), Err(Error::NoBaseUrl)));
        let builder = read(&[
            ("PACT_BROKER_BASE_URL", "http://b"),
            ("PACT_BROKER_TOKEN", "t0p"),
            ("PACT_BROKER_USERNAME", "u"),
            ("PACT_BROKER_HTTP_RETRIES", "2"),
        ])
        .unwrap();
        assert!(matches!(builder.auth, Some(Auth::Bearer(_))));
        assert_eq!(builder.retry.retries, 2);
        assert!(!format!("{builder:?}").contains("t0p"));
        let wrong = read(&[("PACT_BROKER_BASE_URL", "http://b"), ("PACT_BROKER_HTTP_RETRIES", "many")]);
        insta::assert_snapshot!(wrong.unwrap_err(), @"PACT_BROKER_HTTP_RETRIES cannot be used: `many` is not a whole number");
    }
}
