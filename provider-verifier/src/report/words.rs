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

/// How many differences of one interaction people are shown.
const SHOWN: usize = 50;

/// The differences that people are shown, and a word about the others.
pub(super) fn shown(findings: &[Finding]) -> (&[Finding], Option<String>) {
    match findings.split_at_checked(SHOWN) {
        Some((first, rest)) if !rest.is_empty() => {
            (first, Some(format!("… and {} (the JSON report has them all)", counted(rest.len(), "further difference"))))
        }
        _ => (findings, None),
    }
}

/// Which of several responses a finding is about, before its own place.
pub(super) fn place(finding: &Finding) -> String {
    finding.response.map_or_else(String::new, |number| format!("response {number} · "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_core::mismatch::{Location, Mismatch, Problem};

    #[test]
    fn people_are_shown_the_first_differences() {
        let mismatch = Mismatch {
            location: Location::Status,
            problem: Problem::NotEqual,
            expected: None,
            actual: None,
            rule: None,
        };
        let told = |count: usize| {
            let findings = vec![Finding::from(mismatch.clone()); count];
            let (shown, others) = shown(&findings);
            (shown.len(), others)
        };
        assert_eq!(told(SHOWN), (SHOWN, None));
        let more = "… and 1 further difference (the JSON report has them all)".to_owned();
        assert_eq!(told(SHOWN + 1), (SHOWN, Some(more)));
    }
}
