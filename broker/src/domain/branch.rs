//! A line of development.

/// A branch of a pacticipant's repository.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Branch {
    /// Its row.
    pub id: i64,
    /// Whose branch it is.
    pub pacticipant_id: i64,
    /// Its name, unique to the pacticipant.
    pub name: String,
    /// When the broker first heard of it, in microseconds since 1970.
    pub created_at: i64,
}
