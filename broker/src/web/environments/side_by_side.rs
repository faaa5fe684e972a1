//! What runs where, side by side.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;

use super::in_order;
use crate::api::Query;
use crate::app::AppState;
use crate::store::network::{self, LiveVersion};
use crate::store::{self};
use crate::web::components::{Choice, Command, Pages, Version, plural};
use crate::web::page::{Frame, Page, Section, render};
use crate::web::site::Site;
use crate::web::when::When;

/// How many applications one page shows.
const PAGE_SIZE: usize = 50;

#[derive(Template)]
#[template(path = "environments.html")]
struct EnvironmentsPage {
    frame: Frame,
    count: String,
    columns: Vec<Column>,
    rows: Vec<Row>,
    filter: String,
    differing: bool,
    from: Vec<Choice>,
    to: Vec<Choice>,
    action: String,
    promotion: String,
    history: String,
    pages: Pages,
    /// What to type while nothing is recorded anywhere.
    first: Option<Command>,
}

struct Column {
    name: String,
    production: bool,
    /// How many applications run there.
    count: usize,
    network: String,
}

struct Row {
    name: String,
    link: String,
    cells: Vec<Cell>,
}

/// What one environment runs of one application.
struct Cell {
    label: String,
    running: Vec<Running>,
}

struct Running {
    version: Version,
    since: When,
    instance: String,
}

/// Every application that runs anywhere, or those that `?q=` finds; with `?differing=yes` those that do not run the same
/// everywhere.
pub(crate) async fn page(State(app): State<AppState>, site: Site, query: Query) -> Page {
    let mut conn = app.store.read().await?;
    let known = in_order(&mut conn).await?;
    let live = network::live(&mut conn).await?;
    let names = network::names(&mut conn).await?;
    drop(conn);
    let filter = query.text("q").unwrap_or_default().trim().to_owned();
    let differing = query.text("differing") == Some("yes");
    let now = store::now();
    let mut by_place: HashMap<(i64, i64), Vec<&LiveVersion>> = HashMap::new();
    for one in &live {
        by_place.entry((one.pacticipant_id, one.environment_id)).or_default().push(one);
    }
    let at = |pacticipant: i64, environment: i64| {
        by_place.get(&(pacticipant, environment)).map_or(&[][..], |these| these.as_slice())
    };
    let sought = filter.to_lowercase();
    let environments: Vec<i64> = known.iter().map(|one| one.id).collect();
    let found: Vec<&(i64, String)> = names
        .iter()
        .filter(|(_, name)| name.to_lowercase().contains(&sought))
        .filter(|(id, _)| environments.iter().any(|environment| !at(*id, *environment).is_empty()))
        .filter(|(id, _)| !differing || differs(&environments, |environment| at(*id, environment)))
        .collect();
    let count = Pages::count(found.len(), PAGE_SIZE);
    let number = query.text("page").and_then(|page| page.parse().ok()).unwrap_or(1_usize).clamp(1, count.max(1));
    let row = |(id, name): &(i64, String)| Row {
        name: name.clone(),
        link: site.pacticipant(name),
        cells: known
            .iter()
            .map(|environment| Cell {
                label: environment.fields.name.clone(),
                running: at(*id, environment.id).iter().map(|one| running(&site, name, one, now)).collect(),
            })
            .collect(),
    };
    let page_link = |page: usize| {
        let page = page.to_string();
        let pairs = [("q", filter.as_str()), ("differing", if differing { "yes" } else { "" }), ("page", &page)];
        let given: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        site.query(&["environments"], &given)
    };
    // what moves to production comes from where most runs
    let last = known.last();
    let others = known.iter().filter(|one| Some(one.id) != last.map(|last| last.id));
    let before = others.max_by_key(|one| live.iter().filter(|live| live.environment_id == one.id).count());
    let choices = |chosen: Option<&crate::domain::environment::Environment>| {
        let chosen = chosen.map_or("", |one| one.fields.name.as_str());
        known.iter().map(|one| Choice::new(&one.fields.name, one.shown_name(), chosen)).collect::<Vec<_>>()
    };
    render(&EnvironmentsPage {
        frame: Frame::new(&site, Section::Environments, "Environments"),
        count: plural(found.len(), "application"),
        columns: known
            .iter()
            .map(|one| Column {
                name: one.fields.name.clone(),
                production: one.fields.production,
                count: names.iter().filter(|(id, _)| !at(*id, one.id).is_empty()).count(),
                network: site.query(&["network"], &[("environment", &one.fields.name)]),
            })
            .collect(),
        rows: found.iter().skip((number - 1) * PAGE_SIZE).take(PAGE_SIZE).map(|one| row(one)).collect(),
        from: choices(before),
        to: choices(last),
        action: site.to(&["environments"]),
        promotion: site.to(&["environments", "promotion"]),
        history: site.to(&["environments", "history"]),
        pages: Pages::new(number, count, page_link),
        first: live.is_empty().then(|| first_command(&site)),
        filter,
        differing,
    })
}

fn running(site: &Site, name: &str, one: &LiveVersion, now: i64) -> Running {
    Running {
        version: Version::linked(&one.number, site.version(name, &one.number)),
        since: When::new(one.since, now),
        instance: match &one.instance {
            Some(instance) => instance.clone(),
            None if one.deployed => String::new(),
            None => "released".to_owned(),
        },
    }
}

/// Whether any two environments run different versions.
fn differs<'a>(environments: &[i64], at: impl Fn(i64) -> &'a [&'a LiveVersion]) -> bool {
    let mut sets = environments.iter().map(|environment| {
        let mut versions: Vec<i64> = at(*environment).iter().map(|one| one.version_id).collect();
        versions.sort_unstable();
        versions.dedup();
        versions
    });
    let first = sets.next();
    sets.any(|other| Some(&other) != first.as_ref())
}

fn first_command(site: &Site) -> Command {
    Command::new(
        "countersign record-deployment",
        &[
            "--pacticipant",
            "inventory-service",
            "--version",
            "VERSION",
            "--environment",
            "production",
            "--broker-base-url",
            site.address(),
        ],
    )
}
