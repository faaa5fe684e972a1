//! Deployed versions.

use uuid::Uuid;

use super::rows::Flag;
use super::{Conn, StoreError, environments, pacticipants};
use crate::domain::deployment::DeployedVersion;
use crate::domain::version::Version;

#[derive(sqlx::FromRow)]
struct DeployedRow {
    uuid: String,
    version_id: i64,
    environment_id: i64,
    application_instance: Option<String>,
    #[sqlx(try_from = "Flag")]
    currently_deployed: bool,
    undeployed_at: Option<i64>,
    created_at: i64,
}

async fn read(conn: &mut Conn, row: DeployedRow) -> Result<DeployedVersion, StoreError> {
    let version: Version = sqlx::query_as("SELECT * FROM versions WHERE id = $1")
        .bind(row.version_id)
        .fetch_one(&mut *conn)
        .await?;
    Ok(DeployedVersion {
        pacticipant: pacticipants::by_id(conn, version.pacticipant_id).await?,
        version,
        environment: environments::by_id(conn, row.environment_id).await?,
        uuid: row.uuid,
        application_instance: row.application_instance,
        currently_deployed: row.currently_deployed,
        undeployed_at: row.undeployed_at,
        created_at: row.created_at,
    })
}

async fn read_all(
    conn: &mut Conn,
    rows: Vec<DeployedRow>,
) -> Result<Vec<DeployedVersion>, StoreError> {
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        all.push(read(conn, row).await?);
    }
    Ok(all)
}

/// Records that a version was deployed. What ran on the same instance no longer does; a version that runs there
/// already keeps its record, which is returned.
///
/// # Errors
///
/// The database failed; so for every function of this module.
pub async fn record(
    conn: &mut Conn,
    version: &Version,
    environment: i64,
    instance: Option<&str>,
    now: i64,
) -> Result<DeployedVersion, StoreError> {
    let running: Option<DeployedRow> = sqlx::query_as(
        "SELECT * FROM deployed_versions WHERE environment_id = $1 AND pacticipant_id = $2 \
         AND COALESCE(application_instance, '') = COALESCE($3, '') AND currently_deployed = 1",
    )
    .bind(environment)
    .bind(version.pacticipant_id)
    .bind(instance)
    .fetch_optional(&mut *conn)
    .await?;
    if let Some(running) = running {
        if running.version_id == version.id {
            return read(conn, running).await;
        }
        end(conn, &running.uuid, now).await?;
    }
    let row: DeployedRow = sqlx::query_as(
        "INSERT INTO deployed_versions (uuid, version_id, pacticipant_id, environment_id, application_instance, \
         currently_deployed, created_at) VALUES ($1, $2, $3, $4, $5, 1, $6) RETURNING *",
    )
    .bind(Uuid::new_v4().to_string())
    .bind(version.id)
    .bind(version.pacticipant_id)
    .bind(environment)
    .bind(instance)
    .bind(now)
    .fetch_one(&mut *conn)
    .await?;
    read(conn, row).await
}

/// Marks a deployed version as no longer running.
pub async fn end(conn: &mut Conn, uuid: &str, now: i64) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE deployed_versions SET currently_deployed = 0, undeployed_at = $2 WHERE uuid = $1 AND currently_deployed = 1",
    )
    .bind(uuid)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// The deployed version with this uuid.
pub async fn find(conn: &mut Conn, uuid: &str) -> Result<Option<DeployedVersion>, StoreError> {
    let row: Option<DeployedRow> =
        sqlx::query_as("SELECT * FROM deployed_versions WHERE uuid = $1")
            .bind(uuid)
            .fetch_optional(&mut *conn)
            .await?;
    match row {
        Some(row) => Ok(Some(read(conn, row).await?)),
        None => Ok(None),
    }
}

/// What runs in an environment, oldest first; `pacticipant` restricts to one name, `instance` to one instance
/// (`Some("")` is the unnamed one).
pub async fn currently_deployed(
    conn: &mut Conn,
    environment: i64,
    pacticipant: Option<&str>,
    instance: Option<&str>,
) -> Result<Vec<DeployedVersion>, StoreError> {
    let rows = sqlx::query_as(
        "SELECT d.* FROM deployed_versions d JOIN pacticipants p ON p.id = d.pacticipant_id \
         WHERE d.environment_id = $1 AND d.currently_deployed = 1 AND ($2 IS NULL OR p.name = $2) \
         AND ($3 IS NULL OR COALESCE(d.application_instance, '') = $3) ORDER BY d.id",
    )
    .bind(environment)
    .bind(pacticipant)
    .bind(instance)
    .fetch_all(&mut *conn)
    .await?;
    read_all(conn, rows).await
}

/// Every record of one version in one environment, newest first.
pub async fn of_version(
    conn: &mut Conn,
    version: i64,
    environment: i64,
) -> Result<Vec<DeployedVersion>, StoreError> {
    let rows = sqlx::query_as(
        "SELECT * FROM deployed_versions WHERE version_id = $1 AND environment_id = $2 ORDER BY id DESC",
    )
    .bind(version)
    .bind(environment)
    .fetch_all(&mut *conn)
    .await?;
    read_all(conn, rows).await
}
