//! The page about one pact.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, State};
use serde_json::Value;

use super::document::{Document, Wanted, read};
use crate::api::Query;
use crate::app::AppState;
use crate::domain::pact::Pact;
use crate::domain::version::VersionDetails;
use crate::store::overview::{self, ResultSummary};
use crate::store::pacts::Pair;
use crate::store::{self, Conn, StoreError, pacticipants, pacts, verifications, version_details};
use crate::web::components::{Mark, Places, Status, Version};
use crate::web::failure::WebError;
use crate::web::page::{Frame, Page, Section, render};
use crate::web::site::{RAW, Site, with_query};
use crate::web::when::When;

/// How many provider versions' results are named.
const MOST_RESULTS: i64 = 6;

#[derive(Template)]
#[template(path = "pact.html")]
struct PactPage {
    frame: Frame,
    consumer: String,
    provider: String,
    version: Version,
    places: Places,
    published: When,
    /// How many other consumer versions have the same contract.
    same_as: i64,
    status: Mark,
    /// Whether the newest result is a failure.
    failed: bool,
    results: Vec<ResultLine>,
    document: Document,
    filter: String,
    links: PageLinks,
}

struct PageLinks {
    here: String,
    raw: String,
    matrix: String,
    deploy: String,
    previous: Option<String>,
    next: Option<String>,
}

struct ResultLine {
    status: Mark,
    version: Version,
    places: Places,
    verified: When,
}

type TwoNames = Path<(String, String)>;
type ThreeNames = Path<(String, String, String)>;

pub(crate) async fn of_version(
    State(app): State<AppState>,
    site: Site,
    query: Query,
    Path((provider, consumer, number)): ThreeNames,
) -> Page {
    let mut conn = app.store.read().await?;
    let pair = pair(&mut conn, &provider, &consumer).await?;
    let pact = pacts::of_version(&mut conn, pair, &number).await?;
    let pact = pact.ok_or_else(|| missing(format!("{consumer} {number} has no pact with {provider}.")))?;
    show(&mut conn, &site, &query, pact).await
}

pub(crate) async fn of_content(
    State(app): State<AppState>,
    site: Site,
    query: Query,
    Path((provider, consumer, sha)): ThreeNames,
) -> Page {
    let mut conn = app.store.read().await?;
    let pair = pair(&mut conn, &provider, &consumer).await?;
    let pact = match pacts::content_by_sha(&mut conn, pair, &sha).await? {
        Some(content) => pacts::latest_with_content(&mut conn, content.id).await?,
        None => None,
    };
    let pact =
        pact.ok_or_else(|| missing(format!("{consumer} and {provider} have no pact with the content {sha}.")))?;
    show(&mut conn, &site, &query, pact).await
}

pub(crate) async fn latest(
    State(app): State<AppState>,
    site: Site,
    query: Query,
    Path((provider, consumer)): TwoNames,
) -> Page {
    let mut conn = app.store.read().await?;
    let pair = pair(&mut conn, &provider, &consumer).await?;
    let pact = pacts::latest(&mut conn, pair).await?;
    let pact = pact.ok_or_else(|| missing(format!("{consumer} has no pact with {provider}.")))?;
    show(&mut conn, &site, &query, pact).await
}

pub(crate) async fn latest_tagged(
    State(app): State<AppState>,
    site: Site,
    query: Query,
    Path((provider, consumer, tag)): ThreeNames,
) -> Page {
    let mut conn = app.store.read().await?;
    let pair = pair(&mut conn, &provider, &consumer).await?;
    let pact = pacts::latest_tagged(&mut conn, pair, &tag).await?;
    let pact =
        pact.ok_or_else(|| missing(format!("No version of {consumer} with tag {tag} has a pact with {provider}.")))?;
    show(&mut conn, &site, &query, pact).await
}

pub(crate) async fn latest_untagged(
    State(app): State<AppState>,
    site: Site,
    query: Query,
    Path((provider, consumer)): TwoNames,
) -> Page {
    let mut conn = app.store.read().await?;
    let pair = pair(&mut conn, &provider, &consumer).await?;
    let pact = pacts::latest_untagged(&mut conn, pair).await?;
    let pact =
        pact.ok_or_else(|| missing(format!("No version of {consumer} without a tag has a pact with {provider}.")))?;
    show(&mut conn, &site, &query, pact).await
}

pub(crate) async fn latest_on_branch(
    State(app): State<AppState>,
    site: Site,
    query: Query,
    Path((provider, consumer, branch)): ThreeNames,
) -> Page {
    let mut conn = app.store.read().await?;
    let pair = pair(&mut conn, &provider, &consumer).await?;
    let pact = pacts::latest_on_branch(&mut conn, pair, &branch).await?;
    let pact = pact
        .ok_or_else(|| missing(format!("No version of {consumer} on branch {branch} has a pact with {provider}.")))?;
    show(&mut conn, &site, &query, pact).await
}

fn missing(what: String) -> WebError {
    WebError::NotFound { what }
}

/// Both sides, which must exist.
pub(crate) async fn pair(conn: &mut Conn, provider: &str, consumer: &str) -> Result<Pair, WebError> {
    let unknown = |name: &str| missing(format!("This broker knows no application named {name}."));
    let found = pacticipants::find(conn, provider).await?.ok_or_else(|| unknown(provider))?;
    let consumer = pacticipants::find(conn, consumer).await?.ok_or_else(|| unknown(consumer))?;
    Ok(Pair { consumer: consumer.id, provider: found.id })
}

/// Everything about a pact that the database knows.
struct Loaded {
    bytes: Vec<u8>,
    details: HashMap<i64, VersionDetails>,
    results: Vec<ResultSummary>,
    /// The newest verifier's account.
    account: Option<Value>,
    versions: i64,
}

async fn load(conn: &mut Conn, pact: &Pact) -> Result<Loaded, StoreError> {
    let bytes = pacts::bytes(conn, pact.content_id).await?;
    let results = overview::results(conn, pact.content_id, MOST_RESULTS).await?;
    let newest = verifications::latest(conn, pact.content_id).await?;
    let ids: Vec<i64> = results.iter().map(|result| result.provider_version_id).chain([pact.version_id]).collect();
    Ok(Loaded {
        bytes,
        details: version_details::load(conn, &ids).await?,
        results,
        account: newest.and_then(|verification| verification.test_results),
        versions: overview::versions_with_content(conn, pact.content_id).await?,
    })
}

async fn show(conn: &mut Conn, site: &Site, query: &Query, pact: Pact) -> Page {
    let loaded = load(conn, &pact).await?;
    let filter = query.text("q").unwrap_or_default().trim().to_owned();
    let page = query.text("page").and_then(|page| page.parse().ok()).filter(|page| *page >= 1).unwrap_or(1);
    let wanted = Wanted { filter: filter.clone(), page };
    let Loaded { bytes, details, results, account, versions } = loaded;
    // a large pact takes a moment that other requests should not wait for
    let document = tokio::task::spawn_blocking(move || read(&bytes, account.as_ref(), &wanted)).await?;
    let now = store::now();
    let places = |version: i64| details.get(&version).map(Places::of).unwrap_or_default();
    let here = site.pact(&pact.provider, &pact.consumer, &pact.version);
    render(&PactPage {
        frame: Frame::new(site, Section::None, format!("{} → {}", pact.consumer, pact.provider)),
        version: Version::linked(&pact.version, here.clone()),
        places: places(pact.version_id),
        published: When::new(pact.created_at, now),
        same_as: versions - 1,
        failed: results.first().is_some_and(|result| !result.success),
        status: Status::of(results.first().map(|result| result.success)).mark(),
        results: results
            .iter()
            .map(|result| ResultLine {
                status: Status::of(Some(result.success)).mark(),
                version: Version::new(&result.provider_version),
                places: places(result.provider_version_id),
                verified: When::new(result.verified_at, now),
            })
            .collect(),
        links: page_links(site, &pact, here, &filter, page, document.pages),
        document,
        filter,
        consumer: pact.consumer,
        provider: pact.provider,
    })
}

fn page_links(site: &Site, pact: &Pact, here: String, filter: &str, page: usize, pages: usize) -> PageLinks {
    let turn = |to: usize| {
        let number = to.to_string();
        let pairs = [("q", filter), ("page", number.as_str())];
        let given: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        (to >= 1 && to <= pages).then(|| with_query(&here, &given))
    };
    PageLinks {
        raw: format!("{here}?{RAW}"),
        matrix: site.matrix(&pact.provider, &pact.consumer),
        deploy: site.can_i_deploy(&pact.consumer, &pact.version, ""),
        previous: turn(page - 1),
        next: turn(page + 1),
        here,
    }
}
