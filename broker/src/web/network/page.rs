//! The page around the drawing, and the drawing as a file.

use std::collections::{BTreeSet, HashMap};

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::graph::{Graph, newest, running};
use super::layout::lay_out;
use super::svg::{Setting, Use, draw};
use super::teams::Teams;
use super::{dot, graph};
use crate::api::Query;
use crate::app::AppState;
use crate::domain::environment::Environment;
use crate::store::{Conn, StoreError, environments, labels, network, overview};
use crate::web::components::{Choice, Tally, plural};
use crate::web::deployed::Deployed;
use crate::web::failure::WebError;
use crate::web::page::{Frame, Page, Section, render};
use crate::web::site::Site;

/// Beyond this many applications a drawing would tell nothing and take long.
const MOST_NODES: usize = 400;

/// How many applications are named as tightest connected when there are too many to draw.
const MOST_NAMED: usize = 40;

/// How many calls away from the one in the middle applications are shown, where nothing else is asked.
const STEPS: usize = 1;

#[derive(Template)]
#[template(path = "network.html")]
struct NetworkPage {
    frame: Frame,
    count: String,
    /// How many pacts have which status.
    tally: Tally,
    drawing: String,
    /// Teams by teams, in place of the drawing.
    table: Option<Teams>,
    asked: Asked,
    environments: Vec<Choice>,
    labels: Vec<Choice>,
    names: Vec<String>,
    action: String,
    as_svg: String,
    as_dot: String,
    focus_link: String,
    wider: Option<String>,
    /// From the surroundings of an application to all, in which it stands out, and back.
    whole: Option<(String, &'static str)>,
    /// From applications to teams and back.
    group: Option<(String, &'static str)>,
    /// Too many to draw: those with most pacts, with links to the view around them.
    busiest: Vec<(String, String, usize)>,
    overview: String,
}

/// Which part of the network.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Asked {
    environment: String,
    /// A label: only applications that carry it, with everyone they talk to.
    team: String,
    focus: String,
    steps: usize,
    /// Whether everything is drawn around the one in focus.
    whole: bool,
    /// Whether one node stands for each team.
    grouped: bool,
}

impl Asked {
    fn read(query: &Query) -> Self {
        let text = |key: &str| query.text(key).unwrap_or_default().trim().to_owned();
        Self {
            environment: text("environment"),
            team: text("team"),
            whole: text("whole") == "yes",
            grouped: text("group") == "team",
            focus: text("focus"),
            steps: text("steps").parse().ok().filter(|steps| (1..=9).contains(steps)).unwrap_or(STEPS),
        }
    }

    fn link(&self, site: &Site, path: &str) -> String {
        let steps = if self.steps == STEPS { String::new() } else { self.steps.to_string() };
        let pairs = [
            ("environment", self.environment.as_str()),
            ("team", &self.team),
            ("focus", &self.focus),
            ("steps", &steps),
            ("whole", if self.whole { "yes" } else { "" }),
            ("group", if self.grouped { "team" } else { "" }),
        ];
        let given: Vec<_> = pairs.into_iter().filter(|one| !one.1.is_empty()).collect();
        site.query(&[path], &given)
    }
}

/// The graph that is asked for and the names of all applications in it before any focus.
struct Found {
    graph: Graph,
    names: Vec<String>,
    environments: Vec<Environment>,
    /// The labels of each application, by name.
    carried: HashMap<String, Vec<String>>,
}

async fn find(conn: &mut Conn, asked: &Asked) -> Result<Found, WebError> {
    let environments = environments::list(conn, None).await?;
    let links = if asked.environment.is_empty() {
        newest(&overview::integrations(conn).await?)
    } else {
        let known = environments.iter().find(|one| one.fields.name == asked.environment);
        let known = known.ok_or_else(|| WebError::NotFound {
            what: format!("There is no environment named {}.", asked.environment),
        })?;
        let names: HashMap<i64, String> = network::names(conn).await?.into_iter().collect();
        running(&Deployed::load(conn, &[(known.id, known.fields.name.clone())]).await?, &names)
    };
    let all = Graph::new(links);
    let names = all.nodes.iter().map(|node| node.name.clone()).collect();
    let carried = carried(conn).await?;
    let carries = |name: &str, label: &str| carried.get(name).is_some_and(|all| all.iter().any(|one| one == label));
    let all = match asked.team.as_str() {
        "" => all,
        team if asked.whole => all.touching(|name| carries(name, team)),
        team => all.within(|name| carries(name, team)),
    };
    let graph = match asked.focus.as_str() {
        "" => all,
        focus if asked.whole && all.nodes.iter().any(|node| node.name == focus) => all,
        focus => all.around(focus, asked.steps).unwrap_or_default(),
    };
    Ok(Found { graph, names, environments, carried })
}

/// The labels of each application, by name.
async fn carried(conn: &mut Conn) -> Result<HashMap<String, Vec<String>>, StoreError> {
    let names = network::names(conn).await?;
    let ids: Vec<i64> = names.iter().map(|(id, _)| *id).collect();
    let mut labels = labels::of(conn, &ids).await?;
    Ok(names.into_iter().filter_map(|(id, name)| Some((name, labels.remove(&id)?))).collect())
}

/// The drawing with what there is to choose.
pub(crate) async fn page(State(app): State<AppState>, site: Site, query: Query) -> Page {
    let asked = Asked::read(&query);
    let mut conn = app.store.read().await?;
    let Found { graph, names, environments, carried } = find(&mut conn, &asked).await?;
    drop(conn);
    let labels: BTreeSet<&String> = carried.values().flatten().collect();
    let mut page = NetworkPage {
        frame: Frame::new(&site, Section::Network, "Network"),
        count: count(&graph),
        tally: Tally::new(graph.edges.iter().map(|edge| edge.status), |_| None),
        table: None,
        labels: labels.iter().map(|name| Choice::new(name, name, &asked.team)).collect(),
        whole: whole(&site, &asked),
        group: (!labels.is_empty()).then(|| grouping(&site, &asked)).flatten(),
        drawing: String::new(),
        environments: environments
            .iter()
            .map(|one| {
                Choice::new(&one.fields.name, &format!("as it runs in {}", one.shown_name()), &asked.environment)
            })
            .collect(),
        names,
        action: site.to(&["network"]),
        as_svg: asked.link(&site, "network.svg"),
        as_dot: asked.link(&site, "network.dot"),
        focus_link: site.pacticipant(&asked.focus),
        wider: (!asked.focus.is_empty() && !asked.whole && asked.steps < 3)
            .then(|| Asked { steps: asked.steps + 1, ..asked.clone() }.link(&site, "network")),
        busiest: Vec::new(),
        overview: site.to(&[]),
        asked,
    };
    if page.asked.grouped && page.asked.focus.is_empty() {
        let team = |name: &str| carried.get(name)?.first().map(String::as_str);
        let view = |team: &str| {
            let asked = Asked { team: team.to_owned(), grouped: false, ..page.asked.clone() };
            asked.link(&site, "network")
        };
        page.table = Some(Teams::new(&graph, team, view)).filter(|table| !table.rows.is_empty());
    } else if graph.nodes.len() > MOST_NODES {
        page.busiest = busiest(&site, &graph, &page.asked);
    } else if !graph.nodes.is_empty() {
        let asked = page.asked.clone();
        page.drawing = tokio::task::spawn_blocking(move || {
            let (environment, focus) = (asked.environment.as_str(), asked.focus.as_str());
            let setting = Setting { site: &site, environment, focus, spotlight: asked.whole && !focus.is_empty() };
            draw(&graph, &lay_out(&graph), Use::Page(setting))
        })
        .await?;
    }
    render(&page)
}

/// "8 applications, 7 integrations"
fn count(graph: &Graph) -> String {
    format!("{}, {}", plural(graph.nodes.len(), "application"), plural(graph.edges.len(), "integration"))
}

fn whole(site: &Site, asked: &Asked) -> Option<(String, &'static str)> {
    let words = match (asked.focus.is_empty(), asked.whole) {
        (false, true) => "Only what is around it",
        (false, false) => "Show among all",
        (true, true) => "Only among themselves",
        (true, false) => "With all they talk to",
    };
    let other = Asked { whole: !asked.whole, steps: STEPS, ..asked.clone() };
    (!asked.focus.is_empty() || !asked.team.is_empty()).then(|| (other.link(site, "network"), words))
}

fn grouping(site: &Site, asked: &Asked) -> Option<(String, &'static str)> {
    let words = if asked.grouped { "Show applications" } else { "Group by team" };
    let other = Asked { grouped: !asked.grouped, ..asked.clone() };
    (asked.focus.is_empty() && asked.team.is_empty()).then(|| (other.link(site, "network"), words))
}

fn busiest(site: &Site, graph: &Graph, asked: &Asked) -> Vec<(String, String, usize)> {
    let mut nodes: Vec<&graph::Node> = graph.nodes.iter().collect();
    nodes.sort_by_key(|node| std::cmp::Reverse(node.consumers + node.providers));
    let around = |name: &str| Asked { focus: name.to_owned(), ..asked.clone() }.link(site, "network");
    let named = nodes.into_iter().take(MOST_NAMED);
    named.map(|node| (node.name.clone(), around(&node.name), node.consumers + node.providers)).collect()
}

/// The drawing as a file.
pub(crate) async fn as_svg(State(app): State<AppState>, query: Query) -> Page {
    let asked = Asked::read(&query);
    let mut conn = app.store.read().await?;
    let graph = find(&mut conn, &asked).await?.graph;
    drop(conn);
    let drawing = tokio::task::spawn_blocking(move || draw(&graph, &lay_out(&graph), Use::File)).await?;
    Ok(file("image/svg+xml", "network.svg", drawing))
}

/// The graph as a file for Graphviz.
pub(crate) async fn as_dot(State(app): State<AppState>, query: Query) -> Page {
    let asked = Asked::read(&query);
    let mut conn = app.store.read().await?;
    let graph = find(&mut conn, &asked).await?.graph;
    Ok(file("text/vnd.graphviz; charset=utf-8", "network.dot", dot::write(&graph)))
}

/// A file to keep. Opened in a browser nevertheless, it may do nothing but show itself.
fn file(media_type: &'static str, name: &'static str, body: String) -> Response {
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CONTENT_DISPOSITION, disposition.unwrap_or(HeaderValue::from_static("attachment"))),
        (
            HeaderName::from_static("content-security-policy"),
            HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox"),
        ),
    ];
    (StatusCode::OK, headers, body).into_response()
}
