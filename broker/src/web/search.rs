//! Applications, versions and branches by a part of their names; what is the only one of its name is gone to at once.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect};

use super::components::Version;
use super::page::{Frame, Page, Section, render};
use super::site::{Site, with_query};
use super::when::When;
use crate::api::Query;
use crate::app::AppState;
use crate::store::search::{self, Found};
use crate::store::{self, network};

/// How many of each kind are shown.
const MOST: usize = 30;

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    frame: Frame,
    asked: String,
    action: String,
    count: String,
    applications: Vec<(String, String)>,
    /// How many more applications there are.
    left_out: usize,
    versions: Vec<VersionLine>,
    branches: Vec<BranchLine>,
}

struct VersionLine {
    pacticipant: String,
    pacticipant_link: String,
    version: Version,
    when: When,
}

struct BranchLine {
    pacticipant: String,
    name: String,
    link: String,
    when: When,
}

/// What `?q=` finds.
pub(crate) async fn page(State(app): State<AppState>, site: Site, query: Query) -> Page {
    let asked = query.text("q").unwrap_or_default().trim().to_owned();
    let mut page = SearchPage {
        frame: Frame::new(&site, Section::None, "Search"),
        action: site.to(&["search"]),
        count: String::new(),
        applications: Vec::new(),
        left_out: 0,
        versions: Vec::new(),
        branches: Vec::new(),
        asked,
    };
    if page.asked.is_empty() {
        return render(&page);
    }
    let mut conn = app.store.read().await?;
    let limit = i64::try_from(MOST).unwrap_or(i64::MAX);
    let names = network::names(&mut conn).await?;
    let versions = search::versions(&mut conn, &page.asked, limit).await?;
    let branches = search::branches(&mut conn, &page.asked, limit).await?;
    drop(conn);
    let sought = page.asked.to_lowercase();
    let fitting: Vec<&String> =
        names.iter().map(|(_, name)| name).filter(|name| name.to_lowercase().contains(&sought)).collect();
    if let Some(link) = only_one(&site, &fitting, &versions, &branches, &page.asked) {
        return Ok(Redirect::to(&link).into_response());
    }
    let now = store::now();
    page.count = format!("{} found", fitting.len() + versions.len() + branches.len());
    page.left_out = fitting.len().saturating_sub(MOST);
    page.applications = fitting.iter().take(MOST).map(|name| ((*name).clone(), site.pacticipant(name))).collect();
    page.versions = versions.iter().map(|found| version_line(&site, found, now)).collect();
    page.branches = branches.iter().map(|found| branch_line(&site, found, now)).collect();
    render(&page)
}

/// Where to go when the text can mean one thing only: an application of just this name, or the one thing found.
fn only_one(site: &Site, names: &[&String], versions: &[Found], branches: &[Found], asked: &str) -> Option<String> {
    if let Some(exact) = names.iter().find(|name| name.as_str() == asked) {
        return Some(site.pacticipant(exact));
    }
    match (names, versions, branches) {
        ([name], [], []) => Some(site.pacticipant(name)),
        ([], [version], []) => Some(site.version(&version.pacticipant, &version.name)),
        ([], [], [branch]) => Some(branch_link(site, branch)),
        _ => None,
    }
}

fn branch_link(site: &Site, branch: &Found) -> String {
    with_query(&site.pacticipant(&branch.pacticipant), &[("branch", &branch.name)])
}

fn version_line(site: &Site, found: &Found, now: i64) -> VersionLine {
    VersionLine {
        pacticipant_link: site.pacticipant(&found.pacticipant),
        version: Version::linked(&found.name, site.version(&found.pacticipant, &found.name)),
        when: When::new(found.at, now),
        pacticipant: found.pacticipant.clone(),
    }
}

fn branch_line(site: &Site, found: &Found, now: i64) -> BranchLine {
    BranchLine {
        link: branch_link(site, found),
        when: When::new(found.at, now),
        name: found.name.clone(),
        pacticipant: found.pacticipant.clone(),
    }
}
