//! What became of versions: their pacts, their results, where they ran and when.

use std::collections::HashMap;

use sqlx::AssertSqlSafe;

use super::rows::{CHUNK, Flag, Page, id_list};
use super::{Conn, StoreError};

/// What a version published and verified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    /// Pacts it published.
    pub pacts: i64,
    /// Contracts it keeps.
    pub successes: i64,
    /// Contracts it breaks.
    pub failures: i64,
}

/// What these versions published and verified; one that did neither has no entry.
///
/// # Errors
///
/// The database failed; so for every function of this module.
pub async fn activity(conn: &mut Conn, versions: &[i64]) -> Result<HashMap<i64, Activity>, StoreError> {
    let mut found: HashMap<i64, Activity> = HashMap::new();
    for chunk in versions.chunks(CHUNK) {
        let list = id_list(chunk);
        let sql =
            format!("SELECT version_id, COUNT(*) FROM current_pacts WHERE version_id IN {list} GROUP BY version_id");
        let rows: Vec<(i64, i64)> = sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(&mut *conn).await?;
        for (version, pacts) in rows {
            found.entry(version).or_default().pacts = pacts;
        }
        let sql = format!(
            "SELECT provider_version_id, success, COUNT(*) FROM current_verifications \
             WHERE provider_version_id IN {list} GROUP BY provider_version_id, success"
        );
        let rows: Vec<(i64, i64, i64)> =
            sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(&mut *conn).await?;
        for (version, success, count) in rows {
            let activity = found.entry(version).or_default();
            if success == 0 {
                activity.failures = count;
            } else {
                activity.successes = count;
            }
        }
    }
    Ok(found)
}

/// A pact of a version with its newest result.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct PublishedPact {
    /// The other side.
    pub provider: String,
    /// The provider version of the newest result.
    pub verified_by: Option<String>,
    /// Whether that result is a success (0 or 1).
    pub success: Option<i64>,
    /// Whether the pact was pending then (0 or 1).
    pub pending: Option<i64>,
    /// When it was recorded, in microseconds since 1970.
    pub verified_at: Option<i64>,
}

/// The pacts of a version, by provider.
pub async fn pacts_of(conn: &mut Conn, version: i64) -> Result<Vec<PublishedPact>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT p.name AS provider, pv.number AS verified_by, cv.success, x.pending, cv.verified_at \
         FROM current_pacts cp JOIN pacticipants p ON p.id = cp.provider_id \
         LEFT JOIN current_verifications cv ON cv.content_id = cp.content_id AND cv.verification_id = \
         (SELECT MAX(n.verification_id) FROM current_verifications n WHERE n.content_id = cp.content_id) \
         LEFT JOIN versions pv ON pv.id = cv.provider_version_id LEFT JOIN verifications x ON x.id = cv.verification_id \
         WHERE cp.version_id = $1 ORDER BY LOWER(p.name), p.name",
    )
    .bind(version)
    .fetch_all(conn)
    .await?)
}

/// What a provider version said about a contract.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct GivenResult {
    /// The other side.
    pub consumer: String,
    /// The newest consumer version with the contract.
    pub version: Option<String>,
    /// Whether the provider version keeps it.
    #[sqlx(try_from = "Flag")]
    pub success: bool,
    /// Whether the pact was pending then (0 or 1).
    pub pending: Option<i64>,
    /// When it was recorded, in microseconds since 1970.
    pub verified_at: i64,
    /// The build that verified.
    pub build_url: Option<String>,
}

/// The results of a provider version, newest first, at most `limit`.
pub async fn results_of(conn: &mut Conn, version: i64, limit: i64) -> Result<Vec<GivenResult>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT c.name AS consumer, v.number AS version, cv.success, x.pending, cv.verified_at, x.build_url \
         FROM current_verifications cv JOIN pact_contents pc ON pc.id = cv.content_id \
         JOIN pacticipants c ON c.id = pc.consumer_id JOIN verifications x ON x.id = cv.verification_id \
         LEFT JOIN versions v ON v.id = (SELECT MAX(cp.version_id) FROM current_pacts cp WHERE cp.content_id = pc.id) \
         WHERE cv.provider_version_id = $1 ORDER BY cv.verification_id DESC LIMIT $2",
    )
    .bind(version)
    .bind(limit)
    .fetch_all(conn)
    .await?)
}

/// A time a version ran somewhere.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Stay {
    /// The environment's name.
    pub environment: String,
    /// Whose version it is.
    pub pacticipant: String,
    /// The version's number.
    pub number: String,
    /// Deployed on this application instance.
    pub instance: Option<String>,
    /// Deployed, not released.
    #[sqlx(try_from = "Flag")]
    pub deployed: bool,
    /// Since when, in microseconds since 1970.
    pub since: i64,
    /// Until when, if that was recorded.
    pub until: Option<i64>,
    /// Whether it still runs there.
    #[sqlx(try_from = "Flag")]
    pub live: bool,
}

/// `stays!(columns, tail)` selects from every deployment and release; `$1` and `$2` name an environment and a
/// pacticipant, or are empty.
macro_rules! stays {
    ($columns:literal, $tail:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM (SELECT environment_id, pacticipant_id, version_id, application_instance AS instance, ",
            "1 AS deployed, created_at AS since, undeployed_at AS until, currently_deployed AS live ",
            "FROM deployed_versions UNION ALL ",
            "SELECT environment_id, pacticipant_id, version_id, NULL, 0, created_at, support_ended_at, ",
            "currently_supported FROM released_versions) h JOIN environments e ON e.id = h.environment_id ",
            "JOIN pacticipants p ON p.id = h.pacticipant_id JOIN versions v ON v.id = h.version_id ",
            "WHERE ($1 = '' OR e.name = $1) AND ($2 = '' OR p.name = $2)",
            $tail
        )
    };
}

/// What ran where and when, newest first, and how many entries there are; of one environment and one pacticipant, or of
/// all when a name is empty.
pub async fn history(
    conn: &mut Conn,
    environment: &str,
    pacticipant: &str,
    page: Page,
) -> Result<(Vec<Stay>, i64), StoreError> {
    let (limit, offset) = Page::window(Some(page));
    let found = sqlx::query_as(stays!(
        "e.name AS environment, p.name AS pacticipant, v.number, h.instance, h.deployed, h.since, h.until, h.live",
        " ORDER BY h.since DESC, h.version_id DESC LIMIT $3 OFFSET $4"
    ))
    .bind(environment)
    .bind(pacticipant)
    .bind(limit)
    .bind(offset)
    .fetch_all(&mut *conn)
    .await?;
    let total = sqlx::query_scalar(stays!("COUNT(*)", "")).bind(environment).bind(pacticipant).fetch_one(conn).await?;
    Ok((found, total))
}
