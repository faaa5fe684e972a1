//! The names in a question.

use std::collections::HashSet;

use sqlx::AssertSqlSafe;

use crate::matrix::query::{Choice, MatrixQuery};
use crate::store::{Conn, StoreError};

/// Those of the names asked for that there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    pacticipants: HashSet<String>,
    environments: HashSet<String>,
}

impl Known {
    /// Whether there is a pacticipant of this name.
    #[must_use]
    pub fn pacticipant(&self, name: &str) -> bool {
        self.pacticipants.contains(name)
    }

    /// Whether there is an environment of this name.
    #[must_use]
    pub fn environment(&self, name: &str) -> bool {
        self.environments.contains(name)
    }
}

/// Looks names up, all at once.
///
/// # Errors
///
/// The database failed; so for every function of this module.
pub async fn known(conn: &mut Conn, pacticipants: &[&str], environments: &[&str]) -> Result<Known, StoreError> {
    let mut known = Known::default();
    let places =
        |from: usize, count: usize| (from..from + count).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ");
    let mut parts = Vec::new();
    if !pacticipants.is_empty() {
        parts.push(format!("SELECT 1, name FROM pacticipants WHERE name IN ({})", places(1, pacticipants.len())));
    }
    if !environments.is_empty() {
        let places = places(1 + pacticipants.len(), environments.len());
        parts.push(format!("SELECT 0, name FROM environments WHERE name IN ({places})"));
    }
    if parts.is_empty() {
        return Ok(known);
    }
    let mut query = sqlx::query_as(AssertSqlSafe(parts.join(" UNION ALL ")));
    for name in pacticipants.iter().chain(environments) {
        query = query.bind(*name);
    }
    let found: Vec<(i32, String)> = query.fetch_all(conn).await?;
    for (kind, name) in found {
        if kind == 1 { &mut known.pacticipants } else { &mut known.environments }.insert(name);
    }
    Ok(known)
}

/// What a question names and this broker does not know, in words; empty when it can be answered.
pub async fn unknown_names(conn: &mut Conn, query: &MatrixQuery) -> Result<Vec<String>, StoreError> {
    let pacticipants: Vec<&str> = query.selectors.iter().map(|selector| selector.pacticipant.as_str()).collect();
    let choices = query.selectors.iter().map(|selector| &selector.choice).chain(&query.target);
    let environments: Vec<&str> = choices
        .filter_map(|choice| match choice {
            Choice::Environment(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    let known = known(conn, &pacticipants, &environments).await?;
    let no_pacticipant = pacticipants.iter().filter(|name| !known.pacticipant(name));
    let no_environment = environments.iter().filter(|name| !known.environment(name));
    Ok(no_pacticipant
        .map(|name| format!("there is no pacticipant named {name:?}"))
        .chain(no_environment.map(|name| format!("there is no environment named {name:?}")))
        .collect())
}
