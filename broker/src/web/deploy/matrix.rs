//! The matrix: of a pair, or of any selectors.

use askama::Template;
use axum::extract::{Path, State};

use super::table::{Table, details};
use crate::api::Query;
use crate::app::AppState;
use crate::matrix::MatrixQuery;
use crate::matrix::explain::NoticeKind;
use crate::matrix::query::{Choice, LatestBy, Selector};
use crate::store::matrix::{answer, unknown_names};
use crate::store::{self, Conn, StoreError, pacticipants};
use crate::web::pact_pair;
use crate::web::page::{Frame, Page, Section, render};
use crate::web::site::Site;

/// How many rows a pair's matrix has when nothing else is asked for.
const ROWS_OF_PAIR: usize = 100;

#[derive(Template)]
#[template(path = "matrix.html")]
struct MatrixPage {
    frame: Frame,
    /// "order-service and inventory-service"
    heading: String,
    action: String,
    pacticipants: Vec<String>,
    first: String,
    second: String,
    problems: Vec<String>,
    answer: Option<Answered>,
    table: Option<Table>,
}

/// The verdict over any selectors, in the matrix's own words.
struct Answered {
    class: &'static str,
    shape: &'static str,
    word: &'static str,
    texts: Vec<String>,
}

impl MatrixPage {
    async fn load(conn: &mut Conn, site: &Site) -> Result<Self, StoreError> {
        let mut pacticipants = pacticipants::names(conn).await?;
        pacticipants.sort_by_key(|name| name.to_lowercase());
        Ok(Self {
            frame: Frame::new(site, Section::Matrix, "Matrix"),
            heading: String::new(),
            action: site.to(&["matrix"]),
            pacticipants,
            first: String::new(),
            second: String::new(),
            problems: Vec::new(),
            answer: None,
            table: None,
        })
    }
}

/// Everything between two applications.
pub(crate) async fn of_pair(
    State(app): State<AppState>,
    site: Site,
    Path((provider, consumer)): Path<(String, String)>,
) -> Page {
    let mut conn = app.store.read().await?;
    pact_pair(&mut conn, &provider, &consumer).await?;
    let mut page = MatrixPage::load(&mut conn, &site).await?;
    page.heading = format!("{consumer} and {provider}");
    page.first.clone_from(&consumer);
    page.second.clone_from(&provider);
    let all = |pacticipant: String| Selector { pacticipant, choice: Choice::All };
    let question = MatrixQuery {
        selectors: vec![all(consumer), all(provider)],
        ignore: Vec::new(),
        latest_by: LatestBy::BothVersions,
        success: Vec::new(),
        limit: ROWS_OF_PAIR,
        target: None,
    };
    let answer = answer(&mut conn, &question).await?;
    let details = details(&mut conn, &answer.rows).await?;
    page.table = Some(Table::new(&site, &answer.rows, &details, None, store::now()));
    render(&page)
}

/// The matrix that a query asks for; without one, the form.
pub(crate) async fn page(State(app): State<AppState>, site: Site, query: Query) -> Page {
    let mut conn = app.store.read().await?;
    let mut page = MatrixPage::load(&mut conn, &site).await?;
    let query = without_blanks(query);
    if query.0.get("q").is_none() {
        return render(&page);
    }
    let question = match MatrixQuery::parse(&query.0) {
        Ok(question) => question,
        Err(problems) => {
            page.problems = problems;
            return render(&page);
        }
    };
    let names: Vec<&str> = question.selectors.iter().map(|selector| selector.pacticipant.as_str()).collect();
    page.heading = names.join(" and ");
    page.first = names.first().copied().unwrap_or_default().to_owned();
    page.second = names.get(1).copied().unwrap_or_default().to_owned();
    page.problems = unknown_names(&mut conn, &question).await?;
    if page.problems.is_empty() {
        let answer = answer(&mut conn, &question).await?;
        let details = details(&mut conn, &answer.rows).await?;
        page.table = Some(Table::new(&site, &answer.rows, &details, None, store::now()));
        // over every version ever met, a verdict says nothing
        let narrow = question.target.is_some() || question.selectors.iter().any(|one| one.choice != Choice::All);
        page.answer = narrow.then(|| answered(&answer.verdict));
    }
    render(&page)
}

fn answered(verdict: &crate::matrix::Verdict) -> Answered {
    let (class, shape, word) = match verdict.deployable {
        Some(true) => ("ok", "✓", "Yes."),
        None if verdict.failed == 0 => ("wait", "○", "No, not yet."),
        _ => ("bad", "✗", "No."),
    };
    let texts = verdict.notices.iter().filter(|notice| notice.kind != NoticeKind::Success);
    Answered { class, shape, word, texts: texts.map(|notice| notice.text.clone()).collect() }
}

/// A form sends the fields that were left empty too.
fn without_blanks(mut query: Query) -> Query {
    if let Some(serde_json::Value::Array(selectors)) = query.0.get_mut("q") {
        selectors.retain(|selector| {
            let name = selector.get("pacticipant").and_then(serde_json::Value::as_str);
            name.is_none_or(|name| !name.trim().is_empty())
        });
        let is_empty = selectors.is_empty();
        if is_empty && let Some(members) = query.0.as_object_mut() {
            members.shift_remove("q");
        }
    }
    query
}
