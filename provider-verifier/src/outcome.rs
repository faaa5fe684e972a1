//! What a verification brought, as data. Reports are made from it.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use countersign_core::mismatch::{Location, Mismatch};
use countersign_core::pact::{Body, ProviderState};

use crate::{VerifyError, Version, mask, report};

/// How a verification ended.
#[derive(Debug)]
#[must_use = "an outcome that nobody looks at proves nothing"]
pub enum Outcome {
    /// The interactions were replayed.
    Ran(Verification),
    /// Nothing was replayed.
    CouldNotRun(VerifyError),
}

impl Outcome {
    /// The verification when the provider honours every pact.
    ///
    /// # Panics
    ///
    /// With the report when the provider does not, or with the reason when nothing could be verified.
    #[track_caller]
    pub fn unwrap_verified(self) -> Verification {
        match self {
            Self::Ran(verification) if verification.exit_code() == 0 => verification,
            other => panic!("the pacts are not verified\n\n{other}"),
        }
    }

    /// 0: the provider honours every pact. 1: it does not; a provider that cannot be reached honours none. 2: nothing was
    /// verified, or results could not be published.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Ran(verification) => verification.exit_code(),
            Self::CouldNotRun(_) => 2,
        }
    }

    /// The verification, or why there is none.
    ///
    /// # Errors
    ///
    /// What kept the verification from running.
    pub fn into_result(self) -> Result<Verification, VerifyError> {
        match self {
            Self::Ran(verification) => Ok(verification),
            Self::CouldNotRun(error) => Err(error),
        }
    }
}

impl fmt::Display for Outcome {
    /// The console report without colours.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&report::console(self, report::Colours::Off))
    }
}

/// The outcome of every interaction of every pact.
#[derive(Debug, Clone, Default)]
pub struct Verification {
    /// The provider's name.
    pub provider: String,
    /// The provider version, when it is known.
    pub version: Option<Version>,
    /// The pacts in the order they were found.
    pub pacts: Vec<PactOutcome>,
    /// How many exchanges the interactions came down to; equal ones are replayed once.
    pub distinct: usize,
    /// What does not decide anything but should be known.
    pub warnings: Vec<String>,
    /// Results that were asked to be published and could not be.
    pub publication_problems: Vec<String>,
    /// The provider version whose results were published.
    pub published_as: Option<String>,
    /// From loading the pacts to the last answer.
    pub elapsed: Duration,
}

impl Verification {
    /// Whether the provider honours every pact that is not pending.
    #[must_use]
    pub fn agreed(&self) -> bool {
        self.pacts.iter().all(PactOutcome::agreed)
    }

    /// See [`Outcome::exit_code`].
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match (self.agreed(), self.publication_problems.is_empty()) {
            (false, _) => 1,
            (true, false) => 2,
            (true, true) => 0,
        }
    }

    /// All interactions of all pacts.
    pub fn interactions(&self) -> impl Iterator<Item = &InteractionOutcome> {
        self.pacts.iter().flat_map(|pact| &pact.interactions)
    }

    /// How many distinct exchanges passed, failed, and failed while pending.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut pending: HashMap<*const Replayed, (&Replayed, bool)> = HashMap::new();
        for interaction in self.interactions() {
            let replayed = &interaction.replayed;
            let (_, forgiven) = pending.entry(Arc::as_ptr(replayed)).or_insert((replayed, true));
            // a failure that counts for one pact counts, even if it is pending for another
            *forgiven &= interaction.pending;
        }
        let mut counts = Counts::default();
        for (replayed, forgiven) in pending.into_values() {
            match (replayed.verdict.agreed(), forgiven) {
                (true, _) => counts.passed += 1,
                (false, false) => counts.failed += 1,
                (false, true) => counts.pending += 1,
            }
        }
        counts
    }
}

/// How many distinct exchanges ended how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// As agreed.
    pub passed: usize,
    /// Not as agreed.
    pub failed: usize,
    /// Not as agreed, which is forgiven for now.
    pub pending: usize,
}

/// One pact's outcome.
#[derive(Debug, Clone)]
pub struct PactOutcome {
    /// The consumer's name.
    pub consumer: String,
    /// The consumer version, when a broker told it.
    pub consumer_version: Option<String>,
    /// The provider's name as the pact states it.
    pub provider: String,
    /// Why a broker chose it, such as `latest from branch main`; empty otherwise.
    pub reason: String,
    /// Where it was read from; `None` when the program had it.
    pub origin: Option<String>,
    /// Its failures are forgiven for now.
    pub pending: bool,
    /// It is here as work in progress.
    pub wip: bool,
    /// What the broker wants people to read.
    pub notices: Vec<String>,
    /// The interactions in file order.
    pub interactions: Vec<InteractionOutcome>,
}

impl PactOutcome {
    /// Whether everything in it that is not pending was as agreed.
    #[must_use]
    pub fn agreed(&self) -> bool {
        self.interactions.iter().all(|interaction| interaction.pending || interaction.replayed.verdict.agreed())
    }

    /// Whether everything in it was as agreed that the consumer does not call pending itself. That is what a broker is told:
    /// what the broker calls pending depends on it.
    #[must_use]
    pub fn honoured(&self) -> bool {
        self.interactions.iter().all(|interaction| interaction.pending_in_pact || interaction.replayed.verdict.agreed())
    }
}

/// One interaction's outcome.
#[derive(Debug, Clone)]
pub struct InteractionOutcome {
    /// What it is about.
    pub description: String,
    /// What is asked, such as `GET /stock/ABC-1`; `None` of messages, which have nothing but their description.
    pub asked: Option<String>,
    /// What had to be true of the provider beforehand.
    pub states: Vec<ProviderState>,
    /// The `_id` a broker gave it.
    pub id: Option<String>,
    /// The `key` its file gave it.
    pub key: Option<String>,
    /// The test that recorded it.
    pub test_name: Option<String>,
    /// What its authors wrote about it.
    pub comments: Vec<String>,
    /// What it travels over.
    pub transport: Transport,
    /// Its failure is forgiven for now, by the pact or by the broker.
    pub pending: bool,
    /// The consumer itself marked it as pending.
    pub pending_in_pact: bool,
    /// The exchange that decided it; equal interactions share one.
    pub replayed: Arc<Replayed>,
}

/// What an interaction travels over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transport {
    /// A request and its response over HTTP.
    Rest,
    /// A call over gRPC.
    Grpc,
    /// A message, asked of the provider over HTTP.
    Message,
}

impl Transport {
    /// The name that programs read.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Rest => "http",
            Self::Grpc => "grpc",
            Self::Message => "message",
        }
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Rest => "REST",
            Self::Grpc => "gRPC",
            Self::Message => "message",
        })
    }
}

/// One exchange with the provider.
#[derive(Debug, Clone)]
pub struct Replayed {
    /// What came of it.
    pub verdict: Verdict,
    /// From the first state change to the last.
    pub elapsed: Duration,
}

/// What came of an exchange.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// It was as agreed.
    Agreed,
    /// It differed.
    Disagreed(Vec<Finding>),
    /// It did not come about.
    Failed(Failure),
}

/// Why an exchange did not come about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What happened.
    pub message: String,
    /// More about it, where there is more to say.
    pub detail: Option<String>,
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self { message, detail: None }
    }
}

impl Verdict {
    pub(crate) fn of(findings: Vec<Finding>) -> Self {
        if findings.is_empty() { Self::Agreed } else { Self::Disagreed(findings) }
    }

    /// Whether it was as agreed.
    #[must_use]
    pub fn agreed(&self) -> bool {
        matches!(self, Self::Agreed)
    }

    /// `agreed`, `disagreed` or `failed`.
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            Self::Agreed => "agreed",
            Self::Disagreed(_) => "disagreed",
            Self::Failed(_) => "failed",
        }
    }
}

/// One difference between what was agreed and what came.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Which of several responses, from 1; `None` when there is one only.
    pub response: Option<usize>,
    /// The difference.
    pub mismatch: Mismatch,
    /// The bodies as a whole, where one is of another type than the other.
    pub bodies: Option<Box<Bodies>>,
}

/// Two bodies that are not compared, since their types differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bodies {
    /// The text that was agreed on.
    pub expected: String,
    /// The text that came.
    pub actual: String,
}

impl From<Mismatch> for Finding {
    fn from(mismatch: Mismatch) -> Self {
        Self { response: None, mismatch, bodies: None }
    }
}

impl Finding {
    /// Adds the bodies to a finding that is about their types.
    pub(crate) fn beside(mismatch: Mismatch, expected: &Body, actual: &[u8]) -> Self {
        let bodies = (mismatch.location == Location::BodyType).then(|| {
            let expected = expected.contents().map(|contents| mask::body(&contents.bytes));
            Box::new(Bodies { expected: expected.unwrap_or_default(), actual: mask::body(actual) })
        });
        Self { response: None, mismatch, bodies }
    }
}
