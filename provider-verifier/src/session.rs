//! The steps of a verification: load, plan, replay, assemble, publish.

use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign_core::format::encode_query;
use countersign_core::pact::Interaction;
use serde_json::Value as Json;

use crate::filter::Filter;
use crate::mask::{self, Mask};
use crate::outcome::{InteractionOutcome, Outcome, PactOutcome, Replayed, Verification};
use crate::overview::Overview;
use crate::plan::{Plan, Use, transport};
use crate::provider::base::Base;
use crate::provider::client::{Client, ClientSettings};
use crate::provider::grpc::Strictness;
use crate::provider::grpc_provider::GrpcProvider;
use crate::provider::http::{HttpProvider, custom_headers};
use crate::provider::message::MessageSource;
use crate::publish::publish;
use crate::run::{End, Runner};
use crate::source::{self, LoadedPact, Origin, Wanted};
use crate::trace::Trace;
use crate::{Verifier, VerifyError, Version};

impl Verifier<'_> {
    /// Loads the pacts, replays them, and publishes the results if that is wanted.
    pub async fn verify(self) -> Outcome {
        match self.run().await {
            Ok(verification) => Outcome::Ran(verification),
            Err(error) => Outcome::CouldNotRun(error),
        }
    }

    /// Loads the pacts and says what would be replayed; the provider is not asked for anything.
    ///
    /// # Errors
    ///
    /// What would keep the verification from running.
    pub async fn dry_run(mut self) -> Result<Overview, VerifyError> {
        let (loaded, plan, _) = self.load().await?;
        Ok(Overview::new(&loaded, &plan, &self))
    }

    async fn run(mut self) -> Result<Verification, VerifyError> {
        let started = Instant::now();
        if let (Some(version), true) = (&self.version, self.publish) {
            version.check()?;
        }
        let providers = self.providers()?;
        let (loaded, plan, filter) = self.load().await?;
        let mask = Mask::of_headers(&self.headers);
        let outcomes = self.runner(&providers, &mask).run(&plan).await;
        let elapsed = started.elapsed();
        let mut verification = self.assemble(&loaded, &plan, &outcomes, elapsed, &mask);
        self.publish_results(&loaded, &filter, &mut verification).await;
        add_last_notices(&loaded, &mut verification);
        Ok(verification)
    }

    async fn load(&mut self) -> Result<(Vec<LoadedPact>, Plan, Filter), VerifyError> {
        let filter = std::mem::replace(&mut self.filter, Ok(Filter::default()))?;
        if self.sources.is_empty() {
            return Err(VerifyError::NoSource);
        }
        let loaded = source::load(&self.sources, &self.wanted()).await?;
        let plan = Plan::new(&loaded, &filter);
        Ok((loaded, plan, filter))
    }
}

/// The provider over all of its transports.
struct Providers<'a> {
    http: HttpProvider<'a>,
    messages: HttpProvider<'a>,
    grpc: Option<GrpcProvider<'a>>,
}

impl<'a> Verifier<'a> {
    fn providers(&self) -> Result<Providers<'a>, VerifyError> {
        let base = |what: &str, url: &Option<String>| url.as_ref().map(|url| Base::parse(what, url)).transpose();
        let http = base("the provider's address", &self.http)?;
        let messages = base("the address for messages", &self.messages)?.or_else(|| http.clone());
        let encrypted = [&http, &messages].into_iter().flatten().any(Base::is_encrypted) || self.states.is_encrypted();
        let client = Client::new(&ClientSettings { encrypted, ..self.client.clone() })?;
        let headers = custom_headers(&self.headers)?;
        let over_http = |base| HttpProvider::new(client.clone(), base, headers.clone(), self.request_filter.clone());
        let strictness = if self.strict { Strictness::Fail } else { Strictness::Warn };
        let address = self.grpc.as_ref().or(self.http.as_ref());
        let over_grpc =
            |url: &String| GrpcProvider::new(url, headers.clone(), self.request_filter.clone(), &self.client);
        let grpc = address.map(over_grpc).transpose()?;
        let grpc = grpc.map(|grpc| grpc.judged(strictness, self.grpc_descriptors.clone()));
        Ok(Providers { http: over_http(http), messages: over_http(messages), grpc })
    }

    fn runner<'r>(&'r self, providers: &'r Providers<'a>, mask: &'r Mask) -> Runner<'r, 'a> {
        Runner {
            http: &providers.http,
            messages: MessageSource { handlers: &self.message_handlers, http: &providers.messages },
            grpc: providers.grpc.as_ref(),
            states: &self.states,
            mask,
            trace: Trace::random(),
            concurrency: self.concurrency,
            scoped: self.scoped_states,
            stop_at_failure: self.stop_at_failure,
            end: self.run_timeout.map(|after| End { at: tokio::time::Instant::now() + after, after }),
            progress: self.progress.as_deref(),
        }
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
        mask: &Mask,
    ) -> Verification {
        let pacts = loaded.iter().zip(&plan.uses).map(|(pact, uses)| pact_outcome(pact, uses, outcomes, mask));
        Verification {
            provider: self.provider.clone(),
            version: self.version.clone().filter(|version| version.number().is_some_and(|number| !number.is_empty())),
            pacts: pacts.collect(),
            distinct: plan.replays.len(),
            warnings: self.ignored_states(plan).into_iter().chain(plan.grpc_warnings()).collect(),
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
        let reason = if filter.is_set() || self.stop_at_failure {
            Some("a part of a pact says nothing about the whole".to_owned())
        } else {
            version.objection_to_publishing(|name| std::env::var(name).ok())
        };
        if let Some(reason) = reason {
            verification.warnings.push(format!("Results are not published: {reason}"));
            return;
        }
        verification.publication_problems = publish(loaded, &verification.pacts, version).await;
        if verification.publication_problems.is_empty() {
            verification.published_as = version.number().map(str::to_owned);
        }
    }
}

fn pact_outcome(loaded: &LoadedPact, uses: &[Use], outcomes: &[Arc<Replayed>], mask: &Mask) -> PactOutcome {
    let first_notices = loaded.notices.iter().filter(|notice| notice.when == "before_verification");
    let interaction = |it: &Use| {
        let interaction = &loaded.interactions[it.interaction];
        interaction_outcome(interaction, loaded.pending, &outcomes[it.replay], mask)
    };
    PactOutcome {
        consumer: loaded.pact.consumer.clone(),
        consumer_version: loaded.fetched.as_ref().and_then(|(_, fetched)| fetched.consumer_version()),
        provider: loaded.pact.provider.clone(),
        reason: loaded.reason.clone(),
        origin: match &loaded.origin {
            Origin::Place(place) => Some(mask::text(place)),
            Origin::Memory => None,
        },
        pending: loaded.pending,
        wip: loaded.wip,
        notices: first_notices.map(|notice| notice.text.clone()).collect(),
        interactions: uses.iter().map(interaction).collect(),
    }
}

fn interaction_outcome(
    interaction: &Interaction,
    pending: bool,
    replayed: &Arc<Replayed>,
    mask: &Mask,
) -> InteractionOutcome {
    let text = |value: Option<&Json>| value.and_then(Json::as_str).map(str::to_owned);
    let comments = match interaction.comments.get("text") {
        Some(Json::Array(lines)) => lines.iter().filter_map(|line| text(Some(line))).collect(),
        Some(Json::String(line)) => vec![line.clone()],
        _ => Vec::new(),
    };
    InteractionOutcome {
        description: interaction.description.clone(),
        asked: asked(interaction),
        states: mask.states(&interaction.provider_states),
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

/// Method and path as they were agreed on; of a gRPC call its path.
fn asked(interaction: &Interaction) -> Option<String> {
    if let Some(http) = interaction.http() {
        let query = encode_query(&http.request.query);
        let mark = if query.is_empty() { "" } else { "?" };
        return Some(mask::text(&format!("{} {}{mark}{query}", http.request.method, http.request.path)));
    }
    let method = interaction.plugin_configuration.get("protobuf")?.get("service")?.as_str()?;
    // a pact writes the service as protobuf does, and behind `#` how a stream is told; on the wire it is a path
    let name = method.split('#').next().unwrap_or(method).trim_start_matches('.');
    Some(format!("/{name}"))
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
