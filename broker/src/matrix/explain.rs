//! The verdict in words.

use super::decision::{Evidence, Required};
use super::query::Choice;
use super::rows::Row;
use super::selector::{Origin, ResolvedSelector, Versions};

/// How serious a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// Keeps the answer from being yes.
    Error,
    /// Worth knowing.
    Warning,
    /// All is well.
    Success,
}

impl NoticeKind {
    /// As clients know it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Success => "success",
        }
    }
}

/// One sentence of an explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How serious it is.
    pub kind: NoticeKind,
    /// The sentence.
    pub text: String,
}

/// Explains a verdict: warnings first, then what stands in the way, or that all is well.
pub(super) fn explain(
    evidence: &Evidence<'_>,
    missing: &[&ResolvedSelector],
    rowless: &[&Required],
) -> Vec<Notice> {
    let mut notices = warnings(evidence);
    let errors = if missing.is_empty() {
        obstacles(evidence, rowless)
    } else {
        missing
            .iter()
            .map(|selector| missing_version(selector))
            .collect()
    };
    if errors.is_empty() {
        let counted = evidence.rows.iter().any(|row| !row.ignored);
        let text = if counted {
            "All required verification results are there, and all of them are successful."
        } else {
            "There is nothing to check: no pact ties the given versions to anything they would meet."
        };
        notices.push(Notice {
            kind: NoticeKind::Success,
            text: text.to_owned(),
        });
    } else {
        notices.extend(errors.into_iter().map(|text| Notice {
            kind: NoticeKind::Error,
            text,
        }));
    }
    notices
}

fn warnings(evidence: &Evidence<'_>) -> Vec<Notice> {
    let mut texts: Vec<String> = evidence
        .unknown_ignored
        .iter()
        .map(|what| format!("{what} was to be ignored, but is not known to this broker."))
        .collect();
    let query = evidence.query;
    let one_version = query
        .selectors
        .iter()
        .any(|selector| matches!(selector.choice, Choice::Number(_)));
    if query.selectors.len() == 1 && query.target.is_none() {
        texts.push(
            "One version was given and nowhere to deploy it, so the answer covers every version ever met. Name an \
             environment to ask about what runs there."
                .to_owned(),
        );
    } else if !one_version && !query.selectors.is_empty() {
        texts.push(
            "No version number was given, so another build may change the answer at any moment. Give the number of \
             the version to be deployed."
                .to_owned(),
        );
    }
    texts
        .into_iter()
        .map(|text| Notice {
            kind: NoticeKind::Warning,
            text,
        })
        .collect()
}

fn missing_version(selector: &ResolvedSelector) -> String {
    let name = &selector.pacticipant;
    match &selector.choice {
        Choice::Number(number) => {
            format!(
                "{name} has no version {number}. Check the number, and that its pacts or results were published."
            )
        }
        Choice::Latest | Choice::All => format!("{name} has no version yet."),
        Choice::Branch(branch) | Choice::BranchHead(branch) => {
            format!("{name} has no version on branch {branch}.")
        }
        Choice::Tag(tag) | Choice::TagHead(tag) => format!("{name} has no version with tag {tag}."),
        Choice::Environment(environment) => {
            format!("No version of {name} is recorded as deployed or released in {environment}.")
        }
        Choice::MainBranch => {
            format!("{name} has no version on its main branch, or no main branch set.")
        }
    }
}

/// Each obstacle once, failures after what is missing.
fn obstacles(evidence: &Evidence<'_>, rowless: &[&Required]) -> Vec<String> {
    let counted = || evidence.rows.iter().filter(|row| !row.ignored);
    let unknown = counted()
        .filter(|row| row.success().is_none())
        .map(|row| never_verified(evidence, row));
    let absent = rowless.iter().map(|pair| {
        format!(
            "There is no verification result between {} and {} among those asked for.",
            pair.consumer, pair.provider
        )
    });
    let failed = counted()
        .filter(|row| row.success() == Some(false))
        .map(verification_failed);
    let mut texts: Vec<String> = Vec::new();
    for text in unknown.chain(absent).chain(failed) {
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts
}

fn never_verified(evidence: &Evidence<'_>, row: &Row) -> String {
    let consumer = with_place(
        evidence,
        &row.publication.consumer,
        &row.publication.version.number,
        row.publication.version.id,
    );
    let provider = &row.publication.provider;
    if let Some(version) = &row.provider_version {
        let provider = with_place(evidence, provider, &version.number, version.id);
        return format!(
            "The pact of {consumer} was never verified by {}.",
            provider.trim_end_matches(',')
        );
    }
    let selectors = || {
        evidence
            .participants
            .selectors()
            .iter()
            .filter(|s| s.pacticipant_id == row.publication.provider_id)
    };
    let numbers: Vec<&str> = selectors()
        .filter_map(|selector| match &selector.versions {
            Versions::These(versions) => Some(versions),
            Versions::Any => None,
        })
        .flatten()
        .map(|version| version.number.as_str())
        .collect();
    let choice = selectors().map(|selector| &selector.choice).next();
    match (choice, numbers.as_slice()) {
        (Some(Choice::Environment(environment)), []) => format!(
            "The pact of {consumer} has no verified counterpart: no version of {provider} is recorded as deployed or \
             released in {environment}."
        ),
        (Some(Choice::Environment(environment)), numbers) => format!(
            "The pact of {consumer} was never verified by {provider} {}, in {environment}.",
            numbers.join(" or ")
        ),
        (Some(Choice::All) | None, _) => {
            format!("The pact of {consumer} was never verified by any version of {provider}.")
        }
        (Some(_), [number]) => {
            format!("The pact of {consumer} was never verified by {provider} {number}.")
        }
        (Some(choice), _) => {
            format!(
                "The pact of {consumer} was never verified by {provider}{}.",
                described(choice)
            )
        }
    }
}

fn verification_failed(row: &Row) -> String {
    let version = row
        .provider_version
        .as_ref()
        .map_or("", |version| version.number.as_str());
    format!(
        "{} {version} failed to verify the pact of {} {}.",
        row.publication.provider, row.publication.consumer, row.publication.version.number
    )
}

/// "Foo 1", with the environment it was found in when that is how it came into the question.
fn with_place(evidence: &Evidence<'_>, name: &str, number: &str, id: i64) -> String {
    let found_in = evidence
        .participants
        .selectors()
        .iter()
        .find_map(|selector| match &selector.choice {
            Choice::Environment(environment)
                if selector.pacticipant == name
                    && selector.origin == Origin::Inferred
                    && selector.versions.include(id) =>
            {
                Some(environment)
            }
            _ => None,
        });
    match found_in {
        Some(environment) => format!("{name} {number}, in {environment},"),
        None => format!("{name} {number}"),
    }
}

fn described(choice: &Choice) -> String {
    match choice {
        Choice::Latest => " in its latest version".to_owned(),
        Choice::Branch(name) | Choice::BranchHead(name) => format!(" on branch {name}"),
        Choice::Tag(name) | Choice::TagHead(name) => format!(" with tag {name}"),
        Choice::Environment(name) => format!(" in {name}"),
        Choice::MainBranch => " on its main branch".to_owned(),
        Choice::All | Choice::Number(_) => String::new(),
    }
}
