//! Branches, tags and environments of many versions at once.

use std::collections::HashMap;

use sqlx::AssertSqlSafe;

use super::dialect::Dialect;
use super::rows::Flag;
use super::{Conn, StoreError};
use crate::domain::version::{BranchMembership, LiveIn, Running, TagMembership, VersionDetails};

/// The details of these versions; every id asked for is a key of the answer.
///
/// # Errors
///
/// The database failed.
pub async fn load(conn: &mut Conn, versions: &[i64]) -> Result<HashMap<i64, VersionDetails>, StoreError> {
    let mut details: HashMap<i64, VersionDetails> =
        versions.iter().map(|id| (*id, VersionDetails::default())).collect();
    if details.is_empty() {
        return Ok(details);
    }
    let dialect = Dialect::of_connection(conn);
    let mut rows: Vec<DetailRow> =
        sqlx::query_as(AssertSqlSafe(statement(dialect))).bind(dialect.id_list(details.keys())).fetch_all(conn).await?;
    // branches in the order in which the version joined them, tags in which they were given, environments by name,
    // deployments first
    rows.sort_by(|one, other| one.order().cmp(&other.order()));
    for row in rows {
        let of_version = details.entry(row.version_id).or_default();
        row.add_to(of_version);
    }
    Ok(details)
}

/// The details of one version.
///
/// # Errors
///
/// The database failed.
pub async fn of(conn: &mut Conn, version: i64) -> Result<VersionDetails, StoreError> {
    Ok(load(conn, &[version]).await?.remove(&version).unwrap_or_default())
}

const BRANCH: i64 = 0;
const TAG: i64 = 1;
const DEPLOYED: i64 = 2;
const RELEASED: i64 = 3;

/// A branch, a tag or an environment of a version. `flag` says of an environment whether it is for production, of
/// others whether the version is the latest there.
#[derive(sqlx::FromRow)]
struct DetailRow {
    kind: i64,
    version_id: i64,
    name: String,
    at: i64,
    /// Tells apart what happened at the same time.
    place: i64,
    #[sqlx(try_from = "Flag")]
    flag: bool,
    uuid: String,
    display_name: Option<String>,
    instance: Option<String>,
}

/// One statement for all kinds, because each statement is a way to the database and back.
fn statement(dialect: Dialect) -> String {
    let among = |column| dialect.among(column, 1);
    format!(
        "SELECT {BRANCH} AS kind, m.version_id, b.name, m.created_at AS at, b.id AS place, \
         CASE WHEN h.version_id = m.version_id THEN 1 ELSE 0 END AS flag, '' AS uuid, \
         CAST(NULL AS TEXT) AS display_name, CAST(NULL AS TEXT) AS instance \
         FROM branch_versions m JOIN branches b ON b.id = m.branch_id LEFT JOIN branch_heads h ON h.branch_id = b.id \
         WHERE {branches} \
         UNION ALL SELECT {TAG}, t.version_id, t.name, t.created_at, 0, \
         CASE WHEN h.version_id = t.version_id THEN 1 ELSE 0 END, '', NULL, NULL \
         FROM tags t LEFT JOIN tag_heads h ON h.pacticipant_id = t.pacticipant_id AND h.name = t.name WHERE {tags} \
         UNION ALL SELECT {DEPLOYED}, d.version_id, e.name, 0, 0, e.production, e.uuid, e.display_name, \
         d.application_instance FROM deployed_versions d JOIN environments e ON e.id = d.environment_id \
         WHERE {deployed} AND d.currently_deployed = 1 \
         UNION ALL SELECT {RELEASED}, r.version_id, e.name, 0, 0, e.production, e.uuid, e.display_name, NULL \
         FROM released_versions r JOIN environments e ON e.id = r.environment_id \
         WHERE {released} AND r.currently_supported = 1",
        branches = among("m.version_id"),
        tags = among("t.version_id"),
        deployed = among("d.version_id"),
        released = among("r.version_id"),
    )
}

impl DetailRow {
    fn order(&self) -> impl Ord + '_ {
        (self.at, self.place, &self.name, self.kind, &self.instance)
    }

    fn add_to(self, details: &mut VersionDetails) {
        match self.kind {
            BRANCH => {
                details.branches.push(BranchMembership { name: self.name, latest: self.flag, created_at: self.at })
            }
            TAG => details.tags.push(TagMembership { name: self.name, latest: self.flag, created_at: self.at }),
            kind => details.live_in.push(LiveIn {
                environment_uuid: self.uuid,
                environment: self.name,
                environment_display_name: self.display_name,
                production: self.flag,
                running: if kind == DEPLOYED { Running::Deployed(self.instance) } else { Running::Released },
            }),
        }
    }
}
