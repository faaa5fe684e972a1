//! Which integrations fit what was chosen, in which order.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use super::filters::{Filters, Sort};
use crate::store::overview::IntegrationState;
use crate::web::components::Status;
use crate::web::deployed::Deployed;

/// The newest pact's state; one without a result is stale when an older pact of the pair has one.
pub(in crate::web) fn status(integration: &IntegrationState) -> Status {
    match (integration.success, integration.pending) {
        (Some(0), Some(1)) => Status::Pending,
        (Some(success), _) => Status::of(Some(success != 0)),
        (None, _) if integration.ever_verified => Status::Stale,
        (None, _) => Status::Never,
    }
}

/// Leaves the integrations that fit, in order, whatever their status. `carriers` are the pacticipants with the label, if one was chosen.
pub(super) fn choose(
    mut all: Vec<IntegrationState>,
    filters: &Filters,
    carriers: Option<&HashSet<i64>>,
    deployed: &Deployed,
) -> Vec<IntegrationState> {
    let text = filters.text.to_lowercase();
    all.retain(|one| {
        let named = text.is_empty()
            || one.consumer.to_lowercase().contains(&text)
            || one.provider.to_lowercase().contains(&text);
        named
            && carriers.is_none_or(|all| all.contains(&one.consumer_id) || all.contains(&one.provider_id))
            && (filters.environment.is_empty() || !deployed.of(one.consumer_id, one.provider_id).is_empty())
    });
    let mut names: HashMap<i64, String> = HashMap::new();
    for one in &all {
        names.entry(one.consumer_id).or_insert_with(|| one.consumer.to_lowercase());
        names.entry(one.provider_id).or_insert_with(|| one.provider.to_lowercase());
    }
    all.sort_by(|a, b| {
        let order = compare(filters.sort, &names, a, b);
        let order = if filters.reversed { order.reverse() } else { order };
        order.then_with(|| by_names(&names, a, b))
    });
    all
}

/// Leaves those of the chosen status, if one was chosen.
pub(super) fn keep_status(found: &mut Vec<IntegrationState>, chosen: &str) {
    found.retain(|one| chosen.is_empty() || status(one).key() == chosen);
}

fn by_names(names: &HashMap<i64, String>, a: &IntegrationState, b: &IntegrationState) -> Ordering {
    let key = |one: &IntegrationState| {
        [names.get(&one.consumer_id), names.get(&one.provider_id)].map(Option::<&String>::cloned)
    };
    key(a).cmp(&key(b)).then_with(|| (&a.consumer, &a.provider).cmp(&(&b.consumer, &b.provider)))
}

fn compare(sort: Sort, names: &HashMap<i64, String>, a: &IntegrationState, b: &IntegrationState) -> Ordering {
    match sort {
        Sort::Consumer => names.get(&a.consumer_id).cmp(&names.get(&b.consumer_id)),
        Sort::Provider => names.get(&a.provider_id).cmp(&names.get(&b.provider_id)),
        Sort::Published => b.published_at.cmp(&a.published_at),
        Sort::Verified => b.verified_at.cmp(&a.verified_at),
        Sort::Status => status(a).urgency().cmp(&status(b).urgency()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integration(consumer: &str, provider: &str, success: Option<i64>, pending: Option<i64>) -> IntegrationState {
        let id = |name: &str| name.bytes().fold(0, |id, byte| id * 256 + i64::from(byte));
        IntegrationState {
            consumer_id: id(consumer),
            consumer: consumer.to_owned(),
            provider_id: id(provider),
            provider: provider.to_owned(),
            version_id: Some(1),
            version: Some("1".to_owned()),
            published_at: Some(id(consumer)),
            verified_by: None,
            success,
            pending,
            verified_at: success.map(|_| id(provider)),
            ever_verified: success.is_some() || pending.is_some(),
        }
    }

    fn chosen(filters: &Filters) -> String {
        let all = vec![
            integration("B", "x", Some(1), None),
            integration("a", "x", Some(0), Some(0)),
            integration("a", "Y", Some(0), Some(1)),
            integration("c", "z", None, None),
            integration("d", "z", None, Some(0)),
        ];
        let mut shown = choose(all, filters, None, &Deployed::default());
        keep_status(&mut shown, &filters.status);
        shown.iter().map(|one| format!("{}{}", one.consumer, one.provider)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn rows_are_ordered_and_filtered() {
        let by = |sort, reversed| Filters { sort, reversed, ..Filters::default() };
        let with = |status: &str| Filters { status: status.to_owned(), ..Filters::default() };
        for (filters, expected) in [
            (Filters::default(), "ax aY Bx cz dz"),
            (by(Sort::Consumer, true), "dz cz Bx ax aY"),
            (by(Sort::Provider, false), "ax Bx aY cz dz"),
            (by(Sort::Published, false), "dz cz ax aY Bx"),
            (by(Sort::Status, false), "ax aY cz dz Bx"),
            (with("failed"), "ax"),
            (with("pending"), "aY"),
            (with("never"), "cz"),
            (with("stale"), "dz"),
            (Filters { text: "Z".to_owned(), ..Filters::default() }, "cz dz"),
            (Filters { environment: "production".to_owned(), ..Filters::default() }, ""),
        ] {
            assert_eq!(chosen(&filters), expected, "{filters:?}");
        }
    }
}
