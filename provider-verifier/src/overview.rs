//! What a verification would do, before it does it.

use std::fmt;

use serde_json::{Value as Json, json};

use crate::outcome::Transport;
use crate::plan::{Check, Plan, transport};
use crate::source::LoadedPact;
use crate::{Verifier, mask};

/// What a verification would replay: every interaction of every pact, and how many exchanges they come down to.
///
/// Displays as text for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// The provider's name.
    pub provider: String,
    /// The pacts in the order they were found.
    pub pacts: Vec<PlannedPact>,
    /// How many exchanges there would be; equal interactions are replayed once.
    pub distinct: usize,
    /// How many of them would be under way at a time, of those that need not be alone.
    pub concurrency: usize,
    /// How many would run one after another, since they have provider states.
    pub alone: usize,
}

/// One pact of an [`Overview`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedPact {
    /// The consumer's name.
    pub consumer: String,
    /// The consumer version, when a broker told it.
    pub consumer_version: Option<String>,
    /// Why a broker chose it; empty otherwise.
    pub reason: String,
    /// Its failures would be forgiven.
    pub pending: bool,
    /// The interactions that passed the filters, in file order.
    pub interactions: Vec<PlannedInteraction>,
}

/// One interaction of an [`Overview`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedInteraction {
    /// What it is about.
    pub description: String,
    /// The names of its provider states.
    pub states: Vec<String>,
    /// What it travels over.
    pub transport: Transport,
    /// Which exchange decides it, from 1; equal interactions share one.
    pub replay: usize,
    /// Why it cannot be replayed, if it cannot.
    pub problem: Option<String>,
}

impl Overview {
    pub(crate) fn new(loaded: &[LoadedPact], plan: &Plan, verifier: &Verifier<'_>) -> Self {
        let alone = |stateful: bool| verifier.stop_at_failure || (stateful && !verifier.scoped_states);
        let pact = |(loaded, uses): (&LoadedPact, &Vec<crate::plan::Use>)| PlannedPact {
            consumer: loaded.pact.consumer.clone(),
            consumer_version: loaded.fetched.as_ref().and_then(|(_, fetched)| fetched.consumer_version()),
            reason: loaded.reason.clone(),
            pending: loaded.pending,
            interactions: uses.iter().map(|it| PlannedInteraction::new(loaded, plan, it)).collect(),
        };
        let stateful = plan.replays.iter().map(|replay| !replay.interaction.provider_states.is_empty());
        Self {
            provider: verifier.provider.clone(),
            pacts: loaded.iter().zip(&plan.uses).map(pact).collect(),
            distinct: plan.replays.len(),
            concurrency: verifier.concurrency.max(1),
            alone: stateful.filter(|stateful| alone(*stateful)).count(),
        }
    }

    /// The overview for programs.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let interaction = |it: &PlannedInteraction| {
            json!({
                "description": it.description,
                "states": it.states,
                "transport": it.transport.key(),
                "replay": it.replay,
                "problem": it.problem,
            })
        };
        let pact = |pact: &PlannedPact| {
            json!({
                "consumer": pact.consumer,
                "consumerVersion": pact.consumer_version,
                "selectedBecause": pact.reason,
                "pending": pact.pending,
                "interactions": pact.interactions.iter().map(interaction).collect::<Vec<_>>(),
            })
        };
        json!({
            "provider": self.provider,
            "distinct": self.distinct,
            "concurrency": self.concurrency,
            "oneAfterAnother": self.alone,
            "pacts": self.pacts.iter().map(pact).collect::<Vec<_>>(),
        })
    }
}

impl PlannedInteraction {
    fn new(loaded: &LoadedPact, plan: &Plan, it: &crate::plan::Use) -> Self {
        let interaction = &loaded.interactions[it.interaction];
        Self {
            description: interaction.description.clone(),
            states: interaction.provider_states.iter().map(|state| state.name.clone()).collect(),
            transport: transport(interaction),
            replay: it.replay + 1,
            problem: match &plan.replays[it.replay].check {
                Check::Impossible(reason) => Some(mask::text(reason)),
                _ => None,
            },
        }
    }
}

impl fmt::Display for Overview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for pact in &self.pacts {
            let version = pact.consumer_version.as_ref().map_or_else(String::new, |version| format!(" {version}"));
            let reason = if pact.reason.is_empty() { String::new() } else { format!(" ({})", pact.reason) };
            let pending = if pact.pending { " [pending]" } else { "" };
            writeln!(f, "  {}{version}{reason} → {}{pending}", pact.consumer, self.provider)?;
            for it in &pact.interactions {
                let given =
                    if it.states.is_empty() { String::new() } else { format!(" given {}", it.states.join(", ")) };
                writeln!(f, "    #{:<4} {:>7}  {}{given}", it.replay, it.transport, it.description)?;
                if let Some(problem) = &it.problem {
                    writeln!(f, "                   cannot be replayed: {problem}")?;
                }
            }
            writeln!(f)?;
        }
        let all: usize = self.pacts.iter().map(|pact| pact.interactions.len()).sum();
        let together = self.distinct - self.alone;
        let counted = |count: usize, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
        writeln!(
            f,
            "  {} in {} come down to {}: {together} with up to {} at a time, {} one after another",
            counted(all, "interaction"),
            counted(self.pacts.len(), "pact"),
            counted(self.distinct, "exchange"),
            self.concurrency,
            self.alone
        )
    }
}
