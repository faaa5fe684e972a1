//! The page about what changed.

use askama::Template;
use axum::extract::{Path, State};
use countersign_core::format;
use serde_json::Value;

use super::super::document::ids;
use super::super::interaction;
use super::super::page::{missing, pair};
use super::super::view::InteractionView;
use super::lines::{Cell, Row, alone, compare};
use super::pairing::{Pairing, Side, pair as pair_up};
use crate::api::Query;
use crate::app::AppState;
use crate::domain::pact::Pact;
use crate::store::pacts::Pair;
use crate::store::{self, Conn, overview, pacts};
use crate::web::components::{Choice, Pages, Version, plural};
use crate::web::page::{Frame, Page, Section, render};
use crate::web::site::{RAW, Site, with_query};
use crate::web::when::When;

/// How large the changes of one page may become together, in bytes of HTML.
const BUDGET: usize = 60 * 1024;

/// How many lines of each body are compared.
const MOST_LINES: usize = 20_000;

/// How many other versions are offered for comparison.
const MOST_VERSIONS: i64 = 50;

#[derive(Template)]
#[template(path = "diff.html")]
struct DiffPage {
    frame: Frame,
    consumer: String,
    provider: String,
    before: Shown,
    after: Shown,
    /// "1 added, 2 changed, 40 unchanged"
    summary: String,
    changes: Vec<ChangeView>,
    pages: Pages,
    /// Why the two cannot be compared.
    unreadable: Option<String>,
    versions: Vec<Choice>,
    action: String,
    pact: String,
    raw: String,
}

/// One of the two versions.
struct Shown {
    version: Version,
    published: When,
}

struct ChangeView {
    class: &'static str,
    shape: &'static str,
    word: &'static str,
    description: String,
    target: String,
    kind: &'static str,
    rows: Vec<Row>,
    /// What only one side has.
    alone: Vec<Cell>,
    /// More lines than are shown.
    left_out: usize,
}

/// From the latest earlier pact with another content.
pub(in crate::web) async fn with_previous(
    State(app): State<AppState>,
    site: Site,
    query: Query,
    Path((provider, consumer, number)): Path<(String, String, String)>,
) -> Page {
    let mut conn = app.store.read().await?;
    let pair = pair(&mut conn, &provider, &consumer).await?;
    let after = pact(&mut conn, pair, (&consumer, &provider), &number).await?;
    let before = pacts::previous_distinct(&mut conn, &after).await?;
    let before = before.ok_or_else(|| {
        missing(format!("{consumer} has no earlier pact with {provider} that differs from that of {number}."))
    })?;
    show(&mut conn, &site, &query, before, after).await
}

/// From another version's pact, which a form may give instead of the path.
pub(in crate::web) async fn with_version(
    State(app): State<AppState>,
    site: Site,
    query: Query,
    Path((provider, consumer, number, other)): Path<(String, String, String, String)>,
) -> Page {
    let mut conn = app.store.read().await?;
    let pair = pair(&mut conn, &provider, &consumer).await?;
    let after = pact(&mut conn, pair, (&consumer, &provider), &number).await?;
    let other = query.text("with").unwrap_or(&other);
    let before = pact(&mut conn, pair, (&consumer, &provider), other).await?;
    show(&mut conn, &site, &query, before, after).await
}

async fn pact(
    conn: &mut Conn,
    pair: Pair,
    (consumer, provider): (&str, &str),
    number: &str,
) -> Result<Pact, crate::web::failure::WebError> {
    let pact = pacts::of_version(conn, pair, number).await?;
    pact.ok_or_else(|| missing(format!("{consumer} {number} has no pact with {provider}.")))
}

async fn show(conn: &mut Conn, site: &Site, query: &Query, before: Pact, after: Pact) -> Page {
    let bytes = (pacts::bytes(conn, before.content_id).await?, pacts::bytes(conn, after.content_id).await?);
    let numbers = overview::pact_versions(conn, after.consumer_id, after.provider_id, MOST_VERSIONS).await?;
    let compared = tokio::task::spawn_blocking(move || changes(&bytes.0, &bytes.1)).await?;
    let now = store::now();
    let (provider, consumer) = (after.provider.clone(), after.consumer.clone());
    let here = site.diff((&provider, &consumer), &after.version, &before.version);
    let shown = |pact: &Pact| Shown {
        version: Version::linked(&pact.version, site.pact(&provider, &consumer, &pact.version)),
        published: When::new(pact.created_at, now),
    };
    let (summary, all, unreadable) = match compared {
        Ok((summary, changes)) => (summary, changes, None),
        Err(reason) => (String::new(), Vec::new(), Some(reason)),
    };
    let page = query.text("page").and_then(|page| page.parse().ok()).filter(|page| *page >= 1).unwrap_or(1);
    let (changes, pages) = paged(all, page);
    render(&DiffPage {
        frame: Frame::new(site, Section::None, format!("What changed · {consumer} → {provider}")),
        before: shown(&before),
        after: shown(&after),
        summary,
        changes,
        pages: Pages::new(page, pages, |page| with_query(&here, &[("page", &page.to_string())])),
        unreadable,
        versions: numbers
            .iter()
            .filter(|number| **number != after.version)
            .map(|number| Choice::new(number, &crate::web::components::shorten(number), &before.version))
            .collect(),
        action: here.clone(),
        pact: site.pact(&provider, &consumer, &after.version),
        raw: format!("{here}?{RAW}"),
        consumer,
        provider,
    })
}

/// The changes of one page, and how many pages there are.
fn paged(all: Vec<ChangeView>, page: usize) -> (Vec<ChangeView>, usize) {
    let (mut number, mut weight) = (1, 0);
    let mut shown = Vec::new();
    for change in all {
        let own = change.weight();
        if weight > 0 && weight + own > BUDGET {
            number += 1;
            weight = 0;
        }
        weight += own;
        if number == page {
            shown.push(change);
        }
    }
    (shown, number)
}

/// The summary and every change, or why there is none.
fn changes(before: &[u8], after: &[u8]) -> Result<(String, Vec<ChangeView>), String> {
    let read = |bytes: &[u8]| {
        let json: Value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        let ids = ids(&json);
        format::from_json(json).map(|pact| (pact, ids)).map_err(|error| error.to_string())
    };
    let ((old, old_ids), (new, new_ids)) = (read(before)?, read(after)?);
    let pairs = pair_up(
        &Side { interactions: &old.interactions, ids: &old_ids },
        &Side { interactions: &new.interactions, ids: &new_ids },
    );
    let view = |pact: &countersign_core::pact::Pact, place: usize| {
        interaction::view(pact, &pact.interactions[place], place + 1, None, MOST_LINES)
    };
    let mut counts = [0; 4];
    let mut views = Vec::new();
    for pairing in pairs {
        match pairing {
            Pairing::Same => counts[3] += 1,
            Pairing::Added(place) => {
                counts[0] += 1;
                views.push(ChangeView::alone(("added", "+", "added"), &view(&new, place)));
            }
            Pairing::Removed(place) => {
                counts[1] += 1;
                views.push(ChangeView::alone(("removed", "−", "removed"), &view(&old, place)));
            }
            Pairing::Changed(before, after) => {
                counts[2] += 1;
                views.push(ChangeView::changed(&view(&old, before), &view(&new, after)));
            }
        }
    }
    Ok((summary(counts), views))
}

fn summary([added, removed, changed, same]: [usize; 4]) -> String {
    let counts = [(added, "added"), (removed, "removed"), (changed, "changed"), (same, "unchanged")];
    let told: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    match (added + removed + changed, told.is_empty()) {
        (_, true) => "Neither has an interaction.".to_owned(),
        (0, false) => format!("Nothing changed in {}.", plural(same, "interaction")),
        _ => format!("Interactions: {}.", told.join(", ")),
    }
}

impl ChangeView {
    fn new((class, shape, word): (&'static str, &'static str, &'static str), view: &InteractionView) -> Self {
        Self {
            class,
            shape,
            word,
            description: view.description.clone(),
            target: view.target.clone(),
            kind: view.kind,
            rows: Vec::new(),
            alone: Vec::new(),
            left_out: 0,
        }
    }

    fn alone(kind: (&'static str, &'static str, &'static str), view: &InteractionView) -> Self {
        let mut change = Self { alone: alone(view), ..Self::new(kind, view) };
        let weight = |cell: &Cell| Row::Different(Some(cell.clone()), None).weight();
        let shown = fitting(change.alone.iter().map(weight));
        change.left_out = change.alone.len() - shown;
        change.alone.truncate(shown);
        change
    }

    fn changed(before: &InteractionView, after: &InteractionView) -> Self {
        let mut change = Self { rows: compare(before, after), ..Self::new(("changed", "~", "changed"), after) };
        let shown = fitting(change.rows.iter().map(Row::weight));
        change.left_out = change.rows.len() - shown;
        change.rows.truncate(shown);
        change
    }

    fn weight(&self) -> usize {
        let alone = self.alone.iter().map(|cell| Row::Different(Some(cell.clone()), None).weight());
        300 + self.rows.iter().map(Row::weight).chain(alone).sum::<usize>()
    }
}

/// How many of these fit on a page.
fn fitting(weights: impl Iterator<Item = usize>) -> usize {
    let mut sum = 0;
    weights
        .take_while(|weight| {
            sum += weight;
            sum <= BUDGET
        })
        .count()
}
