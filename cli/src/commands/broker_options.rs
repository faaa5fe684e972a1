//! The options every command has that talks to a broker.

use std::path::PathBuf;

use clap::Args;
use countersign_broker_client::{BrokerClient, Error, RetryPolicy};

/// Which broker, and how to talk to it.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Broker")]
pub(crate) struct BrokerOptions {
    /// The broker's address, including the path a proxy serves it under
    #[arg(short, long, value_name = "URL", env = "PACT_BROKER_BASE_URL", hide_env_values = true)]
    broker_base_url: Option<String>,
    /// User name for basic authentication
    #[arg(short = 'u', long, value_name = "NAME", env = "PACT_BROKER_USERNAME", hide_env_values = true)]
    broker_username: Option<String>,
    /// Password for basic authentication
    #[arg(short = 'p', long, value_name = "PASSWORD", env = "PACT_BROKER_PASSWORD", hide_env_values = true)]
    broker_password: Option<String>,
    /// Bearer token; comes before user name and password
    #[arg(short = 'k', long, value_name = "TOKEN", env = "PACT_BROKER_TOKEN", hide_env_values = true)]
    broker_token: Option<String>,
    /// One more header for every request, as 'Name: value' (can be repeated)
    #[arg(long, value_name = "HEADER")]
    custom_header: Vec<String>,
    /// How often a request is repeated after 5xx, 408 or 429 (a broker that cannot be reached: at most 3 times), with
    /// delays from 0.5 s that double, or as Retry-After asks
    #[arg(long, value_name = "TIMES", env = "PACT_BROKER_HTTP_RETRIES", default_value_t = 8)]
    retries: u32,
    /// PEM file of a certificate authority to trust besides the system's (which SSL_CERT_FILE can replace)
    #[arg(short = 'c', long, value_name = "FILE")]
    ssl_certificate: Option<PathBuf>,
    /// Believe whoever answers to be the broker, whatever their certificate
    #[arg(
        long,
        env = "SSL_SKIP_VERIFICATION",
        action = clap::ArgAction::SetTrue,
        value_parser = clap::builder::FalseyValueParser::new()
    )]
    skip_ssl_verification: bool,
    /// Whether to trust the system's certificate authorities
    #[arg(long, env = "SSL_TRUST_STORE", default_value_t = true, action = clap::ArgAction::Set, value_name = "BOOL")]
    ssl_trust_store: bool,
}

impl BrokerOptions {
    /// The client these options describe.
    pub(crate) fn client(&self) -> Result<BrokerClient, Error> {
        let url = self.broker_base_url.as_deref().filter(|url| !url.is_empty()).ok_or(Error::NoBaseUrl)?;
        let mut builder = BrokerClient::builder(url)
            .retry(RetryPolicy::with_retries(self.retries))
            .accept_any_certificate(self.skip_ssl_verification)
            .system_certificates(self.ssl_trust_store);
        if let Some(token) = given(self.broker_token.as_ref()) {
            builder = builder.bearer_token(token);
        } else if let Some(username) = given(self.broker_username.as_ref()) {
            builder = builder.basic_auth(username, self.broker_password.clone());
        }
        for header in &self.custom_header {
            let (name, value) = header.split_once(':').ok_or_else(|| Error::InvalidSetting {
                what: format!("--custom-header `{header}`"),
                reason: "it is not of the form 'Name: value'".to_owned(),
            })?;
            builder = builder.header(name, value);
        }
        if let Some(file) = &self.ssl_certificate {
            let pem = std::fs::read(file).map_err(|error| Error::InvalidSetting {
                what: format!("--ssl-certificate {}", file.display()),
                reason: error.to_string(),
            })?;
            builder = builder.root_certificates(pem);
        }
        builder.build()
    }
}

/// Variables that are set to nothing count as absent.
fn given(value: Option<&String>) -> Option<&str> {
    value.map(String::as_str).filter(|value| !value.is_empty())
}
