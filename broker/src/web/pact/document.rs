//! What a page shows of a pact's bytes.

use countersign_core::format;
use countersign_core::pact::digest::interaction_id;
use countersign_core::pact::{InteractionKind, Pact};
use serde_json::Value;

use super::findings::Accounts;
use super::view::InteractionView;
use super::{body, cut, interaction};

/// Up to how many interactions are unfolded to begin with.
const UNFOLDED: usize = 20;

/// How many characters are shown of a document that is no pact.
const MOST_RAW: usize = 40_000;

/// How many failing interactions are named at the top.
const MOST_FAILURES: usize = 20;

/// Which interactions to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Only those that contain this.
    pub(super) filter: String,
    /// Counted from 1.
    pub(super) page: usize,
    /// The page that has this interaction, counted from 1, instead.
    pub(super) at: Option<usize>,
}

/// The interactions of a page, and what is known of all.
#[derive(Debug, Default)]
pub(super) struct Document {
    /// "41 interactions: 30 REST, 11 gRPC"
    pub(super) summary: String,
    pub(super) specification: String,
    pub(super) interactions: Vec<InteractionView>,
    pub(super) total: usize,
    /// How many fit the filter.
    pub(super) found: usize,
    /// Which page this is, counted from 1.
    pub(super) page: usize,
    pub(super) pages: usize,
    pub(super) failures: Vec<Failure>,
    /// How many more fail than are named.
    pub(super) more_failures: usize,
    /// Whether the verifier told about single interactions.
    pub(super) has_accounts: bool,
    /// Why the bytes cannot be shown as a pact, with the bytes as text.
    pub(super) unreadable: Option<(String, String)>,
}

/// A failing interaction and where to find it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) description: String,
    /// Its place in the pact, counted from 1.
    pub(super) number: usize,
    pub(super) anchor: String,
}

/// Reads a pact and picks what to show.
pub(super) fn read(bytes: &[u8], results: Option<&Value>, wanted: &Wanted) -> Document {
    let parsed = serde_json::from_slice::<Value>(bytes).map_err(|error| error.to_string());
    let read = parsed.and_then(|json| {
        let ids = ids(&json);
        format::from_json(json).map(|pact| (pact, ids)).map_err(|error| error.to_string())
    });
    match read {
        Ok((pact, ids)) => show(&pact, &ids, &results.map(Accounts::read).unwrap_or_default(), wanted),
        Err(reason) => {
            let text: String = String::from_utf8_lossy(bytes).chars().take(MOST_RAW).collect();
            Document { unreadable: Some((reason, text)), ..Document::default() }
        }
    }
}

/// The identity of every interaction, in the order the model has them.
pub(super) fn ids(pact: &Value) -> Vec<String> {
    let lists = ["interactions", "messages"].iter().filter_map(|list| pact.get(list)?.as_array());
    lists.flatten().map(interaction_id).collect()
}

fn show(pact: &Pact, ids: &[String], accounts: &Accounts, wanted: &Wanted) -> Document {
    let filter = wanted.filter.to_lowercase();
    let account =
        |index: usize| accounts.of(ids.get(index).map_or("", String::as_str), &pact.interactions[index].description);
    let found: Vec<usize> = (0..pact.interactions.len())
        .filter(|index| filter.is_empty() || interaction::has(&pact.interactions[*index], &filter))
        .collect();
    let view = |index: &usize| {
        let mut view =
            interaction::view(pact, &pact.interactions[*index], index + 1, account(*index), body::MOST_LINES);
        let weight = cut::fit(&mut view);
        (weight, view)
    };
    let weights: Vec<usize> = found.iter().map(|index| view(index).0).collect();
    let starts = cut::starts(&weights);
    let bounds = |page: usize| (starts.get(page), starts.get(page + 1).copied().unwrap_or(found.len()));
    let page = match wanted.at.and_then(|number| found.iter().position(|index| index + 1 == number)) {
        Some(place) => starts.partition_point(|start| *start <= place),
        None => wanted.page,
    };
    let mut interactions: Vec<InteractionView> = match bounds(page - 1) {
        (Some(start), end) => found[*start..end].iter().map(|index| view(index).1).collect(),
        (None, _) => Vec::new(),
    };
    if interactions.len() <= UNFOLDED {
        interactions.iter_mut().for_each(|interaction| interaction.open = true);
    }
    let failing: Vec<usize> =
        (0..pact.interactions.len()).filter(|index| account(*index).is_some_and(|account| !account.success)).collect();
    let failures = failing.iter().take(MOST_FAILURES).map(|index| Failure {
        description: pact.interactions[*index].description.clone(),
        number: index + 1,
        anchor: interaction::anchor(index + 1),
    });
    Document {
        summary: summary(pact),
        specification: pact.specification.to_string(),
        total: pact.interactions.len(),
        found: found.len(),
        page,
        pages: starts.len(),
        failures: failures.collect(),
        more_failures: failing.len().saturating_sub(MOST_FAILURES),
        has_accounts: !accounts.is_empty(),
        interactions,
        unreadable: None,
    }
}

fn summary(pact: &Pact) -> String {
    let mut kinds: Vec<(&str, usize)> = Vec::new();
    for interaction in &pact.interactions {
        let kind = match &interaction.kind {
            InteractionKind::Http(_) => "REST",
            InteractionKind::SynchronousMessage(_) if interaction.is_grpc() => "gRPC",
            _ => "message",
        };
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => *count += 1,
            None => kinds.push((kind, 1)),
        }
    }
    let plural = |count: usize, noun: &str| if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") };
    let total = plural(pact.interactions.len(), "interaction");
    let each: Vec<String> = kinds
        .iter()
        .map(|(kind, count)| if *kind == "message" { plural(*count, kind) } else { format!("{count} {kind}") })
        .collect();
    match each.as_slice() {
        [] => total,
        [only] => format!("{total}, {}", only.split_once(' ').map_or("", |(_, kind)| kind)),
        several => format!("{total}: {}", several.join(", ")),
    }
}
