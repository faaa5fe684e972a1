//! Environments.

use std::collections::HashMap;

use serde_json::Value;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::rows::{CHUNK, Flag, id_list};
use super::{Conn, StoreError};
use crate::domain::environment::{Environment, EnvironmentFields};

#[derive(sqlx::FromRow)]
struct EnvironmentRow {
    id: i64,
    uuid: String,
    name: String,
    display_name: Option<String>,
    #[sqlx(try_from = "Flag")]
    production: bool,
    contacts: Option<String>,
    created_at: i64,
    updated_at: i64,
}

impl EnvironmentRow {
    fn read(self) -> Result<Environment, StoreError> {
        let contacts: Option<Value> = self.contacts.as_deref().map(serde_json::from_str).transpose()?;
        Ok(Environment {
            id: self.id,
            uuid: self.uuid,
            fields: EnvironmentFields {
                name: self.name,
                display_name: self.display_name,
                production: self.production,
                contacts,
            },
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

/// Environments by name, all or the one with this name.
///
/// # Errors
///
/// The database failed; so for every function of this module.
pub async fn list(conn: &mut Conn, name: Option<&str>) -> Result<Vec<Environment>, StoreError> {
    let rows: Vec<EnvironmentRow> =
        sqlx::query_as("SELECT * FROM environments WHERE ($1 IS NULL OR name = $1) ORDER BY LOWER(name), name")
            .bind(name)
            .fetch_all(conn)
            .await?;
    rows.into_iter().map(EnvironmentRow::read).collect()
}

/// In which environments a version of each of these pacticipants is deployed, by name; a pacticipant that is deployed
/// nowhere is no key of the answer.
pub async fn deployed_in(conn: &mut Conn, pacticipants: &[i64]) -> Result<HashMap<i64, Vec<Environment>>, StoreError> {
    let mut found: HashMap<i64, Vec<Environment>> = HashMap::new();
    let all: HashMap<i64, Environment> =
        list(conn, None).await?.into_iter().map(|environment| (environment.id, environment)).collect();
    for chunk in pacticipants.chunks(CHUNK) {
        let sql = format!(
            "SELECT DISTINCT d.pacticipant_id, d.environment_id, e.name FROM deployed_versions d \
             JOIN environments e ON e.id = d.environment_id \
             WHERE d.currently_deployed = 1 AND d.pacticipant_id IN {} ORDER BY e.name",
            id_list(chunk)
        );
        let pairs: Vec<(i64, i64, String)> =
            sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(&mut *conn).await?;
        for (pacticipant, environment, _) in pairs {
            found.entry(pacticipant).or_default().extend(all.get(&environment).cloned());
        }
    }
    Ok(found)
}

/// The environment with this uuid.
pub async fn find(conn: &mut Conn, uuid: &str) -> Result<Option<Environment>, StoreError> {
    let row: Option<EnvironmentRow> =
        sqlx::query_as("SELECT * FROM environments WHERE uuid = $1").bind(uuid).fetch_optional(conn).await?;
    row.map(EnvironmentRow::read).transpose()
}

/// The environment with this name.
pub async fn by_name(conn: &mut Conn, name: &str) -> Result<Option<Environment>, StoreError> {
    let row: Option<EnvironmentRow> =
        sqlx::query_as("SELECT * FROM environments WHERE name = $1").bind(name).fetch_optional(conn).await?;
    row.map(EnvironmentRow::read).transpose()
}

/// The environment in this row, which must exist.
pub async fn by_id(conn: &mut Conn, id: i64) -> Result<Environment, StoreError> {
    let row: EnvironmentRow =
        sqlx::query_as("SELECT * FROM environments WHERE id = $1").bind(id).fetch_one(conn).await?;
    row.read()
}

/// Creates an environment whose name must be free.
pub async fn create(conn: &mut Conn, fields: &EnvironmentFields, now: i64) -> Result<Environment, StoreError> {
    let row: EnvironmentRow = sqlx::query_as(
        "INSERT INTO environments (uuid, name, display_name, production, contacts, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $6) RETURNING *",
    )
    .bind(Uuid::new_v4().to_string())
    .bind(&fields.name)
    .bind(&fields.display_name)
    .bind(i64::from(fields.production))
    .bind(fields.contacts.as_ref().map(Value::to_string))
    .bind(now)
    .fetch_one(conn)
    .await?;
    row.read()
}

/// Replaces an environment's fields.
pub async fn update(conn: &mut Conn, id: i64, fields: &EnvironmentFields, now: i64) -> Result<Environment, StoreError> {
    let row: EnvironmentRow = sqlx::query_as(
        "UPDATE environments SET name = $2, display_name = $3, production = $4, contacts = $5, updated_at = $6 \
         WHERE id = $1 RETURNING *",
    )
    .bind(id)
    .bind(&fields.name)
    .bind(&fields.display_name)
    .bind(i64::from(fields.production))
    .bind(fields.contacts.as_ref().map(Value::to_string))
    .bind(now)
    .fetch_one(conn)
    .await?;
    row.read()
}

/// Deletes an environment with its deployments and releases.
pub async fn delete(conn: &mut Conn, id: i64) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM environments WHERE id = $1").bind(id).execute(conn).await?;
    Ok(())
}
