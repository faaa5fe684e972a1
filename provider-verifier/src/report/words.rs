//! Sentences that several reports have.

use crate::outcome::{Finding, Verification};

/// `1 pact`, `2 pacts`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// How many interactions ended how.
pub(super) fn summary(verification: &Verification) -> String {
    let all = verification.interactions().count();
    let counts = verification.counts();
    let distinct = match counts.passed + counts.failed + counts.pending {
        distinct if distinct == all => String::new(),
        distinct => format!(", {distinct} of them distinct"),
    };
    let pending =
        if counts.pending == 0 { String::new() } else { format!(", {} failed while pending", counts.pending) };
    format!(
        "{} in {}{distinct}: {} passed, {} failed{pending} in {:.1} s",
        counted(all, "interaction"),
        counted(verification.pacts.len(), "pact"),
        counts.passed,
        counts.failed,
        verification.elapsed.as_secs_f64(),
    )
}

/// Which of several responses a finding is about, before its own place.
pub(super) fn place(finding: &Finding) -> String {
    finding.response.map_or_else(String::new, |number| format!("response {number} · "))
}
