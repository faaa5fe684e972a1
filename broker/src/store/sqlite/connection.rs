//! An open database.

use std::future::ready;
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use futures::stream::{self, BoxStream};
use futures::{FutureExt as _, StreamExt as _};
use sqlx::Either;
use sqlx::any::{AnyArguments, AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo};
use sqlx_core::any::AnyConnectionBackend;
use sqlx_core::sql_str::SqlStr;

use super::error::{is_busy, translated};
use super::rows::{Columns, bind};

/// How long a connection waits for the lock of another process.
const PATIENCE: Duration = Duration::from_secs(10);
/// What takes longer than this is logged.
const SLOW: Duration = Duration::from_secs(1);

/// A connection, used in whichever thread polls.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) db: rusqlite::Connection,
}

/// What a statement gave.
struct Outcome {
    rows: Vec<AnyRow>,
    affected: u64,
}

impl Connection {
    pub(super) fn new(db: rusqlite::Connection) -> Self {
        Self { db }
    }

    /// Runs one statement, for at most `limit` rows.
    fn run(
        &self,
        sql: &SqlStr,
        keep: bool,
        arguments: Option<AnyArguments>,
        limit: usize,
    ) -> Result<Outcome, sqlx::Error> {
        let begun = Instant::now();
        let outcome = if keep {
            let mut statement = self.db.prepare_cached(sql.as_str()).map_err(translated)?;
            self.collect(&mut statement, arguments, limit)
        } else {
            let mut statement = self.db.prepare(sql.as_str()).map_err(translated)?;
            self.collect(&mut statement, arguments, limit)
        };
        let took = begun.elapsed();
        if took > SLOW {
            tracing::warn!(sql = sql.as_str(), took_ms = took.as_millis(), "a statement was slow");
        }
        outcome
    }

    fn collect(
        &self,
        statement: &mut rusqlite::Statement<'_>,
        arguments: Option<AnyArguments>,
        limit: usize,
    ) -> Result<Outcome, sqlx::Error> {
        bind(statement, &arguments.unwrap_or_default())?;
        let columns = Columns::of(statement);
        let before = self.db.total_changes();
        let mut found = Vec::new();
        let mut rows = statement.raw_query();
        while found.len() < limit {
            match rows.next().map_err(translated)? {
                Some(row) => found.push(columns.read(row)?),
                None => break,
            }
        }
        drop(rows);
        // what is changed by foreign keys counts in neither database
        let affected = if self.db.total_changes() == before { 0 } else { self.db.changes() };
        Ok(Outcome { rows: found, affected })
    }

    /// Runs statements that neither take nor give anything.
    pub(super) fn batch(&self, sql: &str) -> Result<(), sqlx::Error> {
        self.db.execute_batch(sql).map_err(translated)
    }

    /// Opens a transaction. While another process holds the lock, the thread does other things.
    async fn open_transaction(&mut self, sql: &str) -> Result<(), sqlx::Error> {
        let begun = Instant::now();
        loop {
            self.db.busy_timeout(Duration::ZERO).map_err(translated)?;
            let tried = self.db.prepare_cached(sql).and_then(|mut statement| statement.raw_execute());
            self.db.busy_timeout(PATIENCE).map_err(translated)?;
            match tried {
                Err(error) if is_busy(&error) && begun.elapsed() < PATIENCE => {
                    tokio::time::sleep(Duration::from_millis(fastrand::u64(1..10))).await;
                }
                tried => return tried.map(drop).map_err(translated),
            }
        }
    }

    fn end_transaction(&self, sql: &str) -> Result<(), sqlx::Error> {
        // a failed disk may have undone it already
        if self.db.is_autocommit() {
            return Ok(());
        }
        let done = self.db.prepare_cached(sql).and_then(|mut statement| statement.raw_execute());
        done.map(drop).map_err(translated)
    }
}

impl AnyConnectionBackend for Connection {
    fn name(&self) -> &str {
        super::unused::NAME
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, Result<(), sqlx::Error>> {
        ready(self.db.close().map_err(|(_, error)| translated(error))).boxed()
    }

    fn close_hard(self: Box<Self>) -> BoxFuture<'static, Result<(), sqlx::Error>> {
        self.close()
    }

    fn ping(&mut self) -> BoxFuture<'_, Result<(), sqlx::Error>> {
        ready(Ok(())).boxed()
    }

    fn begin(&mut self, statement: Option<SqlStr>) -> BoxFuture<'_, Result<(), sqlx::Error>> {
        async move {
            let sql = statement.as_ref().map_or("BEGIN", |statement| statement.as_str());
            self.open_transaction(sql).await
        }
        .boxed()
    }

    fn commit(&mut self) -> BoxFuture<'_, Result<(), sqlx::Error>> {
        // a transaction that a failed disk has ended is undone, which must not look like success
        let done = if self.db.is_autocommit() {
            Err(sqlx::Error::Protocol("the database has undone the transaction".to_owned()))
        } else {
            self.end_transaction("COMMIT")
        };
        ready(done).boxed()
    }

    fn rollback(&mut self) -> BoxFuture<'_, Result<(), sqlx::Error>> {
        ready(self.end_transaction("ROLLBACK")).boxed()
    }

    fn start_rollback(&mut self) {
        if let Err(error) = self.end_transaction("ROLLBACK") {
            // the pool looks before it hands the connection out again
            tracing::warn!(%error, "a transaction could not be undone");
        }
    }

    fn get_transaction_depth(&self) -> usize {
        usize::from(!self.db.is_autocommit())
    }

    fn shrink_buffers(&mut self) {}

    fn flush(&mut self) -> BoxFuture<'_, Result<(), sqlx::Error>> {
        ready(Ok(())).boxed()
    }

    fn should_flush(&self) -> bool {
        false
    }

    fn as_migrate(&mut self) -> Result<&mut (dyn sqlx::migrate::Migrate + Send + 'static), sqlx::Error> {
        Ok(self)
    }

    fn fetch_many(
        &mut self,
        query: SqlStr,
        persistent: bool,
        arguments: Option<AnyArguments>,
    ) -> BoxStream<'_, Result<Either<AnyQueryResult, AnyRow>, sqlx::Error>> {
        match self.run(&query, persistent, arguments, usize::MAX) {
            Ok(Outcome { rows, affected }) => {
                let result = AnyQueryResult { rows_affected: affected, last_insert_id: None };
                stream::iter(rows.into_iter().map(Either::Right).chain([Either::Left(result)]).map(Ok)).boxed()
            }
            Err(error) => stream::once(ready(Err(error))).boxed(),
        }
    }

    fn fetch_optional(
        &mut self,
        query: SqlStr,
        persistent: bool,
        arguments: Option<AnyArguments>,
    ) -> BoxFuture<'_, Result<Option<AnyRow>, sqlx::Error>> {
        ready(self.run(&query, persistent, arguments, 1).map(|outcome| outcome.rows.into_iter().next())).boxed()
    }

    fn prepare_with<'c, 'q: 'c>(
        &'c mut self,
        _: SqlStr,
        _: &[AnyTypeInfo],
    ) -> BoxFuture<'c, Result<AnyStatement, sqlx::Error>> {
        ready(Err(sqlx::Error::Protocol("statements are prepared when they run".to_owned()))).boxed()
    }
}

impl sqlx_core::connection::Connection for Connection {
    type Database = super::unused::Sqlite;
    type Options = super::options::Options;

    fn close(self) -> impl Future<Output = Result<(), sqlx::Error>> + Send + 'static {
        AnyConnectionBackend::close(Box::new(self))
    }

    fn close_hard(self) -> impl Future<Output = Result<(), sqlx::Error>> + Send + 'static {
        AnyConnectionBackend::close(Box::new(self))
    }

    fn ping(&mut self) -> impl Future<Output = Result<(), sqlx::Error>> + Send + '_ {
        ready(Ok(()))
    }

    fn begin(
        &mut self,
    ) -> impl Future<Output = Result<sqlx::Transaction<'_, Self::Database>, sqlx::Error>> + Send + '_ {
        sqlx::Transaction::begin(self, None)
    }

    fn shrink_buffers(&mut self) {}

    fn flush(&mut self) -> impl Future<Output = Result<(), sqlx::Error>> + Send + '_ {
        ready(Ok(()))
    }

    fn should_flush(&self) -> bool {
        false
    }
}
