//! Tags on versions, and the latest version of each.

use super::{Conn, StoreError, branches, deployments, environments, pacticipants};
use crate::config::Rules;
use crate::domain::pacticipant::Pacticipant;
use crate::domain::version::Version;

/// A tag on a version.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Tag {
    /// The tag.
    pub name: String,
    /// When the version was tagged, in microseconds since 1970.
    pub created_at: i64,
}

/// A tag of a version.
///
/// # Errors
///
/// The database failed; so for every function of this module.
pub async fn find(conn: &mut Conn, version: i64, name: &str) -> Result<Option<Tag>, StoreError> {
    Ok(sqlx::query_as("SELECT name, created_at FROM tags WHERE version_id = $1 AND name = $2")
        .bind(version)
        .bind(name)
        .fetch_optional(conn)
        .await?)
}

/// Tags a version; whether the tag was new there.
///
/// For pipelines that know tags only: the first tag of a fresh version without a branch is taken as its branch, and a
/// tag named like an environment records a deployment there.
pub async fn put(
    conn: &mut Conn,
    rules: &Rules,
    pacticipant: &Pacticipant,
    version: &Version,
    name: &str,
    now: i64,
) -> Result<bool, StoreError> {
    let within = i64::try_from(rules.use_first_tag_as_branch_within.as_micros()).unwrap_or(i64::MAX);
    let fresh = rules.use_first_tag_as_branch && now - version.created_at <= within;
    let names_branch = fresh && is_bare(conn, version.id).await?;
    let tagged =
        sqlx::query("INSERT INTO tags (version_id, pacticipant_id, name, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING")
            .bind(version.id)
            .bind(pacticipant.id)
            .bind(name)
            .bind(now)
            .execute(&mut *conn)
            .await?
            .rows_affected()
            == 1;
    if tagged {
        sqlx::query(
            "INSERT INTO tag_heads (pacticipant_id, name, version_id) VALUES ($1, $2, $3) ON CONFLICT \
             (pacticipant_id, name) DO UPDATE SET version_id = excluded.version_id \
             WHERE excluded.version_id > tag_heads.version_id",
        )
        .bind(pacticipant.id)
        .bind(name)
        .bind(version.id)
        .execute(&mut *conn)
        .await?;
    }
    if names_branch {
        branches::add_version(conn, rules, pacticipant, name, version.id, now).await?;
    } else if rules.adopts_as_main_branch(pacticipant.main_branch.as_deref(), name) {
        pacticipants::adopt_main_branch(conn, pacticipant.id, name, now).await?;
    }
    if rules.create_deployed_versions_for_tags
        && let Some(environment) = environments::by_name(conn, name).await?
    {
        deployments::record(conn, version, environment.id, None, now).await?;
    }
    Ok(tagged)
}

/// The tags of a version, by name.
pub async fn of_version(conn: &mut Conn, version: i64) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar("SELECT name FROM tags WHERE version_id = $1 ORDER BY name")
        .bind(version)
        .fetch_all(conn)
        .await?)
}

async fn is_bare(conn: &mut Conn, version: i64) -> Result<bool, StoreError> {
    let marks: i64 = sqlx::query_scalar(
        "SELECT (SELECT COUNT(*) FROM tags WHERE version_id = $1) + (SELECT COUNT(*) FROM branch_versions WHERE version_id = $1)",
    )
    .bind(version)
    .fetch_one(conn)
    .await?;
    Ok(marks == 0)
}

/// Takes a tag off a version; whether it was there.
pub async fn delete(conn: &mut Conn, version: &Version, name: &str) -> Result<bool, StoreError> {
    let done = sqlx::query("DELETE FROM tags WHERE version_id = $1 AND name = $2")
        .bind(version.id)
        .bind(name)
        .execute(&mut *conn)
        .await?;
    sqlx::query("DELETE FROM tag_heads WHERE version_id = $1 AND name = $2")
        .bind(version.id)
        .bind(name)
        .execute(&mut *conn)
        .await?;
    restore_heads(conn, version.pacticipant_id).await?;
    Ok(done.rows_affected() > 0)
}

/// Gives each tag that lost its latest version the latest that still carries it.
pub(super) async fn restore_heads(conn: &mut Conn, pacticipant: i64) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO tag_heads (pacticipant_id, name, version_id) \
         SELECT t.pacticipant_id, t.name, MAX(t.version_id) FROM tags t WHERE t.pacticipant_id = $1 AND NOT EXISTS \
         (SELECT 1 FROM tag_heads h WHERE h.pacticipant_id = t.pacticipant_id AND h.name = t.name) \
         GROUP BY t.pacticipant_id, t.name",
    )
    .bind(pacticipant)
    .execute(conn)
    .await?;
    Ok(())
}
