//! Who wrote what, and when.

use askama::Template;
use axum::extract::State;

use super::words::{Names, in_words};
use crate::api::Query;
use crate::app::AppState;
use crate::store;
use crate::store::audit::{self, Entry, Filter};
use crate::store::environments;
use crate::web::components::{Pages, plural};
use crate::web::page::{Frame, Page, Section, render};
use crate::web::site::Site;
use crate::web::when::When;

/// How many entries one page shows.
const PAGE_SIZE: i64 = 100;

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    frame: Frame,
    count: String,
    rows: Vec<Row>,
    who: String,
    about: String,
    action: String,
    tokens: String,
    pages: Pages,
}

struct Row {
    when: When,
    who: String,
    what: String,
    /// Method and path, where the words do not say them.
    sent: String,
    /// What names the request in the log.
    request: String,
}

/// Every write, newest first; `?who=` and `?q=` narrow them down.
pub(crate) async fn page(State(app): State<AppState>, site: Site, query: Query) -> Page {
    let text = |key: &str| query.text(key).unwrap_or_default().trim().to_owned();
    let (who, about) = (text("who"), text("q"));
    let number = text("page").parse().ok().filter(|page| *page >= 1).unwrap_or(1);
    let given = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let filter = Filter { who: given(&who), about: given(&about), ..Filter::default() };
    let mut conn = app.store.read().await?;
    let (found, total) = audit::list(&mut conn, &filter, store::Page { number, size: PAGE_SIZE }).await?;
    let known = environments::list(&mut conn, None).await?;
    drop(conn);
    let names = Names { environments: known.into_iter().map(|one| (one.uuid, one.fields.name)).collect() };
    let now = store::now();
    let pages = usize::try_from((total + PAGE_SIZE - 1) / PAGE_SIZE).unwrap_or_default();
    let link = |page: usize| {
        let page = page.to_string();
        let pairs = [("who", who.as_str()), ("q", &about), ("page", &page)];
        let given: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        site.query(&["audit"], &given)
    };
    render(&AuditPage {
        frame: Frame::new(&site, Section::None, "Audit log"),
        count: plural(usize::try_from(total).unwrap_or_default(), "write"),
        rows: found.into_iter().map(|entry| row(entry, &names, now)).collect(),
        action: site.to(&["audit"]),
        tokens: site.to(&["tokens"]),
        pages: Pages::new(usize::try_from(number).unwrap_or(1), pages, link),
        who,
        about,
    })
}

fn row(entry: Entry, names: &Names, now: i64) -> Row {
    let words = in_words(&entry.method, &entry.path, entry.detail.as_deref(), names);
    Row {
        when: When::new(entry.at, now),
        who: entry.who,
        what: words.or(entry.detail).unwrap_or_default(),
        sent: format!("{} {}", entry.method, entry.path),
        request: entry.request_id.unwrap_or_default(),
    }
}
