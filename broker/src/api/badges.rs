//! Badges: the state of a pact or of a deployment question as a small picture. They never answer 404, because a broken
//! picture says less than a grey one.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use percent_encoding::utf8_percent_encode;

use super::links::SEGMENT;
use super::matrix::{Asked, verdict};
use super::query::Query;
use super::resolve;
use crate::app::AppState;
use crate::domain::pact::Pact;
use crate::matrix::MatrixQuery;
use crate::matrix::query::{Choice, LatestBy, Selector};
use crate::store::{Conn, StoreError, branches, pacticipants, pacts, verifications, versions};

/// What a badge says.
struct Badge {
    label: String,
    status: &'static str,
    colour: &'static str,
}

const GREEN: &str = "#3a7d1c";
const RED: &str = "#b8321f";
const ORANGE: &str = "#a8590b";
const GREY: &str = "#6b6b6b";

impl Badge {
    fn unknown(label: String) -> Self {
        Self { label, status: "unknown", colour: GREY }
    }

    fn draw(&self, app: &AppState) -> Response {
        let age = format!("max-age={}", app.settings.badge_max_age);
        let mut response = match &app.settings.shields {
            Some(service) => (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, self.at(service))]).into_response(),
            None => (
                StatusCode::OK,
                [(header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml;charset=utf-8"))],
                svg(&self.label, self.status, self.colour),
            )
                .into_response(),
        };
        if let Ok(age) = HeaderValue::from_str(&age) {
            response.headers_mut().insert(header::CACHE_CONTROL, age);
        }
        response
    }
}

impl Badge {
    /// The same badge at a service in the manner of shields.io.
    fn at(&self, service: &str) -> String {
        // the service's own signs stand twice for themselves
        let part = |text: &str| utf8_percent_encode(&text.replace('-', "--").replace('_', "__"), SEGMENT).to_string();
        let colour = match self.colour {
            GREEN => "brightgreen",
            RED => "red",
            ORANGE => "orange",
            _ => "lightgrey",
        };
        format!("{service}/badge/{}-{}-{colour}.svg", part(&self.label), part(self.status))
    }
}

/// A picture of two words beside each other.
fn svg(label: &str, status: &str, colour: &str) -> String {
    let escape =
        |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    // about what these letters take in eleven pixels' height
    let width = |text: &str| text.chars().count() * 7 + 12;
    let (left, right) = (width(label), width(status));
    let (label, status) = (escape(label), escape(status));
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{total}" height="20" role="img" aria-label="{label}: {status}"><title>{label}: {status}</title><rect width="{left}" height="20" fill="#444"/><rect x="{left}" width="{right}" height="20" fill="{colour}"/><g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle"><text x="{label_at}" y="14">{label}</text><text x="{status_at}" y="14">{status}</text></g></svg>"##,
        total = left + right,
        label_at = left / 2,
        status_at = left + right / 2,
    )
}

/// `consumer/provider pact`, or as the query wants it.
fn pact_label(query: &Query, consumer: &str, provider: &str) -> String {
    let name = |name: &str| match query.text("initials") {
        Some("true") => initials(name),
        _ => name.to_lowercase(),
    };
    match query.text("label") {
        Some("consumer") => format!("{} pact", name(consumer)),
        Some("provider") => format!("{} pact", name(provider)),
        None => format!("{}/{} pact", name(consumer), name(provider)),
        Some(own) => own.to_owned(),
    }
}

fn initials(name: &str) -> String {
    let shown = crate::domain::pacticipant::display_name_of(name);
    shown.split_whitespace().filter_map(|word| word.chars().next()).flat_map(char::to_lowercase).collect()
}

/// Draws what could be found out; what could not is grey.
fn drawn(app: &AppState, found: Result<Badge, StoreError>, label: String) -> Response {
    let badge = found.unwrap_or_else(|error| {
        tracing::warn!(%error, "a badge could not be made");
        Badge::unknown(label)
    });
    badge.draw(app)
}

/// Which pact of a pair a badge is about.
enum Which {
    Latest,
    Untagged,
    Tagged(String),
}

async fn pact_badge(app: AppState, query: Query, provider: String, consumer: String, which: Which) -> Response {
    let label = pact_label(&query, &consumer, &provider);
    let found = async {
        let mut conn = app.store.read().await?;
        let Ok(parties) = resolve::parties(&mut conn, &provider, &consumer).await else {
            return Ok(Badge::unknown(label.clone()));
        };
        let pair = parties.pair();
        let pact = match &which {
            Which::Latest => pacts::latest(&mut conn, pair).await?,
            Which::Untagged => pacts::latest_untagged(&mut conn, pair).await?,
            Which::Tagged(tag) => pacts::latest_tagged(&mut conn, pair, tag).await?,
        };
        match pact {
            Some(pact) => state_of(&mut conn, &pact, label.clone()).await,
            None => Ok(Badge::unknown(label.clone())),
        }
    };
    drawn(&app, found.await, label.clone())
}

async fn state_of(conn: &mut Conn, pact: &Pact, label: String) -> Result<Badge, StoreError> {
    let (status, colour) = match verifications::latest(conn, pact.content_id).await? {
        Some(result) if result.success => ("verified", GREEN),
        Some(result) if result.pending == Some(true) => ("failed (pending)", RED),
        Some(_) => ("failed", RED),
        None => match pacts::previous_distinct(conn, pact).await? {
            Some(previous) if verifications::ever_verified(conn, previous.content_id).await? => ("changed", ORANGE),
            _ => ("unknown", GREY),
        },
    };
    Ok(Badge { label, status, colour })
}

type Pair = (String, String);

pub(super) async fn latest(State(app): State<AppState>, Path((p, c)): Path<Pair>, query: Query) -> Response {
    pact_badge(app, query, p, c, Which::Latest).await
}

pub(super) async fn latest_untagged(State(app): State<AppState>, Path((p, c)): Path<Pair>, query: Query) -> Response {
    pact_badge(app, query, p, c, Which::Untagged).await
}

pub(super) async fn latest_tagged(
    State(app): State<AppState>,
    Path((provider, consumer, tag)): Path<(String, String, String)>,
    query: Query,
) -> Response {
    pact_badge(app, query, provider, consumer, Which::Tagged(tag)).await
}

/// Whether the latest versions with two tags fit each other.
pub(super) async fn of_tags(
    State(app): State<AppState>,
    Path((provider, provider_tag, consumer, consumer_tag)): Path<(String, String, String, String)>,
    query: Query,
) -> Response {
    let label = pact_label(&query, &consumer, &provider);
    let selector = |pacticipant: String, tag: String| Selector { pacticipant, choice: Choice::TagHead(tag) };
    let question = MatrixQuery {
        selectors: vec![selector(consumer, consumer_tag), selector(provider, provider_tag)],
        ignore: Vec::new(),
        latest_by: LatestBy::ConsumerVersion,
        success: Vec::new(),
        limit: 100,
        target: None,
    };
    let found = async {
        let mut conn = app.store.read().await?;
        let (status, colour) = match verdict(&mut conn, &question).await? {
            Asked::Answered(Some(true)) => ("verified", GREEN),
            Asked::Answered(Some(false)) => ("failed", RED),
            Asked::Answered(None) | Asked::Unknown => ("unknown", GREY),
        };
        Ok(Badge { label: label.clone(), status, colour })
    };
    drawn(&app, found.await, label.clone())
}

async fn deploy_badge(app: AppState, label: String, question: Result<Option<MatrixQuery>, StoreError>) -> Response {
    let found = async {
        let Some(question) = question? else {
            return Ok(Badge::unknown(label.clone()));
        };
        let mut conn = app.store.read().await?;
        let (status, colour) = match verdict(&mut conn, &question).await? {
            Asked::Answered(Some(true)) => ("yes", GREEN),
            Asked::Answered(_) => ("no", RED),
            Asked::Unknown => ("unknown", GREY),
        };
        Ok(Badge { label: label.clone(), status, colour })
    };
    drawn(&app, found.await, label.clone())
}

fn own_label(query: &Query, usual: String) -> String {
    query.text("label").map_or(usual, str::to_owned)
}

pub(super) async fn tag_to_tag(
    State(app): State<AppState>,
    Path((name, tag, to)): Path<(String, String, String)>,
    query: Query,
) -> Response {
    let label = own_label(&query, format!("can-i-deploy {tag} to {to}"));
    let question = async {
        let mut conn = app.store.read().await?;
        let Some(pacticipant) = pacticipants::find(&mut conn, &name).await? else {
            return Ok(None);
        };
        let version = versions::latest_tagged(&mut conn, pacticipant.id, &tag).await?;
        Ok(version
            .map(|version| MatrixQuery::can_i_deploy(&name, &version.number, Choice::TagHead(to.clone()), Vec::new())))
    };
    let question = question.await;
    deploy_badge(app, label, question).await
}

pub(super) async fn branch_to_environment(
    State(app): State<AppState>,
    Path((name, branch, environment)): Path<(String, String, String)>,
    query: Query,
) -> Response {
    let label = own_label(&query, format!("can-i-deploy {branch} to {environment}"));
    let question = head_question(&app, &name, &branch, Choice::Environment(environment)).await;
    deploy_badge(app, label, question).await
}

async fn head_question(
    app: &AppState,
    name: &str,
    branch: &str,
    target: Choice,
) -> Result<Option<MatrixQuery>, StoreError> {
    let mut conn = app.store.read().await?;
    let Some(pacticipant) = pacticipants::find(&mut conn, name).await? else {
        return Ok(None);
    };
    let head = branches::head(&mut conn, pacticipant.id, branch).await?;
    Ok(head.map(|head| MatrixQuery::can_i_deploy(name, &head.number, target, Vec::new())))
}

/// Whether the head of the main branch fits the heads of the others' main branches.
pub(super) async fn can_i_merge(State(app): State<AppState>, Path(name): Path<String>, query: Query) -> Response {
    let label = own_label(&query, "can-i-merge".to_owned());
    let found = async {
        let mut conn = app.store.read().await?;
        let Some(main) = pacticipants::find(&mut conn, &name).await?.and_then(|found| found.main_branch) else {
            return Ok(Badge::unknown(label.clone()));
        };
        drop(conn);
        let Some(question) = head_question(&app, &name, &main, Choice::MainBranch).await? else {
            return Ok(Badge::unknown(label.clone()));
        };
        let mut conn = app.store.read().await?;
        let (status, colour) = match verdict(&mut conn, &question).await? {
            Asked::Answered(Some(true)) => ("success", GREEN),
            Asked::Answered(Some(false)) => ("failed", RED),
            Asked::Answered(None) | Asked::Unknown => ("unknown", GREY),
        };
        Ok(Badge { label: label.clone(), status, colour })
    };
    drawn(&app, found.await, label.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_follow_the_query() {
        for (query, label) in [
            ("", "web shop/order-service pact"),
            ("label=consumer", "web shop pact"),
            ("label=provider&initials=true", "os pact"),
            ("label=mine", "mine"),
        ] {
            assert_eq!(pact_label(&Query::parse(query), "Web Shop", "order-service"), label, "{query}");
        }
    }

    #[test]
    fn badges_elsewhere() {
        let badge = Badge { label: "a_b-c/d pact".to_owned(), status: "failed (pending)", colour: RED };
        assert_eq!(
            badge.at("https://img.shields.io"),
            "https://img.shields.io/badge/a__b--c%2Fd%20pact-failed%20%28pending%29-red.svg"
        );
    }

    #[test]
    fn names_cannot_break_out_of_the_picture() {
        let picture = svg("<script>\"&", "ok", GREEN);
        assert!(!picture.contains("<script>") && picture.contains("&lt;script&gt;&quot;&amp;"));
    }
}
