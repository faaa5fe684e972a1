//! The page about one version of an application.

use askama::Template;
use axum::extract::{Path, State};

use super::page::find;
use crate::app::AppState;
use crate::domain::version::Version as Known;
use crate::matrix::MatrixQuery;
use crate::matrix::query::Choice;
use crate::store::timeline::{self, GivenResult, PublishedPact};
use crate::store::{self, Conn, StoreError, matrix, version_details, versions};
use crate::web::components::{Mark, Places, Status, Version, is_web_address};
use crate::web::environments::in_order;
use crate::web::failure::WebError;
use crate::web::page::{Frame, Page, Section, render};
use crate::web::site::Site;
use crate::web::when::When;

/// How many results are shown.
const MOST_RESULTS: i64 = 100;

/// For how many environments the answer is given.
const MOST_ENVIRONMENTS: usize = 12;

#[derive(Template)]
#[template(path = "version.html")]
struct VersionPage {
    frame: Frame,
    pacticipant: String,
    pacticipant_link: String,
    version: Version,
    places: Places,
    created: When,
    build: Option<String>,
    answers: Vec<Answer>,
    pacts: Vec<PactLine>,
    results: Vec<ResultLine>,
}

/// Whether it can go to an environment.
struct Answer {
    environment: String,
    class: &'static str,
    shape: &'static str,
    word: &'static str,
    link: String,
}

struct PactLine {
    provider: String,
    provider_link: String,
    pact: String,
    status: Mark,
    verifier: Option<Version>,
    verified: Option<When>,
}

struct ResultLine {
    consumer: String,
    consumer_link: String,
    pact: Option<Version>,
    status: Mark,
    verified: When,
    build: Option<String>,
}

/// The page about one version.
pub(crate) async fn page(
    State(app): State<AppState>,
    site: Site,
    Path((name, number)): Path<(String, String)>,
) -> Page {
    let mut conn = app.store.read().await?;
    let pacticipant = find(&mut conn, &name).await?;
    let version = versions::find(&mut conn, pacticipant.id, &number).await?;
    let version = version.ok_or_else(|| WebError::NotFound { what: format!("{name} has no version {number}.") })?;
    let now = store::now();
    let details = version_details::of(&mut conn, version.id).await?;
    let pacts = timeline::pacts_of(&mut conn, version.id).await?;
    let results = timeline::results_of(&mut conn, version.id, MOST_RESULTS).await?;
    render(&VersionPage {
        frame: Frame::new(&site, Section::None, format!("{name} {number}")),
        answers: answers(&mut conn, &site, &name, &version).await?,
        pacticipant_link: site.pacticipant(&name),
        version: Version::new(&number),
        places: Places::of(&details),
        created: When::new(version.created_at, now),
        build: version.build_url.filter(|url| is_web_address(url)),
        pacts: pacts.iter().map(|pact| pact_line(&site, (&name, &number), pact, now)).collect(),
        results: results.iter().map(|result| result_line(&site, &name, result, now)).collect(),
        pacticipant: name,
    })
}

async fn answers(conn: &mut Conn, site: &Site, name: &str, version: &Known) -> Result<Vec<Answer>, StoreError> {
    let mut answers = Vec::new();
    for environment in in_order(conn).await?.into_iter().take(MOST_ENVIRONMENTS) {
        let environment = environment.fields.name;
        let target = Choice::Environment(environment.clone());
        let question = MatrixQuery::can_i_deploy(name, &version.number, target, Vec::new());
        let verdict = matrix::answer(conn, &question).await?.verdict;
        let (class, shape, word) = match verdict.deployable {
            Some(true) => ("ok", "✓", "yes"),
            None if verdict.failed == 0 => ("pending", "○", "not yet"),
            _ => ("bad", "✗", "no"),
        };
        let link = site.can_i_deploy(name, &version.number, &environment);
        answers.push(Answer { environment, class, shape, word, link });
    }
    Ok(answers)
}

fn status_of(success: Option<bool>, pending: Option<i64>) -> Mark {
    match (success, pending) {
        (Some(false), Some(1)) => Status::Pending,
        (success, _) => Status::of(success),
    }
    .mark()
}

fn pact_line(site: &Site, (consumer, number): (&str, &str), pact: &PublishedPact, now: i64) -> PactLine {
    PactLine {
        provider: pact.provider.clone(),
        provider_link: site.pacticipant(&pact.provider),
        pact: site.pact(&pact.provider, consumer, number),
        status: status_of(pact.success.map(|success| success != 0), pact.pending),
        verifier: pact
            .verified_by
            .as_deref()
            .map(|number| Version::linked(number, site.version(&pact.provider, number))),
        verified: pact.verified_at.map(|at| When::new(at, now)),
    }
}

fn result_line(site: &Site, provider: &str, result: &GivenResult, now: i64) -> ResultLine {
    let pact = |number: &String| Version::linked(number, site.pact(provider, &result.consumer, number));
    ResultLine {
        consumer: result.consumer.clone(),
        consumer_link: site.pacticipant(&result.consumer),
        pact: result.version.as_ref().map(pact),
        status: status_of(Some(result.success), result.pending),
        verified: When::new(result.verified_at, now),
        build: result.build_url.clone().filter(|url| is_web_address(url)),
    }
}
