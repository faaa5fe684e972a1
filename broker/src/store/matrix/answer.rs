//! A question, answered.

use std::collections::{BTreeSet, HashMap};

use super::{evidence, versions};
use crate::domain::version::Version;
use crate::matrix::Verdict;
use crate::matrix::decision::{Evidence, Required, decide};
use crate::matrix::query::{Choice, LatestBy, MatrixQuery};
use crate::matrix::rows::{Participants, Publication, Result as Verification, Row, join, keep_latest, mark_ignored};
use crate::matrix::selector::{Origin, ResolvedSelector, VersionRef, Versions};
use crate::store::{Conn, StoreError, pacticipants};

/// The matrix's answer: the verdict, and the rows to show.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The verdict, over every row.
    pub verdict: Verdict,
    /// Rows that count first, at most as many as asked for, then the ignored ones.
    pub rows: Vec<Row>,
    /// Who took part, with the versions that counted.
    pub selectors: Vec<ResolvedSelector>,
}

impl Answer {
    /// Whether the versions found show already that a question about one pacticipant and one target names things there
    /// are. Without it, the names have to be looked up.
    #[must_use]
    pub fn shows_names_are_known(&self) -> bool {
        let found = |origin| {
            self.selectors.iter().any(|selector| selector.origin == origin && !selector.versions.listed().is_empty())
        };
        found(Origin::Specified) && found(Origin::Inferred)
    }
}

/// Answers a question. Names that are not known have no versions; [`super::unknown_names`] tells them.
///
/// # Errors
///
/// The database failed; so for every function of this module.
pub async fn answer(conn: &mut Conn, query: &MatrixQuery) -> Result<Answer, StoreError> {
    let specified = versions::specified(conn, query).await?;
    let found = Found::gather(conn, query, specified).await?;
    let unknown_ignored = unknown_ignored(conn, query).await?;
    let (verdict, rows) = found.judge(query, &found.participants, &unknown_ignored);
    let (ignored, mut rows): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| row.ignored);
    rows.truncate(query.limit);
    rows.extend(ignored);
    Ok(Answer { verdict, rows, selectors: found.participants.into_selectors() })
}

/// Those of a pacticipant's versions for which the answer to a question about that pacticipant (`asked`) alone would be a
/// yes with something verified. However many there are, they take as many statements as one.
pub async fn deployable_instead(
    conn: &mut Conn,
    query: &MatrixQuery,
    asked: &ResolvedSelector,
    candidates: Vec<Version>,
) -> Result<Vec<Version>, StoreError> {
    let reference = |version: &Version| VersionRef { id: version.id, number: version.number.clone() };
    let versions = Versions::These(candidates.iter().map(reference).collect());
    let found = Found::gather(conn, query, vec![ResolvedSelector { versions, ..asked.clone() }]).await?;
    let mut deployable = Vec::new();
    for candidate in candidates {
        let mut selectors = found.participants.selectors().to_vec();
        let mut question = query.clone();
        // the question is about the first, as it was specified
        selectors[0].versions = Versions::These(vec![reference(&candidate)]);
        selectors[0].choice = Choice::Number(candidate.number.clone());
        question.selectors[0].choice = Choice::Number(candidate.number.clone());
        let participants = Participants::new(selectors, found.lone);
        let (verdict, _) = found.judge(&question, &participants, &[]);
        if verdict.deployable == Some(true) && verdict.success > 0 {
            deployable.push(candidate);
        }
    }
    Ok(deployable)
}

/// Everything a verdict is made from.
struct Found {
    participants: Participants,
    lone: bool,
    publications: Vec<Publication>,
    verifications: HashMap<i64, Vec<Verification>>,
}

impl Found {
    async fn gather(
        conn: &mut Conn,
        query: &MatrixQuery,
        mut selectors: Vec<ResolvedSelector>,
    ) -> Result<Self, StoreError> {
        let lone = selectors.len() == 1 && query.target.is_none();
        if lone || query.target.is_some() {
            let target = query.target.as_ref().unwrap_or(&Choice::All);
            selectors.extend(versions::inferred(conn, &selectors, target).await?);
        }
        let every = query.latest_by == LatestBy::Nothing;
        let publications = evidence::publications(conn, &selectors, every).await?;
        let verifications = evidence::verifications(conn, &selectors, &publications, every).await?;
        Ok(Self { participants: Participants::new(selectors, lone), lone, publications, verifications })
    }

    fn judge(
        &self,
        query: &MatrixQuery,
        participants: &Participants,
        unknown_ignored: &[String],
    ) -> (Verdict, Vec<Row>) {
        let required = required(participants, &self.publications);
        let mut rows = keep_latest(join(participants, &self.publications, &self.verifications), query.latest_by);
        if !query.success.is_empty() {
            rows.retain(|row| query.success.contains(&row.success()));
        }
        mark_ignored(&mut rows, &query.ignore);
        let verdict = decide(&Evidence { query, participants, rows: &rows, required: &required, unknown_ignored });
        (verdict, rows)
    }
}

fn required(participants: &Participants, publications: &[Publication]) -> BTreeSet<Required> {
    let specified = |publication: &&Publication| {
        participants.selectors().iter().any(|selector| {
            selector.origin == Origin::Specified
                && selector.pacticipant_id == publication.consumer_id
                && selector.versions.include(publication.version.id)
        })
    };
    publications
        .iter()
        .filter(|publication| participants.include(publication))
        .filter(specified)
        .map(|publication| Required { consumer: publication.consumer.clone(), provider: publication.provider.clone() })
        .collect()
}

async fn unknown_ignored(conn: &mut Conn, query: &MatrixQuery) -> Result<Vec<String>, StoreError> {
    let mut unknown = Vec::new();
    for ignore in &query.ignore {
        let pacticipant = pacticipants::find(conn, &ignore.pacticipant).await?;
        match (pacticipant, &ignore.version) {
            (None, _) => unknown.push(ignore.pacticipant.clone()),
            (Some(known), Some(number)) if crate::store::versions::find(conn, known.id, number).await?.is_none() => {
                unknown.push(format!("{} {number}", ignore.pacticipant));
            }
            _ => {}
        }
    }
    Ok(unknown)
}
