//! The report for build servers: JUnit XML.

use countersign_core::render;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::words::{place, shown};
use crate::outcome::{Finding, InteractionOutcome, Outcome, PactOutcome, Verdict};

/// The report as JUnit XML: a suite for each pact, a case for each interaction. What failed while pending counts as skipped.
#[must_use]
pub fn junit(outcome: &Outcome) -> String {
    let mut report = Report::new("countersign verify");
    match outcome {
        Outcome::Ran(verification) => {
            report.set_time(verification.elapsed);
            report.add_test_suites(verification.pacts.iter().map(suite));
        }
        Outcome::CouldNotRun(error) => {
            let mut suite = TestSuite::new("countersign verify");
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_message(crate::mask::text(&error.to_string()));
            suite.add_test_case(TestCase::new("loading pacts", status));
            report.add_test_suite(suite);
        }
    }
    report.to_string().unwrap_or_else(|error| format!("<!-- the report cannot be written as XML: {error} -->"))
}

fn suite(pact: &PactOutcome) -> TestSuite {
    let version = pact.consumer_version.as_ref().map_or_else(String::new, |version| format!(" {version}"));
    let mut suite = TestSuite::new(format!("{}{version} - {}", pact.consumer, pact.provider));
    suite.add_test_cases(pact.interactions.iter().map(|interaction| case(pact, interaction)));
    suite
}

fn case(pact: &PactOutcome, interaction: &InteractionOutcome) -> TestCase {
    let mut case = TestCase::new(interaction.description.clone(), status(interaction));
    case.set_classname(format!("{}.{}", pact.consumer, pact.provider));
    case.set_time(interaction.replayed.elapsed);
    case
}

fn status(interaction: &InteractionOutcome) -> TestCaseStatus {
    let (kind, message, text) = match &interaction.replayed.verdict {
        Verdict::Agreed => return TestCaseStatus::success(),
        Verdict::Disagreed(findings) => {
            let (shown, others) = shown(findings);
            let text: Vec<_> = shown.iter().map(finding).chain(others).collect();
            let count = findings.len();
            let message = format!("{count} {}", if count == 1 { "difference" } else { "differences" });
            (NonSuccessKind::Failure, message, text.join("\n"))
        }
        Verdict::Failed(failure) => {
            (NonSuccessKind::Error, failure.message.clone(), failure.detail.clone().unwrap_or_default())
        }
    };
    let mut status = if interaction.pending { TestCaseStatus::skipped() } else { TestCaseStatus::non_success(kind) };
    status.set_message(message);
    status.set_description(text);
    status
}

fn finding(finding: &Finding) -> String {
    format!("{}{}", place(finding), render::words(&finding.mismatch))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn pacts_are_suites_and_interactions_cases() {
        insta::assert_snapshot!(junit(&sample::outcome()), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="countersign verify" tests="4" skipped="1" failures="1" errors="0" time="0.312">
            <testsuite name="order-service 1f3c9ab - inventory-service" tests="2" skipped="0" errors="0" failures="1">
                <testcase name="a stock check for a known sku" classname="order-service.inventory-service" time="0.003"/>
                <testcase name="stock updates while a sku sells" classname="order-service.inventory-service" time="0.011">
                    <failure message="1 difference">response 2 · $.quantity_left
          - expected an integer like 4
          + but got &quot;4&quot; (a string)</failure>
                </testcase>
            </testsuite>
            <testsuite name="web - inventory-service" tests="2" skipped="1" errors="0" failures="0">
                <testcase name="the same check of another team" classname="web.inventory-service" time="0.003"/>
                <testcase name="a slow report" classname="web.inventory-service" time="5.000">
                    <skipped message="GET http://h/ brought no answer within 5 s"></skipped>
                </testcase>
            </testsuite>
        </testsuites>
        "#);
    }
}
