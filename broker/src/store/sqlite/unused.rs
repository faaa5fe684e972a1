//! What sqlx asks of every driver and never uses behind `Any`: rows, values and statements of its own. There are none, so
//! nothing here ever runs.

use std::borrow::Cow;
use std::fmt::{self, Display, Formatter};

use sqlx::{Either, IntoArguments, Type};
use sqlx_core::arguments::Arguments;
use sqlx_core::column::{Column, ColumnIndex};
use sqlx_core::database::Database;
use sqlx_core::encode::Encode;
use sqlx_core::error::BoxDynError;
use sqlx_core::row::Row;
use sqlx_core::sql_str::SqlStr;
use sqlx_core::statement::Statement;
use sqlx_core::transaction::TransactionManager;
use sqlx_core::type_info::TypeInfo;
use sqlx_core::value::{Value, ValueRef};

use super::connection::Connection;

/// What the driver is called.
pub(super) const NAME: &str = "SQLite";

/// The driver, as sqlx names one.
#[derive(Debug)]
pub(super) struct Sqlite;

impl Database for Sqlite {
    type Connection = Connection;
    type TransactionManager = Never;
    type Row = Never;
    type QueryResult = Nothing;
    type Column = Never;
    type TypeInfo = Never;
    type Value = Never;
    type ValueRef<'r> = Never;
    type Arguments = Nothing;
    type ArgumentBuffer = ();
    type Statement = Never;
    const NAME: &'static str = NAME;
    const URL_SCHEMES: &'static [&'static str] = &["sqlite"];
}

/// What there is none of.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Never {}

/// What has nothing in it.
#[derive(Debug, Default)]
pub(super) struct Nothing;

impl Extend<Self> for Nothing {
    fn extend<T: IntoIterator<Item = Self>>(&mut self, _: T) {}
}

impl Arguments for Nothing {
    type Database = Sqlite;

    fn reserve(&mut self, _: usize, _: usize) {}

    fn add<'t, T>(&mut self, _: T) -> Result<(), BoxDynError>
    where
        T: Encode<'t, Sqlite> + Type<Sqlite>,
    {
        Ok(())
    }

    fn len(&self) -> usize {
        0
    }
}

impl IntoArguments<Sqlite> for Nothing {
    fn into_arguments(self) -> Self {
        self
    }
}

impl Display for Never {
    fn fmt(&self, _: &mut Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

impl TypeInfo for Never {
    fn is_null(&self) -> bool {
        match *self {}
    }

    fn name(&self) -> &str {
        match *self {}
    }
}

impl Column for Never {
    type Database = Sqlite;

    fn ordinal(&self) -> usize {
        match *self {}
    }

    fn name(&self) -> &str {
        match *self {}
    }

    fn type_info(&self) -> &Never {
        match *self {}
    }
}

impl Row for Never {
    type Database = Sqlite;

    fn columns(&self) -> &[Never] {
        match *self {}
    }

    fn try_get_raw<I: ColumnIndex<Self>>(&self, _: I) -> Result<Never, sqlx::Error> {
        match *self {}
    }
}

impl ColumnIndex<Never> for usize {
    fn index(&self, never: &Never) -> Result<usize, sqlx::Error> {
        match *never {}
    }
}

impl Value for Never {
    type Database = Sqlite;

    fn as_ref(&self) -> Never {
        match *self {}
    }

    fn type_info(&self) -> Cow<'_, Never> {
        match *self {}
    }

    fn is_null(&self) -> bool {
        match *self {}
    }
}

impl ValueRef<'_> for Never {
    type Database = Sqlite;

    fn to_owned(&self) -> Never {
        match *self {}
    }

    fn type_info(&self) -> Cow<'_, Never> {
        match *self {}
    }

    fn is_null(&self) -> bool {
        match *self {}
    }
}

impl Statement for Never {
    type Database = Sqlite;

    fn into_sql(self) -> SqlStr {
        match self {}
    }

    fn sql(&self) -> &SqlStr {
        match *self {}
    }

    fn parameters(&self) -> Option<Either<&[Never], usize>> {
        match *self {}
    }

    fn columns(&self) -> &[Never] {
        match *self {}
    }

    sqlx_core::impl_statement_query!(Nothing);
}

impl TransactionManager for Never {
    type Database = Sqlite;

    async fn begin(connection: &mut Connection, statement: Option<SqlStr>) -> Result<(), sqlx::Error> {
        sqlx_core::any::AnyConnectionBackend::begin(connection, statement).await
    }

    async fn commit(connection: &mut Connection) -> Result<(), sqlx::Error> {
        sqlx_core::any::AnyConnectionBackend::commit(connection).await
    }

    async fn rollback(connection: &mut Connection) -> Result<(), sqlx::Error> {
        sqlx_core::any::AnyConnectionBackend::rollback(connection).await
    }

    fn start_rollback(connection: &mut Connection) {
        sqlx_core::any::AnyConnectionBackend::start_rollback(connection);
    }

    fn get_transaction_depth(connection: &Connection) -> usize {
        sqlx_core::any::AnyConnectionBackend::get_transaction_depth(connection)
    }
}
