//! What ran where, and when.

use askama::Template;
use axum::extract::State;

use super::in_order;
use crate::api::Query;
use crate::app::AppState;
use crate::store::timeline::{self, Stay};
use crate::store::{self, pacticipants};
use crate::web::components::{Choice, Pages, Version, plural};
use crate::web::page::{Frame, Page, Section, render};
use crate::web::site::Site;
use crate::web::when::When;

/// How many entries one page shows.
const PAGE_SIZE: i64 = 50;

#[derive(Template)]
#[template(path = "history.html")]
struct HistoryPage {
    frame: Frame,
    count: String,
    rows: Vec<Row>,
    environments: Vec<Choice>,
    application: String,
    pacticipants: Vec<String>,
    action: String,
    environments_link: String,
    pages: Pages,
}

struct Row {
    name: String,
    link: String,
    version: Version,
    environment: String,
    how: String,
    since: When,
    until: Option<When>,
    live: bool,
}

/// Deployments and releases, newest first; `?environment=` and `?application=` narrow them down.
pub(crate) async fn page(State(app): State<AppState>, site: Site, query: Query) -> Page {
    let mut conn = app.store.read().await?;
    let environment = query.text("environment").unwrap_or_default().to_owned();
    let application = query.text("application").unwrap_or_default().trim().to_owned();
    let number = query.text("page").and_then(|page| page.parse().ok()).filter(|page| *page >= 1).unwrap_or(1);
    let known = in_order(&mut conn).await?;
    let page = store::Page { number, size: PAGE_SIZE };
    let (found, total) = timeline::history(&mut conn, &environment, &application, page).await?;
    let mut names = pacticipants::names(&mut conn).await?;
    names.sort_by_key(|name| name.to_lowercase());
    drop(conn);
    let now = store::now();
    let page_link = |page: usize| {
        let page = page.to_string();
        let pairs = [("environment", environment.as_str()), ("application", &application), ("page", &page)];
        let given: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        site.query(&["environments", "history"], &given)
    };
    let pages = usize::try_from((total + PAGE_SIZE - 1) / PAGE_SIZE).unwrap_or_default();
    render(&HistoryPage {
        frame: Frame::new(&site, Section::Environments, "Deployment history"),
        count: plural(usize::try_from(total).unwrap_or_default(), "deployment"),
        rows: found.iter().map(|stay| row(&site, stay, now)).collect(),
        environments: known.iter().map(|one| Choice::new(&one.fields.name, one.shown_name(), &environment)).collect(),
        pacticipants: names,
        action: site.to(&["environments", "history"]),
        environments_link: site.to(&["environments"]),
        pages: Pages::new(usize::try_from(number).unwrap_or(1), pages, page_link),
        application,
    })
}

fn row(site: &Site, stay: &Stay, now: i64) -> Row {
    Row {
        name: stay.pacticipant.clone(),
        link: site.pacticipant(&stay.pacticipant),
        version: Version::linked(&stay.number, site.version(&stay.pacticipant, &stay.number)),
        environment: stay.environment.clone(),
        how: match &stay.instance {
            Some(instance) => format!("deployed on {instance}"),
            None if stay.deployed => "deployed".to_owned(),
            None => "released".to_owned(),
        },
        since: When::new(stay.since, now),
        until: stay.until.filter(|_| !stay.live).map(|at| When::new(at, now)),
        live: stay.live,
    }
}
