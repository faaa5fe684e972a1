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
