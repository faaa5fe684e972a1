//! The matrix as a table.

use std::collections::HashMap;

use askama::Template;
use askama::filters::HtmlSafe;

use crate::domain::version::VersionDetails;
use crate::matrix::Row;
use crate::store::{Conn, StoreError, version_details};
use crate::web::components::{Mark, Places, Status, Version};
use crate::web::site::Site;
use crate::web::when::When;

/// How many rows are shown; the verdict looks at all.
const MOST_ROWS: usize = 500;

/// The provider versions whose results are missing, by the consumer version's row and the provider's.
pub(super) type Awaited = HashMap<(i64, i64), Vec<String>>;

/// Rows of the matrix.
#[derive(Template)]
#[template(path = "matrix_table.html")]
pub(super) struct Table {
    lines: Vec<TableLine>,
    /// How many more there are.
    left_out: usize,
}

impl HtmlSafe for Table {}

struct TableLine {
    consumer: String,
    consumer_version: Version,
    consumer_places: Places,
    provider: String,
    provider_versions: Vec<Version>,
    provider_places: Places,
    status: Mark,
    verified: Option<When>,
    published: When,
    /// `blocks` or `lacks` for what is in the way.
    class: &'static str,
}

impl Table {
    /// The table of rows that were found, in their order. When they answer whether something may be deployed, `awaited`
    /// are the results they lack, and what is in the way is marked.
    pub(super) fn new(
        site: &Site,
        rows: &[Row],
        details: &HashMap<i64, VersionDetails>,
        awaited: Option<&Awaited>,
        now: i64,
    ) -> Self {
        let places = |id: i64| details.get(&id).map(Places::of).unwrap_or_default();
        let line = |row: &Row| {
            let publication = &row.publication;
            let (consumer, provider) = (publication.consumer.as_str(), publication.provider.as_str());
            let number = publication.version.number.as_str();
            TableLine {
                consumer_version: Version::linked(number, site.pact(provider, consumer, number)),
                consumer_places: places(publication.version.id),
                provider_versions: provider_numbers(row, awaited)
                    .into_iter()
                    .map(|number| Version::linked(number, site.version(provider, number)))
                    .collect(),
                class: match (row.ignored, row.success()) {
                    (false, Some(false)) if awaited.is_some() => "blocks",
                    (false, None) if awaited.is_some() => "lacks",
                    _ => "",
                },
                provider_places: row.provider_version.as_ref().map(|version| places(version.id)).unwrap_or_default(),
                status: if row.ignored { Status::Ignored } else { Status::of(row.success()) }.mark(),
                verified: row.verification.as_ref().map(|verified| When::new(verified.at, now)),
                published: When::new(publication.published_at, now),
                consumer: consumer.to_owned(),
                provider: provider.to_owned(),
            }
        };
        let mut rows: Vec<&Row> = rows.iter().collect();
        rows.sort_by_key(|row| urgency(row));
        Self {
            lines: rows.iter().take(MOST_ROWS).map(|row| line(row)).collect(),
            left_out: rows.len().saturating_sub(MOST_ROWS),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// "3 rows"
    pub(super) fn count(&self) -> String {
        let count = self.lines.len() + self.left_out;
        if count == 1 { "1 row".to_owned() } else { format!("{count} rows") }
    }
}

/// The provider version of a row, or those that were to verify it.
fn provider_numbers<'a>(row: &'a Row, awaited: Option<&'a Awaited>) -> Vec<&'a str> {
    if let Some(version) = &row.provider_version {
        return vec![version.number.as_str()];
    }
    let key = (row.publication.version.id, row.publication.provider_id);
    awaited.and_then(|all| all.get(&key)).into_iter().flatten().map(String::as_str).collect()
}

/// What blocks comes first, what does not count last; else the rows keep their order.
fn urgency(row: &Row) -> u8 {
    match (row.ignored, row.success()) {
        (true, _) => 3,
        (false, Some(false)) => 0,
        (false, None) => 1,
        (false, Some(true)) => 2,
    }
}

/// Branches, tags and environments of every version in the rows.
pub(super) async fn details(conn: &mut Conn, rows: &[Row]) -> Result<HashMap<i64, VersionDetails>, StoreError> {
    let both = |row: &Row| {
        [Some(row.publication.version.id), row.provider_version.as_ref().map(|version| version.id)]
            .into_iter()
            .flatten()
    };
    let ids: Vec<i64> = rows.iter().take(MOST_ROWS).flat_map(both).collect();
    version_details::load(conn, &ids).await
}
