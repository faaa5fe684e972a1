//! The verifier as a user sets it up.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign_core::pact::Interaction;
use serde_json::Value as Json;

use crate::filter::{Filter, pattern};
use crate::outcome::{InteractionOutcome, Outcome, PactOutcome, Replayed, Verification};
use crate::plan::{Plan, Use, transport};
use crate::provider::grpc::GrpcProvider;
use crate::provider::http::{HttpProvider, HttpSettings};
use crate::publish::publish;
use crate::run::Runner;
use crate::source::{self, LoadedPact, Origin, PactSource, Wanted};
use crate::state::{Action, StateCall, StateChangeUrl, StateError, StateValues, States};
use crate::{VerifyError, Version};

/// Replays pacts against a real provider.
///
/// See the [crate's documentation](crate) for an example. Everything but the provider's name has a default; an address of
/// the provider and a place to take pacts from are needed for anything to happen.
#[must_use = "nothing is verified before .verify()"]
pub struct Verifier<'a> {
    provider: String,
    any_provider: bool,
    http: Option<String>,
    grpc: Option<String>,
    messages: Option<String>,
    headers: Vec<(String, String)>,
    timeout: Duration,
    any_certificate: bool,
    concurrency: usize,
    states: States<'a>,
    sources: Vec<PactSource>,
    allow_no_pacts: bool,
    filter: Result<Filter, VerifyError>,
    stop_at_failure: bool,
    version: Option<Version>,
    publish: bool,
}

impl<'a> Verifier<'a> {
    /// A verifier of the provider that pacts know under this name.
    pub fn of(provider: impl Into<String>) -> Self {
        Self {
            provider: provider.into(),
            any_provider: false,
            http: None,
            grpc: None,
            messages: None,
            headers: Vec::new(),
            timeout: Duration::from_secs(5),
            any_certificate: false,
            concurrency: std::thread::available_parallelism().map_or(4, |cores| cores.get() * 4),
            states: States::default(),
            sources: Vec::new(),
            allow_no_pacts: false,
            filter: Ok(Filter::default()),
            stop_at_failure: false,
            version: None,
            publish: false,
        }
    }

    /// Where the provider answers over HTTP, with the path that all of the pacts' paths are below, if there is one.
    pub fn http(mut self, url: impl ToString) -> Self {
        self.http = Some(url.to_string());
        self
    }

    /// Where the provider answers over gRPC, as `http://host:port`. Default: the address for HTTP.
    pub fn grpc(mut self, url: impl ToString) -> Self {
        self.grpc = Some(url.to_string());
        self
    }

    /// Where the provider answers `POST / {"description": …}` with the message of that description. Default: the address for HTTP.
    pub fn messages(mut self, url: impl ToString) -> Self {
        self.messages = Some(url.to_string());
        self
    }

    /// Sends one more header with every request and call, in place of what the pacts say under its name. Default: none.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// How long an answer may take, also that of a state change. Default 5 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Believes whoever answers over TLS. Default `false`.
    pub fn accept_any_certificate(mut self, accept: bool) -> Self {
        self.any_certificate = accept;
        self
    }

    /// How many interactions without provider states are under way at a time. Default: four for each core.
    pub fn concurrency(mut self, concurrency: usize) -> Self {
        self.concurrency = concurrency;
        self
    }

    /// How a provider state comes about. What the handler hands back (nothing, or a JSON object) feeds the pact's
    /// `ProviderState` generators. A pact that names another state fails, unless a [state change URL](Self::state_change_url)
    /// takes it.
    pub fn state<F, R, V>(mut self, name: impl Into<String>, handler: F) -> Self
    where
        F: Fn(StateCall) -> R + Send + Sync + 'a,
        R: Future<Output = Result<V, StateError>> + Send + 'a,
        V: StateValues,
    {
        self.states.handlers.add(Action::Setup, name.into(), handler);
        self
    }

    /// How a provider state is undone after the exchange. Default: it is not.
    pub fn state_teardown<F, R, V>(mut self, name: impl Into<String>, handler: F) -> Self
    where
        F: Fn(StateCall) -> R + Send + Sync + 'a,
        R: Future<Output = Result<V, StateError>> + Send + 'a,
        V: StateValues,
    {
        self.states.handlers.add(Action::Teardown, name.into(), handler);
        self
    }

    /// The provider's own endpoint for state changes; handlers given with [`state`](Self::state) come first. Default: none.
    pub fn state_change_url(mut self, url: StateChangeUrl) -> Self {
        self.states.url = Some(url);
        self
    }

    /// Adds pacts from a broker, files, folders, patterns, addresses, or the program itself. May be called several times.
    pub fn pacts(mut self, source: impl Into<PactSource>) -> Self {
        self.sources.push(source.into());
        self
    }

    /// Takes the pacts of folders and patterns whatever provider they name. Default: those with this provider.
    pub fn any_provider(mut self) -> Self {
        self.any_provider = true;
        self
    }

    /// Whether it is fine that there are no pacts. Default `false`.
    pub fn allow_no_pacts(mut self, allow: bool) -> Self {
        self.allow_no_pacts = allow;
        self
    }

    /// Replays only interactions whose description this regular expression finds. Default: all.
    pub fn only_described(mut self, regex: &str) -> Self {
        self.change_filter(|filter| {
            filter.description = Some(pattern("description", regex)?);
            Ok(())
        });
        self
    }

    /// Replays only interactions with a state that this regular expression finds. Default: all.
    pub fn only_in_state(mut self, regex: &str) -> Self {
        self.change_filter(|filter| {
            filter.state = Some(pattern("state", regex)?);
            Ok(())
        });
        self
    }

    /// Replays only interactions without provider states; together with [`only_in_state`](Self::only_in_state), those as well.
    pub fn only_without_state(mut self) -> Self {
        self.change_filter(|filter| {
            filter.no_state = true;
            Ok(())
        });
        self
    }

    /// Replays only pacts with this consumer, or another one named so. Default: all.
    pub fn only_consumer(mut self, name: impl Into<String>) -> Self {
        self.change_filter(|filter| {
            filter.consumers.push(name.into());
            Ok(())
        });
        self
    }

    /// Replays only what failed according to an earlier [JSON report](crate::report::json()). Default: all.
    pub fn only_failed_in(mut self, report: &Json) -> Self {
        let lists = ["errors", "pendingErrors"].map(|list| report.get(list).and_then(Json::as_array));
        let failed = lists.into_iter().flatten().flatten();
        let titles = failed.filter_map(|error| error.get("interaction")?.as_str().map(str::to_owned)).collect();
        self.change_filter(|filter| {
            filter.titles = Some(titles);
            Ok(())
        });
        self
    }

    fn change_filter(&mut self, change: impl FnOnce(&mut Filter) -> Result<(), VerifyError>) {
        if let Ok(filter) = &mut self.filter
            && let Err(error) = change(filter)
        {
            self.filter = Err(error);
        }
    }

    /// Replays one interaction after another and ends at the first failure that is not pending. Default `false`.
    pub fn stop_at_failure(mut self, stop: bool) -> Self {
        self.stop_at_failure = stop;
        self
    }

    /// The version that is verified: its branch and tags take part in choosing pacts. Nothing is published. Default: unknown.
    pub fn version(mut self, version: Version) -> Self {
        self.version = Some(version);
        self
    }

    /// The version that is verified; the results are handed in at the broker that the pacts come from. Default: they are not.
    pub fn publish(mut self, version: Version) -> Self {
        self.publish = true;
        self.version(version)
    }

    /// Loads the pacts, replays them, and publishes the results if that is wanted.
    pub async fn verify(self) -> Outcome {
        match self.run().await {
            Ok(verification) => Outcome::Ran(verification),
            Err(error) => Outcome::CouldNotRun(error),
        }
    }

    async fn run(mut self) -> Result<Verification, VerifyError> {
        let started = Instant::now();
        let filter = std::mem::replace(&mut self.filter, Ok(Filter::default()))?;
        if let (Some(version), true) = (&self.version, self.publish) {
            version.check()?;
        }
        if self.sources.is_empty() {
            return Err(VerifyError::NoSource);
        }
        let http = self.http_provider(self.http.clone())?;
        let messages = self.messages.clone().map(|url| self.http_provider(Some(url))).transpose()?;
        let grpc = self.grpc_provider(&http)?;
        let loaded = source::load(&self.sources, &self.wanted()).await?;
        let plan = Plan::new(&loaded, &filter);
        let runner = Runner {
            http: &http,
            messages: messages.as_ref().unwrap_or(&http),
            grpc: grpc.as_ref(),
            states: &self.states,
            concurrency: self.concurrency,
            stop_at_failure: self.stop_at_failure,
        };
        let outcomes = runner.run(&plan).await;
        let elapsed = started.elapsed();
        let mut verification = self.assemble(&loaded, &plan, &outcomes, elapsed);
        self.publish_results(&loaded, &filter, &mut verification).await;
        add_last_notices(&loaded, &mut verification);
        Ok(verification)
    }

    fn http_provider(&self, base: Option<String>) -> Result<HttpProvider, VerifyError> {
        let (headers, timeout, any_certificate) = (self.headers.clone(), self.timeout, self.any_certificate);
        HttpProvider::new(&HttpSettings { base, headers, timeout, any_certificate })
    }

    fn grpc_provider(&self, http: &HttpProvider) -> Result<Option<GrpcProvider>, VerifyError> {
        let cleartext = |url: &&String| url.starts_with("http://");
        let address = self.grpc.as_ref().or(self.http.as_ref().filter(cleartext));
        address.map(|url| GrpcProvider::new(url, http.custom_headers().clone(), self.timeout)).transpose()
    }

    fn wanted(&self) -> Wanted {
        let version = self.version.as_ref();
        Wanted {
            provider: self.provider.clone(),
            any_provider: self.any_provider,
            provider_branch: version.and_then(Version::branch_name).map(str::to_owned),
            provider_tags: version.map(|version| version.tags().to_vec()).unwrap_or_default(),
            allow_none: self.allow_no_pacts,
        }
    }

    fn assemble(
        &self,
        loaded: &[LoadedPact],
        plan: &Plan,
        outcomes: &[Arc<Replayed>],
        elapsed: Duration,
    ) -> Verification {
        let pacts = loaded.iter().zip(&plan.uses).map(|(pact, uses)| pact_outcome(pact, uses, outcomes));
        Verification {
            provider: self.provider.clone(),
            pacts: pacts.collect(),
            distinct: plan.replays.len(),
            warnings: self.ignored_states(plan),
            elapsed,
            ..Verification::default()
        }
    }

    /// One warning for each state that nothing brings about.
    fn ignored_states(&self, plan: &Plan) -> Vec<String> {
        if self.states.can_change() {
            return Vec::new();
        }
        let mut names: Vec<&str> = Vec::new();
        for state in plan.replays.iter().flat_map(|replay| &replay.interaction.provider_states) {
            if !names.contains(&state.name.as_str()) {
                names.push(&state.name);
            }
        }
        let warning = |name: &str| {
            format!("State change '{name}' ignored: there is no state change URL (--state-change-url) and no handler")
        };
        names.into_iter().map(warning).collect()
    }

    async fn publish_results(&self, loaded: &[LoadedPact], filter: &Filter, verification: &mut Verification) {
        let (Some(version), true) = (&self.version, self.publish) else { return };
        if filter.is_set() || self.stop_at_failure {
            let warning = "Results are not published: a part of a pact says nothing about the whole";
            verification.warnings.push(warning.to_owned());
            return;
        }
        verification.publication_problems = publish(loaded, &verification.pacts, version).await;
        if verification.publication_problems.is_empty() {
            verification.published_as = version.number().map(str::to_owned);
        }
    }
}

fn pact_outcome(loaded: &LoadedPact, uses: &[Use], outcomes: &[Arc<Replayed>]) -> PactOutcome {
    let first_notices = loaded.notices.iter().filter(|notice| notice.when == "before_verification");
    let interaction =
        |it: &Use| interaction_outcome(&loaded.pact.interactions[it.interaction], loaded.pending, &outcomes[it.replay]);
    PactOutcome {
        consumer: loaded.pact.consumer.clone(),
        consumer_version: loaded.fetched.as_ref().and_then(|(_, fetched)| fetched.consumer_version()),
        provider: loaded.pact.provider.clone(),
        reason: loaded.reason.clone(),
        origin: match &loaded.origin {
            Origin::Place(place) => Some(place.clone()),
            Origin::Memory => None,
        },
        pending: loaded.pending,
        wip: loaded.wip,
        notices: first_notices.map(|notice| notice.text.clone()).collect(),
        interactions: uses.iter().map(interaction).collect(),
    }
}

fn interaction_outcome(interaction: &Interaction, pending: bool, replayed: &Arc<Replayed>) -> InteractionOutcome {
    let text = |value: Option<&Json>| value.and_then(Json::as_str).map(str::to_owned);
    let comments = match interaction.comments.get("text") {
        Some(Json::Array(lines)) => lines.iter().filter_map(|line| text(Some(line))).collect(),
        Some(Json::String(line)) => vec![line.clone()],
        _ => Vec::new(),
    };
    InteractionOutcome {
        description: interaction.description.clone(),
        states: interaction.provider_states.clone(),
        id: text(interaction.unknown.get("_id")),
        key: interaction.key.clone(),
        test_name: text(interaction.comments.get("testname")),
        comments,
        transport: transport(interaction),
        pending: pending || interaction.pending,
        pending_in_pact: interaction.pending,
        replayed: Arc::clone(replayed),
    }
}

/// What the broker wants said once the result is known.
fn add_last_notices(loaded: &[LoadedPact], verification: &mut Verification) {
    let published = verification.published_as.is_some();
    for (loaded, pact) in loaded.iter().zip(&mut verification.pacts) {
        let exact = format!("after_verification:success_{}_published_{published}", pact.honoured());
        let fitting = loaded.notices.iter().filter(|it| it.when == "after_verification" || it.when == exact);
        pact.notices.extend(fitting.map(|notice| notice.text.clone()));
    }
}
