//! The pacts a provider gets to verify, and why each is among them.

use std::collections::HashMap;

use super::pact::Pact;

/// Why a pact was selected.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Its version heads its consumer's main branch, named here.
    MainBranch(String),
    /// Its version heads this branch.
    Branch(String),
    /// Its version heads this branch, taken because the wanted one had no pact.
    FallbackBranch(String),
    /// Its version heads this branch, which the provider has too.
    MatchingBranch(String),
    /// Its version carries this tag.
    Tagged(String),
    /// Its version is the latest with this tag.
    LatestTagged(String),
    /// Its version is the latest with this tag, taken because the wanted one had no pact.
    FallbackTag(String),
    /// It is its consumer's latest.
    Latest,
    /// Its version is deployed to this environment.
    Deployed(String),
    /// Its version is released and supported in this environment.
    Released(String),
}

impl Reason {
    /// The reason in a few words.
    #[must_use]
    pub fn short(&self) -> String {
        match self {
            // saying it once is enough
            Self::MainBranch(name) if name == "main" => "latest from main branch".to_owned(),
            Self::MainBranch(name) => format!("latest from main branch {name}"),
            Self::Branch(name) => format!("latest from branch {name}"),
            Self::FallbackBranch(name) => format!("latest from fallback branch {name}"),
            Self::MatchingBranch(name) => format!("latest from matching branch {name}"),
            Self::Tagged(name) => format!("one of {name}"),
            Self::LatestTagged(name) => format!("latest with tag {name}"),
            Self::FallbackTag(name) => format!("latest with fallback tag {name}"),
            Self::Latest => "latest".to_owned(),
            Self::Deployed(environment) => format!("deployed to {environment}"),
            Self::Released(environment) => format!("released in {environment}"),
        }
    }
}

/// A selected contract: the newest publication of its content among those selected, and every reason for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selected {
    /// The newest publication.
    pub pact: Pact,
    /// Why, in the order of the selectors, each once.
    pub reasons: Vec<Reason>,
    /// The consumer versions (rows) selected, oldest first.
    pub consumer_versions: Vec<i64>,
}

impl Selected {
    /// The reasons in a few words.
    #[must_use]
    pub fn description(&self) -> String {
        self.reasons.iter().map(Reason::short).collect::<Vec<_>>().join(", ")
    }
}

/// Folds publications of the same content into one, by consumer name and then newest first.
#[must_use]
pub fn fold(found: impl IntoIterator<Item = (Pact, Reason)>) -> Vec<Selected> {
    let mut by_content: HashMap<i64, usize> = HashMap::new();
    let mut folded: Vec<Selected> = Vec::new();
    for (pact, reason) in found {
        let index = *by_content.entry(pact.content_id).or_insert(folded.len());
        if index == folded.len() {
            folded.push(Selected { consumer_versions: vec![pact.version_id], pact, reasons: vec![reason] });
            continue;
        }
        let selected = &mut folded[index];
        if !selected.reasons.contains(&reason) {
            selected.reasons.push(reason);
        }
        if let Err(place) = selected.consumer_versions.binary_search(&pact.version_id) {
            selected.consumer_versions.insert(place, pact.version_id);
        }
        if pact.version_id > selected.pact.version_id {
            selected.pact = pact;
        }
    }
    folded.sort_by(|a, b| (&a.pact.consumer, b.pact.version_id).cmp(&(&b.pact.consumer, a.pact.version_id)));
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pact(consumer: &str, version: i64, content: i64) -> Pact {
        Pact {
            consumer_id: 1,
            consumer: consumer.to_owned(),
            provider_id: 2,
            provider: "Bar".to_owned(),
            version_id: version,
            version: version.to_string(),
            content_id: content,
            sha: content.to_string(),
            revision: 1,
            created_at: 0,
        }
    }

    #[test]
    fn the_same_content_is_verified_once_for_all_its_reasons() {
        let main = || Reason::MainBranch("main".to_owned());
        let folded = fold([
            (pact("B", 5, 50), main()),
            (pact("A", 1, 10), Reason::Deployed("prod".to_owned())),
            (pact("A", 3, 10), main()),
            (pact("A", 2, 20), Reason::Tagged("t".to_owned())),
            (pact("A", 3, 10), main()),
        ]);
        let seen: Vec<(&str, i64, String, &[i64])> = folded
            .iter()
            .map(|s| (s.pact.consumer.as_str(), s.pact.version_id, s.description(), s.consumer_versions.as_slice()))
            .collect();
        assert_eq!(
            seen,
            [
                ("A", 3, "deployed to prod, latest from main branch".to_owned(), [1, 3].as_slice()),
                ("A", 2, "one of t".to_owned(), [2].as_slice()),
                ("B", 5, "latest from main branch".to_owned(), [5].as_slice()),
            ]
        );
    }
}
