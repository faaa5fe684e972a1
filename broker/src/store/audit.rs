//! Who wrote what, and when: an entry in the very transaction that writes.

use std::cell::RefCell;

use super::rows::Page;
use super::{Conn, StoreError, now};

/// A request that may write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Writer {
    /// Who sent it.
    pub(crate) who: String,
    /// Its method.
    pub(crate) method: String,
    /// Its path, as it came.
    pub(crate) path: String,
    /// What names it in logs.
    pub(crate) request_id: Option<String>,
}

tokio::task_local! {
    static WRITER: Writer;
    static DETAIL: RefCell<Option<String>>;
}

/// Runs `work`, whose write transactions are then recorded as this writer's.
pub(crate) async fn acting<F: Future>(writer: Writer, work: F) -> F::Output {
    WRITER.scope(writer, DETAIL.scope(RefCell::new(None), work)).await
}

/// Says what is about to be written where the path alone does not.
pub(crate) fn describe(what: impl Into<String>) {
    // outside a request nothing is recorded
    let _ = DETAIL.try_with(|detail| *detail.borrow_mut() = Some(what.into()));
}

pub(super) async fn note_writer(conn: &mut Conn) -> Result<(), StoreError> {
    let Ok(writer) = WRITER.try_with(Clone::clone) else {
        return Ok(());
    };
    let detail = DETAIL.try_with(|detail| detail.borrow().clone()).ok().flatten();
    sqlx::query("INSERT INTO audit_log (at, who, method, path, detail, request_id) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(now())
        .bind(writer.who)
        .bind(writer.method)
        .bind(writer.path)
        .bind(detail)
        .bind(writer.request_id)
        .execute(conn)
        .await?;
    Ok(())
}

/// A write that took place.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Entry {
    /// Its number.
    pub id: i64,
    /// When, in microseconds since 1970.
    pub at: i64,
    /// Who.
    pub who: String,
    /// By which method.
    pub method: String,
    /// To which path.
    pub path: String,
    /// What, where the path does not say it.
    pub detail: Option<String>,
    /// What names the request in logs.
    pub request_id: Option<String>,
}

/// Which entries to show; what is `None` restricts nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// By whom.
    pub who: Option<String>,
    /// A part of the path or of the detail.
    pub about: Option<String>,
    /// Not before this time, in microseconds since 1970.
    pub since: Option<i64>,
    /// Before this time.
    pub until: Option<i64>,
}

/// Entries, newest first, and how many there are on all pages.
///
/// # Errors
///
/// The database failed; so for every function of this module.
pub async fn list(conn: &mut Conn, filter: &Filter, page: Page) -> Result<(Vec<Entry>, i64), StoreError> {
    const WHERE: &str = r"WHERE ($1 IS NULL OR who = $1) AND at >= $2 AND at < $3
        AND (LOWER(path) LIKE $4 ESCAPE '\' OR LOWER(COALESCE(detail, '')) LIKE $4 ESCAPE '\')";
    let about = super::rows::contains_pattern(filter.about.as_deref().unwrap_or_default());
    let (since, until) = (filter.since.unwrap_or(0), filter.until.unwrap_or(i64::MAX));
    let (limit, offset) = Page::window(Some(page));
    let found = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT id, at, who, method, path, detail, request_id FROM audit_log {WHERE} ORDER BY id DESC LIMIT $5 OFFSET $6"
    )))
    .bind(&filter.who)
    .bind(since)
    .bind(until)
    .bind(&about)
    .bind(limit)
    .bind(offset)
    .fetch_all(&mut *conn)
    .await?;
    let total = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM audit_log {WHERE}")))
        .bind(&filter.who)
        .bind(since)
        .bind(until)
        .bind(&about)
        .fetch_one(conn)
        .await?;
    Ok((found, total))
}

/// Deletes entries older than `before`; how many.
pub async fn delete_older(conn: &mut Conn, before: i64) -> Result<u64, StoreError> {
    Ok(sqlx::query("DELETE FROM audit_log WHERE at < $1").bind(before).execute(conn).await?.rows_affected())
}
