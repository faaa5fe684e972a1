//! The open database.

use std::sync::Once;
use std::time::Duration;

use sqlx::any::{AnyPoolOptions, install_drivers};
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyPool, AssertSqlSafe, Connection as _, Transaction};

use super::dialect::{Dialect, sqlite_url};
use super::{StoreError, audit, migrate};
use crate::config::{Database, DatabaseOptions};

/// An open connection, usually inside a transaction.
pub type Conn = sqlx::AnyConnection;

/// An open transaction; it is undone unless committed.
pub type Tx = Transaction<'static, Any>;

/// Connections to an SQLite file that read side by side. More would only queue on the processors, and keep threads from
/// other work: a statement of SQLite keeps the thread that asks.
const READERS: u32 = 4;

/// How long a connection may have been idle before it is asked for a sign of life.
const RESTED: Duration = Duration::from_millis(100);

/// The open database.
///
/// SQLite has one writer at any moment; giving it one connection makes writers queue in order inside this process
/// rather than collide in the database, while several connections read. Of PostgreSQL's connections half read and half
/// write: writers of one pacticipant wait for each other, and must not take every connection meanwhile; and a
/// question among few is answered sooner than among many that share the processors.
#[derive(Clone, Debug)]
pub struct Store {
    writer: AnyPool,
    /// `None` when there is but one connection, for both.
    reader: Option<AnyPool>,
    dialect: Dialect,
}

impl Store {
    /// Opens the database, brings its tables up to date, and gives a new one its first environments.
    ///
    /// # Errors
    ///
    /// The database cannot be opened, or its tables were made by a newer version.
    pub async fn open(database: &Database, options: &DatabaseOptions, seed: bool) -> Result<Self, StoreError> {
        let store = Self::connect(database, options).await?;
        if options.auto_migrate {
            migrate::run(&store.writer, store.dialect).await?;
        }
        if seed {
            let mut tx = store.write().await?;
            migrate::seed(&mut tx).await?;
            tx.commit().await?;
        }
        Ok(store)
    }

    async fn connect(database: &Database, options: &DatabaseOptions) -> Result<Self, StoreError> {
        install_our_drivers();
        let dialect = Dialect::of(database);
        let (writer, reader) = match database {
            Database::File(file) => {
                let url = sqlite_url(file);
                try_once(dialect, &url, options).await?;
                let writer = pool(dialect, 1, options).connect(&url).await?;
                (writer, Some(pool(dialect, READERS, options).connect_lazy(&url)?))
            }
            Database::Memory => {
                // a second connection would see a database of its own
                let only = pool(dialect, 1, options).before_acquire(|_, _| Box::pin(async { Ok(true) }));
                (only.connect("sqlite::memory:").await?, None)
            }
            Database::Postgres(url) => {
                let mut attempts = 0;
                while let Err(error) = try_once(dialect, url, options).await {
                    if attempts >= options.connect_max_retries {
                        return Err(error);
                    }
                    attempts += 1;
                    tracing::warn!(%error, attempts, "the database does not answer yet");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
                let writing = (options.max_connections / 2).max(1);
                let writer = pool(dialect, writing, options).connect_lazy(url)?;
                let reading = options.max_connections.saturating_sub(writing);
                let reader = match reading {
                    0 => None,
                    _ => Some(pool(dialect, reading, options).connect_lazy(url)?),
                };
                (writer, reader)
            }
        };
        Ok(Self { writer, reader, dialect })
    }

    fn reader(&self) -> &AnyPool {
        self.reader.as_ref().unwrap_or(&self.writer)
    }

    /// Opens a transaction that reads one consistent state of the data.
    ///
    /// # Errors
    ///
    /// No connection became free in time, or the database failed.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        Ok(self.reader().begin_with(self.dialect.begin_read()).await?)
    }

    /// A connection to ask something by one statement: each reads a consistent state, which is the next one's no longer.
    /// Beginning and ending a transaction would be two more ways to the database.
    ///
    /// # Errors
    ///
    /// As for [`Store::read`].
    pub async fn look(&self) -> Result<PoolConnection<Any>, StoreError> {
        Ok(self.reader().acquire().await?)
    }

    /// Opens a transaction that may write, and begins it with an entry about who writes, if a request does. Do not hold
    /// another transaction of this store meanwhile.
    ///
    /// # Errors
    ///
    /// The writer did not become free in time, or the database failed.
    pub async fn write(&self) -> Result<Tx, StoreError> {
        let mut tx = self.writer.begin_with(self.dialect.begin_write()).await?;
        audit::note_writer(&mut tx).await?;
        Ok(tx)
    }

    /// Asks the database for a sign of life.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(self.reader()).await?;
        Ok(())
    }

    /// Runs one statement outside of any transaction, beside those that read.
    pub(crate) async fn run_alone(&self, statement: AssertSqlSafe<String>) -> Result<(), StoreError> {
        sqlx::query(statement).execute(self.reader()).await?;
        Ok(())
    }

    /// Which database this is.
    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// How many connections are open, and how many of those have nothing to do.
    pub(crate) fn connections(&self) -> (u32, usize) {
        let pools = [Some(&self.writer), self.reader.as_ref()];
        pools.into_iter().flatten().fold((0, 0), |(open, idle), pool| (open + pool.size(), idle + pool.num_idle()))
    }

    /// Closes every connection, letting running statements end.
    pub async fn close(&self) {
        if let Some(reader) = &self.reader {
            reader.close().await;
        }
        self.writer.close().await;
    }
}

/// Tells sqlx which databases there are, once.
pub(super) fn install_our_drivers() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if install_drivers(&[sqlx::postgres::any::DRIVER, super::sqlite::DRIVER]).is_err() {
            tracing::debug!("the program around this broker has chosen other drivers");
        }
    });
}

/// Opens one connection outside the pools, because a pool keeps trying until its time is up even when the database can
/// never be opened.
async fn try_once(dialect: Dialect, url: &str, options: &DatabaseOptions) -> Result<(), StoreError> {
    let mut conn = Conn::connect(url).await?;
    prepare(&mut conn, dialect, options).await?;
    conn.close().await?;
    Ok(())
}

async fn prepare(conn: &mut Conn, dialect: Dialect, options: &DatabaseOptions) -> Result<(), sqlx::Error> {
    for statement in dialect.session(options) {
        sqlx::query(AssertSqlSafe(statement)).execute(&mut *conn).await?;
    }
    Ok(())
}

fn pool(dialect: Dialect, connections: u32, options: &DatabaseOptions) -> AnyPoolOptions {
    let own = options.clone();
    AnyPoolOptions::new()
        .max_connections(connections)
        // writers of SQLite queue for their one connection, which is no sign of trouble
        .acquire_timeout(match dialect {
            Dialect::Sqlite => options.pool_timeout * 6,
            Dialect::Postgres => options.pool_timeout,
        })
        // an in-memory database lives as long as its connection
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .before_acquire(move |conn, meta| {
            Box::pin(async move {
                // a server that was restarted has forgotten connections that rested; busy ones would tell by failing
                let rested = dialect == Dialect::Postgres && meta.idle_for > RESTED;
                let lives = !rested || conn.ping().await.is_ok();
                // a failed disk may end a transaction behind the driver's back, which then cannot begin another
                Ok(lives && !conn.is_in_transaction())
            })
        })
        .after_connect(move |conn, _| {
            let options = own.clone();
            Box::pin(async move { prepare(conn, dialect, &options).await })
        })
}
