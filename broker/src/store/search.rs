//! Versions and branches by a part of their names, for the web UI's search.

use super::rows::contains_pattern;
use super::{Conn, StoreError};

/// A version or a branch that was found.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Found {
    /// Whose it is.
    pub pacticipant: String,
    /// The version's number, or the branch's name.
    pub name: String,
    /// When it was first heard of, in microseconds since 1970.
    pub at: i64,
}

/// At most `limit` versions whose number begins with `text`, newest first.
///
/// # Errors
///
/// The database failed; so for every function of this module.
pub async fn versions(conn: &mut Conn, text: &str, limit: i64) -> Result<Vec<Found>, StoreError> {
    let beginning = contains_pattern(text).split_off(1);
    Ok(sqlx::query_as(
        r"SELECT p.name AS pacticipant, v.number AS name, v.created_at AS at FROM versions v
          JOIN pacticipants p ON p.id = v.pacticipant_id
          WHERE LOWER(v.number) LIKE $1 ESCAPE '\' ORDER BY v.id DESC LIMIT $2",
    )
    .bind(beginning)
    .bind(limit)
    .fetch_all(conn)
    .await?)
}

/// At most `limit` branches whose name contains `text`, newest first.
pub async fn branches(conn: &mut Conn, text: &str, limit: i64) -> Result<Vec<Found>, StoreError> {
    Ok(sqlx::query_as(
        r"SELECT p.name AS pacticipant, b.name, b.created_at AS at FROM branches b
          JOIN pacticipants p ON p.id = b.pacticipant_id
          WHERE LOWER(b.name) LIKE $1 ESCAPE '\' ORDER BY b.id DESC LIMIT $2",
    )
    .bind(contains_pattern(text))
    .bind(limit)
    .fetch_all(conn)
    .await?)
}
