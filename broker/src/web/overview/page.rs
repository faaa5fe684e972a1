//! The start page.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;

use super::first_steps::{Step, first_steps};
use super::production::Production;
use crate::api::Query;
use crate::app::AppState;
use crate::domain::version::VersionDetails;
use crate::store::overview::{IntegrationState, integrations};
use crate::store::{self, version_details};
use crate::web::components::{Mark, Status, Version};
use crate::web::page::{Frame, Page, Section, render};
use crate::web::site::{Site, with_query};
use crate::web::when::When;

/// How many integrations one page shows.
const PAGE_SIZE: i64 = 100;

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview {
    frame: Frame,
    rows: Vec<Row>,
    /// How many there are, in words.
    count: String,
    filter: String,
    /// Where the filter is sent to.
    action: String,
    previous: Option<String>,
    next: Option<String>,
    first_steps: Vec<Step>,
}

struct Row {
    consumer: String,
    provider: String,
    /// The page about the newest pact, if there is one.
    link: Option<String>,
    matrix: String,
    version: Option<Version>,
    branch: Option<String>,
    published: Option<When>,
    status: Mark,
    verifier: Option<Version>,
    verified: Option<When>,
    production: Vec<Running>,
}

struct Running {
    status: Mark,
    version: Version,
    environment: String,
}

/// Every integration, or those that `?q=` finds.
pub(crate) async fn page(State(app): State<AppState>, site: Site, query: Query) -> Page {
    let filter = query.text("q").unwrap_or_default().trim().to_owned();
    let number = query.text("page").and_then(|page| page.parse().ok()).filter(|page| *page >= 1).unwrap_or(1);
    let now = store::now();
    let mut conn = app.store.read().await?;
    let page = store::Page { number, size: PAGE_SIZE };
    let (found, total) = integrations(&mut conn, Some(&filter), page).await?;
    let versions: Vec<i64> = found.iter().filter_map(|integration| integration.version_id).collect();
    let details = version_details::load(&mut conn, &versions).await?;
    let production = Production::load(&mut conn, &found).await?;
    drop(conn);
    let is_empty = total == 0 && filter.is_empty();
    let writer = Writer { site: &site, details, production, now };
    let pages = (total + PAGE_SIZE - 1) / PAGE_SIZE;
    let turn = |to: i64| (to >= 1 && to <= pages).then(|| page_link(&site, &filter, to));
    render(&Overview {
        frame: Frame::new(&site, Section::Overview, "Overview"),
        rows: found.iter().map(|integration| writer.row(integration)).collect(),
        count: count(total, &filter),
        action: site.to(&[]),
        previous: turn(number - 1),
        next: turn(number + 1),
        first_steps: if is_empty { first_steps(site.address()) } else { Vec::new() },
        filter,
    })
}

fn count(total: i64, filter: &str) -> String {
    let plural = if total == 1 { "" } else { "s" };
    if filter.is_empty() { format!("{total} integration{plural}") } else { format!("{total} found") }
}

fn page_link(site: &Site, filter: &str, number: i64) -> String {
    let number = number.to_string();
    let pairs = [("q", filter), ("page", number.as_str())];
    let given: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    with_query(&site.to(&[]), &given)
}

struct Writer<'a> {
    site: &'a Site,
    details: HashMap<i64, VersionDetails>,
    production: Production,
    now: i64,
}

impl Writer<'_> {
    fn row(&self, integration: &IntegrationState) -> Row {
        let (consumer, provider) = (integration.consumer.as_str(), integration.provider.as_str());
        let own = |number: &str| Version::linked(number, self.site.pact(provider, consumer, number));
        let details = integration.version_id.and_then(|id| self.details.get(&id));
        let running = self.production.of(integration.consumer_id, integration.provider_id);
        Row {
            link: integration.version.as_ref().map(|_| self.site.latest_pact(provider, consumer)),
            matrix: self.site.matrix(provider, consumer),
            version: integration.version.as_deref().map(own),
            branch: details.and_then(VersionDetails::branch).map(str::to_owned),
            published: integration.published_at.map(|at| When::new(at, self.now)),
            status: status(integration).mark(),
            verifier: integration.verified_by.as_deref().map(Version::new),
            verified: integration.verified_at.map(|at| When::new(at, self.now)),
            production: running
                .into_iter()
                .map(|running| Running {
                    status: running.status.mark(),
                    version: own(&running.number),
                    environment: running.environment,
                })
                .collect(),
            consumer: consumer.to_owned(),
            provider: provider.to_owned(),
        }
    }
}

/// The newest pact's state; one without a result is stale when an older pact of the pair has one.
fn status(integration: &IntegrationState) -> Status {
    match integration.success {
        Some(success) => Status::of(Some(success != 0)),
        None if integration.ever_verified => Status::Stale,
        None => Status::Never,
    }
}
