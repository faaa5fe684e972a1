//! The start page.

use std::collections::{HashMap, HashSet};

use askama::Template;
use axum::extract::State;

use super::filters::{Filters, STATUSES, Sort};
use super::first_steps::{Step, first_steps};
use super::rows::{choose, keep_status, status};
use crate::api::Query;
use crate::app::AppState;
use crate::domain::environment::Environment;
use crate::domain::version::VersionDetails;
use crate::store::overview::{self, IntegrationState};
use crate::store::{self, Conn, StoreError, environments, labels, network, version_details};
use crate::web::components::{Choice, Mark, Pages, Tally, Version, plural, thousands};
use crate::web::deployed::Deployed;
use crate::web::page::{Frame, Page, Section, render};
use crate::web::site::Site;
use crate::web::when::When;

/// How many integrations one page shows.
const PAGE_SIZE: usize = 40;

/// How many branches are suggested.
const MOST_BRANCHES: i64 = 30;

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview {
    frame: Frame,
    rows: Vec<Row>,
    /// How many there are, in words.
    count: String,
    tally: Tally,
    filters: Filters,
    order: String,
    statuses: Vec<Choice>,
    labels: Vec<Choice>,
    environments: Vec<Choice>,
    branches: Vec<String>,
    heads: Vec<Head>,
    /// Where the filters are sent to.
    action: String,
    pages: Pages,
    first_steps: Vec<Step>,
}

/// A column's head.
struct Head {
    title: String,
    link: Option<String>,
    order: &'static str,
}

struct Row {
    consumer: String,
    consumer_link: String,
    provider: String,
    provider_link: String,
    matrix: String,
    version: Option<Version>,
    branch: Option<String>,
    published: Option<When>,
    status: Mark,
    verifier: Option<Version>,
    verified: Option<When>,
    running: Vec<RunningHere>,
}

struct RunningHere {
    status: Mark,
    version: Version,
    /// Empty when the column says it.
    environment: String,
}

/// The integrations that fit what the query chooses.
pub(crate) async fn page(State(app): State<AppState>, site: Site, query: Query) -> Page {
    let mut filters = Filters::read(&query);
    let mut conn = app.store.read().await?;
    let known = environments::list(&mut conn, None).await?;
    let all = match filters.branch.as_str() {
        "" => overview::integrations(&mut conn).await?,
        branch => overview::integrations_on_branch(&mut conn, branch).await?,
    };
    let is_empty = all.is_empty() && !filters.is_narrow();
    let deployed = Deployed::load(&mut conn, &counted(&known, &filters.environment)).await?;
    let carriers = carriers(&mut conn, &filters.label).await?;
    let mut found = choose(all, &filters, carriers.as_ref(), &deployed);
    let tally = Tally::new(found.iter().map(status), |status| Some(filters.of_status(&site, status.key())));
    keep_status(&mut found, &filters.status);
    let pages = Pages::count(found.len(), PAGE_SIZE);
    filters.page = filters.page.min(pages.max(1));
    let shown: Vec<&IntegrationState> = found.iter().skip((filters.page - 1) * PAGE_SIZE).take(PAGE_SIZE).collect();
    let versions: Vec<i64> = shown.iter().filter_map(|integration| integration.version_id).collect();
    let details = version_details::load(&mut conn, &versions).await?;
    let choices = (labels::all(&mut conn).await?, overview::common_branches(&mut conn, MOST_BRANCHES).await?);
    drop(conn);
    let writer = Writer { site: &site, details, deployed, filters: &filters, now: store::now() };
    render(&Overview {
        frame: Frame::new(&site, Section::Overview, "Overview"),
        rows: shown.iter().map(|integration| writer.row(integration)).collect(),
        count: if filters.is_narrow() {
            format!("{} found", thousands(found.len()))
        } else {
            plural(found.len(), "integration")
        },
        tally,
        order: filters.order(),
        statuses: STATUSES.iter().map(|(key, word)| Choice::new(key, word, &filters.status)).collect(),
        labels: choices.0.iter().map(|name| Choice::new(name, name, &filters.label)).collect(),
        environments: known.iter().map(|one| environment_choice(one, &filters.environment)).collect(),
        branches: choices.1,
        heads: heads(&site, &filters),
        action: site.to(&[]),
        pages: Pages::new(filters.page, pages, |page| Filters { page, ..filters.clone() }.link(&site)),
        first_steps: if is_empty { first_steps(site.address()) } else { Vec::new() },
        filters,
    })
}

/// An environment to choose, under the name people know it by.
fn environment_choice(environment: &Environment, chosen: &str) -> Choice {
    Choice::new(&environment.fields.name, environment.shown_name(), chosen)
}

/// The environments whose running versions are shown: the one chosen, else those for production.
fn counted(known: &[Environment], chosen: &str) -> Vec<(i64, String)> {
    let counts = |one: &&Environment| if chosen.is_empty() { one.fields.production } else { one.fields.name == chosen };
    known.iter().filter(counts).map(|one| (one.id, one.fields.name.clone())).collect()
}

async fn carriers(conn: &mut Conn, label: &str) -> Result<Option<HashSet<i64>>, StoreError> {
    if label.is_empty() {
        return Ok(None);
    }
    let everyone: Vec<i64> = network::names(conn).await?.into_iter().map(|(id, _)| id).collect();
    let labels = labels::of(conn, &everyone).await?;
    let carries = |names: &Vec<String>| names.iter().any(|name| name == label);
    Ok(Some(labels.into_iter().filter(|(_, names)| carries(names)).map(|(id, _)| id).collect()))
}

fn heads(site: &Site, filters: &Filters) -> Vec<Head> {
    let sorted = |title: &str, sort: Sort| Head {
        title: title.to_owned(),
        link: Some(filters.ordered_by(site, sort)),
        order: filters.heard(sort),
    };
    let running = if filters.environment.is_empty() { "production" } else { filters.environment.as_str() };
    vec![
        sorted("Consumer", Sort::Consumer),
        sorted("Provider", Sort::Provider),
        sorted("Latest pact", Sort::Published),
        sorted("Status", Sort::Status),
        sorted("Verified", Sort::Verified),
        Head { title: format!("In {running}"), link: None, order: "none" },
    ]
}

struct Writer<'a> {
    site: &'a Site,
    details: HashMap<i64, VersionDetails>,
    deployed: Deployed,
    filters: &'a Filters,
    now: i64,
}

impl Writer<'_> {
    fn row(&self, integration: &IntegrationState) -> Row {
        let (consumer, provider) = (integration.consumer.as_str(), integration.provider.as_str());
        let own = |number: &str| Version::linked(number, self.site.pact(provider, consumer, number));
        let details = integration.version_id.and_then(|id| self.details.get(&id));
        let running = self.deployed.of(integration.consumer_id, integration.provider_id);
        Row {
            consumer_link: self.site.pacticipant(consumer),
            provider_link: self.site.pacticipant(provider),
            matrix: self.site.matrix(provider, consumer),
            version: integration.version.as_deref().map(own),
            branch: details.and_then(VersionDetails::branch).map(str::to_owned),
            published: integration.published_at.map(|at| When::new(at, self.now)),
            status: status(integration).mark(),
            verifier: integration
                .verified_by
                .as_deref()
                .map(|number| Version::linked(number, self.site.version(provider, number))),
            verified: integration.verified_at.map(|at| When::new(at, self.now)),
            running: running
                .iter()
                .map(|running| RunningHere {
                    status: running.status.mark(),
                    version: own(&running.number),
                    environment: self.environment(&running.environment),
                })
                .collect(),
            consumer: consumer.to_owned(),
            provider: provider.to_owned(),
        }
    }

    fn environment(&self, name: &str) -> String {
        let is_said = name == self.filters.environment || name == "production";
        if is_said { String::new() } else { name.to_owned() }
    }
}
