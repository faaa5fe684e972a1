//! Branches, tags and environments of many versions at once.

use std::collections::HashMap;

use sqlx::AssertSqlSafe;

use super::rows::{CHUNK, Flag, id_list};
use super::{Conn, StoreError};
use crate::domain::version::{BranchMembership, LiveIn, Running, TagMembership, VersionDetails};

/// The details of these versions; every id asked for is a key of the answer.
///
/// # Errors
///
/// The database failed.
pub async fn load(
    conn: &mut Conn,
    versions: &[i64],
) -> Result<HashMap<i64, VersionDetails>, StoreError> {
    let mut details: HashMap<i64, VersionDetails> = versions
        .iter()
        .map(|id| (*id, VersionDetails::default()))
        .collect();
    let mut ids: Vec<i64> = details.keys().copied().collect();
    ids.sort_unstable();
    for chunk in ids.chunks(CHUNK) {
        let list = id_list(chunk);
        add_branches(conn, &list, &mut details).await?;
        add_tags(conn, &list, &mut details).await?;
        add_environments(conn, &list, &mut details).await?;
    }
    Ok(details)
}

/// The details of one version.
///
/// # Errors
///
/// The database failed.
pub async fn of(conn: &mut Conn, version: i64) -> Result<VersionDetails, StoreError> {
    Ok(load(conn, &[version])
        .await?
        .remove(&version)
        .unwrap_or_default())
}

type Details = HashMap<i64, VersionDetails>;

async fn add_branches(
    conn: &mut Conn,
    list: &str,
    details: &mut Details,
) -> Result<(), StoreError> {
    let sql = format!(
        "SELECT m.version_id, b.name, m.created_at, CASE WHEN h.version_id = m.version_id THEN 1 ELSE 0 END \
         FROM branch_versions m JOIN branches b ON b.id = m.branch_id LEFT JOIN branch_heads h ON h.branch_id = b.id \
         WHERE m.version_id IN {list} ORDER BY m.created_at, b.id"
    );
    let rows: Vec<(i64, String, i64, Flag)> = sqlx::query_as(AssertSqlSafe(sql))
        .persistent(false)
        .fetch_all(conn)
        .await?;
    for (version, name, created_at, latest) in rows {
        let branch = BranchMembership {
            name,
            latest: latest.into(),
            created_at,
        };
        details.entry(version).or_default().branches.push(branch);
    }
    Ok(())
}

async fn add_tags(conn: &mut Conn, list: &str, details: &mut Details) -> Result<(), StoreError> {
    let sql = format!(
        "SELECT t.version_id, t.name, t.created_at, CASE WHEN h.version_id = t.version_id THEN 1 ELSE 0 END \
         FROM tags t LEFT JOIN tag_heads h ON h.pacticipant_id = t.pacticipant_id AND h.name = t.name \
         WHERE t.version_id IN {list} ORDER BY t.created_at, t.name"
    );
    let rows: Vec<(i64, String, i64, Flag)> = sqlx::query_as(AssertSqlSafe(sql))
        .persistent(false)
        .fetch_all(conn)
        .await?;
    for (version, name, created_at, latest) in rows {
        details
            .entry(version)
            .or_default()
            .tags
            .push(TagMembership {
                name,
                latest: latest.into(),
                created_at,
            });
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct LiveRow {
    version_id: i64,
    uuid: String,
    name: String,
    display_name: Option<String>,
    #[sqlx(try_from = "Flag")]
    production: bool,
    #[sqlx(try_from = "Flag")]
    deployed: bool,
    application_instance: Option<String>,
}

async fn add_environments(
    conn: &mut Conn,
    list: &str,
    details: &mut Details,
) -> Result<(), StoreError> {
    let sql = format!(
        "SELECT d.version_id, e.uuid, e.name, e.display_name, e.production, 1 AS deployed, d.application_instance \
         FROM deployed_versions d JOIN environments e ON e.id = d.environment_id \
         WHERE d.version_id IN {list} AND d.currently_deployed = 1 \
         UNION ALL \
         SELECT r.version_id, e.uuid, e.name, e.display_name, e.production, 0 AS deployed, NULL \
         FROM released_versions r JOIN environments e ON e.id = r.environment_id \
         WHERE r.version_id IN {list} AND r.currently_supported = 1 \
         ORDER BY 3, 6 DESC, 7"
    );
    let rows: Vec<LiveRow> = sqlx::query_as(AssertSqlSafe(sql))
        .persistent(false)
        .fetch_all(conn)
        .await?;
    for row in rows {
        let running = if row.deployed {
            Running::Deployed(row.application_instance)
        } else {
            Running::Released
        };
        details
            .entry(row.version_id)
            .or_default()
            .live_in
            .push(LiveIn {
                environment_uuid: row.uuid,
                environment: row.name,
                environment_display_name: row.display_name,
                production: row.production,
                running,
            });
    }
    Ok(())
}
