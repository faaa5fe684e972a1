//! One clean-up.

use std::fmt;
use std::time::Duration;

use sqlx::AssertSqlSafe;

use crate::config::{CleanConfig, KeepSelector};
use crate::store::{Conn, Store, StoreError, audit, branches, now, triggers, versions};

/// Versions deleted in one transaction: others want to write too.
const BATCH: usize = 25;

/// What a clean-up deleted, or would have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Branches without a recent version, as `pacticipant branch`.
    pub branches: Vec<String>,
    /// Versions, as `pacticipant number`.
    pub versions: Vec<String>,
    /// Contents no publication has any more.
    pub contents: u64,
    /// Overwritten revisions of pacts.
    pub revisions: u64,
    /// Verification results that newer ones replaced.
    pub results: u64,
    /// Webhook deliveries that ended.
    pub deliveries: u64,
    /// Entries of the audit log.
    pub audit_entries: u64,
}

impl fmt::Display for Swept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} branches, {} versions, {} contents, {} overwritten revisions, {} replaced results, {} webhook \
             deliveries, {} audit entries",
            self.branches.len(),
            self.versions.len(),
            self.contents,
            self.revisions,
            self.results,
            self.deliveries,
            self.audit_entries
        )
    }
}

/// Throws away what the configuration does not keep, stale branches first, then the oldest versions.
///
/// # Errors
///
/// The database failed; what was deleted until then stays deleted.
pub(crate) async fn sweep(store: &Store, config: &CleanConfig) -> Result<Swept, StoreError> {
    let mut swept = Swept { branches: stale_branches(store, config).await?, ..Swept::default() };
    let doomed = doomed_versions(store, config).await?;
    swept.versions = doomed.iter().map(|version| format!("{} {}", version.pacticipant, version.number)).collect();
    if !config.dry_run {
        for batch in doomed.chunks(BATCH) {
            let mut tx = store.write().await?;
            for version in batch {
                versions::delete(&mut tx, version.pacticipant_id, version.id).await?;
            }
            tx.commit().await?;
        }
    }
    sweep_leftovers(store, config, &mut swept).await?;
    Ok(swept)
}

fn before(age: Duration) -> i64 {
    now().saturating_sub(i64::try_from(age.as_micros()).unwrap_or(i64::MAX))
}

async fn stale_branches(store: &Store, config: &CleanConfig) -> Result<Vec<String>, StoreError> {
    let mut tx = store.write().await?;
    let stale: Vec<(i64, String, String)> = sqlx::query_as(
        "SELECT b.id, p.name, b.name FROM branches b JOIN pacticipants p ON p.id = b.pacticipant_id \
         LEFT JOIN branch_heads h ON h.branch_id = b.id LEFT JOIN versions v ON v.id = h.version_id \
         WHERE b.name <> COALESCE(p.main_branch, '') AND COALESCE(v.created_at, b.created_at) < $1 ORDER BY b.id",
    )
    .bind(before(config.branch_max_age))
    .fetch_all(&mut *tx)
    .await?;
    let mut names = Vec::new();
    for (id, pacticipant, branch) in stale {
        if !config.dry_run {
            branches::delete(&mut tx, id).await?;
        }
        names.push(format!("{pacticipant} {branch}"));
    }
    tx.commit().await?;
    Ok(names)
}

#[derive(sqlx::FromRow)]
struct Doomed {
    id: i64,
    pacticipant_id: i64,
    pacticipant: String,
    number: String,
}

async fn doomed_versions(store: &Store, config: &CleanConfig) -> Result<Vec<Doomed>, StoreError> {
    let mut kept = Kept { conditions: vec![format!("v.created_at >= {}", before(config.max_age))], texts: Vec::new() };
    match &config.keep {
        Some(selectors) => selectors.iter().for_each(|selector| kept.keep(selector)),
        None => kept.keep_usual(),
    }
    let sql = format!(
        "SELECT v.id, v.pacticipant_id, p.name AS pacticipant, v.number FROM versions v \
         JOIN pacticipants p ON p.id = v.pacticipant_id WHERE NOT ({}) ORDER BY v.id LIMIT {}",
        kept.conditions.join(" OR "),
        config.deletion_limit
    );
    let mut conn = store.read().await?;
    let mut query = sqlx::query_as(AssertSqlSafe(sql)).persistent(false);
    for text in &kept.texts {
        query = query.bind(text);
    }
    Ok(query.fetch_all(&mut *conn).await?)
}

/// Conditions any of which keeps a version, and the texts they speak of.
struct Kept<'a> {
    conditions: Vec<String>,
    texts: Vec<&'a str>,
}

const DEPLOYED: &str =
    "EXISTS (SELECT 1 FROM deployed_versions d WHERE d.version_id = v.id AND d.currently_deployed = 1)";
const RELEASED: &str =
    "EXISTS (SELECT 1 FROM released_versions r WHERE r.version_id = v.id AND r.currently_supported = 1)";
const LATEST: &str = "v.id = (SELECT MAX(l.id) FROM versions l WHERE l.pacticipant_id = v.pacticipant_id)";
const BRANCH_HEAD: &str = "EXISTS (SELECT 1 FROM branch_heads h WHERE h.version_id = v.id)";
const TAG_HEAD: &str = "EXISTS (SELECT 1 FROM tag_heads t WHERE t.version_id = v.id)";

impl<'a> Kept<'a> {
    fn keep_usual(&mut self) {
        self.conditions.extend([DEPLOYED, RELEASED, LATEST, BRANCH_HEAD, TAG_HEAD].map(str::to_owned));
    }

    fn place(&mut self, text: &'a str) -> String {
        self.texts.push(text);
        format!("${}", self.texts.len())
    }

    fn keep(&mut self, selector: &'a KeepSelector) {
        let mut all = Vec::new();
        if let Some(name) = &selector.pacticipant {
            all.push(format!("p.name = {}", self.place(name)));
        }
        let on_branch = if selector.latest { "branch_heads" } else { "branch_versions" };
        let member = |condition: &str| {
            format!(
                "EXISTS (SELECT 1 FROM {on_branch} m JOIN branches b ON b.id = m.branch_id \
                 WHERE m.version_id = v.id AND {condition})"
            )
        };
        if let Some(branch) = &selector.branch {
            let place = self.place(branch);
            all.push(member(&format!("b.name = {place}")));
        }
        if selector.any_branch {
            all.push(member("b.id > 0"));
        }
        if selector.main_branch {
            all.push(member("b.name = p.main_branch"));
        }
        let tagged = if selector.latest { "tag_heads" } else { "tags" };
        if let Some(tag) = &selector.tag {
            let place = self.place(tag);
            all.push(format!("EXISTS (SELECT 1 FROM {tagged} t WHERE t.version_id = v.id AND t.name = {place})"));
        }
        if selector.any_tag {
            all.push(format!("EXISTS (SELECT 1 FROM {tagged} t WHERE t.version_id = v.id)"));
        }
        let lines = selector.branch.is_some() || selector.any_branch || selector.main_branch;
        if selector.latest && !lines && selector.tag.is_none() && !selector.any_tag {
            all.push(LATEST.to_owned());
        }
        if let Some(days) = selector.max_age_days {
            let age = Duration::from_secs(u64::try_from(days).unwrap_or(0).saturating_mul(24 * 60 * 60));
            all.push(format!("v.created_at >= {}", before(age)));
        }
        if let Some(environment) = &selector.environment {
            let place = self.place(environment);
            all.push(format!(
                "EXISTS (SELECT 1 FROM live_versions l JOIN environments e ON e.id = l.environment_id \
                 WHERE l.version_id = v.id AND e.name = {place})"
            ));
        }
        if selector.deployed {
            all.push(DEPLOYED.to_owned());
        }
        if selector.released {
            all.push(RELEASED.to_owned());
        }
        if !all.is_empty() {
            self.conditions.push(format!("({})", all.join(" AND ")));
        }
    }
}

const ORPHANED: &str = "FROM pact_contents WHERE NOT EXISTS \
     (SELECT 1 FROM pact_publications x WHERE x.content_id = pact_contents.id) AND created_at < $1";
const OVERWRITTEN: &str = "FROM pact_publications WHERE NOT EXISTS \
     (SELECT 1 FROM current_pacts x WHERE x.publication_id = pact_publications.id) AND created_at < $1";
const REPLACED: &str = "FROM verifications WHERE NOT EXISTS \
     (SELECT 1 FROM current_verifications x WHERE x.verification_id = verifications.id) AND created_at < $1";

async fn sweep_leftovers(store: &Store, config: &CleanConfig, swept: &mut Swept) -> Result<(), StoreError> {
    let old = before(config.overwritten_max_age);
    let mut tx = store.write().await?;
    swept.revisions = delete(&mut tx, OVERWRITTEN, old, config.dry_run).await?;
    swept.results = delete(&mut tx, REPLACED, old, config.dry_run).await?;
    // a content may be without publication for a moment only while one is being written, which this transaction excludes
    swept.contents = delete(&mut tx, ORPHANED, old, config.dry_run).await?;
    if !config.dry_run {
        swept.deliveries = triggers::delete_older(&mut tx, old).await?;
        swept.audit_entries = audit::delete_older(&mut tx, old).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn delete(conn: &mut Conn, from: &'static str, before: i64, dry_run: bool) -> Result<u64, StoreError> {
    if dry_run {
        let count: i64 =
            sqlx::query_scalar(AssertSqlSafe(format!("SELECT COUNT(*) {from}"))).bind(before).fetch_one(conn).await?;
        return Ok(u64::try_from(count).unwrap_or(0));
    }
    let done = sqlx::query(AssertSqlSafe(format!("DELETE {from}"))).bind(before).execute(conn).await?;
    Ok(done.rows_affected())
}
