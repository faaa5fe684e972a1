//! The client itself: where it starts, and the generic calls everything else is made of.

use std::time::Duration;

use http::Method;
use serde_json::Value;
use tokio::sync::OnceCell;
use url::Url;

use crate::circuit::Circuit;
use crate::transport::{Call, Repeat};
use crate::{BrokerClientBuilder, Credentials, Error, Resource, RetryPolicy};

/// A client of one broker. Cheap to clone; clones share connections and the broker's index.
#[derive(Debug, Clone)]
pub struct BrokerClient {
    pub(crate) inner: std::sync::Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) http: reqwest::Client,
    pub(crate) base: Url,
    pub(crate) retry: RetryPolicy,
    pub(crate) credentials: Credentials,
    pub(crate) timeout: Duration,
    pub(crate) circuit: Circuit,
    index: OnceCell<Resource>,
}

impl Inner {
    pub(crate) fn new(
        http: reqwest::Client,
        base: Url,
        retry: RetryPolicy,
        credentials: Credentials,
        timeout: Duration,
    ) -> Self {
        Self { http, base, retry, credentials, timeout, circuit: Circuit::default(), index: OnceCell::new() }
    }
}

impl BrokerClient {
    /// Starts describing a client of the broker at `base_url`, which may have a path prefix and credentials in it.
    pub fn builder(base_url: impl Into<String>) -> BrokerClientBuilder {
        BrokerClientBuilder::new(base_url.into())
    }

    /// A client described by the `PACT_BROKER_…` environment variables; see [`BrokerClientBuilder::from_variables`].
    ///
    /// # Errors
    /// When no base URL is set, or a setting cannot be used.
    pub fn from_env() -> Result<Self, Error> {
        BrokerClientBuilder::from_variables(|name| std::env::var(name).ok())?.build()
    }

    /// The broker's address, with a path that ends in `/` and without credentials.
    #[must_use]
    pub fn base_url(&self) -> &Url {
        &self.inner.base
    }

    /// The broker's index, fetched once per client.
    ///
    /// # Errors
    /// When the broker cannot be asked, or the answer is not a broker's index.
    pub async fn index(&self) -> Result<&Resource, Error> {
        self.inner.index.get_or_try_init(|| self.fetch_index()).await
    }

    async fn fetch_index(&self) -> Result<Resource, Error> {
        let base = self.inner.base.clone();
        let index = self.get(base).await.map_err(not_an_index)?;
        if index.body().get("_links").is_none() {
            let reason = "its index has no links".to_owned();
            return Err(Error::NotABroker { url: index.url().to_string(), reason });
        }
        Ok(index)
    }

    /// The absolute address of index relation `rel`, its template places filled with `values`.
    pub(crate) async fn index_target(&self, rel: &str, values: &[(&str, &str)]) -> Result<Url, Error> {
        self.index().await?.target(rel, values)
    }

    /// Fetches any document of the broker.
    ///
    /// # Errors
    /// When the broker cannot be asked, or answers anything but a JSON document.
    pub async fn get(&self, url: Url) -> Result<Resource, Error> {
        self.send(Call::new(Method::GET, url)).await
    }

    /// Puts a JSON document at any address of the broker.
    ///
    /// # Errors
    /// When the broker cannot be asked, or refuses.
    pub async fn put_json(&self, url: Url, body: Value) -> Result<Resource, Error> {
        self.put(url, body).await
    }

    /// Posts a JSON document to any address of the broker; it is not repeated once the broker may have seen it.
    ///
    /// # Errors
    /// When the broker cannot be asked, or refuses.
    pub async fn post_json(&self, url: Url, body: Value) -> Result<Resource, Error> {
        self.post(url, body, Repeat::OnlyUnseen).await
    }

    /// Changes a document at any address of the broker.
    ///
    /// # Errors
    /// When the broker cannot be asked, or refuses.
    pub async fn patch_json(&self, url: Url, body: Value) -> Result<Resource, Error> {
        self.patch(url, body).await
    }

    pub(crate) async fn put(&self, url: Url, body: Value) -> Result<Resource, Error> {
        self.send(Call::new(Method::PUT, url).json(body)).await
    }

    pub(crate) async fn patch(&self, url: Url, body: Value) -> Result<Resource, Error> {
        self.send(Call::new(Method::PATCH, url).merge_patch(body)).await
    }

    pub(crate) async fn delete(&self, url: Url) -> Result<(), Error> {
        self.send(Call::new(Method::DELETE, url)).await.map(drop)
    }

    /// A POST; `repeat` says whether doing it twice does the same as doing it once.
    pub(crate) async fn post(&self, url: Url, body: Value, repeat: Repeat) -> Result<Resource, Error> {
        self.send(Call::new(Method::POST, url).json(body).repeat(repeat)).await
    }

    /// An address below the base URL, for the few calls that no link leads to.
    pub(crate) fn below_base(&self, path: &str) -> Result<Url, Error> {
        self.inner
            .base
            .join(path)
            .map_err(|error| Error::InvalidBaseUrl { url: path.to_owned(), reason: error.to_string() })
    }
}

/// A "not found" for the index itself means that the address is wrong.
fn not_an_index(error: Error) -> Error {
    match error {
        Error::NotFound { url, .. } => Error::NotABroker { url, reason: "it answered 404".to_owned() },
        other => other,
    }
}
