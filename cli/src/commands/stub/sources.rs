//! Reading the pacts to serve.

use std::path::{Path, PathBuf};

use countersign_broker_client::{BrokerClient, BrokerClientBuilder, LatestPact, RetryPolicy};
use countersign_core::format;
use countersign_core::pact::Pact;
use fancy_regex::Regex;
use url::Url;

use super::{Credentials, Sources};
use crate::failure::Failure;

impl Sources {
    pub(super) fn is_empty(&self) -> bool {
        self.file.is_empty() && self.dir.is_empty() && self.url.is_empty() && self.broker_url.is_none()
    }

    /// The pacts of all sources; everything that cannot be read is named together.
    pub(super) async fn load(&self, credentials: &Credentials) -> Result<Vec<Pact>, Failure> {
        let (mut pacts, mut problems) = self.load_files();
        for url in &self.url {
            match credentials.fetch(url).await {
                Ok(pact) => pacts.push(pact),
                Err(problem) => problems.push(format!("{url}: {problem}")),
            }
        }
        if let Some(url) = &self.broker_url {
            let (found, wrong) = self.load_broker(&credentials.client(url)?).await?;
            pacts.extend(found);
            problems.extend(wrong);
        }
        if problems.is_empty() { Ok(pacts) } else { Err(unusable(problems)) }
    }

    fn load_files(&self) -> (Vec<Pact>, Vec<String>) {
        let (mut pacts, mut problems) = (Vec::new(), Vec::new());
        let mut paths = self.file.clone();
        for folder in &self.dir {
            match files_below(folder, &self.extension) {
                Ok(found) => paths.extend(found),
                Err(error) => problems.push(format!("{}: {error}", folder.display())),
            }
        }
        for path in paths {
            match read(&path) {
                Ok(pact) => pacts.push(pact),
                Err(problem) => problems.push(format!("{}: {problem}", path.display())),
            }
        }
        (pacts, problems)
    }

    async fn load_broker(&self, client: &BrokerClient) -> Result<(Vec<Pact>, Vec<String>), Failure> {
        let (mut pacts, mut problems) = (Vec::new(), Vec::new());
        for latest in client.latest_pact_versions().await?.into_iter().filter(|latest| self.wants(latest)) {
            let Some(href) = &latest.href else { continue };
            let fetched = client.fetch_pact(href).await?;
            match format::read(&fetched.bytes) {
                Ok(pact) => pacts.push(pact),
                Err(error) => problems.push(format!("{href}: {error}")),
            }
        }
        Ok((pacts, problems))
    }

    fn wants(&self, latest: &LatestPact) -> bool {
        let fits = |wanted: &[Regex], name: &str| {
            wanted.is_empty() || wanted.iter().any(|regex| regex.as_str() == name || matches_whole(regex, name))
        };
        fits(&self.consumer_name, &latest.consumer) && fits(&self.provider_name, &latest.provider)
    }
}

fn matches_whole(regex: &Regex, name: &str) -> bool {
    let found = regex.find(name).ok().flatten();
    found.is_some_and(|found| found.as_str() == name)
}

fn unusable(problems: Vec<String>) -> Failure {
    Failure::Input { what: "could not load the pacts".to_owned(), problems }
}

fn read(path: &Path) -> Result<Pact, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("cannot be read: {error}"))?;
    format::read(&bytes).map_err(|error| error.to_string())
}

/// Files with the extension in a folder and all folders below it, by name.
fn files_below(folder: &Path, extension: &str) -> std::io::Result<Vec<PathBuf>> {
    let extension = extension.trim_start_matches('.');
    let (mut open, mut files) = (vec![folder.to_owned()], Vec::new());
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let (path, kind) = (entry.path(), entry.file_type()?);
            if kind.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|found| found.eq_ignore_ascii_case(extension)) {
                files.push(path);
            }
        }
    }
    files.sort_unstable();
    Ok(files)
}

impl Credentials {
    fn client(&self, url: &str) -> Result<BrokerClient, Failure> {
        Ok(self.builder(url).build()?)
    }

    fn builder(&self, url: &str) -> BrokerClientBuilder {
        let client = BrokerClient::builder(url)
            .retry(RetryPolicy::with_retries(self.retries))
            .accept_any_certificate(self.insecure_tls);
        let named = self.broker_username.as_ref().map(|name| (name.clone(), self.broker_password.clone()));
        let login = self.user.as_ref().map(|user| match user.split_once(':') {
            Some((name, password)) => (name.to_owned(), Some(password.to_owned())),
            None => (user.clone(), None),
        });
        match (&self.token, login.or(named)) {
            (Some(token), _) => client.bearer_token(token),
            (None, Some((name, password))) => client.basic_auth(name, password),
            (None, None) => client,
        }
    }

    /// The pact at an address, which need not be a broker's.
    async fn fetch(&self, url: &str) -> Result<Pact, String> {
        let base = Url::parse(url).and_then(|url| url.join("/")).map_err(|error| error.to_string())?;
        let client = self.builder(base.as_str()).build().map_err(|error| error.to_string())?;
        let fetched = client.fetch_pact(url).await.map_err(|error| error.to_string())?;
        format::read(&fetched.bytes).map_err(|error| error.to_string())
    }
}
