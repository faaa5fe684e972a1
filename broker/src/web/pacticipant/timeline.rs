//! Versions one under the other, newest first.

use crate::domain::version::Version as Known;
use crate::store::timeline::Activity;
use crate::store::{Conn, StoreError, timeline, version_details};
use crate::web::components::{Mark, Places, Status, Version, is_web_address, plural};
use crate::web::site::Site;
use crate::web::when::When;

/// A version in the timeline.
pub(super) struct Entry {
    pub(super) version: Version,
    pub(super) places: Places,
    pub(super) created: When,
    pub(super) build: Option<String>,
    /// "2 pacts published"
    pub(super) published: String,
    pub(super) verified: Vec<Outcome>,
}

/// How many contracts a version keeps, or breaks.
pub(super) struct Outcome {
    pub(super) status: Mark,
    pub(super) count: i64,
}

/// What the timeline shows of these versions.
pub(super) async fn entries(
    conn: &mut Conn,
    site: &Site,
    pacticipant: &str,
    versions: &[Known],
    now: i64,
) -> Result<Vec<Entry>, StoreError> {
    let ids: Vec<i64> = versions.iter().map(|version| version.id).collect();
    let details = version_details::load(conn, &ids).await?;
    let activity = timeline::activity(conn, &ids).await?;
    let entry = |version: &Known| {
        let done = activity.get(&version.id).copied().unwrap_or_default();
        Entry {
            version: Version::linked(&version.number, site.version(pacticipant, &version.number)),
            places: details.get(&version.id).map(Places::of).unwrap_or_default(),
            created: When::new(version.created_at, now),
            build: version.build_url.clone().filter(|url| is_web_address(url)),
            published: match done.pacts {
                0 => String::new(),
                pacts => format!("{} published", plural(usize::try_from(pacts).unwrap_or_default(), "pact")),
            },
            verified: outcomes(done),
        }
    };
    Ok(versions.iter().map(entry).collect())
}

fn outcomes(done: Activity) -> Vec<Outcome> {
    [(Status::Failed, done.failures), (Status::Verified, done.successes)]
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(status, count)| Outcome { status: status.mark(), count })
        .collect()
}
