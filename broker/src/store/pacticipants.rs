//! Pacticipants.

use std::collections::HashMap;

use sqlx::AssertSqlSafe;

use super::rows::{Page, contains_pattern};
use super::{Conn, StoreError};
use crate::domain::pacticipant::{Pacticipant, PacticipantFields};

/// The pacticipant of this name.
///
/// # Errors
///
/// The database failed; so for every function of this module.
pub async fn find(conn: &mut Conn, name: &str) -> Result<Option<Pacticipant>, StoreError> {
    Ok(sqlx::query_as("SELECT * FROM pacticipants WHERE name = $1").bind(name).fetch_optional(conn).await?)
}

/// Those of these pacticipants that there are, by name.
pub async fn named(conn: &mut Conn, names: &[&str]) -> Result<HashMap<String, Pacticipant>, StoreError> {
    let places: Vec<String> = (1..=names.len()).map(|number| format!("${number}")).collect();
    let sql = format!("SELECT * FROM pacticipants WHERE name IN ({})", places.join(", "));
    let mut query = sqlx::query_as(AssertSqlSafe(sql));
    for name in names {
        query = query.bind(*name);
    }
    let found: Vec<Pacticipant> = query.fetch_all(conn).await?;
    Ok(found.into_iter().map(|pacticipant| (pacticipant.name.clone(), pacticipant)).collect())
}

/// The pacticipant in this row, which must exist.
pub async fn by_id(conn: &mut Conn, id: i64) -> Result<Pacticipant, StoreError> {
    Ok(sqlx::query_as("SELECT * FROM pacticipants WHERE id = $1").bind(id).fetch_one(conn).await?)
}

/// All pacticipants by name, or those whose name contains `search`, and how many there are on all pages.
pub async fn list(
    conn: &mut Conn,
    search: Option<&str>,
    page: Option<Page>,
) -> Result<(Vec<Pacticipant>, i64), StoreError> {
    let pattern = contains_pattern(search.unwrap_or_default());
    let (limit, offset) = Page::window(page);
    let found = sqlx::query_as(
        r"SELECT * FROM pacticipants WHERE LOWER(name) LIKE $1 ESCAPE '\' ORDER BY LOWER(name), name LIMIT $2 OFFSET $3",
    )
    .bind(&pattern)
    .bind(limit)
    .bind(offset)
    .fetch_all(&mut *conn)
    .await?;
    let total = sqlx::query_scalar(r"SELECT COUNT(*) FROM pacticipants WHERE LOWER(name) LIKE $1 ESCAPE '\'")
        .bind(&pattern)
        .fetch_one(conn)
        .await?;
    Ok((found, total))
}

/// The names of all pacticipants.
pub async fn names(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar("SELECT name FROM pacticipants ORDER BY id").fetch_all(conn).await?)
}

/// The pacticipants that carry a label.
pub async fn with_label(conn: &mut Conn, label: &str) -> Result<Vec<Pacticipant>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT p.* FROM labels l JOIN pacticipants p ON p.id = l.pacticipant_id WHERE l.name = $1 ORDER BY LOWER(p.name), p.name",
    )
    .bind(label)
    .fetch_all(conn)
    .await?)
}

/// The pacticipant of this name, created if need be.
pub async fn ensure(conn: &mut Conn, name: &str, now: i64) -> Result<Pacticipant, StoreError> {
    if let Some(known) = find(conn, name).await? {
        return Ok(known);
    }
    create(conn, name, &PacticipantFields::default(), now).await?;
    Ok(sqlx::query_as("SELECT * FROM pacticipants WHERE name = $1").bind(name).fetch_one(conn).await?)
}

/// Creates a pacticipant; whether there was none of this name.
pub async fn create(conn: &mut Conn, name: &str, fields: &PacticipantFields, now: i64) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "INSERT INTO pacticipants (name, display_name, main_branch, repository_url, repository_name, \
         repository_namespace, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7) ON CONFLICT DO NOTHING",
    )
    .bind(name)
    .bind(&fields.display_name)
    .bind(&fields.main_branch)
    .bind(&fields.repository_url)
    .bind(&fields.repository_name)
    .bind(&fields.repository_namespace)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Replaces a pacticipant's fields.
pub async fn update(conn: &mut Conn, id: i64, fields: &PacticipantFields, now: i64) -> Result<Pacticipant, StoreError> {
    Ok(sqlx::query_as(
        "UPDATE pacticipants SET display_name = $2, main_branch = $3, repository_url = $4, repository_name = $5, \
         repository_namespace = $6, updated_at = $7 WHERE id = $1 RETURNING *",
    )
    .bind(id)
    .bind(&fields.display_name)
    .bind(&fields.main_branch)
    .bind(&fields.repository_url)
    .bind(&fields.repository_name)
    .bind(&fields.repository_namespace)
    .bind(now)
    .fetch_one(conn)
    .await?)
}

/// Makes a branch the main branch of a pacticipant that has none.
pub async fn adopt_main_branch(conn: &mut Conn, id: i64, branch: &str, now: i64) -> Result<(), StoreError> {
    sqlx::query("UPDATE pacticipants SET main_branch = $2, updated_at = $3 WHERE id = $1 AND main_branch IS NULL")
        .bind(id)
        .bind(branch)
        .bind(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// Deletes a pacticipant with all its versions, pacts and verifications.
pub async fn delete(conn: &mut Conn, id: i64) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM pacticipants WHERE id = $1").bind(id).execute(conn).await?;
    Ok(())
}
