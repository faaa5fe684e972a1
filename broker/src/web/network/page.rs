//! The page around the drawing, and the drawing as a file.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::graph::{Graph, newest, running};
use super::layout::lay_out;
use super::svg::{Use, draw};
use super::{dot, graph};
use crate::api::Query;
use crate::app::AppState;
use crate::domain::environment::Environment;
use crate::store::{Conn, environments, network, overview};
use crate::web::components::{Choice, Mark, Status, plural};
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
    legend: Vec<(Mark, usize)>,
    drawing: String,
    asked: Asked,
    environments: Vec<Choice>,
    names: Vec<String>,
    action: String,
    as_svg: String,
    as_dot: String,
    focus_link: String,
    wider: Option<String>,
    /// Too many to draw: those with most pacts, with links to the view around them.
    busiest: Vec<(String, String, usize)>,
    overview: String,
}

/// Which part of the network.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Asked {
    environment: String,
    focus: String,
    steps: usize,
}

impl Asked {
    fn read(query: &Query) -> Self {
        let text = |key: &str| query.text(key).unwrap_or_default().trim().to_owned();
        Self {
            environment: text("environment"),
            focus: text("focus"),
            steps: text("steps").parse().ok().filter(|steps| (1..=9).contains(steps)).unwrap_or(STEPS),
        }
    }

    fn link(&self, site: &Site, path: &str) -> String {
        let steps = if self.steps == STEPS { String::new() } else { self.steps.to_string() };
        let pairs = [("environment", &self.environment), ("focus", &self.focus), ("steps", &steps)];
        let given: Vec<_> =
            pairs.into_iter().filter(|one| !one.1.is_empty()).map(|one| (one.0, one.1.as_str())).collect();
        site.query(&[path], &given)
    }
}

/// The graph that is asked for and the names of all applications in it before any focus.
struct Found {
    graph: Graph,
    names: Vec<String>,
    environments: Vec<Environment>,
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
    let graph = match asked.focus.as_str() {
        "" => all,
        focus => all.around(focus, asked.steps).unwrap_or_default(),
    };
    Ok(Found { graph, names, environments })
}

/// The drawing with what there is to choose.
pub(crate) async fn page(State(app): State<AppState>, site: Site, query: Query) -> Page {
    let asked = Asked::read(&query);
    let mut conn = app.store.read().await?;
    let Found { graph, names, environments } = find(&mut conn, &asked).await?;
    drop(conn);
    let mut page = NetworkPage {
        frame: Frame::new(&site, Section::Network, "Network"),
        count: format!("{}, {}", plural(graph.nodes.len(), "application"), plural(graph.edges.len(), "integration")),
        legend: legend(&graph),
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
        wider: (!asked.focus.is_empty() && asked.steps < 3)
            .then(|| Asked { steps: asked.steps + 1, ..asked.clone() }.link(&site, "network")),
        busiest: Vec::new(),
        overview: site.to(&[]),
        asked,
    };
    if graph.nodes.len() > MOST_NODES {
        page.busiest = busiest(&site, &graph, &page.asked);
    } else if !graph.nodes.is_empty() {
        let (environment, focus) = (page.asked.environment.clone(), page.asked.focus.clone());
        page.drawing = tokio::task::spawn_blocking(move || {
            draw(&graph, &lay_out(&graph), Use::Page { site: &site, environment: &environment, focus: &focus })
        })
        .await?;
    }
    render(&page)
}

fn legend(graph: &Graph) -> Vec<(Mark, usize)> {
    let all =
        [Status::Failed, Status::Pending, Status::Never, Status::ProviderNotDeployed, Status::Stale, Status::Verified];
    let count = |status: Status| graph.edges.iter().filter(|edge| edge.status == status).count();
    all.into_iter().map(|status| (status.mark(), count(status))).filter(|(_, count)| *count > 0).collect()
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
