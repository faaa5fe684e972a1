//! The verdict over rows.

use std::collections::BTreeSet;

use super::explain::{Notice, explain};
use super::query::MatrixQuery;
use super::rows::{Participants, Row};

/// A pair that must have a result: the consumer version asked about has a pact with the provider.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Required {
    /// The consumer's name.
    pub consumer: String,
    /// The provider's name.
    pub provider: String,
}

/// Everything a verdict is made from.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// The question.
    pub query: &'a MatrixQuery,
    /// Who is in it.
    pub participants: &'a Participants,
    /// The rows found.
    pub rows: &'a [Row],
    /// The pairs that must have a row.
    pub required: &'a BTreeSet<Required>,
    /// What was to be ignored and is not known.
    pub unknown_ignored: &'a [String],
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// `Some(true)`: yes; `Some(false)`: no, something failed or does not exist; `None`: no, a result is missing.
    pub deployable: Option<bool>,
    /// Rows that count and succeeded.
    pub success: usize,
    /// Rows that count and failed.
    pub failed: usize,
    /// Rows that count and have no result, and required pairs without a row.
    pub unknown: usize,
    /// Rows that do not count; `None` when nothing was to be ignored.
    pub ignored: Option<usize>,
    /// Why, in words.
    pub notices: Vec<Notice>,
}

/// Decides.
///
/// A version that was asked about and does not exist is a no. Otherwise a missing result outweighs a failure: with both, the
/// answer is "not known yet", because a retry may still turn out either way. Without any row there is nothing that
/// could break, and the answer is yes.
#[must_use]
pub fn decide(evidence: &Evidence<'_>) -> Verdict {
    let counted = || evidence.rows.iter().filter(|row| !row.ignored);
    let count = |outcome: Option<bool>| counted().filter(|row| row.success() == outcome).count();
    let rowless: Vec<&Required> = evidence
        .required
        .iter()
        .filter(|pair| {
            !evidence.rows.iter().any(|row| {
                row.publication.consumer == pair.consumer
                    && row.publication.provider == pair.provider
            })
        })
        .collect();
    let missing = missing_selectors(evidence);
    let unknown = count(None) + rowless.len();
    let failed = count(Some(false));
    let deployable = if !missing.is_empty() {
        Some(false)
    } else if unknown > 0 {
        None
    } else {
        Some(failed == 0)
    };
    Verdict {
        deployable,
        success: count(Some(true)),
        failed,
        unknown,
        ignored: (!evidence.query.ignore.is_empty())
            .then(|| evidence.rows.iter().filter(|row| row.ignored).count()),
        notices: explain(evidence, &missing, &rowless),
    }
}

fn missing_selectors<'a>(evidence: &Evidence<'a>) -> Vec<&'a super::selector::ResolvedSelector> {
    evidence
        .participants
        .selectors()
        .iter()
        .filter(|selector| selector.is_missing() && !selector.is_ignored(&evidence.query.ignore))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::super::query::{Choice, Ignore, LatestBy, Selector};
    use super::super::rows::{
        Publication, Result as Verification, join, keep_latest, mark_ignored,
    };
    use super::super::selector::{Origin, ResolvedSelector, VersionRef, Versions};
    use super::*;

    const FOO: i64 = 1;
    const BAR: i64 = 2;

    /// Foo has a pact with Bar; "may Foo 1 (or Bar 5) go to prod?".
    struct Story {
        asked: (&'static str, Choice),
        known: bool,
        publications: Vec<Publication>,
        in_prod: Vec<(&'static str, Vec<&'static str>)>,
        results: HashMap<i64, Vec<Verification>>,
        ignore: Vec<Ignore>,
        latest_by: LatestBy,
    }

    fn version(number: &str) -> VersionRef {
        VersionRef {
            id: number
                .parse()
                .expect("versions of these stories are numbers"),
            number: number.to_owned(),
        }
    }

    fn id(name: &str) -> i64 {
        if name == "Foo" { FOO } else { BAR }
    }

    /// Content n is what Foo n promises.
    fn pact(number: &str) -> Publication {
        Publication {
            consumer_id: FOO,
            consumer: "Foo".to_owned(),
            version: version(number),
            provider_id: BAR,
            provider: "Bar".to_owned(),
            content_id: version(number).id,
            sha: number.to_owned(),
            published_at: 0,
        }
    }

    impl Story {
        fn may(name: &'static str, number: &str) -> Self {
            Self {
                asked: (name, Choice::Number(number.to_owned())),
                known: true,
                publications: vec![pact("1")],
                in_prod: Vec::new(),
                results: HashMap::new(),
                ignore: Vec::new(),
                latest_by: LatestBy::BothVersions,
            }
        }

        fn unknown(mut self) -> Self {
            self.known = false;
            self.publications.clear();
            self
        }

        fn without_pacts(mut self) -> Self {
            self.publications.clear();
            self
        }

        fn in_prod(mut self, name: &'static str, numbers: &[&'static str]) -> Self {
            self.in_prod.push((name, numbers.to_vec()));
            self
        }

        fn verified(mut self, content: i64, by: &str, success: bool) -> Self {
            let verification = Verification {
                version: version(by),
                number: 1,
                success,
                verified_at: 0,
            };
            self.results.entry(content).or_default().push(verification);
            self
        }

        fn ignoring(mut self, name: &str, number: Option<&str>) -> Self {
            self.ignore.push(Ignore {
                pacticipant: name.to_owned(),
                version: number.map(str::to_owned),
            });
            self
        }

        fn selectors(&self) -> Vec<ResolvedSelector> {
            let (name, choice) = &self.asked;
            let Choice::Number(number) = choice else {
                unreachable!("stories ask about numbers")
            };
            let asked = if self.known {
                vec![version(number)]
            } else {
                Vec::new()
            };
            let mut selectors = vec![ResolvedSelector {
                pacticipant_id: id(name),
                pacticipant: (*name).to_owned(),
                choice: choice.clone(),
                versions: Versions::These(asked),
                origin: Origin::Specified,
            }];
            let other = if *name == "Foo" { "Bar" } else { "Foo" };
            if !self.publications.is_empty() {
                let live = self
                    .in_prod
                    .iter()
                    .filter(|(name, _)| *name == other)
                    .flat_map(|(_, numbers)| numbers);
                selectors.push(ResolvedSelector {
                    pacticipant_id: id(other),
                    pacticipant: other.to_owned(),
                    choice: Choice::Environment("prod".to_owned()),
                    versions: Versions::These(live.map(|number| version(number)).collect()),
                    origin: Origin::Inferred,
                });
            }
            selectors
        }

        fn decide(self) -> Verdict {
            let query = MatrixQuery {
                selectors: vec![Selector {
                    pacticipant: self.asked.0.to_owned(),
                    choice: self.asked.1.clone(),
                }],
                ignore: self.ignore.clone(),
                latest_by: self.latest_by,
                success: Vec::new(),
                limit: 100,
                target: Some(Choice::Environment("prod".to_owned())),
            };
            let participants = Participants::new(self.selectors(), false);
            let mut rows = keep_latest(
                join(&participants, &self.publications, &self.results),
                query.latest_by,
            );
            mark_ignored(&mut rows, &query.ignore);
            let specified_consumer = self.asked.0 == "Foo" && !self.publications.is_empty();
            let required = specified_consumer
                .then(|| Required {
                    consumer: "Foo".to_owned(),
                    provider: "Bar".to_owned(),
                })
                .into_iter()
                .collect();
            decide(&Evidence {
                query: &query,
                participants: &participants,
                rows: &rows,
                required: &required,
                unknown_ignored: &[],
            })
        }
    }

    #[test]
    fn may_it_be_deployed() {
        let foo = || Story::may("Foo", "1");
        let bar = || Story::may("Bar", "5");
        for (case, story, deployable) in [
            ("the provider never was in prod", foo(), None),
            (
                "verified by what is in prod",
                foo().in_prod("Bar", &["5"]).verified(1, "5", true),
                Some(true),
            ),
            (
                "verified by something else only",
                foo().in_prod("Bar", &["5"]).verified(1, "4", true),
                None,
            ),
            (
                "failed by what is in prod",
                foo().in_prod("Bar", &["5"]).verified(1, "5", false),
                Some(false),
            ),
            (
                "two providers in prod, both verified",
                foo()
                    .in_prod("Bar", &["4", "5"])
                    .verified(1, "4", true)
                    .verified(1, "5", true),
                Some(true),
            ),
            (
                "two providers in prod, the older never verified",
                foo().in_prod("Bar", &["4", "5"]).verified(1, "5", true),
                None,
            ),
            (
                "two providers in prod, the newer never verified",
                foo().in_prod("Bar", &["4", "5"]).verified(1, "4", true),
                None,
            ),
            (
                "two providers in prod, the older failed",
                foo()
                    .in_prod("Bar", &["4", "5"])
                    .verified(1, "4", false)
                    .verified(1, "5", true),
                Some(false),
            ),
            (
                "a failure and a missing result: not known yet",
                foo().in_prod("Bar", &["4", "5"]).verified(1, "4", false),
                None,
            ),
            (
                "two providers in prod, the unverified one ignored by number",
                foo()
                    .in_prod("Bar", &["4", "5"])
                    .verified(1, "5", true)
                    .ignoring("Bar", Some("4")),
                Some(true),
            ),
            ("the consumer is not in prod", bar(), Some(true)),
            (
                "the consumer in prod has no result",
                bar().in_prod("Foo", &["1"]),
                None,
            ),
            (
                "the consumer in prod was verified",
                bar().in_prod("Foo", &["1"]).verified(1, "5", true),
                Some(true),
            ),
            (
                "an unknown version",
                Story::may("Foo", "9").unknown(),
                Some(false),
            ),
            (
                "a version without pacts",
                Story::may("Foo", "2").without_pacts(),
                Some(true),
            ),
            (
                "the provider is ignored",
                foo().ignoring("Bar", None),
                Some(true),
            ),
            (
                "an unknown version, ignored",
                Story::may("Foo", "9").unknown().ignoring("Foo", None),
                Some(true),
            ),
        ] {
            assert_eq!(story.decide().deployable, deployable, "{case}");
        }
    }

    #[test]
    fn every_consumer_in_prod_needs_a_result() {
        let mut story = Story::may("Bar", "5")
            .in_prod("Foo", &["1", "2"])
            .verified(1, "5", true);
        story.publications.push(pact("2"));
        let verdict = story.decide();
        assert_eq!(
            (verdict.deployable, verdict.success, verdict.unknown),
            (None, 1, 1)
        );
    }

    #[test]
    fn ignored_rows_are_counted_apart() {
        let verdict = Story::may("Foo", "1")
            .in_prod("Bar", &["5"])
            .verified(1, "5", false)
            .ignoring("Bar", None)
            .decide();
        assert_eq!(
            (verdict.deployable, verdict.failed, verdict.ignored),
            (Some(true), 0, Some(1))
        );
        assert_eq!(Story::may("Foo", "1").decide().ignored, None);
    }

    #[test]
    fn the_latest_provider_version_stands_for_the_others_only_when_asked() {
        let story = |latest_by| {
            let mut story = Story::may("Foo", "1")
                .in_prod("Bar", &["4", "5"])
                .verified(1, "4", false)
                .verified(1, "5", true);
            story.latest_by = latest_by;
            story.decide().deployable
        };
        assert_eq!(story(LatestBy::BothVersions), Some(false));
        assert_eq!(story(LatestBy::ConsumerVersion), Some(true));
        assert_eq!(story(LatestBy::Pair), Some(true));
    }

    #[test]
    fn explanations() {
        let words = |story: Story| {
            let notices = story.decide().notices;
            notices
                .iter()
                .map(|notice| format!("{}: {}", notice.kind.as_str(), notice.text))
                .collect::<Vec<_>>()
                .join("\n")
        };
        insta::assert_snapshot!(words(Story::may("Foo", "1")), @"error: The pact of Foo 1 has no verified counterpart: no version of Bar is recorded as deployed or released in prod.");
        insta::assert_snapshot!(words(Story::may("Foo", "1").in_prod("Bar", &["4", "5"])), @"error: The pact of Foo 1 was never verified by Bar 4 or 5, in prod.");
        insta::assert_snapshot!(words(Story::may("Foo", "1").in_prod("Bar", &["4", "5"]).verified(1, "5", true)), @"error: The pact of Foo 1 was never verified by Bar 4, in prod.");
        insta::assert_snapshot!(words(Story::may("Foo", "1").in_prod("Bar", &["5"]).verified(1, "5", false)), @"error: Bar 5 failed to verify the pact of Foo 1.");
        insta::assert_snapshot!(words(Story::may("Bar", "5").in_prod("Foo", &["1"])), @"error: The pact of Foo 1, in prod, was never verified by Bar 5.");
        insta::assert_snapshot!(words(Story::may("Foo", "9").unknown()), @"error: Foo has no version 9. Check the number, and that its pacts or results were published.");
        insta::assert_snapshot!(words(Story::may("Bar", "5")), @"success: There is nothing to check: no pact ties the given versions to anything they would meet.");
    }
}
