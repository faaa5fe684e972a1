//! What would turn a no into a yes, as commands.

use std::fmt::Write as _;

use super::query::{Choice, Ignore};
use super::rows::Row;
use super::selector::{ResolvedSelector, Versions};

/// Something that stands in the way, and what would clear it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// What is missing or wrong, as a sentence.
    pub text: String,
    /// The command that fixes it, to be adapted where it says so.
    pub command: String,
}

/// What stands in the way, each thing once: versions asked about that there are not, then rows. `broker` is the address
/// commands should name.
#[must_use]
pub fn remedies(rows: &[Row], selectors: &[ResolvedSelector], ignore: &[Ignore], broker: &str) -> Vec<Remedy> {
    let missing = selectors.iter().filter(|selector| selector.is_missing() && !selector.is_ignored(ignore));
    let mut found: Vec<Remedy> = missing.filter_map(|selector| of_missing(selector, broker)).collect();
    for row in rows.iter().filter(|row| !row.ignored && row.success() != Some(true)) {
        for remedy in of_row(row, selectors, broker) {
            if !found.contains(&remedy) {
                found.push(remedy);
            }
        }
    }
    found
}

/// Only a number says which version to publish.
fn of_missing(selector: &ResolvedSelector, broker: &str) -> Option<Remedy> {
    let Choice::Number(number) = &selector.choice else {
        return None;
    };
    let name = &selector.pacticipant;
    Some(Remedy {
        text: format!("This broker has no version {number} of {name}: if {name} is a consumer, publish its pacts."),
        command: format!(
            "countersign publish PACTS --consumer-app-version {} --broker-base-url {}",
            quoted(number),
            quoted(broker)
        ),
    })
}

fn of_row(row: &Row, selectors: &[ResolvedSelector], broker: &str) -> Vec<Remedy> {
    let publication = &row.publication;
    let (consumer, version, provider) =
        (&publication.consumer, &publication.version.number, publication.provider.as_str());
    if let (Some(by), Some(false)) = (&row.provider_version, row.success()) {
        return vec![Remedy {
            text: format!(
                "{provider} {} failed to verify the pact of {consumer} {version}: fix either, and verify the version with \
                 the fix.",
                by.number
            ),
            command: verify(provider, None, broker),
        }];
    }
    let unverified = |number: &str| Remedy {
        text: format!("{provider} {number} has not verified the pact of {consumer} {version}: verify it."),
        command: verify(provider, Some(number), broker),
    };
    if let Some(by) = &row.provider_version {
        return vec![unverified(&by.number)];
    }
    let selector = selectors.iter().find(|selector| selector.pacticipant_id == publication.provider_id);
    match selector.map(|selector| (&selector.choice, &selector.versions)) {
        Some((Choice::Environment(environment), Versions::These(versions))) if versions.is_empty() => vec![Remedy {
            text: format!(
                "{consumer} {version} needs {provider}, of which nothing is recorded as deployed or released in \
                 {environment}: deploy it there first, and record that."
            ),
            command: format!(
                "countersign record-deployment --pacticipant {} --version VERSION --environment {} --broker-base-url {}",
                quoted(provider),
                quoted(environment),
                quoted(broker)
            ),
        }],
        Some((_, Versions::These(versions))) if !versions.is_empty() => {
            versions.iter().map(|version| unverified(&version.number)).collect()
        }
        _ => vec![Remedy {
            text: format!("No version of {provider} has verified the pact of {consumer} {version}: verify it."),
            command: verify(provider, None, broker),
        }],
    }
}

fn verify(provider: &str, number: Option<&str>, broker: &str) -> String {
    let mut command = format!("countersign verify --provider {} --provider-base-url URL", quoted(provider));
    // writing to a text cannot fail
    let _ = write!(command, " --publish --provider-version {}", number.map_or_else(|| "VERSION".to_owned(), quoted));
    let _ = write!(command, " --broker-base-url {}", quoted(broker));
    command
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:@%+=,".contains(&byte);
    if !word.is_empty() && word.bytes().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows::{Publication, Verified};
    use super::super::selector::{Origin, VersionRef};
    use super::*;

    fn row(verification: Option<(&str, bool)>) -> Row {
        let version = |number: &str| VersionRef { id: 1, number: number.to_owned() };
        Row {
            publication: Publication {
                consumer_id: 1,
                consumer: "web shop".to_owned(),
                version: version("3"),
                provider_id: 2,
                provider: "orders".to_owned(),
                content_id: 1,
                sha: "x".to_owned(),
                published_at: 0,
            },
            provider_version: verification.map(|(number, _)| version(number)),
            verification: verification.map(|(_, success)| Verified { number: 1, success, at: 0 }),
            ignored: false,
        }
    }

    fn live(numbers: &[&str]) -> ResolvedSelector {
        ResolvedSelector {
            pacticipant_id: 2,
            pacticipant: "orders".to_owned(),
            choice: Choice::Environment("prod".to_owned()),
            versions: Versions::These(numbers.iter().map(|n| VersionRef { id: 1, number: (*n).to_owned() }).collect()),
            origin: Origin::Inferred,
        }
    }

    #[test]
    fn each_obstacle_has_its_command() {
        let told = |row: Row, live_versions: &[&str]| {
            let found = remedies(&[row.clone(), row], &[live(live_versions)], &[], "http://b");
            found
                .into_iter()
                .map(|remedy| format!("{}\n{}", remedy.text, remedy.command))
                .collect::<Vec<_>>()
                .join("\n")
        };
        insta::assert_snapshot!(told(row(None), &[]), @r"
        web shop 3 needs orders, of which nothing is recorded as deployed or released in prod: deploy it there first, and record that.
        countersign record-deployment --pacticipant orders --version VERSION --environment prod --broker-base-url http://b
        ");
        insta::assert_snapshot!(told(row(None), &["7"]), @r"
        orders 7 has not verified the pact of web shop 3: verify it.
        countersign verify --provider orders --provider-base-url URL --publish --provider-version 7 --broker-base-url http://b
        ");
        insta::assert_snapshot!(told(row(Some(("7", false))), &["7"]), @r"
        orders 7 failed to verify the pact of web shop 3: fix either, and verify the version with the fix.
        countersign verify --provider orders --provider-base-url URL --publish --provider-version VERSION --broker-base-url http://b
        ");
        assert_eq!(told(row(Some(("7", true))), &["7"]), "");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
