//! A question, answered.

use std::collections::{BTreeSet, HashMap};

use super::evidence::{self, Evidence, Look};
use crate::matrix::Verdict;
use crate::matrix::decision::{self, Required, decide};
use crate::matrix::query::{Choice, MatrixQuery};
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
    /// Whether the versions found show already that there is everything the question names. Without it, the names have
    /// to be looked up.
    #[must_use]
    pub fn shows_names_are_known(&self, query: &MatrixQuery) -> bool {
        let has_versions =
            |selector: &ResolvedSelector| selector.versions == Versions::Any || !selector.versions.listed().is_empty();
        let (specified, inferred): (Vec<_>, Vec<_>) =
            self.selectors.iter().filter(|one| has_versions(one)).partition(|one| one.origin == Origin::Specified);
        query
            .selectors
            .iter()
            .all(|asked| specified.iter().any(|one| one.pacticipant == asked.pacticipant && one.choice == asked.choice))
            && (query.target.is_none() || !inferred.is_empty())
    }
}

/// Answers a question. Names that are not known have no versions; [`super::unknown_names`] tells them.
///
/// # Errors
///
/// The database failed; so for every function of this module.
pub async fn answer(conn: &mut Conn, query: &MatrixQuery) -> Result<Answer, StoreError> {
    let found = Found::load(conn, query, Look::AsAsked).await?;
    let unknown_ignored = unknown_ignored(conn, query).await?;
    let (verdict, rows) = found.judge(query, &found.participants, &unknown_ignored);
    let (ignored, mut rows): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| row.ignored);
    rows.truncate(query.limit);
    rows.extend(ignored);
    Ok(Answer { verdict, rows, selectors: found.participants.into_selectors() })
}

/// Those of a pacticipant's newest versions (`candidates`, at most so many), latest first, for which the answer to a
/// question about that pacticipant alone would be a yes with something verified. However many there are, they take one
/// statement.
pub async fn deployable_instead(
    conn: &mut Conn,
    query: &MatrixQuery,
    candidates: u32,
) -> Result<Vec<VersionRef>, StoreError> {
    let found = Found::load(conn, query, Look::Newest(candidates)).await?;
    // the question is about the first, as it was specified
    let Some(asked) = found.participants.selectors().first() else {
        return Ok(Vec::new());
    };
    let mut deployable = Vec::new();
    for candidate in asked.versions.listed().iter().rev() {
        let choice = Choice::Number(candidate.number.clone());
        let mut selectors = found.participants.selectors().to_vec();
        selectors[0].versions = Versions::These(vec![candidate.clone()]);
        selectors[0].choice = choice.clone();
        let mut question = query.clone();
        question.selectors[0].choice = choice;
        let participants = Participants::new(selectors, query.is_lone());
        let (verdict, _) = found.judge(&question, &participants, &[]);
        if verdict.deployable == Some(true) && verdict.success > 0 {
            deployable.push(candidate.clone());
        }
    }
    Ok(deployable)
}

/// Everything a verdict is made from.
struct Found {
    participants: Participants,
    publications: Vec<Publication>,
    verifications: HashMap<i64, Vec<Verification>>,
}

impl Found {
    async fn load(conn: &mut Conn, query: &MatrixQuery, look: Look) -> Result<Self, StoreError> {
        let Evidence { selectors, publications, verifications } = evidence::load(conn, query, look).await?;
        Ok(Self { participants: Participants::new(selectors, query.is_lone()), publications, verifications })
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
        let verdict =
            decide(&decision::Evidence { query, participants, rows: &rows, required: &required, unknown_ignored });
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
