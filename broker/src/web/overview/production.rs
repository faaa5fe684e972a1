//! Whether what runs in production fits together.

use std::collections::HashMap;

use super::super::components::Status;
use crate::store::overview::{self, InProduction, IntegrationState};
use crate::store::{Conn, StoreError};

/// A consumer version in production, and whether the provider beside it keeps its contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Running {
    pub(super) number: String,
    pub(super) environment: String,
    pub(super) status: Status,
}

/// What is known of production for a number of integrations.
#[derive(Debug, Default)]
pub(super) struct Production {
    running: Vec<InProduction>,
    contents: HashMap<(i64, i64), i64>,
    outcomes: HashMap<(i64, i64), bool>,
}

impl Production {
    /// Everything these integrations need to know.
    pub(super) async fn load(conn: &mut Conn, integrations: &[IntegrationState]) -> Result<Self, StoreError> {
        let sides = integrations.iter().flat_map(|integration| [integration.consumer_id, integration.provider_id]);
        let pacticipants = distinct(sides);
        let running = overview::in_production(conn, &pacticipants).await?;
        let versions = distinct(running.iter().map(|running| running.version_id));
        let contents = overview::contents(conn, &versions).await?;
        let wanted = distinct(contents.values().copied());
        let outcomes = overview::outcomes(conn, &wanted, &versions).await?;
        Ok(Self { running, contents, outcomes })
    }

    /// The consumer's versions in production that have a pact with the provider, newest first.
    pub(super) fn of(&self, consumer: i64, provider: i64) -> Vec<Running> {
        let of_consumer = self.running.iter().filter(|running| running.pacticipant_id == consumer);
        of_consumer
            .filter_map(|running| {
                let content = *self.contents.get(&(running.version_id, provider))?;
                Some(Running {
                    number: running.number.clone(),
                    environment: running.environment.clone(),
                    status: self.status(content, provider, running.environment_id),
                })
            })
            .collect()
    }

    /// Every version of the provider in the environment has to keep the contract.
    fn status(&self, content: i64, provider: i64, environment: i64) -> Status {
        let beside =
            |running: &&InProduction| running.pacticipant_id == provider && running.environment_id == environment;
        let results: Vec<Option<bool>> = self
            .running
            .iter()
            .filter(beside)
            .map(|running| self.outcomes.get(&(content, running.version_id)).copied())
            .collect();
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
}

fn distinct(ids: impl Iterator<Item = i64>) -> Vec<i64> {
    let mut ids: Vec<i64> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONSUMER: i64 = 1;
    const PROVIDER: i64 = 2;

    #[track_caller]
    fn check(provider_versions: &[(i64, Option<bool>)], expected: Status) {
        let running = |pacticipant_id, version_id| InProduction {
            pacticipant_id,
            version_id,
            number: version_id.to_string(),
            environment_id: 9,
            environment: "production".to_owned(),
        };
        let mut production = Production { running: vec![running(CONSUMER, 10)], ..Production::default() };
        production.contents.insert((10, PROVIDER), 100);
        for (version, outcome) in provider_versions {
            production.running.push(running(PROVIDER, *version));
            production.outcomes.extend(outcome.map(|outcome| ((100, *version), outcome)));
        }
        assert_eq!(production.of(CONSUMER, PROVIDER)[0].status, expected, "{provider_versions:?}");
    }

    #[test]
    fn every_provider_version_beside_the_consumer_counts() {
        check(&[], Status::ProviderNotDeployed);
        check(&[(20, Some(true))], Status::Verified);
        check(&[(20, Some(true)), (21, None)], Status::Never);
        check(&[(20, None), (21, Some(false))], Status::Failed);
    }

    #[test]
    fn a_version_without_a_pact_with_the_provider_is_not_shown() {
        assert_eq!(Production::default().of(CONSUMER, PROVIDER), []);
    }
}
