//! What the matrix decides over, found by index look-ups however long the history is.

use std::collections::{BTreeSet, HashMap};

use sqlx::AssertSqlSafe;

use super::rows::{CHUNK, Flag, id_list};
use super::{Conn, StoreError, environments, integrations, pacticipants, versions};
use crate::matrix::Verdict;
use crate::matrix::decision::{Evidence, Required, decide};
use crate::matrix::query::{Choice, LatestBy, MatrixQuery};
use crate::matrix::rows::{Participants, Publication, Result as Verification, Row, join, keep_latest, mark_ignored};
use crate::matrix::selector::{Origin, ResolvedSelector, VersionRef, Versions};

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

/// What a question names and this broker does not know, in words; empty when it can be answered.
///
/// # Errors
///
/// The database failed; so for every function of this module.
pub async fn unknown_names(conn: &mut Conn, query: &MatrixQuery) -> Result<Vec<String>, StoreError> {
    let mut problems = Vec::new();
    for selector in &query.selectors {
        if pacticipants::find(conn, &selector.pacticipant).await?.is_none() {
            problems.push(format!("there is no pacticipant named {:?}", selector.pacticipant));
        }
    }
    let choices: Vec<&Choice> = query.selectors.iter().map(|selector| &selector.choice).chain(&query.target).collect();
    for choice in choices {
        if let Choice::Environment(name) = choice
            && environments::by_name(conn, name).await?.is_none()
        {
            problems.push(format!("there is no environment named {name:?}"));
        }
    }
    Ok(problems)
}

/// Answers a question whose names are all known.
pub async fn answer(conn: &mut Conn, query: &MatrixQuery) -> Result<Answer, StoreError> {
    let mut selectors = specified(conn, query).await?;
    let lone = selectors.len() == 1 && query.target.is_none();
    if lone || query.target.is_some() {
        let inferred = infer(conn, &selectors, query.target.as_ref().unwrap_or(&Choice::All)).await?;
        selectors.extend(inferred);
    }
    let participants = Participants::new(selectors, lone);
    let revisions = query.latest_by == LatestBy::Nothing;
    let publications = publications(conn, participants.selectors(), revisions).await?;
    let required = required(&participants, &publications);
    let verifications = verifications(conn, participants.selectors(), &publications, revisions).await?;
    let mut rows = keep_latest(join(&participants, &publications, &verifications), query.latest_by);
    if !query.success.is_empty() {
        rows.retain(|row| query.success.contains(&row.success()));
    }
    mark_ignored(&mut rows, &query.ignore);
    let unknown_ignored = unknown_ignored(conn, query).await?;
    let verdict = decide(&Evidence {
        query,
        participants: &participants,
        rows: &rows,
        required: &required,
        unknown_ignored: &unknown_ignored,
    });
    let (ignored, mut rows): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| row.ignored);
    rows.truncate(query.limit);
    rows.extend(ignored);
    Ok(Answer { verdict, rows, selectors: participants.selectors().to_vec() })
}

async fn specified(conn: &mut Conn, query: &MatrixQuery) -> Result<Vec<ResolvedSelector>, StoreError> {
    let mut resolved = Vec::new();
    for selector in &query.selectors {
        let Some(pacticipant) = pacticipants::find(conn, &selector.pacticipant).await? else {
            continue;
        };
        let versions = resolve(conn, &[pacticipant.id], &selector.choice).await?.remove(&pacticipant.id);
        resolved.push(ResolvedSelector {
            pacticipant_id: pacticipant.id,
            pacticipant: pacticipant.name,
            choice: selector.choice.clone(),
            versions: versions.unwrap_or_else(|| Versions::These(Vec::new())),
            origin: Origin::Specified,
        });
    }
    Ok(resolved)
}

/// The pacticipants on the other side of the specified ones' pacts: providers of the versions given, and every
/// consumer.
async fn infer(
    conn: &mut Conn,
    specified: &[ResolvedSelector],
    target: &Choice,
) -> Result<Vec<ResolvedSelector>, StoreError> {
    let mut others: Vec<(i64, String)> = Vec::new();
    for selector in specified {
        others.extend(providers_met(conn, selector).await?);
        others.extend(integrations::consumers_of(conn, selector.pacticipant_id).await?);
    }
    others.retain(|(id, _)| !specified.iter().any(|selector| selector.pacticipant_id == *id));
    others.sort_by(|a, b| a.1.cmp(&b.1));
    others.dedup();
    let ids: Vec<i64> = others.iter().map(|(id, _)| *id).collect();
    let mut versions = resolve(conn, &ids, target).await?;
    Ok(others
        .into_iter()
        .map(|(id, name)| ResolvedSelector {
            pacticipant_id: id,
            pacticipant: name,
            choice: target.clone(),
            versions: versions.remove(&id).unwrap_or_else(|| Versions::These(Vec::new())),
            origin: Origin::Inferred,
        })
        .collect())
}

async fn providers_met(conn: &mut Conn, selector: &ResolvedSelector) -> Result<Vec<(i64, String)>, StoreError> {
    let Versions::These(versions) = &selector.versions else {
        return integrations::providers_of(conn, selector.pacticipant_id).await;
    };
    let ids: Vec<i64> = versions.iter().map(|version| version.id).collect();
    let mut providers = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        let sql = format!(
            "SELECT DISTINCT p.id, p.name FROM current_pacts cp JOIN pacticipants p ON p.id = cp.provider_id \
             WHERE cp.version_id IN {}",
            id_list(chunk)
        );
        let found: Vec<(i64, String)> =
            sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(&mut *conn).await?;
        providers.extend(found);
    }
    Ok(providers)
}

/// The chosen versions of several pacticipants; one without any has no entry.
async fn resolve(conn: &mut Conn, ids: &[i64], choice: &Choice) -> Result<HashMap<i64, Versions>, StoreError> {
    if *choice == Choice::All {
        return Ok(ids.iter().map(|id| (*id, Versions::Any)).collect());
    }
    let (from, name) = match choice {
        Choice::All => ("versions v WHERE $1 = ''", ""),
        Choice::Number(number) => ("versions v WHERE v.number = $1", number.as_str()),
        Choice::Latest => (
            "versions v WHERE $1 = '' AND v.id = (SELECT MAX(l.id) FROM versions l WHERE l.pacticipant_id = v.pacticipant_id)",
            "",
        ),
        Choice::Branch(name) => (
            "branches b JOIN branch_versions m ON m.branch_id = b.id JOIN versions v ON v.id = m.version_id WHERE b.name = $1",
            name.as_str(),
        ),
        Choice::BranchHead(name) => (
            "branches b JOIN branch_heads h ON h.branch_id = b.id JOIN versions v ON v.id = h.version_id WHERE b.name = $1",
            name.as_str(),
        ),
        Choice::Tag(name) => ("tags t JOIN versions v ON v.id = t.version_id WHERE t.name = $1", name.as_str()),
        Choice::TagHead(name) => {
            ("tag_heads t JOIN versions v ON v.id = t.version_id WHERE t.name = $1", name.as_str())
        }
        Choice::Environment(name) => (
            "environments e CROSS JOIN versions v WHERE e.name = $1 AND v.id IN ( \
             SELECT d.version_id FROM deployed_versions d WHERE d.environment_id = e.id AND d.currently_deployed = 1 \
             UNION ALL \
             SELECT r.version_id FROM released_versions r WHERE r.environment_id = e.id AND r.currently_supported = 1)",
            name.as_str(),
        ),
        Choice::MainBranch => (
            "pacticipants p LEFT JOIN branches b ON b.pacticipant_id = p.id AND b.name = p.main_branch \
             LEFT JOIN branch_heads h ON h.branch_id = b.id \
             LEFT JOIN tag_heads t ON t.pacticipant_id = p.id AND t.name = p.main_branch \
             JOIN versions v ON v.id = COALESCE(h.version_id, t.version_id) WHERE $1 = ''",
            "",
        ),
    };
    let owner = match choice {
        Choice::Branch(_) | Choice::BranchHead(_) => "b.pacticipant_id",
        Choice::Tag(_) | Choice::TagHead(_) => "t.pacticipant_id",
        Choice::MainBranch => "p.id",
        Choice::All | Choice::Number(_) | Choice::Latest | Choice::Environment(_) => "v.pacticipant_id",
    };
    let mut found: HashMap<i64, Vec<VersionRef>> = HashMap::new();
    for chunk in ids.chunks(CHUNK) {
        let sql = format!(
            "SELECT DISTINCT v.pacticipant_id, v.id, v.number FROM {from} AND {owner} IN {} ORDER BY v.id",
            id_list(chunk)
        );
        let rows: Vec<(i64, i64, String)> =
            sqlx::query_as(AssertSqlSafe(sql)).persistent(false).bind(name).fetch_all(&mut *conn).await?;
        for (pacticipant, id, number) in rows {
            found.entry(pacticipant).or_default().push(VersionRef { id, number });
        }
    }
    Ok(found.into_iter().map(|(pacticipant, versions)| (pacticipant, Versions::These(versions))).collect())
}

#[derive(sqlx::FromRow)]
struct PublicationRow {
    consumer_id: i64,
    consumer: String,
    version_id: i64,
    version: String,
    provider_id: i64,
    provider: String,
    content_id: i64,
    sha: String,
    created_at: i64,
}

impl From<PublicationRow> for Publication {
    fn from(row: PublicationRow) -> Self {
        Self {
            consumer_id: row.consumer_id,
            consumer: row.consumer,
            version: VersionRef { id: row.version_id, number: row.version },
            provider_id: row.provider_id,
            provider: row.provider,
            content_id: row.content_id,
            sha: row.sha,
            published_at: row.created_at,
        }
    }
}

/// The publications that may belong to the question: of the versions that count, with the pacticipants in it.
async fn publications(
    conn: &mut Conn,
    selectors: &[ResolvedSelector],
    revisions: bool,
) -> Result<Vec<Publication>, StoreError> {
    let providers: Vec<i64> = selectors.iter().map(|selector| selector.pacticipant_id).collect();
    let (mut versions, mut whole) = (BTreeSet::new(), BTreeSet::new());
    for selector in selectors {
        match &selector.versions {
            Versions::These(these) => versions.extend(these.iter().map(|version| version.id)),
            Versions::Any => drop(whole.insert(selector.pacticipant_id)),
        }
    }
    let table = if revisions { "pact_publications" } else { "current_pacts" };
    let mut found: Vec<PublicationRow> = Vec::new();
    let by_version: Vec<i64> = versions.into_iter().collect();
    let by_consumer: Vec<i64> = whole.into_iter().collect();
    for (column, ids) in [("version_id", by_version), ("consumer_id", by_consumer)] {
        for (chunk, providers) in chunk_pairs(&ids, &providers) {
            let sql = format!(
                "SELECT x.consumer_id, c.name AS consumer, x.version_id, v.number AS version, x.provider_id, \
                 p.name AS provider, x.content_id, pc.sha, x.created_at FROM {table} x \
                 JOIN versions v ON v.id = x.version_id JOIN pacticipants c ON c.id = x.consumer_id \
                 JOIN pacticipants p ON p.id = x.provider_id JOIN pact_contents pc ON pc.id = x.content_id \
                 WHERE x.{column} IN {} AND x.provider_id IN {}",
                id_list(chunk),
                id_list(providers)
            );
            let rows: Vec<PublicationRow> =
                sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(&mut *conn).await?;
            found.extend(rows);
        }
    }
    Ok(found.into_iter().map(Publication::from).collect())
}

/// Every combination of a part of one list with a part of the other.
fn chunk_pairs<'a>(one: &'a [i64], other: &'a [i64]) -> Vec<(&'a [i64], &'a [i64])> {
    one.chunks(CHUNK).flat_map(|part| other.chunks(CHUNK).map(move |against| (part, against))).collect()
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

#[derive(sqlx::FromRow)]
struct VerificationRow {
    content_id: i64,
    version_id: i64,
    version: String,
    number: i64,
    #[sqlx(try_from = "Flag")]
    success: bool,
    verified_at: i64,
}

/// What the provider versions that count said about the publications' contents, by content.
async fn verifications(
    conn: &mut Conn,
    selectors: &[ResolvedSelector],
    publications: &[Publication],
    every: bool,
) -> Result<HashMap<i64, Vec<Verification>>, StoreError> {
    let any = |provider: i64| {
        selectors.iter().any(|selector| selector.pacticipant_id == provider && selector.versions == Versions::Any)
    };
    let (mut by_any, mut by_these) = (BTreeSet::new(), BTreeSet::new());
    for publication in publications {
        let contents = if any(publication.provider_id) { &mut by_any } else { &mut by_these };
        contents.insert(publication.content_id);
    }
    let these: BTreeSet<i64> = selectors
        .iter()
        .filter_map(|selector| match &selector.versions {
            Versions::These(these) => Some(these),
            Versions::Any => None,
        })
        .flatten()
        .map(|version| version.id)
        .collect();
    let these: Vec<i64> = these.into_iter().collect();
    let mut found = HashMap::new();
    for contents in by_any.into_iter().collect::<Vec<_>>().chunks(CHUNK) {
        fetch_verifications(conn, every, &format!("x.content_id IN {}", id_list(contents)), &mut found).await?;
    }
    let by_these: Vec<i64> = by_these.into_iter().collect();
    for (contents, versions) in chunk_pairs(&by_these, &these) {
        let condition =
            format!("x.content_id IN {} AND x.provider_version_id IN {}", id_list(contents), id_list(versions));
        fetch_verifications(conn, every, &condition, &mut found).await?;
    }
    Ok(found)
}

async fn fetch_verifications(
    conn: &mut Conn,
    every: bool,
    condition: &str,
    found: &mut HashMap<i64, Vec<Verification>>,
) -> Result<(), StoreError> {
    let (table, number, at) = if every {
        ("verifications", "x.id", "x.created_at")
    } else {
        ("current_verifications", "x.verification_id", "x.verified_at")
    };
    let sql = format!(
        "SELECT x.content_id, x.provider_version_id AS version_id, v.number AS version, {number} AS number, x.success, \
         {at} AS verified_at FROM {table} x JOIN versions v ON v.id = x.provider_version_id WHERE {condition}"
    );
    let rows: Vec<VerificationRow> = sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(&mut *conn).await?;
    for row in rows {
        found.entry(row.content_id).or_default().push(Verification {
            version: VersionRef { id: row.version_id, number: row.version },
            number: row.number,
            success: row.success,
            verified_at: row.verified_at,
        });
    }
    Ok(())
}

async fn unknown_ignored(conn: &mut Conn, query: &MatrixQuery) -> Result<Vec<String>, StoreError> {
    let mut unknown = Vec::new();
    for ignore in &query.ignore {
        let pacticipant = pacticipants::find(conn, &ignore.pacticipant).await?;
        match (pacticipant, &ignore.version) {
            (None, _) => unknown.push(ignore.pacticipant.clone()),
            (Some(known), Some(number)) if versions::find(conn, known.id, number).await?.is_none() => {
                unknown.push(format!("{} {number}", ignore.pacticipant));
            }
            _ => {}
        }
    }
    Ok(unknown)
}
