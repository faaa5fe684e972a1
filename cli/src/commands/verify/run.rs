//! From what was typed to the verifier, and from its outcome to reports and exit codes.

use std::time::Duration;

use countersign_broker_client::{BrokerClient, BrokerClientBuilder, ConsumerVersionSelector, RetryPolicy};
use countersign_provider_verifier::report::{self, Colours};
use countersign_provider_verifier::{
    Broker, Outcome, PactFiles, PactUrl, StateChangeUrl, Verifier, VerifyError, Version,
};
use tracing::Instrument as _;
use url::Url;

use super::files::{earlier_report, pem, write_report};
use super::{
    Credentials, Filters, Provider, Publishing, Reporting, Running, Selection, Sources, States, Verify, github,
    progress,
};
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
        self.warn_of_options_without_effect();
        let verifier = self.verifier()?;
        if self.running.dry_run {
            return self.show_plan(verifier).await;
        }
        let bar = progress::bar();
        let verifier = match bar.clone() {
            Some(bar) => verifier.on_progress(move |progress| progress::show(&bar, progress)),
            None => verifier,
        };
        // as a task of its own it shares a thread with its connections, which saves a hand-over for every request
        let outcome = tokio::spawn(verifier.verify().instrument(self.span())).await;
        if let Some(bar) = bar {
            bar.finish_and_clear();
        }
        let outcome = outcome.map_err(|error| Failure::input("the verification broke off", error.to_string()))?;
        self.reporting.write(&outcome)?;
        if let Outcome::Ran(_) = outcome {
            print(&report::console(&outcome, self.reporting.colours()));
        }
        github::tell(&outcome, |name| std::env::var(name).ok())?;
        match outcome {
            Outcome::CouldNotRun(error) => Err(failure(error)),
            Outcome::Ran(ref verification) => match verification.exit_code() {
                0 => Ok(Exit::Well),
                1 => Ok(Exit::No),
                _ => Err(Failure::input("the results are not published", "see the report for the reasons")),
            },
        }
    }

    fn span(&self) -> tracing::Span {
        tracing::info_span!("verification", otel.name = format!("verify {}", self.provider.provider_name))
    }

    fn warn_of_options_without_effect(&self) {
        if self.reporting.xslt.is_some() {
            tracing::warn!("--xslt has no effect: the HTML report is made without a stylesheet");
        }
        if self.telemetry.enable_otel_logs {
            tracing::warn!("--enable-otel-logs has no effect: logs are written to standard error only");
        }
    }

    async fn show_plan(&self, verifier: Verifier<'static>) -> Result<Exit, Failure> {
        let plan = verifier.dry_run().await.map_err(failure)?;
        if let Some(file) = &self.reporting.json {
            write_report(file, &format!("{:#}\n", plan.to_json()))?;
        }
        print(&plan.to_string());
        Ok(Exit::Well)
    }

    fn verifier(&self) -> Result<Verifier<'static>, Failure> {
        let mut verifier =
            Verifier::of(&self.provider.provider_name).allow_no_pacts(self.sources.ignore_no_pacts_error);
        if self.provider.provider_name == ANY_PROVIDER {
            verifier = verifier.any_provider();
        }
        verifier = self.provider.apply(verifier)?;
        let access = Access::new(&self.credentials, &self.provider, &self.selection)?;
        verifier = self.sources.apply(verifier, &access, &self.selection);
        verifier = self.states.apply(verifier);
        verifier = self.filters.apply(verifier);
        verifier = self.publishing.apply(verifier, self.selection.depends_on_branch());
        self.running.apply(verifier, &self.reporting)
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
            .accept_any_certificate(self.disable_ssl_verification)
            .strict(self.strict);
        let host = self.host()?;
        let port_of = |wanted: &str| self.transports.iter().find(|(name, _)| name == wanted).map(|(_, port)| *port);
        if let Some(port) = self.grpc_port.or_else(|| port_of("grpc")) {
            verifier = verifier.grpc(format!("http://{host}:{port}"));
        }
        if let Some(port) = port_of("message").or_else(|| port_of("async-message")) {
            verifier = verifier.messages(format!("http://{host}:{port}"));
        }
        let verifier = self.encryption(verifier.max_response_size(self.max_response_size << 20))?;
        let verifier = if self.http2 { verifier.http2() } else { verifier };
        Ok(self.header.iter().fold(verifier, |verifier, (name, value)| verifier.header(name, value)))
    }

    fn encryption(&self, mut verifier: Verifier<'static>) -> Result<Verifier<'static>, Failure> {
        for file in &self.ssl_certificate {
            verifier = verifier.certificate_authority(pem("--ssl-certificate", file)?);
        }
        let Some(file) = &self.client_certificate else { return Ok(verifier) };
        let mut identity = pem("--client-certificate", file)?;
        if let Some(key) = &self.client_key {
            identity.push(b'\n');
            identity.extend(pem("--client-key", key)?);
        }
        Ok(verifier.client_certificate(identity))
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
    fn apply(&self, mut verifier: Verifier<'static>, access: &Access, selection: &Selection) -> Verifier<'static> {
        let places: Vec<_> = self.file.iter().chain(&self.dir).collect();
        if !places.is_empty() {
            verifier = verifier.pacts(PactFiles::at(places));
        }
        for url in self.url.iter().chain(&self.webhook_callback_url) {
            verifier = verifier.pacts(access.pact(url));
        }
        match &self.broker_url {
            // the webhook names the one pact that is wanted
            Some(url) if self.webhook_callback_url.is_none() => {
                verifier.pacts(selection.apply(Broker::configured(access.client(url))))
            }
            _ => verifier,
        }
    }
}

/// How brokers are talked to.
struct Access {
    credentials: Credentials,
    retries: u32,
    authorities: Vec<Vec<u8>>,
}

impl Access {
    fn new(credentials: &Credentials, provider: &Provider, selection: &Selection) -> Result<Self, Failure> {
        let authorities = provider.ssl_certificate.iter().map(|file| pem("--ssl-certificate", file));
        let authorities = authorities.collect::<Result<_, _>>()?;
        Ok(Self { credentials: credentials.clone(), retries: selection.retries, authorities })
    }

    fn client(&self, url: &str) -> BrokerClientBuilder {
        let client = BrokerClient::builder(url)
            .retry(RetryPolicy::with_retries(self.retries))
            .accept_any_certificate(self.credentials.skip_ssl_verification);
        let client = self.authorities.iter().fold(client, |client, pem| client.root_certificates(pem.clone()));
        let given = |value: &Option<String>| value.clone().filter(|value| !value.is_empty());
        match (given(&self.credentials.token), given(&self.credentials.user)) {
            (Some(token), _) => client.bearer_token(token),
            (None, Some(user)) => client.basic_auth(user, self.credentials.password.clone()),
            (None, None) => client,
        }
    }

    fn pact(&self, url: &str) -> PactUrl {
        PactUrl::through(url, self.client(url))
    }
}

impl Selection {
    /// Whether what the broker chooses depends on the provider's branch.
    fn depends_on_branch(&self) -> bool {
        let matching = |selector: &ConsumerVersionSelector| selector.matching_branch == Some(true);
        self.enable_pending
            || self.include_wip_pacts_since.is_some()
            || self.consumer_version_selectors.iter().any(matching)
    }

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
        let verifier = verifier.scoped_states(self.scoped_states);
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
    /// `branch_matters` says whether the broker wants to know the branch even when nothing is published.
    fn apply(&self, verifier: Verifier<'static>, branch_matters: bool) -> Verifier<'static> {
        let given = self.provider_version.is_some() || self.provider_branch.is_some() || !self.provider_tags.is_empty();
        if !(given || self.publish || branch_matters) {
            return verifier;
        }
        let version = self.version();
        if self.publish { verifier.publish(version) } else { verifier.version(version) }
    }

    /// What was typed; what was not comes from the build or from git, unless the version was typed.
    fn version(&self) -> Version {
        let detected = Version::from_git();
        let mut version = match &self.provider_version {
            Some(number) => Version::new(number),
            // typing --publish is as clear as typing a number
            None => detected.clone().decided(),
        };
        if let Some(branch) = &self.provider_branch {
            version = version.branch(branch);
        }
        if let Some(url) = self.build_url.as_deref().or(detected.build()) {
            version = version.build_url(url);
        }
        self.provider_tags.iter().fold(version, Version::tag)
    }
}

impl Running {
    fn apply(&self, mut verifier: Verifier<'static>, reporting: &Reporting) -> Result<Verifier<'static>, Failure> {
        if let Some(concurrency) = self.concurrency {
            verifier = verifier.concurrency(concurrency.get());
        }
        if let Some(seconds) = self.run_timeout {
            verifier = verifier.run_timeout(Duration::from_secs(seconds));
        }
        if let (true, Some(file)) = (self.last_failed, &reporting.json) {
            verifier = verifier.only_failed_in(&earlier_report(file)?);
        }
        Ok(verifier.stop_at_failure(self.exit_on_first_error))
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
        if let Some(file) = &self.junit {
            write_report(file, &report::junit(outcome))?;
        }
        if let Some(file) = &self.html {
            write_report(file, &report::html(outcome))?;
        }
        match &self.markdown {
            Some(file) => write_report(file, &report::markdown(outcome)),
            None => Ok(()),
        }
    }
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
