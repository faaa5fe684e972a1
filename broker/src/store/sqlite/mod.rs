//! SQLite, called in the thread that asks: a driver behind sqlx's `Any`.
//!
//! sqlx's own driver hands each statement to a thread of its connection, and each row back through a channel. Most of this
//! broker's statements take microseconds, and switching threads twice takes longer than they do. Here a statement is done
//! when its future is first polled; the future never waits, except for the lock of another process ([`connection`]).
//! A thread that runs handlers is busy meanwhile, so a runtime needs more of them than this store has connections.

mod connection;
mod error;
mod migrating;
mod options;
mod rows;
mod unused;

use sqlx_core::any::driver::AnyDriver;

/// What sqlx has to know to use this driver for addresses that begin with `sqlite:`.
pub(super) const DRIVER: AnyDriver = AnyDriver::without_migrate::<unused::Sqlite>();

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use sqlx::{AnyConnection, Connection as _, Row as _};

    use crate::store::pool::install_our_drivers;

    async fn open(url: &str) -> AnyConnection {
        install_our_drivers();
        AnyConnection::connect(url).await.unwrap()
    }

    async fn run(conn: &mut AnyConnection, sql: &'static str) -> u64 {
        sqlx::query(sql).execute(conn).await.unwrap().rows_affected()
    }

    #[tokio::test]
    async fn arguments_go_to_the_places_with_their_numbers() {
        let mut conn = open("sqlite::memory:").await;
        let row = sqlx::query("SELECT $2 AS b, $1 AS a, $2 AS again, $3 AS bytes, $4 AS empty")
            .bind(1_i64)
            .bind("two")
            .bind(vec![0_u8, 255])
            .bind(Option::<String>::None)
            .fetch_one(&mut conn)
            .await
            .unwrap();
        assert_eq!(row.get::<String, _>("b"), "two");
        assert_eq!(row.get::<i64, _>("a"), 1);
        assert_eq!(row.get::<String, _>(2), "two");
        assert_eq!(row.get::<Vec<u8>, _>("bytes"), [0, 255]);
        assert_eq!(row.get::<Option<String>, _>("empty"), None);
        let missing = sqlx::query("SELECT $2").bind(1_i64).execute(&mut conn).await.unwrap_err();
        assert_eq!(
            missing.to_string(),
            "encountered unexpected or invalid data: the statement has a place $2 and no argument for it"
        );
    }

    #[tokio::test]
    async fn only_the_statements_own_rows_count_as_affected() {
        let mut conn = open("sqlite::memory:").await;
        run(&mut conn, "PRAGMA foreign_keys = ON").await;
        run(&mut conn, "CREATE TABLE a (id INTEGER PRIMARY KEY)").await;
        run(&mut conn, "CREATE TABLE b (a BIGINT REFERENCES a (id) ON DELETE CASCADE)").await;
        assert_eq!(run(&mut conn, "INSERT INTO a VALUES (1), (2)").await, 2);
        assert_eq!(run(&mut conn, "INSERT INTO a VALUES (1) ON CONFLICT DO NOTHING").await, 0);
        assert_eq!(run(&mut conn, "INSERT INTO b VALUES (1), (1), (2)").await, 3);
        assert_eq!(run(&mut conn, "SELECT * FROM b").await, 0);
        assert_eq!(run(&mut conn, "DELETE FROM a WHERE id = 1").await, 1);
        let twice = sqlx::query("INSERT INTO a VALUES (2)").execute(&mut conn).await.unwrap_err();
        let failure = twice.as_database_error().unwrap();
        assert_eq!((failure.is_unique_violation(), failure.code().as_deref()), (true, Some("1555")));
    }

    #[tokio::test]
    async fn waiting_for_another_writer_leaves_the_thread_to_others() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("a.db").display());
        let (mut one, mut other) = (open(&url).await, open(&url).await);
        run(&mut one, "CREATE TABLE a (id INTEGER PRIMARY KEY)").await;
        let mut first = one.begin_with("BEGIN IMMEDIATE").await.unwrap();
        run(&mut first, "INSERT INTO a VALUES (1)").await;
        // this test has one thread, on which the second writer waits for the first
        let second = tokio::spawn(async move {
            let mut second = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
            let seen: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM a").fetch_one(&mut *second).await.unwrap();
            seen
        });
        tokio::time::sleep(Duration::from_millis(30)).await;
        assert!(!second.is_finished());
        first.commit().await.unwrap();
        assert_eq!(second.await.unwrap(), 1);
    }

    #[tokio::test]
    async fn what_is_not_committed_is_undone() {
        let mut conn = open("sqlite::memory:").await;
        run(&mut conn, "CREATE TABLE a (id INTEGER PRIMARY KEY)").await;
        let mut tx = conn.begin().await.unwrap();
        run(&mut tx, "INSERT INTO a VALUES (1)").await;
        drop(tx);
        assert!(!conn.is_in_transaction());
        let left: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM a").fetch_one(&mut conn).await.unwrap();
        assert_eq!(left, 0);
    }
}
