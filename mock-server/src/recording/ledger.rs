//! Who recorded what in the current run; kept in the lock file beside the pact file.

use countersign_core::pact::{Interaction, InteractionKind};
use serde::{Deserialize, Serialize};

use super::RunId;

/// Who recorded what in one run.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Ledger {
    run: RunId,
    entries: Vec<Entry>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    interaction: String,
    test: Option<String>,
}

/// Whether the interaction in the file may be replaced by another of the same name.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// A former run recorded it, or this very test did: the test has changed since.
    Outdated,
    /// Another test of this run stands by it; its name, if it has one.
    Current(Option<String>),
}

impl Ledger {
    /// What this run recorded so far; nothing if the text tells of another run, or of nothing at all.
    pub(super) fn read(text: &str, run: &RunId) -> Self {
        match serde_json::from_str::<Self>(text) {
            Ok(ledger) if ledger.run == *run => ledger,
            _ => Self { run: run.clone(), entries: Vec::new() },
        }
    }

    pub(super) fn write(&self) -> String {
        serde_json::to_string(self).expect("a ledger has text keys only, so it is always JSON")
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn standing(&self, interaction: &Interaction, test: Option<&str>) -> Standing {
        let identity = identity(interaction);
        let others = |entry: &&Entry| {
            let same_test = test.is_some() && entry.test.as_deref() == test;
            entry.interaction == identity && !same_test
        };
        match self.entries.iter().find(others) {
            Some(entry) => Standing::Current(entry.test.clone()),
            None => Standing::Outdated,
        }
    }

    pub(super) fn add(&mut self, interaction: &Interaction, test: Option<&str>) {
        let identity = identity(interaction);
        let known = |entry: &Entry| entry.interaction == identity && entry.test.as_deref() == test;
        if !self.entries.iter().any(known) {
            self.entries.push(Entry { interaction: identity, test: test.map(str::to_owned) });
        }
    }
}

/// What makes two interactions the same one, as a text.
pub(super) fn identity(interaction: &Interaction) -> String {
    let kind = match interaction.kind {
        InteractionKind::Http(_) => "http",
        InteractionKind::AsynchronousMessage(_) => "message",
        InteractionKind::SynchronousMessage(_) => "synchronous message",
    };
    let mut text = format!("{kind}\n{}", interaction.description);
    for state in &interaction.provider_states {
        text.push_str(&format!("\n{}\n{}", state.name, serde_json::Value::Object(state.params.clone())));
    }
    text
}
