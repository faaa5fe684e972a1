//! Replaying: prepare the state, ask the provider, compare, clean up.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use countersign_core::generator::Context;
use countersign_core::pact::{Interaction, InteractionKind};
use futures::StreamExt as _;
use http::{HeaderMap, HeaderName, HeaderValue};
use tracing::Instrument as _;

use crate::mask::Mask;
use crate::outcome::{Failure, Finding, Replayed, Verdict};
use crate::plan::{Check, Plan, Replay, transport};
use crate::provider::grpc_provider::GrpcProvider;
use crate::provider::http::HttpProvider;
use crate::provider::message::MessageSource;
use crate::state::States;
use crate::trace::Trace;

/// Carries an id of its own through the state changes and the request of one interaction.
const SCOPE: HeaderName = HeaderName::from_static("countersign-state-scope");
const TRACE_PARENT: HeaderName = HeaderName::from_static("traceparent");

/// How far a verification has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// How many exchanges are over.
    pub done: usize,
    /// How many there are.
    pub all: usize,
    /// How many of those that are over did not end as agreed.
    pub failed: usize,
}

/// Everything a replay needs.
pub(crate) struct Runner<'r, 'a> {
    pub(crate) http: &'r HttpProvider<'a>,
    pub(crate) messages: MessageSource<'r, 'a>,
    pub(crate) grpc: Option<&'r GrpcProvider<'a>>,
    pub(crate) states: &'r States<'a>,
    pub(crate) mask: &'r Mask,
    pub(crate) trace: Trace,
    /// How many interactions are under way at a time, of those that need not be alone.
    pub(crate) concurrency: usize,
    /// The provider keeps the states of interactions apart, so those with states need not be alone.
    pub(crate) scoped: bool,
    /// Ends the run at the first failure that counts.
    pub(crate) stop_at_failure: bool,
    /// When the run ends, whatever is left.
    pub(crate) end: Option<End>,
    pub(crate) progress: Option<&'r (dyn Fn(Progress) + Send + Sync + 'a)>,
}

/// When a run ends, and how long that was from its beginning.
#[derive(Debug, Clone, Copy)]
pub(crate) struct End {
    pub(crate) at: tokio::time::Instant,
    pub(crate) after: Duration,
}

impl Runner<'_, '_> {
    /// The outcome of every replay, in the plan's order. Replays that need no state run side by side, then those that do one
    /// after another, since they change what the provider holds.
    pub(crate) async fn run(&self, plan: &Plan) -> Vec<Arc<Replayed>> {
        let mut outcomes: Vec<Option<Arc<Replayed>>> = vec![None; plan.replays.len()];
        let (alone, together): (Vec<_>, Vec<_>) =
            (0..plan.replays.len()).partition(|index| self.runs_alone(&plan.replays[*index].interaction));
        let counter = Counter { all: plan.replays.len(), ..Counter::default() };
        let counter = &counter;
        let mut together = futures::stream::iter(together)
            .map(|index| async move { (index, self.replay(&plan.replays[index], counter).await) })
            .buffer_unordered(self.concurrency.max(1));
        while let Some((index, replayed)) = together.next().await {
            outcomes[index] = Some(Arc::new(replayed));
        }
        for index in alone {
            let replayed = self.replay(&plan.replays[index], counter).await;
            let stops = self.stop_at_failure && !plan.replays[index].interaction.pending && !replayed.verdict.agreed();
            outcomes[index] = Some(Arc::new(replayed));
            if stops {
                break;
            }
        }
        outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(not_run)).collect()
    }

    fn runs_alone(&self, interaction: &Interaction) -> bool {
        self.stop_at_failure || !(self.scoped || interaction.provider_states.is_empty())
    }

    async fn replay(&self, replay: &Replay, counter: &Counter) -> Replayed {
        let started = Instant::now();
        let interaction = &replay.interaction;
        let span = tracing::info_span!(
            "interaction",
            otel.name = interaction.description,
            otel.kind = "client",
            transport = %transport(interaction),
            verdict = tracing::field::Empty,
        );
        let verdict = self.in_time(replay, &span).instrument(span.clone()).await.unwrap_or_else(Verdict::Failed);
        let verdict = self.mask.verdict(verdict);
        span.record("verdict", verdict.as_str());
        let progress = counter.count(&verdict);
        if let Some(tell) = self.progress {
            tell(progress);
        }
        Replayed { verdict, elapsed: started.elapsed() }
    }

    async fn in_time(&self, replay: &Replay, span: &tracing::Span) -> Result<Verdict, Failure> {
        let Some(End { at, after }) = self.end else { return self.verdict(replay, span).await };
        let ended = |when: &str| Failure::from(format!("{when}: the run's time of {} s was over", after.as_secs_f64()));
        if tokio::time::Instant::now() >= at {
            return Err(ended("not replayed"));
        }
        tokio::time::timeout_at(at, self.verdict(replay, span)).await.unwrap_or_else(|_| Err(ended("broken off")))
    }

    async fn verdict(&self, replay: &Replay, span: &tracing::Span) -> Result<Verdict, Failure> {
        if let Check::Impossible(reason) = &replay.check {
            return Err(reason.clone().into());
        }
        let extra = self.extra_headers(span);
        let client = self.http.client();
        let context = self.states.set_up(&replay.interaction, client, &extra).await?;
        let exchanged = self.exchange(replay, &context, &extra).await;
        let torn_down = self.states.tear_down(&replay.interaction, client, &extra).await;
        let findings = exchanged?;
        // what the provider got wrong matters more than what it left behind
        if findings.is_empty() {
            torn_down?;
        }
        Ok(Verdict::of(findings))
    }

    /// What marks the requests of one exchange as belonging together.
    fn extra_headers(&self, span: &tracing::Span) -> HeaderMap {
        let mut extra = HeaderMap::new();
        if let Some(parent) = self.trace.parent(span) {
            extra.insert(TRACE_PARENT, parent);
        }
        if self.scoped
            && let Ok(scope) = HeaderValue::try_from(format!("{:032x}", fastrand::u128(..)))
        {
            extra.insert(SCOPE, scope);
        }
        extra
    }

    async fn exchange(&self, replay: &Replay, context: &Context, extra: &HeaderMap) -> Result<Vec<Finding>, String> {
        match (&replay.check, &replay.interaction.kind) {
            (Check::Http(plan), InteractionKind::Http(http)) => self.http.replay(http, plan, context, extra).await,
            (Check::Grpc(check), _) => {
                let grpc = self.grpc.ok_or(
                    "no address was given where the provider answers over gRPC: name it with Verifier::grpc or --grpc-port",
                )?;
                grpc.with_metadata(extra).replay(check, context).await
            }
            (Check::Messages(plans), _) => self.messages.replay(&replay.interaction, plans, context, extra).await,
            _ => Err("the interaction is of a kind that this version does not replay".to_owned()),
        }
    }
}

/// Counts exchanges that are over.
#[derive(Default)]
struct Counter {
    all: usize,
    done: AtomicUsize,
    failed: AtomicUsize,
}

impl Counter {
    fn count(&self, verdict: &Verdict) -> Progress {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        let failed = usize::from(!verdict.agreed());
        let failed = self.failed.fetch_add(failed, Ordering::Relaxed) + failed;
        Progress { done, all: self.all, failed }
    }
}

fn not_run() -> Arc<Replayed> {
    let verdict = Verdict::Failed("not replayed: an earlier interaction failed".to_owned().into());
    Arc::new(Replayed { verdict, elapsed: Duration::ZERO })
}
