//! Labels on pacticipants.

use std::collections::HashMap;

use sqlx::AssertSqlSafe;

use super::rows::{CHUNK, id_list};
use super::{Conn, StoreError};

/// A label on a pacticipant.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Label {
    /// The label.
    pub name: String,
    /// When it was put there, in microseconds since 1970.
    pub created_at: i64,
}

/// Puts a label on a pacticipant; whether it was new there.
///
/// # Errors
///
/// The database failed; so for every function of this module.
pub async fn put(
    conn: &mut Conn,
    pacticipant: i64,
    name: &str,
    now: i64,
) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "INSERT INTO labels (pacticipant_id, name, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    )
    .bind(pacticipant)
    .bind(name)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A label of a pacticipant.
pub async fn find(
    conn: &mut Conn,
    pacticipant: i64,
    name: &str,
) -> Result<Option<Label>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT name, created_at FROM labels WHERE pacticipant_id = $1 AND name = $2",
    )
    .bind(pacticipant)
    .bind(name)
    .fetch_optional(conn)
    .await?)
}

/// Takes a label off; whether it was there.
pub async fn delete(conn: &mut Conn, pacticipant: i64, name: &str) -> Result<bool, StoreError> {
    let done = sqlx::query("DELETE FROM labels WHERE pacticipant_id = $1 AND name = $2")
        .bind(pacticipant)
        .bind(name)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// All labels in use.
pub async fn all(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT DISTINCT name FROM labels ORDER BY name")
            .fetch_all(conn)
            .await?,
    )
}

/// The labels of several pacticipants, by pacticipant.
pub async fn of(
    conn: &mut Conn,
    pacticipants: &[i64],
) -> Result<HashMap<i64, Vec<String>>, StoreError> {
    let mut labels: HashMap<i64, Vec<String>> = HashMap::new();
    for chunk in pacticipants.chunks(CHUNK) {
        let sql = format!(
            "SELECT pacticipant_id, name FROM labels WHERE pacticipant_id IN {} ORDER BY created_at, name",
            id_list(chunk)
        );
        let rows: Vec<(i64, String)> = sqlx::query_as(AssertSqlSafe(sql))
            .persistent(false)
            .fetch_all(&mut *conn)
            .await?;
        for (pacticipant, name) in rows {
            labels.entry(pacticipant).or_default().push(name);
        }
    }
    Ok(labels)
}
