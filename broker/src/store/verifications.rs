//! Verification results.

use std::collections::HashMap;

use serde_json::Value;
use sqlx::AssertSqlSafe;

use super::dialect::Dialect;
use super::rows::Flag;
use super::{Conn, StoreError};
use crate::domain::pact::Pact;
use crate::domain::pending::Success;
use crate::domain::verification::{NewVerification, Verification};
use crate::domain::verification_context::VerificationContext;

#[derive(sqlx::FromRow)]
struct VerificationRow {
    id: i64,
    content_id: i64,
    provider_version_id: i64,
    number: String,
    #[sqlx(try_from = "Flag")]
    success: bool,
    build_url: Option<String>,
    test_results: Option<String>,
    verified_by: Option<String>,
    pending: Option<i64>,
    created_at: i64,
}

impl VerificationRow {
    fn read(self) -> Result<Verification, StoreError> {
        let json = |text: Option<String>| -> Result<Option<Value>, StoreError> {
            Ok(text.as_deref().map(serde_json::from_str).transpose()?)
        };
        Ok(Verification {
            number: self.id,
            content_id: self.content_id,
            provider_version_id: self.provider_version_id,
            provider_version: self.number,
            success: self.success,
            build_url: self.build_url,
            test_results: json(self.test_results)?,
            verified_by: json(self.verified_by)?,
            pending: self.pending.map(|pending| pending != 0),
            created_at: self.created_at,
        })
    }
}

macro_rules! select_verifications {
    ($tail:literal) => {
        concat!("SELECT x.*, v.number FROM verifications x JOIN versions v ON v.id = x.provider_version_id ", $tail)
    };
}

/// Records a result; it becomes the current one of its contract and provider version.
///
/// # Errors
///
/// The database failed; so for every function of this module.
pub async fn record(
    conn: &mut Conn,
    content: i64,
    provider_version: i64,
    result: NewVerification,
    context: &VerificationContext,
    now: i64,
) -> Result<Verification, StoreError> {
    let consumer_versions = serde_json::to_string(&context.consumer_versions)?;
    let number: i64 = sqlx::query_scalar(
        "INSERT INTO verifications (content_id, provider_version_id, success, build_url, test_results, verified_by, \
         wip, pending, consumer_versions, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id",
    )
    .bind(content)
    .bind(provider_version)
    .bind(i64::from(result.success))
    .bind(&result.build_url)
    .bind(result.test_results.as_ref().map(Value::to_string))
    .bind(result.verified_by.as_ref().map(Value::to_string))
    .bind(i64::from(context.wip))
    .bind(context.pending.map(i64::from))
    .bind(consumer_versions)
    .bind(now)
    .fetch_one(&mut *conn)
    .await?;
    sqlx::query(
        "INSERT INTO current_verifications (content_id, provider_version_id, verification_id, success, verified_at) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (content_id, provider_version_id) DO UPDATE SET \
         verification_id = excluded.verification_id, success = excluded.success, verified_at = excluded.verified_at",
    )
    .bind(content)
    .bind(provider_version)
    .bind(number)
    .bind(i64::from(result.success))
    .bind(now)
    .execute(conn)
    .await?;
    Ok(Verification {
        number,
        content_id: content,
        provider_version_id: provider_version,
        provider_version: result.provider_version,
        success: result.success,
        build_url: result.build_url,
        test_results: result.test_results,
        verified_by: result.verified_by,
        pending: context.pending,
        created_at: now,
    })
}

/// The result with this number, if it is of this contract.
pub async fn find(conn: &mut Conn, content: i64, number: i64) -> Result<Option<Verification>, StoreError> {
    let row: Option<VerificationRow> = sqlx::query_as(select_verifications!("WHERE x.id = $1 AND x.content_id = $2"))
        .bind(number)
        .bind(content)
        .fetch_optional(conn)
        .await?;
    row.map(VerificationRow::read).transpose()
}

/// The newest result of a contract.
pub async fn latest(conn: &mut Conn, content: i64) -> Result<Option<Verification>, StoreError> {
    let row: Option<VerificationRow> =
        sqlx::query_as(select_verifications!("WHERE x.content_id = $1 ORDER BY x.id DESC LIMIT 1"))
            .bind(content)
            .fetch_optional(conn)
            .await?;
    row.map(VerificationRow::read).transpose()
}

/// The newest result of each of these contracts that has one.
pub async fn latest_of_each(conn: &mut Conn, contents: &[i64]) -> Result<HashMap<i64, Verification>, StoreError> {
    let dialect = Dialect::of_connection(conn);
    let sql = format!(
        select_verifications!(
            "JOIN (SELECT MAX(cv.verification_id) AS id FROM current_verifications cv WHERE {} GROUP BY cv.content_id) n \
             ON n.id = x.id"
        ),
        dialect.among("cv.content_id", 1)
    );
    let rows: Vec<VerificationRow> =
        sqlx::query_as(AssertSqlSafe(sql)).bind(dialect.id_list(contents)).fetch_all(conn).await?;
    rows.into_iter().map(|row| Ok((row.content_id, row.read()?))).collect()
}

/// The newest result of a contract by each provider version, newest first.
pub async fn current(conn: &mut Conn, content: i64) -> Result<Vec<Verification>, StoreError> {
    let rows: Vec<VerificationRow> = sqlx::query_as(select_verifications!(
        "JOIN current_verifications cv ON cv.verification_id = x.id WHERE cv.content_id = $1 ORDER BY x.id DESC"
    ))
    .bind(content)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(VerificationRow::read).collect()
}

/// Deletes a result; an older one of the same contract and provider version becomes the current one.
pub async fn delete(conn: &mut Conn, verification: &Verification) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM verifications WHERE id = $1").bind(verification.number).execute(&mut *conn).await?;
    sqlx::query(
        "INSERT INTO current_verifications (content_id, provider_version_id, verification_id, success, verified_at) \
         SELECT content_id, provider_version_id, id, success, created_at FROM verifications \
         WHERE content_id = $1 AND provider_version_id = $2 ORDER BY id DESC LIMIT 1 ON CONFLICT DO NOTHING",
    )
    .bind(verification.content_id)
    .bind(verification.provider_version_id)
    .execute(conn)
    .await?;
    Ok(())
}

/// What a provider version's lines of development are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// Its branches.
    Branches,
    /// Its tags.
    Tags,
}

/// A contract, a line, whether it was work in progress, the first success then, and the first recent one.
type FirstSuccesses = (i64, Option<String>, Flag, i64, Option<i64>);

/// The successes of these contracts that rules about pending status and work in progress can tell apart, by contract: of
/// each line of provider versions the first, and the first that is not older than `recent`.
pub async fn successes(
    conn: &mut Conn,
    contents: &[i64],
    lines: LineKind,
    recent: i64,
) -> Result<HashMap<i64, Vec<Success>>, StoreError> {
    let mut found: HashMap<i64, Vec<Success>> = HashMap::new();
    if contents.is_empty() {
        return Ok(found);
    }
    let lines = match lines {
        LineKind::Branches => {
            "LEFT JOIN branch_versions m ON m.version_id = x.provider_version_id LEFT JOIN branches l ON l.id = m.branch_id"
        }
        LineKind::Tags => "LEFT JOIN tags l ON l.version_id = x.provider_version_id",
    };
    let dialect = Dialect::of_connection(conn);
    let sql = format!(
        "SELECT x.content_id, l.name, x.wip, MIN(x.created_at), MIN(CASE WHEN x.created_at >= $2 THEN x.created_at END) \
         FROM verifications x {lines} WHERE {} AND x.success = 1 GROUP BY x.content_id, l.name, x.wip",
        dialect.among("x.content_id", 1)
    );
    let rows: Vec<FirstSuccesses> =
        sqlx::query_as(AssertSqlSafe(sql)).bind(dialect.id_list(contents)).bind(recent).fetch_all(conn).await?;
    for (content, line, wip, first, first_recent) in rows {
        let of_content = found.entry(content).or_default();
        let lines: Vec<String> = line.into_iter().collect();
        let later = first_recent.filter(|at| *at != first);
        of_content.extend([Some(first), later].into_iter().flatten().map(|at| Success {
            lines: lines.clone(),
            at,
            wip: wip.into(),
        }));
    }
    Ok(found)
}

/// Those of these contracts that no version on a branch of their provider has kept, other than as work in progress. The
/// first such version ends the search, so that a long history of a contract does not matter.
pub async fn not_kept_on(
    conn: &mut Conn,
    contents: &[i64],
    provider: i64,
    branch: &str,
) -> Result<Vec<i64>, StoreError> {
    if contents.is_empty() {
        return Ok(Vec::new());
    }
    let dialect = Dialect::of_connection(conn);
    let sql = format!(
        "SELECT c.id FROM pact_contents c WHERE {} AND (SELECT 1 FROM verifications x \
         JOIN branch_versions m ON m.version_id = x.provider_version_id \
         AND m.branch_id = (SELECT b.id FROM branches b WHERE b.pacticipant_id = $2 AND b.name = $3) \
         WHERE x.content_id = c.id AND x.success = 1 AND x.wip = 0 LIMIT 1) IS NULL",
        dialect.among("c.id", 1)
    );
    let query = sqlx::query_scalar(AssertSqlSafe(sql)).bind(dialect.id_list(contents)).bind(provider).bind(branch);
    Ok(query.fetch_all(conn).await?)
}

/// The contracts, of those given, that have a result at all.
pub async fn ever_verified(conn: &mut Conn, content: i64) -> Result<bool, StoreError> {
    let count: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM (SELECT 1 FROM verifications WHERE content_id = $1 LIMIT 1) x")
            .bind(content)
            .fetch_one(conn)
            .await?;
    Ok(count > 0)
}

/// The provider versions that matter (the head of the main branch, and what runs somewhere) and have no result of a
/// pact's content, by number, each once.
pub async fn lacking(conn: &mut Conn, pact: &Pact) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT v.number FROM versions v WHERE v.id IN ( \
         SELECT h.version_id FROM pacticipants p JOIN branches b ON b.pacticipant_id = p.id AND b.name = p.main_branch \
         JOIN branch_heads h ON h.branch_id = b.id WHERE p.id = $1 \
         UNION SELECT d.version_id FROM deployed_versions d WHERE d.pacticipant_id = $1 AND d.currently_deployed = 1 \
         UNION SELECT r.version_id FROM released_versions r WHERE r.pacticipant_id = $1 AND r.currently_supported = 1) \
         AND NOT EXISTS (SELECT 1 FROM current_verifications x WHERE x.content_id = $2 AND x.provider_version_id = v.id) \
         ORDER BY v.id",
    )
    .bind(pact.provider_id)
    .bind(pact.content_id)
    .fetch_all(conn)
    .await?)
}

/// The newest result of a pact's content by the provider's main branch, else by anything.
pub async fn latest_of_main_branch(conn: &mut Conn, pact: &Pact) -> Result<Option<Verification>, StoreError> {
    let row: Option<VerificationRow> = sqlx::query_as(select_verifications!(
        "JOIN pacticipants p ON p.id = v.pacticipant_id JOIN branches b ON b.pacticipant_id = p.id \
         AND b.name = p.main_branch JOIN branch_versions m ON m.branch_id = b.id AND m.version_id = v.id \
         WHERE x.content_id = $1 ORDER BY x.id DESC LIMIT 1"
    ))
    .bind(pact.content_id)
    .fetch_optional(&mut *conn)
    .await?;
    match row {
        Some(row) => Ok(Some(row.read()?)),
        None => latest(conn, pact.content_id).await,
    }
}
