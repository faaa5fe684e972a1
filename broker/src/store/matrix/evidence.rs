//! Publications, and what provider versions said about them.

use std::collections::{BTreeSet, HashMap};

use sqlx::AssertSqlSafe;

use crate::matrix::rows::{Publication, Result as Verification};
use crate::matrix::selector::{ResolvedSelector, VersionRef, Versions};
use crate::store::dialect::Dialect;
use crate::store::rows::Flag;
use crate::store::{Conn, StoreError};

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

/// The publications that may belong to the question: of the versions that count, with the pacticipants in it. With
/// `revisions`, also those that were replaced.
pub(super) async fn publications(
    conn: &mut Conn,
    selectors: &[ResolvedSelector],
    revisions: bool,
) -> Result<Vec<Publication>, StoreError> {
    let dialect = Dialect::of_connection(conn);
    let providers = dialect.id_list(selectors.iter().map(|selector| &selector.pacticipant_id));
    let versions: BTreeSet<i64> = selectors.iter().flat_map(|one| one.versions.listed()).map(|one| one.id).collect();
    let whole: BTreeSet<i64> =
        selectors.iter().filter(|one| one.versions == Versions::Any).map(|one| one.pacticipant_id).collect();
    let table = if revisions { "pact_publications" } else { "current_pacts" };
    let mut found = Vec::new();
    for (column, ids) in [("x.version_id", versions), ("x.consumer_id", whole)] {
        if ids.is_empty() {
            continue;
        }
        let sql = format!(
            "SELECT x.consumer_id, c.name AS consumer, x.version_id, v.number AS version, x.provider_id, \
             p.name AS provider, x.content_id, pc.sha, x.created_at FROM {table} x \
             JOIN versions v ON v.id = x.version_id JOIN pacticipants c ON c.id = x.consumer_id \
             JOIN pacticipants p ON p.id = x.provider_id JOIN pact_contents pc ON pc.id = x.content_id \
             WHERE {} AND {}",
            dialect.among(column, 1),
            // the plus keeps the planner from trying every version with every provider
            dialect.among("+x.provider_id", 2)
        );
        let rows: Vec<PublicationRow> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(dialect.id_list(&ids))
            .bind(&providers)
            .fetch_all(&mut *conn)
            .await?;
        found.extend(rows);
    }
    Ok(found.into_iter().map(Publication::from).collect())
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

/// What the provider versions that count said about the publications' contents, by content. With `every`, also what they
/// said before.
pub(super) async fn verifications(
    conn: &mut Conn,
    selectors: &[ResolvedSelector],
    publications: &[Publication],
    every: bool,
) -> Result<HashMap<i64, Vec<Verification>>, StoreError> {
    let any: BTreeSet<i64> =
        selectors.iter().filter(|one| one.versions == Versions::Any).map(|one| one.pacticipant_id).collect();
    let (by_any, by_these): (Vec<&Publication>, Vec<&Publication>) =
        publications.iter().partition(|publication| any.contains(&publication.provider_id));
    let contents =
        |of: Vec<&Publication>| of.into_iter().map(|publication| publication.content_id).collect::<BTreeSet<i64>>();
    let providers: BTreeSet<i64> = by_these.iter().map(|publication| publication.provider_id).collect();
    let these: BTreeSet<i64> = selectors
        .iter()
        .filter(|selector| providers.contains(&selector.pacticipant_id))
        .flat_map(|selector| selector.versions.listed())
        .map(|version| version.id)
        .collect();
    let mut found = HashMap::new();
    Said { contents: contents(by_any), by: None, every }.load(conn, &mut found).await?;
    Said { contents: contents(by_these), by: Some(these), every }.load(conn, &mut found).await?;
    Ok(found)
}

/// Results of some contents, by any version or by some.
struct Said {
    contents: BTreeSet<i64>,
    by: Option<BTreeSet<i64>>,
    every: bool,
}

impl Said {
    async fn load(&self, conn: &mut Conn, found: &mut HashMap<i64, Vec<Verification>>) -> Result<(), StoreError> {
        if self.contents.is_empty() || self.by.as_ref().is_some_and(BTreeSet::is_empty) {
            return Ok(());
        }
        let dialect = Dialect::of_connection(conn);
        let (table, number, at) = if self.every {
            ("verifications", "x.id", "x.created_at")
        } else {
            ("current_verifications", "x.verification_id", "x.verified_at")
        };
        let by = match self.by {
            Some(_) => format!("AND {}", dialect.among("x.provider_version_id", 2)),
            None => String::new(),
        };
        let sql = format!(
            "SELECT x.content_id, x.provider_version_id AS version_id, v.number AS version, {number} AS number, x.success, \
             {at} AS verified_at FROM {table} x JOIN versions v ON v.id = x.provider_version_id WHERE {} {by}",
            dialect.among("x.content_id", 1)
        );
        let mut query = sqlx::query_as(AssertSqlSafe(sql)).bind(dialect.id_list(&self.contents));
        if let Some(versions) = &self.by {
            query = query.bind(dialect.id_list(versions));
        }
        let rows: Vec<VerificationRow> = query.fetch_all(conn).await?;
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
}
