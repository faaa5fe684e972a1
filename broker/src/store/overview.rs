//! What the web UI's pages show of many things at once, in a handful of statements each.

use std::collections::HashMap;

use sqlx::AssertSqlSafe;

use super::rows::{CHUNK, Flag, Page, contains_pattern, id_list};
use super::{Conn, StoreError};

/// An integration with its newest pact and that pact's newest result.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct IntegrationState {
    /// The consumer's row.
    pub consumer_id: i64,
    /// The consumer's name.
    pub consumer: String,
    /// The provider's row.
    pub provider_id: i64,
    /// The provider's name.
    pub provider: String,
    /// The row of the consumer version with the newest pact; `None` when every pact was deleted.
    pub version_id: Option<i64>,
    /// That version's number.
    pub version: Option<String>,
    /// When the pact was published, in microseconds since 1970.
    pub published_at: Option<i64>,
    /// The provider version of the newest result.
    pub verified_by: Option<String>,
    /// Whether that result is a success (0 or 1).
    pub success: Option<i64>,
    /// When it was recorded.
    pub verified_at: Option<i64>,
    /// Whether any pact of the pair has a result.
    #[sqlx(try_from = "Flag")]
    pub ever_verified: bool,
}

/// A page of integrations by name, all or those where a name contains `search`; and how many on all pages.
///
/// # Errors
///
/// The database failed; so for every function of this module.
pub async fn integrations(
    conn: &mut Conn,
    search: Option<&str>,
    page: Page,
) -> Result<(Vec<IntegrationState>, i64), StoreError> {
    let pattern = contains_pattern(search.unwrap_or_default());
    let (limit, offset) = Page::window(Some(page));
    let found = sqlx::query_as(
        r"SELECT i.consumer_id, c.name AS consumer, i.provider_id, p.name AS provider, cp.version_id,
          v.number AS version, cp.created_at AS published_at, pv.number AS verified_by, cv.success, cv.verified_at,
          CASE WHEN EXISTS (SELECT 1 FROM pact_contents e JOIN current_verifications r ON r.content_id = e.id
            WHERE e.consumer_id = i.consumer_id AND e.provider_id = i.provider_id) THEN 1 ELSE 0 END AS ever_verified
          FROM integrations i
          JOIN pacticipants c ON c.id = i.consumer_id JOIN pacticipants p ON p.id = i.provider_id
          LEFT JOIN current_pacts cp ON cp.consumer_id = i.consumer_id AND cp.provider_id = i.provider_id
            AND cp.version_id = (SELECT MAX(l.version_id) FROM current_pacts l
              WHERE l.consumer_id = i.consumer_id AND l.provider_id = i.provider_id)
          LEFT JOIN versions v ON v.id = cp.version_id
          LEFT JOIN current_verifications cv ON cv.content_id = cp.content_id
            AND cv.verification_id = (SELECT MAX(n.verification_id) FROM current_verifications n
              WHERE n.content_id = cp.content_id)
          LEFT JOIN versions pv ON pv.id = cv.provider_version_id
          WHERE LOWER(c.name) LIKE $1 ESCAPE '\' OR LOWER(p.name) LIKE $1 ESCAPE '\'
          ORDER BY LOWER(c.name), LOWER(p.name), c.name, p.name LIMIT $2 OFFSET $3",
    )
    .bind(&pattern)
    .bind(limit)
    .bind(offset)
    .fetch_all(&mut *conn)
    .await?;
    let total = sqlx::query_scalar(
        r"SELECT COUNT(*) FROM integrations i JOIN pacticipants c ON c.id = i.consumer_id
          JOIN pacticipants p ON p.id = i.provider_id
          WHERE LOWER(c.name) LIKE $1 ESCAPE '\' OR LOWER(p.name) LIKE $1 ESCAPE '\'",
    )
    .bind(&pattern)
    .fetch_one(conn)
    .await?;
    Ok((found, total))
}

/// A version that runs in a production environment.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct InProduction {
    /// Whose version it is.
    pub pacticipant_id: i64,
    /// The version's row.
    pub version_id: i64,
    /// The version's number.
    pub number: String,
    /// The environment's row.
    pub environment_id: i64,
    /// The environment's name.
    pub environment: String,
}

/// What these pacticipants run in production environments, newest version first.
pub async fn in_production(conn: &mut Conn, pacticipants: &[i64]) -> Result<Vec<InProduction>, StoreError> {
    let mut found = Vec::new();
    for chunk in pacticipants.chunks(CHUNK) {
        let sql = format!(
            "SELECT l.pacticipant_id, l.version_id, v.number, l.environment_id, e.name AS environment \
             FROM live_versions l JOIN environments e ON e.id = l.environment_id JOIN versions v ON v.id = l.version_id \
             WHERE e.production = 1 AND l.pacticipant_id IN {} ORDER BY l.version_id DESC, e.name",
            id_list(chunk)
        );
        let rows: Vec<InProduction> =
            sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(&mut *conn).await?;
        found.extend(rows);
    }
    Ok(found)
}

/// The contract of each of these consumer versions with each provider: (version, provider) to content.
pub async fn contents(conn: &mut Conn, versions: &[i64]) -> Result<HashMap<(i64, i64), i64>, StoreError> {
    let mut found = HashMap::new();
    for chunk in versions.chunks(CHUNK) {
        let sql = format!(
            "SELECT version_id, provider_id, content_id FROM current_pacts WHERE version_id IN {}",
            id_list(chunk)
        );
        let rows: Vec<(i64, i64, i64)> =
            sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(&mut *conn).await?;
        found.extend(rows.into_iter().map(|(version, provider, content)| ((version, provider), content)));
    }
    Ok(found)
}

/// Whether each of these provider versions kept each of the contracts: (content, provider version) to success.
pub async fn outcomes(
    conn: &mut Conn,
    contents: &[i64],
    provider_versions: &[i64],
) -> Result<HashMap<(i64, i64), bool>, StoreError> {
    let mut found = HashMap::new();
    for contents in contents.chunks(CHUNK) {
        for versions in provider_versions.chunks(CHUNK) {
            let sql = format!(
                "SELECT content_id, provider_version_id, success FROM current_verifications \
                 WHERE content_id IN {} AND provider_version_id IN {}",
                id_list(contents),
                id_list(versions)
            );
            let rows: Vec<(i64, i64, Flag)> =
                sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(&mut *conn).await?;
            found.extend(rows.into_iter().map(|(content, version, success)| ((content, version), success.into())));
        }
    }
    Ok(found)
}

/// A result without the verifier's account of it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ResultSummary {
    /// The row of the provider version.
    pub provider_version_id: i64,
    /// The number of the provider version.
    pub provider_version: String,
    /// Whether the provider kept the contract.
    #[sqlx(try_from = "Flag")]
    pub success: bool,
    /// When it was recorded, in microseconds since 1970.
    pub verified_at: i64,
}

/// The newest result of a contract by each provider version, newest first, at most `limit`.
pub async fn results(conn: &mut Conn, content: i64, limit: i64) -> Result<Vec<ResultSummary>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT cv.provider_version_id, v.number AS provider_version, cv.success, cv.verified_at \
         FROM current_verifications cv JOIN versions v ON v.id = cv.provider_version_id \
         WHERE cv.content_id = $1 ORDER BY cv.verification_id DESC LIMIT $2",
    )
    .bind(content)
    .bind(limit)
    .fetch_all(conn)
    .await?)
}

/// How many consumer versions have a contract.
pub async fn versions_with_content(conn: &mut Conn, content: i64) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar("SELECT COUNT(*) FROM current_pacts WHERE content_id = $1")
        .bind(content)
        .fetch_one(conn)
        .await?)
}
