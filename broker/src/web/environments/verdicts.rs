//! Which versions could move from one environment to another: can-i-deploy for everything at once.
//!
//! The verdict of each is that of can-i-deploy, which a test compares; what is looked up does not grow with the number of
//! versions.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::store::network::{Dependency, LiveVersion};
use crate::web::components::Status;
use crate::web::deployed::together;

/// What stands in a version's way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Obstacle {
    /// The other application.
    pub(super) other: i64,
    /// Whether the other is the provider of the pact, or its consumer.
    pub(super) other_provides: bool,
    /// Failed, never verified, or not there at all.
    pub(super) status: Status,
    /// The other's versions in the target environment that count.
    pub(super) versions: Vec<String>,
    /// The other's version in the source environment agrees, so moving that first would help.
    pub(super) goes_after: bool,
}

/// A version and what keeps it from moving.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) pacticipant: i64,
    pub(super) version: i64,
    pub(super) number: String,
    pub(super) obstacles: Vec<Obstacle>,
}

/// What is known of two environments.
pub(super) struct Facts<'a> {
    pub(super) live: &'a [LiveVersion],
    pub(super) from: i64,
    pub(super) to: i64,
    /// Pacts of the versions in the source, beside the providers in the target.
    pub(super) outwards: &'a [Dependency],
    /// Pacts of the versions in the target, beside the providers in the source.
    pub(super) inwards: &'a [Dependency],
    /// Pacts and providers in the source.
    pub(super) within: &'a [Dependency],
}

/// By consumer version and provider: the providers' versions with what each said.
type Results<'a> = BTreeMap<(i64, i64), Vec<(Option<&'a str>, Option<bool>)>>;

fn results(dependencies: &[Dependency]) -> Results<'_> {
    let mut results = Results::new();
    for one in dependencies {
        let said = results.entry((one.version_id, one.provider_id)).or_default();
        if one.provider_version_id.is_some() {
            said.push((one.provider_version.as_deref(), one.success.map(|success| success != 0)));
        }
    }
    results
}

/// A verdict for each version in the source that the target does not run yet, in the order of `live`.
pub(super) fn verdicts(facts: &Facts<'_>) -> Vec<Verdict> {
    let there: HashSet<i64> =
        facts.live.iter().filter(|one| one.environment_id == facts.to).map(|one| one.version_id).collect();
    let (outwards, within) = (results(facts.outwards), results(facts.within));
    let mut as_consumer: HashMap<i64, Vec<Obstacle>> = HashMap::new();
    for ((version, provider), said) in &outwards {
        let outcomes: Vec<Option<bool>> = said.iter().map(|(_, success)| *success).collect();
        let status = together(&outcomes);
        if status == Status::Verified {
            continue;
        }
        let agreed = within.get(&(*version, *provider)).is_some_and(|said| {
            together(&said.iter().map(|(_, success)| *success).collect::<Vec<_>>()) == Status::Verified
        });
        as_consumer.entry(*version).or_default().push(Obstacle {
            other: *provider,
            other_provides: true,
            status,
            versions: said.iter().filter_map(|(number, _)| number.map(str::to_owned)).collect(),
            goes_after: agreed,
        });
    }
    let as_provider = as_provider(facts);
    let mut seen = HashSet::new();
    let moving = facts.live.iter().filter(|one| one.environment_id == facts.from && !there.contains(&one.version_id));
    moving
        .filter(|one| seen.insert(one.version_id))
        .map(|one| Verdict {
            pacticipant: one.pacticipant_id,
            version: one.version_id,
            number: one.number.clone(),
            obstacles: [&as_consumer, &as_provider]
                .iter()
                .filter_map(|known| known.get(&one.version_id))
                .flatten()
                .cloned()
                .collect(),
        })
        .collect()
}

/// What the consumers in the target lack of each version in the source.
fn as_provider(facts: &Facts<'_>) -> HashMap<i64, Vec<Obstacle>> {
    let mut agreed: HashMap<(i64, i64), bool> = HashMap::new();
    for one in facts.within {
        if let Some(version) = one.provider_version_id {
            let all = agreed.entry((version, one.consumer_id)).or_insert(true);
            *all &= one.success == Some(1);
        }
    }
    let mut found: HashMap<i64, Vec<Obstacle>> = HashMap::new();
    for one in facts.inwards {
        let Some(version) = one.provider_version_id.filter(|_| one.success != Some(1)) else { continue };
        // an application that consumes itself is replaced by the version that moves
        if one.consumer_id == one.provider_id {
            continue;
        }
        let status = Status::of(one.success.map(|success| success != 0));
        let goes_after = agreed.get(&(version, one.consumer_id)).copied().unwrap_or_default();
        let obstacles = found.entry(version).or_default();
        match obstacles.iter_mut().find(|known| known.other == one.consumer_id) {
            Some(known) => {
                known.versions.push(one.version.clone());
                if status == Status::Failed {
                    known.status = status;
                }
            }
            None => obstacles.push(Obstacle {
                other: one.consumer_id,
                other_provides: false,
                status,
                versions: vec![one.version.clone()],
                goes_after,
            }),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const FROM: i64 = 1;
    const TO: i64 = 2;

    fn live(environment_id: i64, pacticipant_id: i64, version_id: i64) -> LiveVersion {
        LiveVersion {
            environment_id,
            pacticipant_id,
            version_id,
            number: version_id.to_string(),
            since: 0,
            instance: None,
            deployed: true,
        }
    }

    fn dependency(consumer: (i64, i64), provider: (i64, Option<i64>), success: Option<i64>) -> Dependency {
        Dependency {
            consumer_id: consumer.0,
            version_id: consumer.1,
            version: consumer.1.to_string(),
            provider_id: provider.0,
            provider_version_id: provider.1,
            provider_version: provider.1.map(|id| id.to_string()),
            success,
        }
    }

    /// The consumer 10 runs 101 in the source and 100 in the target; the provider 20 runs 201 and 200.
    fn obstacles(outwards: &[Dependency], inwards: &[Dependency], within: &[Dependency]) -> String {
        let live = [live(FROM, 10, 101), live(FROM, 20, 201), live(TO, 10, 100), live(TO, 20, 200)];
        let facts = Facts { live: &live, from: FROM, to: TO, outwards, inwards, within };
        let told = |verdict: &Verdict| {
            let obstacles = verdict.obstacles.iter().map(|one| {
                let after = if one.goes_after { " goes after" } else { "" };
                format!(" {} {} {}{after}", one.other, one.versions.join("+"), one.status.key())
            });
            format!("{}:{}", verdict.number, obstacles.collect::<Vec<_>>().join(";"))
        };
        verdicts(&facts).iter().map(told).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn what_agrees_on_both_sides_can_move() {
        let out = [dependency((10, 101), (20, Some(200)), Some(1))];
        let inwards = [dependency((10, 100), (20, Some(201)), Some(1))];
        assert_eq!(obstacles(&out, &inwards, &[]), "101: | 201:");
    }

    #[test]
    fn what_was_never_looked_at_or_failed_or_is_not_there_stands_in_the_way() {
        let out = [dependency((10, 101), (20, Some(200)), None)];
        let inwards = [dependency((10, 100), (20, Some(201)), Some(0))];
        assert_eq!(obstacles(&out, &inwards, &[]), "101: 20 200 never | 201: 10 100 failed");
        let out = [dependency((10, 101), (20, None), None)];
        assert_eq!(obstacles(&out, &[], &[]), "101: 20  not-deployed | 201:");
    }

    #[test]
    fn what_agrees_in_the_source_only_says_who_goes_first() {
        let out = [dependency((10, 101), (20, Some(200)), None)];
        let within = [dependency((10, 101), (20, Some(201)), Some(1))];
        assert_eq!(obstacles(&out, &[], &within), "101: 20 200 never goes after | 201:");
    }
}
