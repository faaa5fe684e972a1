//! Versions of pacticipants.

use super::rows::Page;
use super::{Conn, StoreError};
use crate::domain::version::Version;

/// The version of this number.
///
/// # Errors
///
/// The database failed; so for every function of this module.
pub async fn find(conn: &mut Conn, pacticipant: i64, number: &str) -> Result<Option<Version>, StoreError> {
    Ok(sqlx::query_as("SELECT * FROM versions WHERE pacticipant_id = $1 AND number = $2")
        .bind(pacticipant)
        .bind(number)
        .fetch_optional(conn)
        .await?)
}

/// The version of this number, created if need be; and whether it was.
pub async fn ensure(conn: &mut Conn, pacticipant: i64, number: &str, now: i64) -> Result<(Version, bool), StoreError> {
    // most versions come here once
    let new: Option<Version> = sqlx::query_as(
        "INSERT INTO versions (pacticipant_id, number, created_at, updated_at) VALUES ($1, $2, $3, $3) \
         ON CONFLICT DO NOTHING RETURNING *",
    )
    .bind(pacticipant)
    .bind(number)
    .bind(now)
    .fetch_optional(&mut *conn)
    .await?;
    if let Some(version) = new {
        return Ok((version, true));
    }
    let version = sqlx::query_as("SELECT * FROM versions WHERE pacticipant_id = $1 AND number = $2")
        .bind(pacticipant)
        .bind(number)
        .fetch_one(conn)
        .await?;
    Ok((version, false))
}

/// Sets the build that made a version.
pub async fn set_build_url(conn: &mut Conn, id: i64, url: Option<&str>, now: i64) -> Result<(), StoreError> {
    sqlx::query("UPDATE versions SET build_url = $2, updated_at = $3 WHERE id = $1")
        .bind(id)
        .bind(url)
        .bind(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// The latest version of a pacticipant.
pub async fn latest(conn: &mut Conn, pacticipant: i64) -> Result<Option<Version>, StoreError> {
    Ok(sqlx::query_as("SELECT * FROM versions WHERE pacticipant_id = $1 ORDER BY id DESC LIMIT 1")
        .bind(pacticipant)
        .fetch_optional(conn)
        .await?)
}

/// The latest version that carries a tag.
pub async fn latest_tagged(conn: &mut Conn, pacticipant: i64, tag: &str) -> Result<Option<Version>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT v.* FROM tag_heads h JOIN versions v ON v.id = h.version_id WHERE h.pacticipant_id = $1 AND h.name = $2",
    )
    .bind(pacticipant)
    .bind(tag)
    .fetch_optional(conn)
    .await?)
}

/// The versions of a pacticipant, latest first, and how many there are on all pages.
pub async fn list(conn: &mut Conn, pacticipant: i64, page: Option<Page>) -> Result<(Vec<Version>, i64), StoreError> {
    let (limit, offset) = Page::window(page);
    let found = sqlx::query_as("SELECT * FROM versions WHERE pacticipant_id = $1 ORDER BY id DESC LIMIT $2 OFFSET $3")
        .bind(pacticipant)
        .bind(limit)
        .bind(offset)
        .fetch_all(&mut *conn)
        .await?;
    let total = sqlx::query_scalar("SELECT COUNT(*) FROM versions WHERE pacticipant_id = $1")
        .bind(pacticipant)
        .fetch_one(conn)
        .await?;
    Ok((found, total))
}

/// The versions that carry a tag, latest first.
pub async fn tagged(conn: &mut Conn, pacticipant: i64, tag: &str) -> Result<Vec<Version>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT v.* FROM tags t JOIN versions v ON v.id = t.version_id WHERE t.pacticipant_id = $1 AND t.name = $2 \
         ORDER BY v.id DESC",
    )
    .bind(pacticipant)
    .bind(tag)
    .fetch_all(conn)
    .await?)
}

/// The versions that run in an environment, latest first.
pub async fn live_in(conn: &mut Conn, pacticipant: i64, environment: i64) -> Result<Vec<Version>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT v.* FROM live_versions l JOIN versions v ON v.id = l.version_id \
         WHERE l.environment_id = $2 AND l.pacticipant_id = $1 ORDER BY v.id DESC",
    )
    .bind(pacticipant)
    .bind(environment)
    .fetch_all(conn)
    .await?)
}

/// Deletes a version with its pacts, verifications, tags and deployments, and finds new heads for what it headed.
pub async fn delete(conn: &mut Conn, pacticipant: i64, id: i64) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM versions WHERE id = $1").bind(id).execute(&mut *conn).await?;
    super::branches::restore_heads(conn, pacticipant).await?;
    super::tags::restore_heads(conn, pacticipant).await
}
