//! The open database.

use std::time::Duration;

use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::{Any, AnyPool, Connection as _, Transaction};

use super::dialect::{Dialect, sqlite_url};
use super::{StoreError, migrate};
use crate::config::Database;

/// An open connection, usually inside a transaction.
pub type Conn = sqlx::AnyConnection;

/// An open transaction; it is undone unless committed.
pub type Tx = Transaction<'static, Any>;

/// Connections that read side by side. More would only queue on the processors.
const READERS: u32 = 8;

/// The open database: one connection that writes, several that read.
///
/// SQLite has one writer at any moment; giving it one connection makes writers queue in order inside this process
/// rather than collide in the database.
#[derive(Clone, Debug)]
pub struct Store {
    writer: AnyPool,
    reader: AnyPool,
    dialect: Dialect,
}

impl Store {
    /// Opens the database, brings its tables up to date, and gives a new one its first environments.
    ///
    /// # Errors
    ///
    /// The database cannot be opened, or its tables were made by a newer version.
    pub async fn open(database: &Database) -> Result<Self, StoreError> {
        install_default_drivers();
        let dialect = Dialect::Sqlite;
        let (writer, reader) = match database {
            Database::File(file) => {
                let url = sqlite_url(file);
                try_once(dialect, &url).await?;
                let writer = pool(dialect, 1).connect(&url).await?;
                (writer, pool(dialect, READERS).connect_lazy(&url)?)
            }
            Database::Memory => {
                // a second connection would see a database of its own
                let only = pool(dialect, 1).connect("sqlite::memory:").await?;
                (only.clone(), only)
            }
        };
        migrate::run(&writer, dialect).await?;
        let store = Self {
            writer,
            reader,
            dialect,
        };
        let mut tx = store.write().await?;
        migrate::seed(&mut tx).await?;
        tx.commit().await?;
        Ok(store)
    }

    /// Opens a transaction that reads one consistent state of the data.
    ///
    /// # Errors
    ///
    /// No connection became free in time, or the database failed.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        Ok(self.reader.begin_with(self.dialect.begin_read()).await?)
    }

    /// Opens a transaction that may write. Do not hold another transaction of this store meanwhile.
    ///
    /// # Errors
    ///
    /// The writer did not become free in time, or the database failed.
    pub async fn write(&self) -> Result<Tx, StoreError> {
        Ok(self.writer.begin_with(self.dialect.begin_write()).await?)
    }

    /// Asks the database for a sign of life.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.reader).await?;
        Ok(())
    }

    /// Closes every connection, letting running statements end.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}

/// Opens one connection outside the pools, because a pool keeps trying until its time is up even when the file can
/// never be opened.
async fn try_once(dialect: Dialect, url: &str) -> Result<(), StoreError> {
    let mut conn = Conn::connect(url).await?;
    for statement in dialect.session() {
        sqlx::query(*statement).execute(&mut conn).await?;
    }
    conn.close().await?;
    Ok(())
}

fn pool(dialect: Dialect, connections: u32) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(60))
        // an in-memory database lives as long as its connection
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .after_connect(move |conn, _| {
            Box::pin(async move {
                for statement in dialect.session() {
                    sqlx::query(*statement).execute(&mut *conn).await?;
                }
                Ok(())
            })
        })
}
