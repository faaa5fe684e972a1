//! How a broker is set up: its database, its address and its behaviour.

mod auth;
mod clean;
mod database;
mod file;
mod layers;
mod parse;
mod rules;
mod settings;
mod webhooks;

pub use auth::{AuthConfig, Credentials, OidcConfig};
pub use clean::{CleanConfig, KeepSelector};
pub use database::{Database, DatabaseOptions};
pub use layers::Layers;
pub use rules::Rules;
pub use settings::{SETTINGS, Setting};
pub use webhooks::WebhookConfig;

use std::time::Duration;

use url::Url;

use crate::error::BrokerError;

/// Settings of one broker. Every field has a default; [`Config::default`] listens on `127.0.0.1:9292` and keeps its
/// data in `countersign.sqlite` in the working directory.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where contracts are kept: a path, `sqlite:path`, `sqlite://path`, `sqlite::memory:`, or
    /// `postgres://user:password@host/name`.
    pub database_url: String,
    /// How the database is spoken to.
    pub database: DatabaseOptions,
    /// The host name or address to listen on.
    pub host: String,
    /// The port to listen on; 0 lets the operating system choose a free one.
    pub port: u16,
    /// The addresses people and clients reach this broker by. Links start with the one that matches the request's
    /// host, else the first; with none, links repeat the host of the request.
    pub base_urls: Vec<String>,
    /// The largest request body taken, in bytes (default: 64 MiB).
    pub body_limit: usize,
    /// How long a request may take (default: 60 s).
    pub request_timeout: Duration,
    /// How long a connection may go without a whole request head, at its beginning and between requests
    /// (default: 30 s).
    pub idle_timeout: Duration,
    /// How long the figures of `/metrics` may take to count (default: 30 s).
    pub figures_timeout: Duration,
    /// Which parts that not everyone wants are served.
    pub surfaces: Surfaces,
    /// The address of a service in the manner of shields.io that badges redirect to; none (default) draws them here.
    pub shields: Option<String>,
    /// How contracts are treated.
    pub rules: Rules,
    /// What webhooks may do.
    pub webhooks: WebhookConfig,
    /// Who may do what.
    pub auth: AuthConfig,
    /// What is thrown away.
    pub clean: CleanConfig,
    /// How long caches may keep a badge, in seconds (default: 30).
    pub badge_max_age: u32,
}

/// Which parts that not everyone wants are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Surfaces {
    /// The page to walk through the API (default: yes).
    pub api_browser: bool,
    /// `/diagnostic/status/…` (default: yes).
    pub diagnostics: bool,
    /// Log the headers of every request and answer, secret ones left out (default: no).
    pub log_headers: bool,
}

impl Default for Surfaces {
    fn default() -> Self {
        Self { api_browser: true, diagnostics: true, log_headers: false }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            database_url: "countersign.sqlite".to_owned(),
            database: DatabaseOptions::default(),
            host: "127.0.0.1".to_owned(),
            port: 9292,
            base_urls: Vec::new(),
            body_limit: 64 * 1024 * 1024,
            request_timeout: Duration::from_secs(60),
            idle_timeout: Duration::from_secs(30),
            figures_timeout: Duration::from_secs(30),
            surfaces: Surfaces::default(),
            shields: None,
            rules: Rules::default(),
            webhooks: WebhookConfig::default(),
            auth: AuthConfig::default(),
            clean: CleanConfig::default(),
            badge_max_age: 30,
        }
    }
}

impl Config {
    /// Settings for a database, all else at its default.
    #[must_use]
    pub fn new(database_url: impl Into<String>) -> Self {
        Self { database_url: database_url.into(), ..Self::default() }
    }

    /// Settings for a broker that forgets everything when it stops, on any free port: for tests and demonstrations.
    #[must_use]
    pub fn in_memory() -> Self {
        Self { port: 0, ..Self::new("sqlite::memory:") }
    }

    /// The port to listen on; 0 lets the operating system choose.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The base URLs, checked and without a trailing slash.
    pub(crate) fn checked_base_urls(&self) -> Result<Vec<String>, BrokerError> {
        self.base_urls.iter().map(|url| checked_base_url(url)).collect()
    }

    /// Refuses to open an unguarded broker to other machines by accident.
    pub(crate) fn check_exposure(&self) -> Result<(), BrokerError> {
        let loopback = self.host == "localhost"
            || self
                .host
                .trim_matches(['[', ']'])
                .parse::<std::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback());
        if loopback || self.auth.required() || self.auth.allow_anonymous {
            return Ok(());
        }
        Err(BrokerError::Unguarded { host: self.host.clone() })
    }
}

fn checked_base_url(text: &str) -> Result<String, BrokerError> {
    let refuse = |reason: String| BrokerError::BaseUrl { url: text.to_owned(), reason };
    let url = Url::parse(text).map_err(|error| refuse(error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refuse("it must start with http:// or https://".to_owned()));
    }
    Ok(text.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_urls_are_checked() {
        assert_eq!(checked_base_url("https://broker/prefix/").unwrap(), "https://broker/prefix");
        assert!(checked_base_url("broker.example").is_err());
        assert!(checked_base_url("ftp://broker").is_err());
    }

    #[test]
    fn other_machines_reach_a_guarded_broker_only() {
        let listening = |host: &str| Config { host: host.to_owned(), ..Config::in_memory() };
        for host in ["127.0.0.1", "::1", "[::1]", "localhost"] {
            assert!(listening(host).check_exposure().is_ok(), "{host}");
        }
        assert!(matches!(listening("0.0.0.0").check_exposure(), Err(BrokerError::Unguarded { .. })));
        let mut open = listening("0.0.0.0");
        open.auth.allow_anonymous = true;
        assert!(open.check_exposure().is_ok());
        let mut guarded = listening("0.0.0.0");
        guarded.auth.tokens = true;
        assert!(guarded.check_exposure().is_ok());
    }
}
