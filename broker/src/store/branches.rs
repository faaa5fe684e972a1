//! Branches, the versions on them, and their heads.

use super::rows::{Page, contains_pattern};
use super::{Conn, StoreError, pacticipants};
use crate::config::Rules;
use crate::domain::branch::Branch;
use crate::domain::pacticipant::Pacticipant;
use crate::domain::version::Version;

/// A version's membership of a branch.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct BranchVersion {
    /// When the version joined, in microseconds since 1970.
    pub created_at: i64,
}

/// The branch of this name.
///
/// # Errors
///
/// The database failed; so for every function of this module.
pub async fn find(conn: &mut Conn, pacticipant: i64, name: &str) -> Result<Option<Branch>, StoreError> {
    Ok(sqlx::query_as("SELECT * FROM branches WHERE pacticipant_id = $1 AND name = $2")
        .bind(pacticipant)
        .bind(name)
        .fetch_optional(conn)
        .await?)
}

/// Puts a version on a branch, which then heads it, unless it is there already; whether it was new there. The branch
/// is created if need be, and becomes the main branch of a pacticipant that has none when its name suggests so.
pub async fn add_version(
    conn: &mut Conn,
    rules: &Rules,
    pacticipant: &Pacticipant,
    name: &str,
    version: i64,
    now: i64,
) -> Result<bool, StoreError> {
    let branch = ensure(conn, pacticipant.id, name, now).await?;
    let joined = sqlx::query(
        "INSERT INTO branch_versions (branch_id, version_id, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    )
    .bind(branch)
    .bind(version)
    .bind(now)
    .execute(&mut *conn)
    .await?
    .rows_affected()
        == 1;
    if joined {
        sqlx::query(
            "INSERT INTO branch_heads (branch_id, pacticipant_id, version_id) VALUES ($1, $2, $3) \
             ON CONFLICT (branch_id) DO UPDATE SET version_id = excluded.version_id",
        )
        .bind(branch)
        .bind(pacticipant.id)
        .bind(version)
        .execute(&mut *conn)
        .await?;
    }
    if rules.adopts_as_main_branch(pacticipant.main_branch.as_deref(), name) {
        pacticipants::adopt_main_branch(conn, pacticipant.id, name, now).await?;
    }
    Ok(joined)
}

/// The row of a branch, created if need be.
async fn ensure(conn: &mut Conn, pacticipant: i64, name: &str, now: i64) -> Result<i64, StoreError> {
    const FIND: &str = "SELECT id FROM branches WHERE pacticipant_id = $1 AND name = $2";
    if let Some(known) = sqlx::query_scalar(FIND).bind(pacticipant).bind(name).fetch_optional(&mut *conn).await? {
        return Ok(known);
    }
    sqlx::query("INSERT INTO branches (pacticipant_id, name, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
        .bind(pacticipant)
        .bind(name)
        .bind(now)
        .execute(&mut *conn)
        .await?;
    Ok(sqlx::query_scalar(FIND).bind(pacticipant).bind(name).fetch_one(conn).await?)
}

/// The version at the head of a branch.
pub async fn head(conn: &mut Conn, pacticipant: i64, name: &str) -> Result<Option<Version>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT v.* FROM branches b JOIN branch_heads h ON h.branch_id = b.id JOIN versions v ON v.id = h.version_id \
         WHERE b.pacticipant_id = $1 AND b.name = $2",
    )
    .bind(pacticipant)
    .bind(name)
    .fetch_optional(conn)
    .await?)
}

/// A version's membership of a branch, if it is on it.
pub async fn membership(conn: &mut Conn, branch: i64, version: i64) -> Result<Option<BranchVersion>, StoreError> {
    Ok(sqlx::query_as("SELECT created_at FROM branch_versions WHERE branch_id = $1 AND version_id = $2")
        .bind(branch)
        .bind(version)
        .fetch_optional(conn)
        .await?)
}

/// The branches of a pacticipant, latest first, or those whose name contains `search`; and how many on all pages.
pub async fn list(
    conn: &mut Conn,
    pacticipant: i64,
    search: Option<&str>,
    page: Page,
) -> Result<(Vec<Branch>, i64), StoreError> {
    let pattern = contains_pattern(search.unwrap_or_default());
    let (limit, offset) = Page::window(Some(page));
    let found = sqlx::query_as(
        r"SELECT * FROM branches WHERE pacticipant_id = $1 AND LOWER(name) LIKE $2 ESCAPE '\' ORDER BY id DESC LIMIT $3 OFFSET $4",
    )
    .bind(pacticipant)
    .bind(&pattern)
    .bind(limit)
    .bind(offset)
    .fetch_all(&mut *conn)
    .await?;
    let total = sqlx::query_scalar(
        r"SELECT COUNT(*) FROM branches WHERE pacticipant_id = $1 AND LOWER(name) LIKE $2 ESCAPE '\'",
    )
    .bind(pacticipant)
    .bind(&pattern)
    .fetch_one(conn)
    .await?;
    Ok((found, total))
}

/// The versions on a branch, latest first, and how many on all pages.
pub async fn versions(conn: &mut Conn, branch: i64, page: Option<Page>) -> Result<(Vec<Version>, i64), StoreError> {
    let (limit, offset) = Page::window(page);
    let found = sqlx::query_as(
        "SELECT v.* FROM branch_versions b JOIN versions v ON v.id = b.version_id WHERE b.branch_id = $1 \
         ORDER BY v.id DESC LIMIT $2 OFFSET $3",
    )
    .bind(branch)
    .bind(limit)
    .bind(offset)
    .fetch_all(&mut *conn)
    .await?;
    let total = sqlx::query_scalar("SELECT COUNT(*) FROM branch_versions WHERE branch_id = $1")
        .bind(branch)
        .fetch_one(conn)
        .await?;
    Ok((found, total))
}

/// Deletes a branch; its versions stay.
pub async fn delete(conn: &mut Conn, branch: i64) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM branches WHERE id = $1").bind(branch).execute(conn).await?;
    Ok(())
}

/// Deletes every branch of a pacticipant except the named ones, and returns their names.
pub async fn delete_all_but(conn: &mut Conn, pacticipant: i64, keep: &[String]) -> Result<Vec<String>, StoreError> {
    let branches: Vec<Branch> = sqlx::query_as("SELECT * FROM branches WHERE pacticipant_id = $1")
        .bind(pacticipant)
        .fetch_all(&mut *conn)
        .await?;
    let mut deleted = Vec::new();
    for branch in branches {
        if !keep.contains(&branch.name) {
            delete(conn, branch.id).await?;
            deleted.push(branch.name);
        }
    }
    Ok(deleted)
}

/// Takes a version off a branch.
pub async fn remove_version(conn: &mut Conn, branch: &Branch, version: i64) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM branch_versions WHERE branch_id = $1 AND version_id = $2")
        .bind(branch.id)
        .bind(version)
        .execute(&mut *conn)
        .await?;
    sqlx::query("DELETE FROM branch_heads WHERE branch_id = $1 AND version_id = $2")
        .bind(branch.id)
        .bind(version)
        .execute(&mut *conn)
        .await?;
    restore_heads(conn, branch.pacticipant_id).await
}

/// Gives each branch that lost its head the latest version it still holds.
pub(super) async fn restore_heads(conn: &mut Conn, pacticipant: i64) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO branch_heads (branch_id, pacticipant_id, version_id) \
         SELECT b.id, b.pacticipant_id, MAX(m.version_id) FROM branches b JOIN branch_versions m ON m.branch_id = b.id \
         WHERE b.pacticipant_id = $1 AND NOT EXISTS (SELECT 1 FROM branch_heads h WHERE h.branch_id = b.id) \
         GROUP BY b.id, b.pacticipant_id",
    )
    .bind(pacticipant)
    .execute(conn)
    .await?;
    Ok(())
}
