//! From what was typed to the verifier, and from its outcome to reports and exit codes.

use std::path::Path;
use std::time::Duration;

use countersign_broker_client::{BrokerClient, ConsumerVersionSelector, RetryPolicy};
use countersign_provider_verifier::report::{self, Colours};
use countersign_provider_verifier::{
    Broker, Outcome, PactFiles, PactUrl, StateChangeUrl, Verifier, VerifyError, Version,
};
use serde_json::Value as Json;
use url::Url;

use super::{Credentials, Filters, Provider, Publishing, Reporting, Selection, Sources, States, Verify};
use crate::app::Exit;
use crate::failure::Failure;
use crate::output::print;

/// The provider's name when none is given, which fits pacts of any provider.
const ANY_PROVIDER: &str = "provider";

impl Verify {
    /// Verifies and reports.
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        self.verify().await.map_err(|failure| Failure::Unverified(Box::new(failure)))
    }

    async fn verify(self) -> Result<Exit, Failure> {
        let outcome = self.verifier()?.verify().await;
        self.reporting.write(&outcome)?;
        match outcome {
            Outcome::CouldNotRun(error) => Err(failure(error)),
            Outcome::Ran(ref verification) => {
                print(&report::console(&outcome, self.reporting.colours()));
                match verification.exit_code() {
                    0 => Ok(Exit::Well),
                    1 => Ok(Exit::No),
                    _ => Err(Failure::input("the results are not published", "see the report for the reasons")),
                }
            }
        }
    }

    fn verifier(&self) -> Result<Verifier<'static>, Failure> {
        let mut verifier =
            Verifier::of(&self.provider.provider_name).allow_no_pacts(self.sources.ignore_no_pacts_error);
        if self.provider.provider_name == ANY_PROVIDER {
            verifier = verifier.any_provider();
        }
        verifier = self.provider.apply(verifier)?;
        verifier = self.sources.apply(verifier, &self.credentials, &self.selection);
        verifier = self.states.apply(verifier);
        verifier = self.filters.apply(verifier);
        verifier = self.publishing.apply(verifier);
        if let Some(concurrency) = self.running.concurrency {
            verifier = verifier.concurrency(concurrency.get());
        }
        if let (true, Some(file)) = (self.running.last_failed, &self.reporting.json) {
            verifier = verifier.only_failed_in(&earlier_report(file)?);
        }
        Ok(verifier.stop_at_failure(self.running.exit_on_first_error))
    }
}

/// Why nothing was verified, with the options that help.
fn failure(error: VerifyError) -> Failure {
    match error {
        VerifyError::NoSource => Failure::input(
            "nothing to verify",
            "name pacts with --file, --dir or --url, or a broker with --broker-url (PACT_BROKER_BASE_URL)",
        ),
        VerifyError::Pacts { problems } => Failure::Input {
            what: "could not load the pacts".to_owned(),
            problems: problems.iter().map(ToString::to_string).collect(),
        },
        VerifyError::Broker { error } => Failure::Broker(error),
        other => Failure::input("could not verify", other.to_string()),
    }
}

impl Provider {
    fn apply(&self, verifier: Verifier<'static>) -> Result<Verifier<'static>, Failure> {
        let mut verifier = verifier
            .http(self.base_url())
            .timeout(Duration::from_millis(self.request_timeout))
            .accept_any_certificate(self.disable_ssl_verification);
        let host = self.host()?;
        let port_of = |wanted: &str| self.transports.iter().find(|(name, _)| name == wanted).map(|(_, port)| *port);
        if let Some(port) = self.grpc_port.or_else(|| port_of("grpc")) {
            verifier = verifier.grpc(format!("http://{host}:{port}"));
        }
        if let Some(port) = port_of("message").or_else(|| port_of("async-message")) {
            verifier = verifier.messages(format!("http://{host}:{port}"));
        }
        Ok(self.header.iter().fold(verifier, |verifier, (name, value)| verifier.header(name, value)))
    }

    /// The address that HTTP requests go to.
    fn base_url(&self) -> String {
        if let Some(url) = &self.provider_base_url {
            return url.clone();
        }
        let web = self.transports.iter().find(|(name, _)| name == "http" || name == "https");
        let (transport, port) = match web {
            Some((transport, port)) => (transport.as_str(), Some(*port)),
            None => (self.transport.as_str(), self.port),
        };
        let scheme = if transport == "https" { "https" } else { "http" };
        let port = port.map_or_else(String::new, |port| format!(":{port}"));
        let path = self.base_path.as_deref().unwrap_or_default();
        let slash = if path.is_empty() || path.starts_with('/') { "" } else { "/" };
        format!("{scheme}://{}{port}{slash}{path}", bracketed(&self.hostname))
    }

    /// The host that the other transports are on.
    fn host(&self) -> Result<String, Failure> {
        let Some(url) = &self.provider_base_url else { return Ok(bracketed(&self.hostname)) };
        let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
        host.ok_or_else(|| {
            Failure::input("could not verify", format!("--provider-base-url {url} is not of the form http://host:port"))
        })
    }
}

/// An IPv6 address as it stands in a URL.
fn bracketed(host: &str) -> String {
    if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host.to_owned() }
}

impl Sources {
    fn apply(
        &self,
        mut verifier: Verifier<'static>,
        credentials: &Credentials,
        selection: &Selection,
    ) -> Verifier<'static> {
        let places: Vec<_> = self.file.iter().chain(&self.dir).collect();
        if !places.is_empty() {
            verifier = verifier.pacts(PactFiles::at(places));
        }
        for url in self.url.iter().chain(&self.webhook_callback_url) {
            verifier = verifier.pacts(credentials.pact_url(url, selection.retries));
        }
        match &self.broker_url {
            // the webhook names the one pact that is wanted
            Some(url) if self.webhook_callback_url.is_none() => {
                verifier.pacts(selection.apply(Broker::configured(credentials.client(url, selection.retries))))
            }
            _ => verifier,
        }
    }
}

impl Credentials {
    fn client(&self, url: &str, retries: u32) -> countersign_broker_client::BrokerClientBuilder {
        let client = BrokerClient::builder(url).retry(RetryPolicy::with_retries(retries));
        match (&self.token, &self.user) {
            (Some(token), _) => client.bearer_token(token),
            (None, Some(user)) => client.basic_auth(user, self.password.clone()),
            (None, None) => client,
        }
    }

    fn pact_url(&self, url: &str, retries: u32) -> PactUrl {
        let pact = PactUrl::new(url).retries(retries);
        match (&self.token, &self.user) {
            (Some(token), _) => pact.bearer_token(token),
            (None, Some(user)) => pact.basic_auth(user, self.password.clone()),
            (None, None) => pact,
        }
    }
}

impl Selection {
    fn apply(&self, broker: Broker) -> Broker {
        let tags = self.consumer_version_tags.iter().map(ConsumerVersionSelector::latest_tagged);
        let selectors = tags.chain(self.consumer_version_selectors.iter().cloned());
        let mut broker = selectors.fold(broker, Broker::selector);
        if self.enable_pending {
            broker = broker.pending();
        }
        match &self.include_wip_pacts_since {
            Some(since) => broker.wip_since(since),
            None => broker,
        }
    }
}

impl States {
    fn apply(&self, verifier: Verifier<'static>) -> Verifier<'static> {
        match &self.state_change_url {
            Some(url) => {
                let url = StateChangeUrl::new(url).teardown(self.state_change_teardown);
                verifier.state_change_url(url.as_query(self.state_change_as_query))
            }
            None => verifier,
        }
    }
}

impl Filters {
    fn apply(&self, mut verifier: Verifier<'static>) -> Verifier<'static> {
        if let Some(regex) = &self.filter_description {
            verifier = verifier.only_described(regex);
        }
        if let Some(regex) = &self.filter_state {
            verifier = verifier.only_in_state(regex);
        }
        if self.filter_no_state {
            verifier = verifier.only_without_state();
        }
        self.filter_consumer.iter().fold(verifier, Verifier::only_consumer)
    }
}

impl Publishing {
    fn apply(&self, verifier: Verifier<'static>) -> Verifier<'static> {
        let known = self.provider_version.is_some() || self.provider_branch.is_some() || !self.provider_tags.is_empty();
        if !known {
            return verifier;
        }
        let mut version = Version::new(self.provider_version.clone().unwrap_or_default());
        if let Some(branch) = &self.provider_branch {
            version = version.branch(branch);
        }
        if let Some(url) = &self.build_url {
            version = version.build_url(url);
        }
        version = self.provider_tags.iter().fold(version, Version::tag);
        if self.publish { verifier.publish(version) } else { verifier.version(version) }
    }
}

impl Reporting {
    fn colours(&self) -> Colours {
        if self.no_colour { Colours::Off } else { Colours::for_terminal() }
    }

    fn write(&self, outcome: &Outcome) -> Result<(), Failure> {
        if let Some(file) = &self.json {
            write_report(file, &format!("{:#}\n", report::json(outcome)))?;
        }
        match &self.junit {
            Some(file) => write_report(file, &report::junit(outcome)),
            None => Ok(()),
        }
    }
}

fn write_report(file: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(file, text)
        .map_err(|error| Failure::input(format!("could not write the report {}", file.display()), error.to_string()))
}

/// The report that the last run left.
fn earlier_report(file: &Path) -> Result<Json, Failure> {
    let unusable =
        |reason: String| Failure::input(format!("could not read the last report {}", file.display()), reason);
    let bytes = std::fs::read(file).map_err(|error| unusable(error.to_string()))?;
    serde_json::from_slice(&bytes).map_err(|error| unusable(format!("not JSON: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        verify: Verify,
    }

    fn provider(line: &str) -> Provider {
        let words = ["countersign"].into_iter().chain(line.split_whitespace());
        Line::try_parse_from(words).unwrap_or_else(|error| panic!("{error}")).verify.provider
    }

    #[test]
    fn the_address_comes_from_its_parts() {
        for (line, expected) in [
            ("", "http://localhost"),
            ("--port 8080", "http://localhost:8080"),
            ("--hostname h --port 1 --transport https --base-path api", "https://h:1/api"),
            ("--hostname ::1 --port 1", "http://[::1]:1"),
            ("--transport grpc --port 5", "http://localhost:5"),
            ("--transports https:8443 grpc:5", "https://localhost:8443"),
            ("--provider-base-url http://p:1/x", "http://p:1/x"),
        ] {
            assert_eq!(provider(line).base_url(), expected, "{line}");
        }
        let quoted = Line::try_parse_from(["countersign", "--transports", "http:80 grpc:50051"])
            .map(|line| line.verify.provider);
        assert_eq!(
            quoted.map(|it| it.transports).ok(),
            Some(vec![("http".to_owned(), 80), ("grpc".to_owned(), 50051)])
        );
        assert_eq!(provider("--provider-base-url http://p:1/x").host().ok().as_deref(), Some("p"));
        assert!(provider("--provider-base-url p:1").host().is_err());
    }
}
