//! Released versions.

use uuid::Uuid;

use super::rows::Flag;
use super::{Conn, StoreError, environments, pacticipants};
use crate::domain::deployment::ReleasedVersion;
use crate::domain::version::Version;

#[derive(sqlx::FromRow)]
struct ReleasedRow {
    uuid: String,
    version_id: i64,
    environment_id: i64,
    #[sqlx(try_from = "Flag")]
    currently_supported: bool,
    support_ended_at: Option<i64>,
    created_at: i64,
}

async fn read(conn: &mut Conn, row: ReleasedRow) -> Result<ReleasedVersion, StoreError> {
    let version: Version = sqlx::query_as("SELECT * FROM versions WHERE id = $1")
        .bind(row.version_id)
        .fetch_one(&mut *conn)
        .await?;
    Ok(ReleasedVersion {
        pacticipant: pacticipants::by_id(conn, version.pacticipant_id).await?,
        version,
        environment: environments::by_id(conn, row.environment_id).await?,
        uuid: row.uuid,
        currently_supported: row.currently_supported,
        support_ended_at: row.support_ended_at,
        created_at: row.created_at,
    })
}

async fn read_all(
    conn: &mut Conn,
    rows: Vec<ReleasedRow>,
) -> Result<Vec<ReleasedVersion>, StoreError> {
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        all.push(read(conn, row).await?);
    }
    Ok(all)
}

/// Records that a version was released, or that its support resumed; and whether the record is new.
///
/// # Errors
///
/// The database failed; so for every function of this module.
pub async fn record(
    conn: &mut Conn,
    version: &Version,
    environment: i64,
    now: i64,
) -> Result<(ReleasedVersion, bool), StoreError> {
    let created = sqlx::query(
        "INSERT INTO released_versions (uuid, version_id, pacticipant_id, environment_id, currently_supported, \
         created_at, updated_at) VALUES ($1, $2, $3, $4, 1, $5, $5) ON CONFLICT DO NOTHING",
    )
    .bind(Uuid::new_v4().to_string())
    .bind(version.id)
    .bind(version.pacticipant_id)
    .bind(environment)
    .bind(now)
    .execute(&mut *conn)
    .await?
    .rows_affected()
        == 1;
    if !created {
        sqlx::query(
            "UPDATE released_versions SET currently_supported = 1, support_ended_at = NULL, updated_at = $3 \
             WHERE version_id = $1 AND environment_id = $2 AND currently_supported = 0",
        )
        .bind(version.id)
        .bind(environment)
        .bind(now)
        .execute(&mut *conn)
        .await?;
    }
    let row = sqlx::query_as(
        "SELECT * FROM released_versions WHERE version_id = $1 AND environment_id = $2",
    )
    .bind(version.id)
    .bind(environment)
    .fetch_one(&mut *conn)
    .await?;
    Ok((read(conn, row).await?, created))
}

/// Marks a released version as no longer supported.
pub async fn end_support(conn: &mut Conn, uuid: &str, now: i64) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE released_versions SET currently_supported = 0, support_ended_at = $2, updated_at = $2 \
         WHERE uuid = $1 AND currently_supported = 1",
    )
    .bind(uuid)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// The released version with this uuid.
pub async fn find(conn: &mut Conn, uuid: &str) -> Result<Option<ReleasedVersion>, StoreError> {
    let row: Option<ReleasedRow> =
        sqlx::query_as("SELECT * FROM released_versions WHERE uuid = $1")
            .bind(uuid)
            .fetch_optional(&mut *conn)
            .await?;
    match row {
        Some(row) => Ok(Some(read(conn, row).await?)),
        None => Ok(None),
    }
}

/// What is supported in an environment, oldest first, optionally of one pacticipant and one version number.
pub async fn currently_supported(
    conn: &mut Conn,
    environment: i64,
    pacticipant: Option<&str>,
    version: Option<&str>,
) -> Result<Vec<ReleasedVersion>, StoreError> {
    let rows = sqlx::query_as(
        "SELECT r.* FROM released_versions r JOIN pacticipants p ON p.id = r.pacticipant_id \
         JOIN versions v ON v.id = r.version_id WHERE r.environment_id = $1 AND r.currently_supported = 1 \
         AND ($2 IS NULL OR p.name = $2) AND ($3 IS NULL OR v.number = $3) ORDER BY r.id",
    )
    .bind(environment)
    .bind(pacticipant)
    .bind(version)
    .fetch_all(&mut *conn)
    .await?;
    read_all(conn, rows).await
}

/// The record of one version in one environment.
pub async fn of_version(
    conn: &mut Conn,
    version: i64,
    environment: i64,
) -> Result<Vec<ReleasedVersion>, StoreError> {
    let rows = sqlx::query_as(
        "SELECT * FROM released_versions WHERE version_id = $1 AND environment_id = $2",
    )
    .bind(version)
    .bind(environment)
    .fetch_all(&mut *conn)
    .await?;
    read_all(conn, rows).await
}
