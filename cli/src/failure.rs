//! What people read when a command could not do its work: what happened, where, and what to do about it.

use std::process::ExitCode;

use countersign_broker_client::Error as BrokerError;

use crate::output::Style;

/// A command that could not do its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The broker, or the way to it, is the reason.
    Broker(BrokerError),
    /// What was typed, or the files it names, are the reason.
    Input {
        /// What was not done because of it.
        what: String,
        /// Each reason.
        problems: Vec<String>,
    },
    /// As [`Failure::Input`], with the exit code that the official tool has for it.
    WithCode {
        /// The exit code.
        code: u8,
        /// What was not done.
        what: String,
        /// Why.
        problem: String,
    },
    /// A verification or a look at files could not run at all, which is not the same as one that finds something wrong.
    Unverified(Box<Failure>),
    /// A step of the demo ended differently from its story.
    NotAsTold {
        /// Which step.
        step: usize,
        /// What happened instead.
        problem: String,
    },
    /// The broker that was to be served cannot start or go on.
    Serving(countersign_broker::BrokerError),
}

impl Failure {
    /// A failure with a single reason in what was typed.
    pub(crate) fn input(what: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Input { what: what.into(), problems: vec![problem.into()] }
    }

    /// A failure with an exit code of its own.
    pub(crate) fn with_code(code: u8, what: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::WithCode { code, what: what.into(), problem: problem.into() }
    }

    /// One readable block for standard error.
    pub(crate) fn render(&self, style: Style) -> String {
        let (message, hint) = match self {
            Self::Broker(error) => (error.to_string(), error.hint()),
            Self::Input { what, problems } => (listed(what, problems), None),
            Self::WithCode { what, problem, .. } => (format!("{what}: {problem}"), None),
            Self::NotAsTold { step, problem } => (format!("step {step} did not go as told: {problem}"), None),
            Self::Unverified(reason) => return reason.render(style),
            Self::Serving(error) => (error.to_string(), None),
        };
        let hint = hint.map(|hint| format!("\n  {} {hint}", style.prompt("hint:"))).unwrap_or_default();
        format!("{} {message}{hint}", style.bad("error:"))
    }

    /// 2 for a verification or a look at files that could not run, 1 for most else, like the official tools'.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Unverified(_) => ExitCode::from(2),
            Self::WithCode { code, .. } => (*code).into(),
            _ => ExitCode::FAILURE,
        }
    }
}

fn listed(what: &str, problems: &[String]) -> String {
    match problems {
        [single] => format!("{what}: {single}"),
        several => {
            let lines: String = several.iter().map(|problem| format!("\n  - {problem}")).collect();
            format!("{what}, for {} reasons{lines}", several.len())
        }
    }
}

impl From<BrokerError> for Failure {
    fn from(error: BrokerError) -> Self {
        Self::Broker(error)
    }
}

impl From<countersign_broker::BrokerError> for Failure {
    fn from(error: countersign_broker::BrokerError) -> Self {
        Self::Serving(error)
    }
}
