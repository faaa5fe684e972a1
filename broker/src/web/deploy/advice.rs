//! What to do about each thing that stands in the way.

use crate::matrix::query::Choice;
use crate::matrix::rows::Row;
use crate::web::components::{Command, Mark, Status, shorten};
use crate::web::site::Site;

/// Where the provider is assumed to listen in a command that people adapt.
const PROVIDER_ADDRESS: &str = "http://localhost:8080";

/// One thing that stands in the way.
pub(super) struct Obstacle {
    pub(super) status: Mark,
    /// What it is, as a sentence.
    pub(super) sentence: String,
    /// What to do, as a sentence.
    pub(super) advice: String,
    pub(super) command: Option<Command>,
    /// The page that tells more.
    pub(super) link: Option<String>,
}

/// What is known of the provider of a row that nobody verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ProviderSide {
    /// The version that is asked about counts and never looked.
    Asked(String),
    /// This version runs where the question leads and never looked.
    There(String),
    /// None runs where the question leads.
    NotThere,
    /// Any version would do.
    Any,
}

/// The obstacle that a row is: a failure, or a result that is missing.
pub(super) fn of_row(site: &Site, row: &Row, side: &ProviderSide, consumer: &str, target: Option<&Choice>) -> Obstacle {
    let publication = &row.publication;
    let provider = publication.provider.as_str();
    let own = site.pact(provider, &publication.consumer, &publication.version.number);
    let version = match (&row.provider_version, side) {
        (Some(version), _) => Some(version.number.as_str()),
        (None, ProviderSide::Asked(number) | ProviderSide::There(number)) => Some(number.as_str()),
        (None, _) => None,
    };
    if row.success() == Some(false) {
        return Obstacle {
            status: Status::Failed.mark(),
            sentence: format!(
                "{provider} {} failed to verify the pact of {}.",
                shorten(version.unwrap_or_default()),
                consumer.trim_end_matches(',')
            ),
            advice: format!("See what failed, fix {provider} or the pact, and verify the version with the fix:"),
            command: Some(verify(site, row, None)),
            link: Some(own),
        };
    }
    match (side, target, version) {
        (ProviderSide::NotThere, Some(Choice::Environment(environment)), _) => Obstacle {
            status: Status::ProviderNotDeployed.mark(),
            sentence: format!(
                "{consumer} needs {provider}, and no version of {provider} is recorded as deployed or released in \
                 {environment}."
            ),
            advice: format!("Deploy {provider} to {environment} first, and record it:"),
            command: Some(record(site, provider, environment)),
            link: Some(own),
        },
        (_, _, Some(number)) => Obstacle {
            status: Status::Never.mark(),
            sentence: match (side, target) {
                (ProviderSide::There(_), Some(Choice::Environment(environment))) => {
                    format!(
                        "The pact of {consumer} was never verified by {provider} {number}, in {environment}.",
                        number = shorten(number)
                    )
                }
                _ => format!("The pact of {consumer} was never verified by {provider} {}.", shorten(number)),
            },
            advice: format!("Verify it with {provider} {} running:", shorten(number)),
            command: Some(verify(site, row, Some(number))),
            link: Some(own),
        },
        _ => Obstacle {
            status: Status::Never.mark(),
            sentence: format!(
                "The pact of {consumer} was never verified by any version of {provider} that counts here."
            ),
            advice: format!("Verify it with {provider} running:"),
            command: Some(verify(site, row, None)),
            link: Some(own),
        },
    }
}

/// The version asked about does not exist.
pub(super) fn missing_version(site: &Site, pacticipant: &str, version: &str, sentence: String) -> Obstacle {
    Obstacle {
        status: Status::Never.mark(),
        sentence,
        advice: format!("If {pacticipant} is a consumer, publish the pacts of this version:"),
        command: Some(Command::new(
            "countersign publish target/pacts",
            &["--consumer-app-version", version, "--branch", "main", "--broker-base-url", site.address()],
        )),
        link: None,
    }
}

fn verify(site: &Site, row: &Row, version: Option<&str>) -> Command {
    let publication = &row.publication;
    let pact = site.pact_address(&publication.provider, &publication.consumer, &publication.version.number);
    let provider = publication.provider.as_str();
    Command::new(
        "countersign verify",
        &[
            "--provider",
            provider,
            "--provider-base-url",
            PROVIDER_ADDRESS,
            "--url",
            &pact,
            "--provider-version",
            version.unwrap_or("NEW_VERSION"),
            "--publish",
        ],
    )
}

fn record(site: &Site, pacticipant: &str, environment: &str) -> Command {
    Command::new(
        "countersign record-deployment",
        &[
            "--pacticipant",
            pacticipant,
            "--version",
            "ITS_VERSION",
            "--environment",
            environment,
            "--broker-base-url",
            site.address(),
        ],
    )
}
