//! Who depends on whom among the versions that run somewhere.

use super::rows::Flag;
use super::{Conn, StoreError};

/// The pact of a consumer version that runs in one environment, beside one provider version that runs in another (or in
/// the same).
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Dependency {
    /// The consumer's row.
    pub consumer_id: i64,
    /// The consumer version's row.
    pub version_id: i64,
    /// The consumer version's number.
    pub version: String,
    /// The provider's row.
    pub provider_id: i64,
    /// The provider version's row; `None` when no version of the provider runs there.
    pub provider_version_id: Option<i64>,
    /// The provider version's number.
    pub provider_version: Option<String>,
    /// What the provider version said about the pact (0 or 1); `None` when it never looked.
    pub success: Option<i64>,
}

/// What the consumer versions in one environment ask of the provider versions in another: a row for each pair of
/// versions, or for a consumer version alone when its provider does not run there.
///
/// # Errors
///
/// The database failed; so for every function of this module.
pub async fn dependencies(
    conn: &mut Conn,
    consumers_in: i64,
    providers_in: i64,
) -> Result<Vec<Dependency>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT a.pacticipant_id AS consumer_id, a.version_id, v.number AS version, cp.provider_id, \
         b.version_id AS provider_version_id, pv.number AS provider_version, cv.success \
         FROM live_versions a JOIN current_pacts cp ON cp.version_id = a.version_id \
         JOIN versions v ON v.id = a.version_id \
         LEFT JOIN live_versions b ON b.environment_id = $2 AND b.pacticipant_id = cp.provider_id \
         LEFT JOIN versions pv ON pv.id = b.version_id \
         LEFT JOIN current_verifications cv ON cv.content_id = cp.content_id \
         AND cv.provider_version_id = b.version_id \
         WHERE a.environment_id = $1 ORDER BY a.version_id DESC, cp.provider_id, b.version_id DESC",
    )
    .bind(consumers_in)
    .bind(providers_in)
    .fetch_all(conn)
    .await?)
}

/// A version that runs in an environment.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct LiveVersion {
    /// The environment's row.
    pub environment_id: i64,
    /// Whose version it is.
    pub pacticipant_id: i64,
    /// The version's row.
    pub version_id: i64,
    /// The version's number.
    pub number: String,
    /// Since when, in microseconds since 1970.
    pub since: i64,
    /// Deployed on this application instance; `None` for the unnamed one and for releases.
    pub instance: Option<String>,
    /// Deployed, not released.
    #[sqlx(try_from = "Flag")]
    pub deployed: bool,
}

/// Everything that runs anywhere, newest version first.
pub async fn live(conn: &mut Conn) -> Result<Vec<LiveVersion>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT d.environment_id, d.pacticipant_id, d.version_id, v.number, d.created_at AS since, \
         d.application_instance AS instance, 1 AS deployed \
         FROM deployed_versions d JOIN versions v ON v.id = d.version_id WHERE d.currently_deployed = 1 \
         UNION ALL \
         SELECT r.environment_id, r.pacticipant_id, r.version_id, v.number, r.created_at, NULL, 0 \
         FROM released_versions r JOIN versions v ON v.id = r.version_id WHERE r.currently_supported = 1 \
         ORDER BY 3 DESC, 6",
    )
    .fetch_all(conn)
    .await?)
}

/// The name of every pacticipant: row and name, by name.
pub async fn names(conn: &mut Conn) -> Result<Vec<(i64, String)>, StoreError> {
    Ok(sqlx::query_as("SELECT id, name FROM pacticipants ORDER BY LOWER(name), name").fetch_all(conn).await?)
}
