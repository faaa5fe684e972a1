//! The kinds of sources as a user names them.

use std::path::{Path, PathBuf};

use countersign_broker_client::{BrokerClient, BrokerClientBuilder, RetryPolicy};
use countersign_core::format::SharedReader;
use countersign_core::pact::Pact;
use url::Url;

use super::Broker;
use super::loaded::LoadedPact;
use crate::error::SourceProblem;

/// Where pacts come from. Paths, addresses, a [`Broker`], [`PactFiles`] and a [`Pact`] all convert into one.
#[derive(Debug, Clone)]
pub enum PactSource {
    /// Files and folders.
    Files(PactFiles),
    /// One address.
    Url(Box<PactUrl>),
    /// A broker that knows which ones matter.
    Broker(Box<Broker>),
    /// A pact the program has already.
    Pact(Box<Pact>),
}

impl PactSource {
    /// The place in words.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Files(files) => files.places.join(", "),
            Self::Url(url) => crate::mask::text(&url.url),
            Self::Broker(broker) => broker.describe(),
            Self::Pact(_) => "the program".to_owned(),
        }
    }
}

/// Pact files, folders of them (every `*.json` in it, by name) and patterns such as `pacts/*-stock.json`.
///
/// A file that is named is verified whatever provider it names; of folders and patterns only the pacts with the
/// verified provider are taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct PactFiles {
    pub(super) places: Vec<String>,
}

impl PactFiles {
    /// The pacts at these places, in this order.
    pub fn at<P: AsRef<Path>>(places: impl IntoIterator<Item = P>) -> Self {
        Self { places: places.into_iter().map(|place| place.as_ref().display().to_string()).collect() }
    }
}

/// A pact at an address, such as the one that a broker's webhook names.
#[derive(Debug, Clone)]
#[must_use]
pub struct PactUrl {
    url: String,
    client: BrokerClientBuilder,
}

impl PactUrl {
    /// The pact at `url`, fetched without credentials other than those in the address.
    pub fn new(url: impl Into<String>) -> Self {
        let url = url.into();
        let client = BrokerClient::builder(&url).retry(RetryPolicy::with_retries(2));
        Self::through(url, client)
    }

    /// The pact at `url`, fetched with the credentials, certificates and patience of a client. The client's own address does
    /// not matter.
    pub fn through(url: impl Into<String>, client: BrokerClientBuilder) -> Self {
        Self { url: url.into(), client }
    }

    /// Sends a user name and password. Default: none.
    pub fn basic_auth(mut self, username: impl Into<String>, password: Option<String>) -> Self {
        self.client = self.client.basic_auth(username, password);
        self
    }

    /// Sends a bearer token. Default: none.
    pub fn bearer_token(mut self, token: impl Into<String>) -> Self {
        self.client = self.client.bearer_token(token);
        self
    }

    /// A client for the server that has the pact; results are handed in through it too.
    fn client(&self) -> Result<BrokerClient, countersign_broker_client::Error> {
        let base = Url::parse(&self.url).ok().and_then(|url| url.join("/").ok());
        let base = base.map_or_else(|| self.url.clone(), String::from);
        self.client.clone().at(base).build()
    }
}

pub(super) async fn load_url(url: &PactUrl, reader: &mut SharedReader) -> Result<LoadedPact, SourceProblem> {
    let problem = |reason: String| SourceProblem { place: crate::mask::text(&url.url), reason };
    let in_words = |error: countersign_broker_client::Error| match error.hint() {
        Some(hint) => problem(format!("{error}\nhint: {hint}")),
        None => problem(error.to_string()),
    };
    let client = url.client().map_err(in_words)?;
    let fetched = client.fetch_pact(&url.url).await.map_err(in_words)?;
    let loaded = LoadedPact::read(reader, &fetched.bytes, url.url.clone());
    let mut loaded = loaded.map_err(|error| problem(error.to_string()))?;
    loaded.fetched = Some((client, fetched));
    Ok(loaded)
}

impl From<&str> for PactSource {
    /// An `http://` or `https://` address, else a file, folder or pattern.
    fn from(place: &str) -> Self {
        if place.starts_with("http://") || place.starts_with("https://") {
            return PactUrl::new(place).into();
        }
        PactFiles::at([place]).into()
    }
}

impl From<String> for PactSource {
    fn from(place: String) -> Self {
        place.as_str().into()
    }
}

impl From<&Path> for PactSource {
    fn from(place: &Path) -> Self {
        PactFiles::at([place]).into()
    }
}

impl From<PathBuf> for PactSource {
    fn from(place: PathBuf) -> Self {
        PactFiles::at([place]).into()
    }
}

impl From<PactFiles> for PactSource {
    fn from(files: PactFiles) -> Self {
        Self::Files(files)
    }
}

impl From<PactUrl> for PactSource {
    fn from(url: PactUrl) -> Self {
        Self::Url(Box::new(url))
    }
}

impl From<Broker> for PactSource {
    fn from(broker: Broker) -> Self {
        Self::Broker(Box::new(broker))
    }
}

impl From<Pact> for PactSource {
    fn from(pact: Pact) -> Self {
        Self::Pact(Box::new(pact))
    }
}
