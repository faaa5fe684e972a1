//! How much there is of everything.

use serde_json::Value;

use super::{Conn, StoreError};

/// How many things there are of each size: `(size, how many)`.
pub type Spread = Vec<(i64, i64)>;

/// How much there is of everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is a count of what it is called after")]
pub struct Counts {
    pub pacticipants: i64,
    pub with_main_branch: i64,
    pub integrations: i64,
    pub versions: i64,
    pub versions_with_branch: i64,
    pub branches: i64,
    pub tags: i64,
    pub tag_names: i64,
    pub tag_heads: i64,
    pub publications: i64,
    pub first_publication: Option<i64>,
    pub last_publication: Option<i64>,
    pub contents: i64,
    pub verifications: i64,
    pub current_verifications: i64,
    pub successes: i64,
    pub first_verification: Option<i64>,
    pub last_verification: Option<i64>,
    pub webhooks: i64,
    pub executions: i64,
    pub environments: i64,
    pub deployments: i64,
    pub running: i64,
    pub releases: i64,
    pub supported: i64,
    /// Webhook deliveries by state.
    pub deliveries: Vec<(String, i64)>,
    /// How many consumer versions have so many revisions of a pact.
    pub revisions: Spread,
    /// How many contents have so many results.
    pub results: Spread,
}

impl Counts {
    /// The plain counts, by kind.
    #[must_use]
    pub fn records(&self) -> Vec<(&'static str, i64)> {
        vec![
            ("pacticipants", self.pacticipants),
            ("integrations", self.integrations),
            ("versions", self.versions),
            ("branches", self.branches),
            ("tags", self.tags),
            ("pact_publications", self.publications),
            ("pact_contents", self.contents),
            ("verifications", self.verifications),
            ("webhooks", self.webhooks),
            ("environments", self.environments),
            ("deployed_versions", self.running),
            ("released_versions", self.supported),
        ]
    }
}

/// Counts everything.
///
/// # Errors
///
/// The database failed; so for every function of this module.
pub async fn load(conn: &mut Conn) -> Result<Counts, StoreError> {
    let mut counts = Counts::default();
    for (slot, sql) in [
        (&mut counts.pacticipants, "SELECT COUNT(*) FROM pacticipants"),
        (&mut counts.with_main_branch, "SELECT COUNT(main_branch) FROM pacticipants"),
        (&mut counts.integrations, "SELECT COUNT(*) FROM integrations"),
        (&mut counts.versions, "SELECT COUNT(*) FROM versions"),
        (&mut counts.versions_with_branch, "SELECT COUNT(DISTINCT version_id) FROM branch_versions"),
        (&mut counts.branches, "SELECT COUNT(*) FROM branches"),
        (&mut counts.tags, "SELECT COUNT(*) FROM tags"),
        (&mut counts.tag_names, "SELECT COUNT(DISTINCT name) FROM tag_heads"),
        (&mut counts.tag_heads, "SELECT COUNT(*) FROM tag_heads"),
        (&mut counts.publications, "SELECT COUNT(*) FROM pact_publications"),
        (&mut counts.contents, "SELECT COUNT(*) FROM pact_contents"),
        (&mut counts.verifications, "SELECT COUNT(*) FROM verifications"),
        (&mut counts.current_verifications, "SELECT COUNT(*) FROM current_verifications"),
        (&mut counts.successes, "SELECT COUNT(*) FROM verifications WHERE success = 1"),
        (&mut counts.webhooks, "SELECT COUNT(*) FROM webhooks"),
        (&mut counts.executions, "SELECT COUNT(*) FROM webhook_executions"),
        (&mut counts.environments, "SELECT COUNT(*) FROM environments"),
        (&mut counts.deployments, "SELECT COUNT(*) FROM deployed_versions"),
        (&mut counts.running, "SELECT COUNT(*) FROM deployed_versions WHERE currently_deployed = 1"),
        (&mut counts.releases, "SELECT COUNT(*) FROM released_versions"),
        (&mut counts.supported, "SELECT COUNT(*) FROM released_versions WHERE currently_supported = 1"),
    ] {
        *slot = sqlx::query_scalar(sql).fetch_one(&mut *conn).await?;
    }
    // ids rise with time, so the ends of a table are its first and last
    for (slot, sql) in [
        (&mut counts.first_publication, "SELECT created_at FROM pact_publications ORDER BY id LIMIT 1"),
        (&mut counts.last_publication, "SELECT created_at FROM pact_publications ORDER BY id DESC LIMIT 1"),
        (&mut counts.first_verification, "SELECT created_at FROM verifications ORDER BY id LIMIT 1"),
        (&mut counts.last_verification, "SELECT created_at FROM verifications ORDER BY id DESC LIMIT 1"),
    ] {
        *slot = sqlx::query_scalar(sql).fetch_optional(&mut *conn).await?;
    }
    counts.deliveries =
        sqlx::query_as("SELECT status, COUNT(*) FROM triggered_webhooks GROUP BY status ORDER BY status")
            .fetch_all(&mut *conn)
            .await?;
    counts.revisions = sqlx::query_as(
        "SELECT x.size, COUNT(*) FROM (SELECT COUNT(*) AS size FROM pact_publications GROUP BY version_id, provider_id) x \
         GROUP BY x.size ORDER BY x.size",
    )
    .fetch_all(&mut *conn)
    .await?;
    counts.results = sqlx::query_as(
        "SELECT x.size, COUNT(*) FROM (SELECT COUNT(*) AS size FROM verifications GROUP BY content_id) x \
         GROUP BY x.size ORDER BY x.size",
    )
    .fetch_all(conn)
    .await?;
    Ok(counts)
}

/// How many interactions and messages the latest pacts of all pairs have.
pub async fn latest_interactions(conn: &mut Conn) -> Result<(i64, i64), StoreError> {
    let (mut interactions, mut messages) = (0, 0);
    for pact in super::pact_lists::latest_of_everyone(conn).await? {
        let document: Value = serde_json::from_slice(&super::pacts::bytes(conn, pact.content_id).await?)?;
        let count = |key: &str| document.get(key).and_then(Value::as_array).map_or(0, Vec::len);
        interactions += i64::try_from(count("interactions")).unwrap_or(i64::MAX);
        messages += i64::try_from(count("messages")).unwrap_or(i64::MAX);
    }
    Ok((interactions, messages))
}
