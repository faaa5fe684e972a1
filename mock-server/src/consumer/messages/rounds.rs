//! Going through the agreed messages, one after another in the order they were said, whoever speaks first.

use std::future::Future;
use std::panic::Location;
use std::path::PathBuf;

use countersign_core::pact::{self as model, Interaction};

use super::report::{MessageOutcome, MessageReport};
use super::taken::Taken;
use crate::consumer::ContractError;
use crate::consumer::owed::Owed;

/// What happens with each message of a contract.
pub(super) trait Round: Sized {
    /// What the code under test gets.
    type Handed;

    /// The beginning of a round; `None` for interactions of another kind.
    fn begin(pact: &model::Pact, interaction: &Interaction) -> Option<(Self, Self::Handed)>;

    /// What is wrong with it, in lines, once the code under test is done.
    fn problems(self, taken: Result<(), String>) -> Vec<String>;
}

/// Hands every message to the handler, and writes what was agreed on if all went well.
pub(super) async fn play<R: Round, F>(
    owed: Owed,
    mut handler: impl FnMut(R::Handed) -> F,
) -> Result<PathBuf, ContractError>
where
    F: Future<Output: Taken>,
{
    let mut outcomes = Vec::new();
    for interaction in &owed.pact.interactions {
        let Some((round, handed)) = R::begin(&owed.pact, interaction) else { continue };
        let problems = round.problems(handler(handed).await.taken());
        outcomes.push(MessageOutcome::new(interaction, problems));
    }
    settle(owed, MessageReport { outcomes })
}

/// As [`play`], without an async runtime.
#[track_caller]
pub(super) fn play_blocking<R: Round, T: Taken>(owed: Owed, mut handler: impl FnMut(R::Handed) -> T) {
    let play = |interaction| {
        let (round, handed) = R::begin(&owed.pact, interaction)?;
        Some(MessageOutcome::new(interaction, round.problems(handler(handed).taken())))
    };
    let outcomes = owed.pact.interactions.iter().filter_map(play).collect();
    if let Err(error) = settle(owed, MessageReport { outcomes }) {
        panic!("{}", error.for_stderr());
    }
}

/// Panics when the contract was not kept. A panic of the future names no line of the test, so this one does.
pub(super) async fn or_panic(
    playing: impl Future<Output = Result<PathBuf, ContractError>>,
    line: &'static Location<'static>,
) {
    if let Err(error) = playing.await {
        panic!("{}  at {line}", error.for_stderr());
    }
}

fn settle(owed: Owed, report: MessageReport) -> Result<PathBuf, ContractError> {
    if report.is_success() {
        return Ok(owed.record()?);
    }
    let model::Pact { consumer, provider, .. } = owed.pact;
    Err(ContractError::NotTaken { consumer, provider, report })
}
