//! Who could be promoted from one environment to another.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;

use super::in_order;
use super::verdicts::{Facts, Obstacle, Verdict, verdicts};
use crate::api::Query;
use crate::app::AppState;
use crate::domain::environment::Environment;
use crate::store::network;
use crate::web::components::{Choice, Mark, Pages, Status, Tally, Version, shorten};
use crate::web::page::{Frame, Page, Section, render};
use crate::web::site::Site;

/// How many versions one page shows.
const PAGE_SIZE: usize = 40;

/// How many obstacles of one version are told.
const MOST_OBSTACLES: usize = 3;

#[derive(Template)]
#[template(path = "promotion.html")]
struct PromotionPage {
    frame: Frame,
    from_name: String,
    to_name: String,
    /// "12 can go, 3 cannot."
    headline: String,
    tally: Tally,
    class: &'static str,
    shape: &'static str,
    rows: Vec<Row>,
    from: Vec<Choice>,
    to: Vec<Choice>,
    action: String,
    problem: Option<String>,
    pages: Pages,
}

struct Row {
    name: String,
    link: String,
    version: Version,
    /// What the target runs now.
    present: Vec<Version>,
    /// Whether it can go.
    verdict: Mark,
    answer: String,
    obstacles: Vec<Told>,
    left_out: usize,
}

/// An obstacle in words.
struct Told {
    class: &'static str,
    shape: &'static str,
    sentence: String,
    advice: String,
}

/// Every version that `?from=` runs and `?to=` does not.
pub(crate) async fn page(State(app): State<AppState>, site: Site, query: Query) -> Page {
    let mut conn = app.store.read().await?;
    let known = in_order(&mut conn).await?;
    let named = |key: &str| query.text(key).and_then(|name| known.iter().find(|one| one.fields.name == name));
    let choices = |key: &str| {
        let chosen = query.text(key).unwrap_or_default();
        known.iter().map(|one| Choice::new(&one.fields.name, one.shown_name(), chosen)).collect::<Vec<_>>()
    };
    let mut page = PromotionPage {
        frame: Frame::new(&site, Section::Environments, "Promotion"),
        from_name: query.text("from").unwrap_or_default().to_owned(),
        to_name: query.text("to").unwrap_or_default().to_owned(),
        headline: String::new(),
        tally: Tally::default(),
        class: "ok",
        shape: "✓",
        rows: Vec::new(),
        from: choices("from"),
        to: choices("to"),
        action: site.to(&["environments", "promotion"]),
        problem: None,
        pages: Pages::default(),
    };
    let (Some(from), Some(to)) = (named("from"), named("to")) else {
        page.problem = Some("Choose two environments that exist.".to_owned());
        return render(&page);
    };
    if from.id == to.id {
        page.problem = Some("Choose two different environments.".to_owned());
        return render(&page);
    }
    let live = network::live(&mut conn).await?;
    let all = verdicts(&Facts {
        live: &live,
        from: from.id,
        to: to.id,
        outwards: &network::dependencies(&mut conn, from.id, to.id).await?,
        inwards: &network::dependencies(&mut conn, to.id, from.id).await?,
        within: &network::dependencies(&mut conn, from.id, from.id).await?,
    });
    let names: HashMap<i64, String> = network::names(&mut conn).await?.into_iter().collect();
    drop(conn);
    let mut present: HashMap<i64, Vec<String>> = HashMap::new();
    for one in live.iter().filter(|one| one.environment_id == to.id) {
        present.entry(one.pacticipant_id).or_default().push(one.number.clone());
    }
    let writer = Writer { site: &site, names: &names, present, to };
    page.fill(&writer, all, &query);
    render(&page)
}

impl PromotionPage {
    fn fill(&mut self, writer: &Writer<'_>, mut all: Vec<Verdict>, query: &Query) {
        let name = |verdict: &Verdict| writer.name(verdict.pacticipant).to_lowercase();
        all.sort_by_cached_key(|verdict| (!verdict.obstacles.is_empty(), name(verdict)));
        let blocked = all.iter().filter(|verdict| !verdict.obstacles.is_empty()).count();
        let (ready, total) = (all.len() - blocked, all.len());
        let (from, to) = (&self.from_name, &self.to_name);
        self.headline = match (ready, blocked) {
            (0, 0) => format!("Nothing to promote: {to} runs everything that {from} runs."),
            (1, 0) => format!("Yes. The one version of {from} that {to} does not run can go there."),
            (_, 0) => format!("Yes. All {total} versions of {from} that {to} does not run can go there, each alone."),
            _ => format!("{ready} of {total} versions can go from {from} to {to} as it is now; {blocked} cannot."),
        };
        (self.class, self.shape) = if blocked > 0 { ("wait", "○") } else { ("ok", "✓") };
        let only = query.text("only").unwrap_or_default();
        let link = |only: &str, page: &str| {
            let pairs = [("from", from.as_str()), ("to", to.as_str()), ("only", only), ("page", page)];
            let given: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
            writer.site.query(&["environments", "promotion"], &given)
        };
        self.tally = Tally::new(all.iter().map(verdict_of), |status| {
            let chosen = status.key() == only;
            Some((link(if chosen { "" } else { status.key() }, ""), chosen))
        });
        all.retain(|verdict| only.is_empty() || verdict_of(verdict).key() == only);
        let total = all.len();
        let pages = Pages::count(total, PAGE_SIZE);
        let number = query.text("page").and_then(|page| page.parse().ok()).unwrap_or(1_usize).clamp(1, pages.max(1));
        self.rows = all.iter().skip((number - 1) * PAGE_SIZE).take(PAGE_SIZE).map(|one| writer.row(one)).collect();
        self.pages = Pages::new(number, pages, |page| link(only, &page.to_string()));
    }
}

/// Whether a version can go, as a status.
fn verdict_of(verdict: &Verdict) -> Status {
    match verdict.obstacles.iter().map(|obstacle| obstacle.status).min_by_key(|status| status.urgency()) {
        None => Status::Ready,
        Some(Status::Failed) => Status::Blocked,
        Some(_) => Status::NotYet,
    }
}

struct Writer<'a> {
    site: &'a Site,
    names: &'a HashMap<i64, String>,
    present: HashMap<i64, Vec<String>>,
    to: &'a Environment,
}

impl Writer<'_> {
    fn name(&self, pacticipant: i64) -> &str {
        self.names.get(&pacticipant).map_or("", String::as_str)
    }

    fn row(&self, verdict: &Verdict) -> Row {
        let name = self.name(verdict.pacticipant);
        let own = |number: &str| Version::linked(number, self.site.version(name, number));
        let there = self.present.get(&verdict.pacticipant).map_or(&[][..], Vec::as_slice);
        Row {
            link: self.site.pacticipant(name),
            version: own(&verdict.number),
            present: there.iter().map(|number| own(number)).collect(),
            verdict: verdict_of(verdict).mark(),
            answer: self.site.can_i_deploy(name, &verdict.number, &self.to.fields.name),
            obstacles: verdict.obstacles.iter().take(MOST_OBSTACLES).map(|one| self.told(one)).collect(),
            left_out: verdict.obstacles.len().saturating_sub(MOST_OBSTACLES),
            name: name.to_owned(),
        }
    }

    fn told(&self, obstacle: &Obstacle) -> Told {
        let (to, other) = (&self.to.fields.name, self.name(obstacle.other));
        let versions: Vec<String> = obstacle.versions.iter().map(|number| shorten(number)).collect();
        let versions = versions.join(", ");
        let sentence = match (obstacle.other_provides, obstacle.status) {
            (true, Status::ProviderNotDeployed) => format!("it needs {other}, which is not in {to}"),
            (true, Status::Failed) => format!("{other} {versions} failed to verify its pact"),
            (true, _) => format!("{other} {versions} never verified its pact"),
            (false, Status::Failed) => format!("it failed to verify the pact of {other} {versions}"),
            (false, _) => format!("it never verified the pact of {other} {versions}"),
        };
        let advice = if obstacle.goes_after { format!("promote {other} first") } else { String::new() };
        Told { class: obstacle.status.class(), shape: obstacle.status.shape(), sentence, advice }
    }
}
