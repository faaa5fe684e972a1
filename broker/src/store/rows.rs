//! Small things every table file uses.

use jiff::Timestamp;

/// A truth value as it is stored: 0 or 1.
#[derive(Clone, Copy, Debug, sqlx::Type)]
#[sqlx(transparent)]
pub(crate) struct Flag(i64);

impl From<Flag> for bool {
    fn from(flag: Flag) -> Self {
        flag.0 != 0
    }
}

/// The current time, in microseconds since 1970 (UTC).
#[must_use]
pub fn now() -> i64 {
    Timestamp::now().as_microsecond()
}

/// Which part of a list to return; `None` where one is expected means all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Counted from 1.
    pub number: i64,
    /// Elements per page.
    pub size: i64,
}

impl Page {
    /// The `LIMIT` and `OFFSET` of an optional page; everything when there is none.
    pub(crate) fn window(page: Option<Self>) -> (i64, i64) {
        page.map_or((i64::MAX, 0), |page| {
            (page.size, page.size.saturating_mul(page.number - 1))
        })
    }
}

/// A list of ids as SQL text. Ids are numbers of our own, so writing them out is safe, and lists stay short because
/// callers pass at most [`CHUNK`] at a time.
pub(crate) fn id_list(ids: &[i64]) -> String {
    let mut list = String::with_capacity(ids.len() * 8 + 2);
    list.push('(');
    for (index, id) in ids.iter().enumerate() {
        if index > 0 {
            list.push(',');
        }
        list.push_str(&id.to_string());
    }
    list.push(')');
    list
}

/// How many ids go into one statement.
pub(crate) const CHUNK: usize = 500;

/// `text` as a `LIKE` pattern that finds it anywhere, its own wildcards taken literally (`ESCAPE '\'`).
pub(crate) fn contains_pattern(text: &str) -> String {
    let escaped = text
        .to_lowercase()
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    format!("%{escaped}%")
}
