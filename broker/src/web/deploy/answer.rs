//! The answer in one sentence and one colour, with what stands in the way.

use std::collections::HashMap;

use super::advice::{self, Obstacle, ProviderSide};
use super::question::Question;
use super::table::Awaited;
use crate::domain::version::VersionDetails;
use crate::matrix::explain::NoticeKind;
use crate::matrix::query::Choice;
use crate::matrix::{Row, Verdict};
use crate::store::matrix::Answer;
use crate::store::{Conn, StoreError, environments, versions};
use crate::web::components::shorten;
use crate::web::site::Site;

/// How many obstacles are explained one by one.
const MOST_OBSTACLES: usize = 20;

/// The answer as the page shows it.
pub(super) struct Shown {
    /// `ok`, `bad` (something failed or does not exist) or `wait` (a result is missing).
    pub(super) class: &'static str,
    pub(super) shape: &'static str,
    /// "Yes." or "No:"
    pub(super) word: &'static str,
    pub(super) sentence: String,
    pub(super) obstacles: Vec<Obstacle>,
    /// How many more there are.
    pub(super) left_out: usize,
    pub(super) warnings: Vec<String>,
    /// The provider versions whose results are missing.
    pub(super) awaited: Awaited,
}

/// Puts an answer into words; looks up what runs where the missing results would come from.
pub(super) async fn explain(
    conn: &mut Conn,
    site: &Site,
    question: &Question,
    answer: &Answer,
    details: &HashMap<i64, VersionDetails>,
) -> Result<Shown, StoreError> {
    let blocking: Vec<&Row> = answer.rows.iter().filter(|row| !row.ignored && row.success() != Some(true)).collect();
    let mut obstacles = Vec::new();
    let mut awaited = Awaited::new();
    // failures first: they are what to look at
    let failures = blocking.iter().filter(|row| row.success().is_some());
    let missing = blocking.iter().filter(|row| row.success().is_none());
    for row in failures.chain(missing).take(MOST_OBSTACLES) {
        let consumer = consumer(question, row, details);
        for side in sides(conn, question, row).await? {
            if let ProviderSide::Asked(number) | ProviderSide::There(number) = &side {
                let of_row = (row.publication.version.id, row.publication.provider_id);
                awaited.entry(of_row).or_default().push(number.clone());
            }
            obstacles.push(advice::of_row(site, row, &side, &consumer, Some(&question.target)));
        }
    }
    let verdict = &answer.verdict;
    if obstacles.is_empty() && verdict.deployable != Some(true) {
        obstacles = errors(verdict)
            .map(|text| advice::missing_version(site, &question.pacticipant, &question.version, text.to_owned()))
            .collect();
    }
    let (class, shape, word) = match verdict.deployable {
        Some(true) => ("ok", "✓", "Yes."),
        Some(false) => ("bad", "✗", "No:"),
        None if verdict.failed > 0 => ("bad", "✗", "No:"),
        None => ("wait", "○", "No, not yet:"),
    };
    Ok(Shown {
        class,
        shape,
        word,
        sentence: sentence(question, verdict, &obstacles),
        left_out: blocking.len().saturating_sub(MOST_OBSTACLES),
        obstacles,
        awaited,
        warnings: texts(verdict, NoticeKind::Warning).map(str::to_owned).collect(),
    })
}

fn texts(verdict: &Verdict, kind: NoticeKind) -> impl Iterator<Item = &str> {
    verdict.notices.iter().filter(move |notice| notice.kind == kind).map(|notice| notice.text.as_str())
}

fn errors(verdict: &Verdict) -> impl Iterator<Item = &str> {
    texts(verdict, NoticeKind::Error)
}

fn sentence(question: &Question, verdict: &Verdict, obstacles: &[Obstacle]) -> String {
    let subject = match &question.branch {
        Some(branch) => format!("{} {} (the head of {branch})", question.pacticipant, shorten(&question.version)),
        None => format!("{} {}", question.pacticipant, shorten(&question.version)),
    };
    match (verdict.deployable, obstacles) {
        (Some(true), _) => {
            let because = match verdict.success {
                0 => "Nothing there has a pact with it.".to_owned(),
                1 => "The one result that counts is a success.".to_owned(),
                count => format!("All {count} results that count are successes."),
            };
            format!("{subject} can go to {}. {because}", place(&question.target))
        }
        (_, [only]) => uncapitalised(&only.sentence),
        (_, several) => {
            format!("{} things keep {subject} from going to {}.", several.len(), place(&question.target))
        }
    }
}

/// "The pact" within a sentence is "the pact"; names keep their letters.
fn uncapitalised(sentence: &str) -> String {
    sentence.strip_prefix("The ").map_or_else(|| sentence.to_owned(), |rest| format!("the {rest}"))
}

fn place(target: &Choice) -> String {
    match target {
        Choice::Environment(name) => name.clone(),
        Choice::TagHead(tag) => format!("where the latest versions tagged {tag} are"),
        _ => "where it was asked about".to_owned(),
    }
}

/// "web-shop 8b7a6c5, in production," when that is how it came into the question.
fn consumer(question: &Question, row: &Row, details: &HashMap<i64, VersionDetails>) -> String {
    let publication = &row.publication;
    let named = format!("{} {}", publication.consumer, shorten(&publication.version.number));
    let Choice::Environment(environment) = &question.target else { return named };
    let runs_there = details
        .get(&publication.version.id)
        .is_some_and(|details| details.live_in.iter().any(|live| live.environment == *environment));
    let is_asked_about = publication.consumer == question.pacticipant;
    if runs_there && !is_asked_about { format!("{named}, in {environment},") } else { named }
}

/// The provider versions whose results a row lacks; one entry for a row that has its own.
async fn sides(conn: &mut Conn, question: &Question, row: &Row) -> Result<Vec<ProviderSide>, StoreError> {
    if row.provider_version.is_some() {
        return Ok(vec![ProviderSide::Any]);
    }
    if row.publication.provider == question.pacticipant {
        return Ok(vec![ProviderSide::Asked(question.version.clone())]);
    }
    let Choice::Environment(name) = &question.target else { return Ok(vec![ProviderSide::Any]) };
    let Some(environment) = environments::by_name(conn, name).await? else { return Ok(vec![ProviderSide::Any]) };
    let live = versions::live_in(conn, row.publication.provider_id, environment.id).await?;
    if live.is_empty() {
        return Ok(vec![ProviderSide::NotThere]);
    }
    Ok(live.into_iter().map(|version| ProviderSide::There(version.number)).collect())
}
