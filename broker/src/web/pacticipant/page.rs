//! The page about an application.

use askama::Template;
use axum::extract::{Path, State};

use super::timeline::{Entry, entries};
use crate::api::Query;
use crate::app::AppState;
use crate::domain::pacticipant::Pacticipant;
use crate::domain::version::Version as Known;
use crate::store::overview::{self, IntegrationState};
use crate::store::{self, Conn, StoreError, branches, labels, network, pacticipants, versions};
use crate::web::components::{Badge, Choice, Mark, Pages, Version, is_web_address, plural};
use crate::web::environments::in_order;
use crate::web::failure::WebError;
use crate::web::overview::status;
use crate::web::page::{Frame, Page, Section, render};
use crate::web::site::{Site, with_query};
use crate::web::when::When;

/// How many versions one page shows.
const PAGE_SIZE: i64 = 30;

/// How many branches are offered.
const MOST_BRANCHES: i64 = 100;

/// How many neighbours of each kind are shown.
const MOST_NEIGHBOURS: usize = 60;

#[derive(Template)]
#[template(path = "pacticipant.html")]
struct PacticipantPage {
    frame: Frame,
    name: String,
    display_name: Option<String>,
    repository: Option<String>,
    main_branch: Option<String>,
    labels: Vec<String>,
    environments: Vec<Place>,
    sides: Vec<Side>,
    /// "41 versions"
    count: String,
    entries: Vec<Entry>,
    branches: Vec<Choice>,
    branch: String,
    pages: Pages,
    badges: Vec<Badge>,
    links: Links,
}

struct Links {
    here: String,
    matrix: String,
    network: String,
    deploy: String,
    history: String,
}

/// What an environment runs of it.
struct Place {
    name: String,
    running: Vec<Running>,
}

struct Running {
    version: Version,
    since: When,
    instance: String,
}

/// Its consumers, or its providers.
struct Side {
    title: &'static str,
    /// What the other side is to it.
    column: &'static str,
    neighbours: Vec<Neighbour>,
    left_out: usize,
}

struct Neighbour {
    name: String,
    link: String,
    pact: Option<Version>,
    published: Option<When>,
    status: Mark,
    verifier: Option<Version>,
    verified: Option<When>,
    matrix: String,
}

/// The page about one application, or one of its branches (`?branch=`).
pub(crate) async fn page(State(app): State<AppState>, site: Site, query: Query, Path(name): Path<String>) -> Page {
    let mut conn = app.store.read().await?;
    let known = find(&mut conn, &name).await?;
    let now = store::now();
    let branch = query.text("branch").unwrap_or_default().to_owned();
    let number = query.text("page").and_then(|page| page.parse().ok()).filter(|page| *page >= 1).unwrap_or(1);
    let (found, total) = found(&mut conn, &known, &branch, number).await?;
    let here = site.pacticipant(&name);
    let integrations = overview::integrations_of(&mut conn, known.id).await?;
    let labels = labels::of(&mut conn, &[known.id]).await?.remove(&known.id).unwrap_or_default();
    let (heads, _) = branches::list(&mut conn, known.id, None, store::Page { number: 1, size: MOST_BRANCHES }).await?;
    let pages = usize::try_from((total + PAGE_SIZE - 1) / PAGE_SIZE).unwrap_or(1);
    render(&PacticipantPage {
        frame: Frame::new(&site, Section::None, name.as_str()),
        environments: places(&mut conn, &site, &known, now).await?,
        entries: entries(&mut conn, &site, &name, &found, now).await?,
        sides: sides(&site, known.id, &integrations, now),
        badges: badges(&site, known.id, &integrations),
        labels,
        count: plural(usize::try_from(total).unwrap_or_default(), "version"),
        branches: heads.iter().map(|head| Choice::new(&head.name, &head.name, &branch)).collect(),
        pages: Pages::new(usize::try_from(number).unwrap_or(1), pages, |page| {
            let page = page.to_string();
            let pairs = [("branch", branch.as_str()), ("page", page.as_str())];
            let given: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
            with_query(&here, &given)
        }),
        links: Links {
            matrix: site.query(&["matrix"], &[("q[][pacticipant]", &name), ("latestby", "cvpv")]),
            network: site.query(&["network"], &[("focus", &name)]),
            deploy: site.can_i_deploy(&name, "", ""),
            history: site.query(&["environments", "history"], &[("application", &name)]),
            here,
        },
        repository: known.repository_url.filter(|url| is_web_address(url)),
        display_name: known.display_name.filter(|shown| *shown != name),
        main_branch: known.main_branch,
        branch,
        name,
    })
}

/// The application of this name, which must exist.
pub(super) async fn find(conn: &mut Conn, name: &str) -> Result<Pacticipant, WebError> {
    let found = pacticipants::find(conn, name).await?;
    found.ok_or_else(|| WebError::NotFound { what: format!("This broker knows no application named {name}.") })
}

async fn found(conn: &mut Conn, known: &Pacticipant, branch: &str, number: i64) -> Result<(Vec<Known>, i64), WebError> {
    let page = store::Page { number, size: PAGE_SIZE };
    if branch.is_empty() {
        return Ok(versions::list(conn, known.id, Some(page)).await?);
    }
    let Some(branch) = branches::find(conn, known.id, branch).await? else {
        return Err(WebError::NotFound { what: format!("{} has no branch {branch}.", known.name) });
    };
    Ok(branches::versions(conn, branch.id, Some(page)).await?)
}

async fn places(conn: &mut Conn, site: &Site, known: &Pacticipant, now: i64) -> Result<Vec<Place>, StoreError> {
    let live = network::live(conn).await?;
    let of = |environment: i64| {
        let here = live.iter().filter(|one| one.environment_id == environment && one.pacticipant_id == known.id);
        here.map(|one| Running {
            version: Version::linked(&one.number, site.version(&known.name, &one.number)),
            since: When::new(one.since, now),
            instance: match &one.instance {
                Some(instance) => format!("on {instance}"),
                None if one.deployed => String::new(),
                None => "released".to_owned(),
            },
        })
        .collect()
    };
    let all = in_order(conn).await?;
    Ok(all.iter().map(|one| Place { name: one.fields.name.clone(), running: of(one.id) }).collect())
}

fn sides(site: &Site, own: i64, integrations: &[IntegrationState], now: i64) -> Vec<Side> {
    let side = |title, column, mut those: Vec<&IntegrationState>, name: fn(&IntegrationState) -> &str| {
        those.sort_by_key(|one| (status(one).urgency(), name(one).to_lowercase()));
        let left_out = those.len().saturating_sub(MOST_NEIGHBOURS);
        let shown = those.into_iter().take(MOST_NEIGHBOURS);
        Side { title, column, neighbours: shown.map(|one| neighbour(site, one, name(one), now)).collect(), left_out }
    };
    let consumers = integrations.iter().filter(|one| one.provider_id == own).collect();
    let providers = integrations.iter().filter(|one| one.consumer_id == own).collect();
    vec![
        side("Consumers", "Consumer", consumers, |one| &one.consumer),
        side("Providers", "Provider", providers, |one| &one.provider),
    ]
}

fn neighbour(site: &Site, one: &IntegrationState, name: &str, now: i64) -> Neighbour {
    let (consumer, provider) = (one.consumer.as_str(), one.provider.as_str());
    let pact = |number: &String| Version::linked(number, site.pact(provider, consumer, number));
    Neighbour {
        name: name.to_owned(),
        link: site.pacticipant(name),
        pact: one.version.as_ref().map(pact),
        published: one.published_at.map(|at| When::new(at, now)),
        status: status(one).mark(),
        verifier: one.verified_by.as_deref().map(|number| Version::linked(number, site.version(provider, number))),
        verified: one.verified_at.map(|at| When::new(at, now)),
        matrix: site.matrix(provider, consumer),
    }
}

/// A badge for each of its pacts, as consumer and as provider.
fn badges(site: &Site, own: i64, integrations: &[IntegrationState]) -> Vec<Badge> {
    let mut those: Vec<&IntegrationState> = integrations.iter().filter(|one| one.version.is_some()).collect();
    those.sort_by_key(|one| (one.consumer_id != own, one.consumer.to_lowercase(), one.provider.to_lowercase()));
    those.iter().take(20).map(|one| Badge::of_pact(site, &one.provider, &one.consumer)).collect()
}
