//! How a conversation with the mock server went, as data and as words.

mod text;

use std::fmt;

use crate::server::{Closest, InteractionName, Reason, Refusal};

/// How a conversation with the mock server went. Displays as text without colours; see also [`Report::coloured`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Report {
    /// Interactions that were exercised as agreed, in the order they were agreed on.
    pub exercised: Vec<InteractionName>,
    /// Interactions that nobody asked for; those that someone asked for in another way than agreed are in `differing`.
    pub unused: Vec<InteractionName>,
    /// Requests that met an interaction's method and path, but differ from what was agreed.
    pub differing: Vec<Differing>,
    /// Requests that no interaction expects.
    pub unexpected: Vec<Unexpected>,
}

/// A request that met an interaction's method and path (or gRPC method), but differs from what was agreed.
#[derive(Debug, Clone, PartialEq)]
pub struct Differing {
    /// The request in short.
    pub request: String,
    /// How often it came.
    pub times: usize,
    /// The interaction it came closest to, with all differences.
    pub closest: Closest,
}

/// A request that no interaction expects.
#[derive(Debug, Clone, PartialEq)]
pub struct Unexpected {
    /// The request in short.
    pub request: String,
    /// How often it came.
    pub times: usize,
    /// The interaction it came closest to, if there is any.
    pub closest: Option<Closest>,
    /// Why the request could not be read, if that was the reason.
    pub unreadable: Option<String>,
}

impl Report {
    pub(crate) fn new<'a>(hits: impl Iterator<Item = (&'a InteractionName, u64)>, refusals: Vec<Refusal>) -> Self {
        let mut report = Self::default();
        for (refusal, times) in counted(refusals) {
            report.add(refusal, times);
        }
        for (name, hits) in hits {
            let met = report.differing.iter().any(|differing| differing.closest.interaction == *name);
            match hits {
                0 if met => {}
                0 => report.unused.push(name.clone()),
                _ => report.exercised.push(name.clone()),
            }
        }
        report
    }

    fn add(&mut self, Refusal { request, reason }: Refusal, times: usize) {
        let (closest, unreadable) = match reason {
            Reason::Differs(closest) => {
                self.differing.push(Differing { request, times, closest });
                return;
            }
            Reason::Unknown(closest) => (closest, None),
            Reason::Unreadable(reason) => (None, Some(reason)),
        };
        self.unexpected.push(Unexpected { request, times, closest, unreadable });
    }

    /// Whether every interaction was exercised as agreed and nothing else was asked for.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.unused.is_empty() && self.differing.is_empty() && self.unexpected.is_empty()
    }

    /// The report with colours for a terminal.
    #[must_use]
    pub fn coloured(&self) -> String {
        text::Text { report: self, style: text::Style::Coloured }.to_string()
    }

    /// The report for whoever reads this process's stderr: with colours if that is a terminal and `NO_COLOR` is unset.
    #[must_use]
    pub fn for_stderr(&self) -> String {
        use std::io::IsTerminal as _;
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        if !plain && std::io::stderr().is_terminal() { self.coloured() } else { self.to_string() }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        text::Text { report: self, style: text::Style::Plain }.fmt(f)
    }
}

/// Each refusal once, in the order they first came, with the number of times: clients like to try again.
fn counted(refusals: Vec<Refusal>) -> Vec<(Refusal, usize)> {
    let mut counted: Vec<(Refusal, usize)> = Vec::new();
    for refusal in refusals {
        match counted.iter_mut().find(|(known, _)| *known == refusal) {
            Some((_, times)) => *times += 1,
            None => counted.push((refusal, 1)),
        }
    }
    counted
}
