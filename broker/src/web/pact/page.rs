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
use crate::web::components::{Mark, Pages, Places, Status, Version, is_web_address};
use crate::web::failure::WebError;
use crate::web::page::{Frame, Page, Section, render};
use crate::web::site::{RAW, Site, with_query};
use crate::web::when::When;

/// How many provider versions' results are named.
const MOST_RESULTS: i64 = 6;

/// How many other versions with the same contract are named.
const MOST_TWINS: i64 = 24;

#[derive(Template)]
#[template(path = "pact.html")]
struct PactPage {
    frame: Frame,
    consumer: String,
    consumer_link: String,
    provider: String,
    provider_link: String,
    version: Version,
    places: Places,
    published: When,
    /// How many other consumer versions have the same contract, and the newest of them.
    same_as: i64,
    twins: Vec<Version>,
    status: Mark,
    /// Whether the newest result is a failure.
    failed: bool,
    results: Vec<ResultLine>,
    document: Document,
    pages: Pages,
    filter: String,
    links: PageLinks,
}

struct PageLinks {
    here: String,
    raw: String,
    matrix: String,
    deploy: String,
    /// What changed since the previous distinct contract, if there is one.
    diff: Option<String>,
}

struct ResultLine {
    /// The same page with this result's account.
    link: String,
    /// Whether it is the one whose account is shown.
    shown: bool,
    build: Option<String>,
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

pub(super) fn missing(what: String) -> WebError {
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
    /// The account of the result that is shown.
    account: Option<Value>,
    /// The number of that result.
    shown: Option<i64>,
    versions: i64,
    twins: Vec<String>,
    previous: Option<Pact>,
}

async fn load(conn: &mut Conn, pact: &Pact, result: Option<i64>) -> Result<Loaded, StoreError> {
    let bytes = pacts::bytes(conn, pact.content_id).await?;
    let results = overview::results(conn, pact.content_id, MOST_RESULTS).await?;
    let wanted = result.or_else(|| results.first().map(|result| result.number));
    let shown = match wanted {
        Some(number) => verifications::find(conn, pact.content_id, number).await?,
        None => None,
    };
    let ids: Vec<i64> = results.iter().map(|result| result.provider_version_id).chain([pact.version_id]).collect();
    Ok(Loaded {
        bytes,
        details: version_details::load(conn, &ids).await?,
        results,
        shown: shown.as_ref().map(|verification| verification.number),
        account: shown.and_then(|verification| verification.test_results),
        versions: overview::versions_with_content(conn, pact.content_id).await?,
        twins: overview::newest_with_content(conn, pact.content_id, pact.version_id, MOST_TWINS).await?,
        previous: pacts::previous_distinct(conn, pact).await?,
    })
}

async fn show(conn: &mut Conn, site: &Site, query: &Query, pact: Pact) -> Page {
    let number = |key: &str| query.text(key).and_then(|number| number.parse::<i64>().ok());
    let loaded = load(conn, &pact, number("result")).await?;
    let filter = query.text("q").unwrap_or_default().trim().to_owned();
    let page = query.text("page").and_then(|page| page.parse().ok()).filter(|page| *page >= 1).unwrap_or(1);
    let at = query.text("at").and_then(|number| number.parse().ok());
    let wanted = Wanted { filter: filter.clone(), page, at };
    let Loaded { bytes, details, results, account, shown, versions, twins, previous } = loaded;
    // a large pact takes a moment that other requests should not wait for
    let document = tokio::task::spawn_blocking(move || read(&bytes, account.as_ref(), &wanted)).await?;
    let now = store::now();
    let places = |version: i64| details.get(&version).map(Places::of).unwrap_or_default();
    let own = |number: &str| Version::linked(number, site.pact(&pact.provider, &pact.consumer, number));
    let here = site.pact(&pact.provider, &pact.consumer, &pact.version);
    render(&PactPage {
        frame: Frame::new(site, Section::None, format!("{} → {}", pact.consumer, pact.provider)),
        version: Version::linked(&pact.version, site.version(&pact.consumer, &pact.version)),
        places: places(pact.version_id),
        published: When::new(pact.created_at, now),
        same_as: versions - 1,
        failed: results.iter().any(|result| Some(result.number) == shown && !result.success),
        twins: twins.iter().map(|number| own(number)).collect(),
        status: Status::Never.mark(),
        results: results
            .iter()
            .map(|result| ResultLine {
                status: result_status(result).mark(),
                version: Version::linked(
                    &result.provider_version,
                    site.version(&pact.provider, &result.provider_version),
                ),
                link: with_query(&here, &[("result", &result.number.to_string())]),
                shown: Some(result.number) == shown,
                build: result.build_url.clone().filter(|url| is_web_address(url)),
                places: places(result.provider_version_id),
                verified: When::new(result.verified_at, now),
            })
            .collect(),
        pages: Pages::new(document.page, document.pages, |page| page_link(&here, &filter, shown, page)),
        links: PageLinks {
            raw: format!("{here}?{RAW}"),
            matrix: site.matrix(&pact.provider, &pact.consumer),
            deploy: site.can_i_deploy(&pact.consumer, &pact.version, ""),
            diff: previous
                .map(|previous| site.diff((&pact.provider, &pact.consumer), &pact.version, &previous.version)),
            here,
        },
        document,
        filter,
        consumer_link: site.pacticipant(&pact.consumer),
        provider_link: site.pacticipant(&pact.provider),
        consumer: pact.consumer,
        provider: pact.provider,
    })
}

/// What a result says of the provider version; a failure that was expected is none.
fn result_status(result: &ResultSummary) -> Status {
    match (result.success, result.pending) {
        (false, Some(1)) => Status::Pending,
        (success, _) => Status::of(Some(success)),
    }
}

fn page_link(here: &str, filter: &str, result: Option<i64>, page: usize) -> String {
    let (page, result) = (page.to_string(), result.map(|number| number.to_string()).unwrap_or_default());
    let pairs = [("q", filter), ("page", page.as_str()), ("result", result.as_str())];
    let given: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    with_query(here, &given)
}
