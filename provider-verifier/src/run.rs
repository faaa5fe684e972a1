//! Replaying: prepare the state, ask the provider, compare, clean up.

use std::sync::Arc;
use std::time::Instant;

use countersign_core::generator::Context;
use countersign_core::pact::{Interaction, InteractionKind};
use futures::StreamExt as _;

use crate::outcome::{Failure, Finding, Replayed, Verdict};
use crate::plan::{Check, Plan, Replay};
use crate::provider::grpc::GrpcProvider;
use crate::provider::http::HttpProvider;
use crate::provider::message;
use crate::state::States;

/// Everything a replay needs.
pub(crate) struct Runner<'r, 'a> {
    pub(crate) http: &'r HttpProvider,
    pub(crate) messages: &'r HttpProvider,
    pub(crate) grpc: Option<&'r GrpcProvider>,
    pub(crate) states: &'r States<'a>,
    /// How many interactions without states are under way at a time.
    pub(crate) concurrency: usize,
    /// Ends the run at the first failure that counts.
    pub(crate) stop_at_failure: bool,
}

impl Runner<'_, '_> {
    /// The outcome of every replay, in the plan's order. Replays that need no state run side by side, then those that do one
    /// after another, since they change what the provider holds.
    pub(crate) async fn run(&self, plan: &Plan) -> Vec<Arc<Replayed>> {
        let mut outcomes: Vec<Option<Arc<Replayed>>> = vec![None; plan.replays.len()];
        let (alone, together): (Vec<_>, Vec<_>) =
            (0..plan.replays.len()).partition(|index| self.runs_alone(&plan.replays[*index].interaction));
        let together = futures::stream::iter(together)
            .map(|index| async move { (index, self.replay(&plan.replays[index]).await) })
            .buffer_unordered(self.concurrency.max(1))
            .collect::<Vec<_>>()
            .await;
        let mut stopped = false;
        for (index, replayed) in together {
            stopped |= self.stops_at(&plan.replays[index], &replayed);
            outcomes[index] = Some(Arc::new(replayed));
        }
        for index in alone {
            if stopped {
                break;
            }
            let replayed = self.replay(&plan.replays[index]).await;
            stopped = self.stops_at(&plan.replays[index], &replayed);
            outcomes[index] = Some(Arc::new(replayed));
        }
        outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(not_run)).collect()
    }

    fn stops_at(&self, replay: &Replay, replayed: &Replayed) -> bool {
        self.stop_at_failure && !replay.interaction.pending && !replayed.verdict.agreed()
    }

    fn runs_alone(&self, interaction: &Interaction) -> bool {
        self.stop_at_failure || self.states.announces_all() || !interaction.provider_states.is_empty()
    }

    async fn replay(&self, replay: &Replay) -> Replayed {
        let started = Instant::now();
        let verdict = self.verdict(replay).await.unwrap_or_else(Verdict::Failed);
        Replayed { verdict, elapsed: started.elapsed() }
    }

    async fn verdict(&self, replay: &Replay) -> Result<Verdict, Failure> {
        if let Check::Impossible(reason) = &replay.check {
            return Err(reason.clone().into());
        }
        let context = self.states.set_up(&replay.interaction, self.http).await?;
        let exchanged = self.exchange(replay, &context).await;
        let torn_down = self.states.tear_down(&replay.interaction, self.http).await;
        let findings = exchanged?;
        // what the provider got wrong matters more than what it left behind
        if findings.is_empty() {
            torn_down?;
        }
        Ok(Verdict::of(findings))
    }

    async fn exchange(&self, replay: &Replay, context: &Context) -> Result<Vec<Finding>, String> {
        match (&replay.check, &replay.interaction.kind) {
            (Check::Http(plan), InteractionKind::Http(http)) => {
                let found = self.http.replay(http, plan, context).await?;
                Ok(found.into_iter().map(Finding::from).collect())
            }
            (Check::Grpc(check), _) => {
                let grpc = self.grpc.ok_or(
                    "no address was given where the provider answers over gRPC: name it with Verifier::grpc or --grpc-port",
                )?;
                grpc.replay(check, context).await
            }
            (Check::Messages(plans), _) => message::replay(self.messages, &replay.interaction, plans, context).await,
            _ => Err("the interaction is of a kind that this version does not replay".to_owned()),
        }
    }
}

fn not_run() -> Arc<Replayed> {
    let verdict = Verdict::Failed("not replayed: an earlier interaction failed".to_owned().into());
    Arc::new(Replayed { verdict, elapsed: std::time::Duration::ZERO })
}
