//! How what runs in an environment fits together.

use std::collections::HashMap;

use super::components::Status;
use crate::store::network::{self, Dependency};
use crate::store::{Conn, StoreError};

/// A consumer version that runs somewhere, and whether the provider beside it keeps its pact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Running {
    pub(super) number: String,
    pub(super) environment: String,
    pub(super) status: Status,
}

/// What runs in some environments, by consumer and provider.
#[derive(Debug, Default)]
pub(super) struct Deployed(HashMap<(i64, i64), Vec<Running>>);

impl Deployed {
    /// What runs in these environments: rows and names.
    pub(super) async fn load(conn: &mut Conn, environments: &[(i64, String)]) -> Result<Self, StoreError> {
        let mut deployed = Self::default();
        for (id, name) in environments {
            deployed.add(name, &network::dependencies(conn, *id, *id).await?);
        }
        Ok(deployed)
    }

    fn add(&mut self, environment: &str, found: &[Dependency]) {
        let mut versions: Vec<(&Dependency, Vec<Option<bool>>)> = Vec::new();
        let mut places: HashMap<(i64, i64), usize> = HashMap::new();
        for dependency in found {
            let place = *places.entry((dependency.version_id, dependency.provider_id)).or_insert_with(|| {
                versions.push((dependency, Vec::new()));
                versions.len() - 1
            });
            if dependency.provider_version_id.is_some() {
                versions[place].1.push(dependency.success.map(|success| success != 0));
            }
        }
        for (dependency, results) in versions {
            let running = Running {
                number: dependency.version.clone(),
                environment: environment.to_owned(),
                status: together(&results),
            };
            self.0.entry((dependency.consumer_id, dependency.provider_id)).or_default().push(running);
        }
    }

    /// The consumer's versions there that have a pact with the provider, newest first.
    pub(super) fn of(&self, consumer: i64, provider: i64) -> &[Running] {
        self.0.get(&(consumer, provider)).map_or(&[], Vec::as_slice)
    }

    /// Every pair: consumer, provider, and what the consumer runs there.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&(i64, i64), &Vec<Running>)> {
        self.0.iter()
    }
}

/// Every version of the provider that runs beside the consumer has to keep the contract.
pub(super) fn together(results: &[Option<bool>]) -> Status {
    if results.is_empty() {
        Status::ProviderNotDeployed
    } else if results.contains(&Some(false)) {
        Status::Failed
    } else if results.contains(&None) {
        Status::Never
    } else {
        Status::Verified
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONSUMER: i64 = 1;
    const PROVIDER: i64 = 2;

    fn dependency(provider_version_id: Option<i64>, success: Option<i64>) -> Dependency {
        Dependency {
            consumer_id: CONSUMER,
            version_id: 10,
            version: "10".to_owned(),
            provider_id: PROVIDER,
            provider_version: provider_version_id.map(|id| id.to_string()),
            provider_version_id,
            success,
        }
    }

    #[test]
    fn every_provider_version_beside_the_consumer_counts() {
        for (found, expected) in [
            (vec![dependency(None, None)], Status::ProviderNotDeployed),
            (vec![dependency(Some(20), Some(1))], Status::Verified),
            (vec![dependency(Some(20), Some(1)), dependency(Some(21), None)], Status::Never),
            (vec![dependency(Some(20), None), dependency(Some(21), Some(0))], Status::Failed),
        ] {
            let mut deployed = Deployed::default();
            deployed.add("production", &found);
            let running = deployed.of(CONSUMER, PROVIDER);
            assert_eq!((running.len(), running[0].status), (1, expected), "{found:?}");
        }
        assert_eq!(Deployed::default().of(CONSUMER, PROVIDER), []);
    }
}
