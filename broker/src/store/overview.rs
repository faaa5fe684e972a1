//! What the web UI's pages show of many things at once, in a handful of statements each.

use super::rows::Flag;
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
    /// Whether the pact was pending when it was verified (0 or 1); `None` when the verifier did not say.
    pub pending: Option<i64>,
    /// When it was recorded.
    pub verified_at: Option<i64>,
    /// Whether any pact of the pair has a result.
    #[sqlx(try_from = "Flag")]
    pub ever_verified: bool,
}

/// `integrations!(how the newest pact is joined, which versions count, restriction)`
macro_rules! integrations {
    ($join:literal, $versions:literal, $tail:literal) => {
        concat!(
            "SELECT i.consumer_id, c.name AS consumer, i.provider_id, p.name AS provider, cp.version_id, ",
            "v.number AS version, cp.created_at AS published_at, pv.number AS verified_by, cv.success, x.pending, ",
            "cv.verified_at, CASE WHEN cv.success IS NOT NULL OR EXISTS (SELECT 1 FROM pact_contents e ",
            "JOIN current_verifications r ON r.content_id = e.id WHERE e.consumer_id = i.consumer_id ",
            "AND e.provider_id = i.provider_id) THEN 1 ELSE 0 END AS ever_verified ",
            "FROM integrations i JOIN pacticipants c ON c.id = i.consumer_id ",
            "JOIN pacticipants p ON p.id = i.provider_id ",
            $join,
            " current_pacts cp ON cp.consumer_id = i.consumer_id AND cp.provider_id = i.provider_id ",
            "AND cp.version_id = (SELECT MAX(l.version_id) FROM current_pacts l ",
            $versions,
            " WHERE l.consumer_id = i.consumer_id AND l.provider_id = i.provider_id) ",
            "LEFT JOIN versions v ON v.id = cp.version_id ",
            "LEFT JOIN current_verifications cv ON cv.content_id = cp.content_id AND cv.verification_id = ",
            "(SELECT MAX(n.verification_id) FROM current_verifications n WHERE n.content_id = cp.content_id) ",
            "LEFT JOIN versions pv ON pv.id = cv.provider_version_id ",
            "LEFT JOIN verifications x ON x.id = cv.verification_id ",
            $tail
        )
    };
}

/// Every integration, in no particular order.
///
/// # Errors
///
/// The database failed; so for every function of this module.
pub async fn integrations(conn: &mut Conn) -> Result<Vec<IntegrationState>, StoreError> {
    Ok(sqlx::query_as(integrations!("LEFT JOIN", "", "")).fetch_all(conn).await?)
}

/// The integrations of one pacticipant, as consumer or as provider.
pub async fn integrations_of(conn: &mut Conn, pacticipant: i64) -> Result<Vec<IntegrationState>, StoreError> {
    let sql = integrations!("LEFT JOIN", "", "WHERE i.consumer_id = $1 OR i.provider_id = $1");
    Ok(sqlx::query_as(sql).bind(pacticipant).fetch_all(conn).await?)
}

/// The integrations that have a pact from a consumer's branch of this name, each with the newest of them.
pub async fn integrations_on_branch(conn: &mut Conn, branch: &str) -> Result<Vec<IntegrationState>, StoreError> {
    let sql = integrations!(
        "JOIN",
        "JOIN branch_versions m ON m.version_id = l.version_id JOIN branches b ON b.id = m.branch_id AND b.name = $1",
        ""
    );
    Ok(sqlx::query_as(sql).bind(branch).fetch_all(conn).await?)
}

/// The branch names that most pacticipants have, at most `limit`.
pub async fn common_branches(conn: &mut Conn, limit: i64) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT name FROM branches GROUP BY name ORDER BY COUNT(*) DESC, name LIMIT $1";
    Ok(sqlx::query_scalar(sql).bind(limit).fetch_all(conn).await?)
}

/// A result without the verifier's account of it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ResultSummary {
    /// Its number.
    pub number: i64,
    /// The row of the provider version.
    pub provider_version_id: i64,
    /// The number of the provider version.
    pub provider_version: String,
    /// Whether the provider kept the contract.
    #[sqlx(try_from = "Flag")]
    pub success: bool,
    /// When it was recorded, in microseconds since 1970.
    pub verified_at: i64,
    /// Whether the contract was pending (0 or 1); `None` when the verifier did not say.
    pub pending: Option<i64>,
    /// The build that verified.
    pub build_url: Option<String>,
}

/// The newest result of a contract by each provider version, newest first, at most `limit`.
pub async fn results(conn: &mut Conn, content: i64, limit: i64) -> Result<Vec<ResultSummary>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT cv.verification_id AS number, cv.provider_version_id, v.number AS provider_version, cv.success, \
         cv.verified_at, x.pending, x.build_url FROM current_verifications cv \
         JOIN versions v ON v.id = cv.provider_version_id JOIN verifications x ON x.id = cv.verification_id \
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

/// The numbers of the newest consumer versions with a contract, but for one, at most `limit`.
pub async fn newest_with_content(
    conn: &mut Conn,
    content: i64,
    but: i64,
    limit: i64,
) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT v.number FROM current_pacts cp JOIN versions v ON v.id = cp.version_id \
         WHERE cp.content_id = $1 AND cp.version_id <> $2 ORDER BY cp.version_id DESC LIMIT $3",
    )
    .bind(content)
    .bind(but)
    .bind(limit)
    .fetch_all(conn)
    .await?)
}

/// The numbers of a pair's newest consumer versions with a pact, at most `limit`.
pub async fn pact_versions(
    conn: &mut Conn,
    consumer: i64,
    provider: i64,
    limit: i64,
) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT v.number FROM current_pacts cp JOIN versions v ON v.id = cp.version_id \
         WHERE cp.consumer_id = $1 AND cp.provider_id = $2 ORDER BY cp.version_id DESC LIMIT $3",
    )
    .bind(consumer)
    .bind(provider)
    .bind(limit)
    .fetch_all(conn)
    .await?)
}
