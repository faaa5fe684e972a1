//! Resolving consumer version selectors to pacts.
//!
//! Branch and latest-tag selectors take the pact of the *head version*: when the head has no pact with the provider,
//! nothing is selected, even if older versions had one. A consumer that dropped a provider thereby drops out.

use super::pacts::select_pacts;
use super::{Conn, StoreError};
use crate::domain::consumer_selector::{ConsumerSelector, Pick};
use crate::domain::pact::Pact;
use crate::domain::selection::Reason;

/// A pact and the name (of a branch, tag or environment) it was found by.
#[derive(sqlx::FromRow)]
struct Found {
    #[sqlx(flatten)]
    pact: Pact,
    line: String,
}

const MAIN_BRANCH_HEADS: &str = select_pacts!(
    lead "integrations i CROSS JOIN pacticipants m", line "m.main_branch",
    "WHERE i.provider_id = $1 AND m.id = i.consumer_id AND cp.provider_id = i.provider_id \
     AND cp.version_id = COALESCE( \
     (SELECT h.version_id FROM branches b JOIN branch_heads h ON h.branch_id = b.id \
      WHERE b.pacticipant_id = m.id AND b.name = m.main_branch), \
     (SELECT t.version_id FROM tag_heads t WHERE t.pacticipant_id = m.id AND t.name = m.main_branch)) \
     AND ($2 IS NULL OR m.name = $2) AND $3 = ''"
);

const BRANCH_HEADS: &str = select_pacts!(
    lead "integrations i CROSS JOIN branches b CROSS JOIN branch_heads h", line "b.name",
    "WHERE i.provider_id = $1 AND b.pacticipant_id = i.consumer_id AND b.name = $3 AND h.branch_id = b.id \
     AND cp.version_id = h.version_id AND cp.provider_id = i.provider_id AND ($2 IS NULL OR c.name = $2)"
);

const ANY_BRANCH_HEADS: &str = select_pacts!(
    lead "integrations i CROSS JOIN branch_heads h CROSS JOIN branches b", line "b.name",
    "WHERE i.provider_id = $1 AND h.pacticipant_id = i.consumer_id AND b.id = h.branch_id \
     AND cp.version_id = h.version_id AND cp.provider_id = i.provider_id AND ($2 IS NULL OR c.name = $2) AND $3 = ''"
);

const TAGGED: &str = select_pacts!(
    lead "integrations i CROSS JOIN tags t", line "t.name",
    "WHERE i.provider_id = $1 AND t.pacticipant_id = i.consumer_id AND t.name = $3 \
     AND cp.version_id = t.version_id AND cp.provider_id = i.provider_id AND ($2 IS NULL OR c.name = $2)"
);

const TAG_HEADS: &str = select_pacts!(
    lead "integrations i CROSS JOIN tag_heads t", line "t.name",
    "WHERE i.provider_id = $1 AND t.pacticipant_id = i.consumer_id AND t.name = $3 \
     AND cp.version_id = t.version_id AND cp.provider_id = i.provider_id AND ($2 IS NULL OR c.name = $2)"
);

const ANY_TAG_HEADS: &str = select_pacts!(
    lead "integrations i CROSS JOIN tag_heads t", line "t.name",
    "WHERE i.provider_id = $1 AND t.pacticipant_id = i.consumer_id \
     AND cp.version_id = t.version_id AND cp.provider_id = i.provider_id AND ($2 IS NULL OR c.name = $2) AND $3 = ''"
);

const LATEST: &str = select_pacts!(
    lead "integrations i", line "''",
    "WHERE i.provider_id = $1 AND cp.provider_id = i.provider_id AND cp.version_id = \
     (SELECT MAX(l.version_id) FROM current_pacts l WHERE l.consumer_id = i.consumer_id AND l.provider_id = i.provider_id) \
     AND ($2 IS NULL OR c.name = $2) AND $3 = ''"
);

const DEPLOYED: &str = select_pacts!(
    lead "environments e CROSS JOIN integrations i CROSS JOIN deployed_versions d", line "e.name",
    "WHERE i.provider_id = $1 AND ($3 = '' OR e.name = $3) AND d.environment_id = e.id \
     AND d.pacticipant_id = i.consumer_id AND d.currently_deployed = 1 \
     AND cp.version_id = d.version_id AND cp.provider_id = i.provider_id AND ($2 IS NULL OR c.name = $2)"
);

const RELEASED: &str = select_pacts!(
    lead "environments e CROSS JOIN integrations i CROSS JOIN released_versions r", line "e.name",
    "WHERE i.provider_id = $1 AND ($3 = '' OR e.name = $3) AND r.environment_id = e.id \
     AND r.pacticipant_id = i.consumer_id AND r.currently_supported = 1 \
     AND cp.version_id = r.version_id AND cp.provider_id = i.provider_id AND ($2 IS NULL OR c.name = $2)"
);

/// The pacts a selector picks, each with the reason.
///
/// # Errors
///
/// The database failed; so for every function of this module.
pub async fn resolve(
    conn: &mut Conn,
    provider: i64,
    selector: &ConsumerSelector,
    provider_branch: Option<&str>,
) -> Result<Vec<(Pact, Reason)>, StoreError> {
    let mut look = Lookup {
        conn,
        provider,
        consumer: selector.consumer.as_deref(),
    };
    match &selector.pick {
        Pick::MainBranch => look.find(MAIN_BRANCH_HEADS, "", Reason::MainBranch).await,
        Pick::Branch { name, fallback } => {
            let found = look.find(BRANCH_HEADS, name, Reason::Branch).await?;
            look.fall_back(
                found,
                BRANCH_HEADS,
                fallback.as_deref(),
                Reason::FallbackBranch,
            )
            .await
        }
        Pick::AnyBranch => look.find(ANY_BRANCH_HEADS, "", Reason::Branch).await,
        Pick::MatchingBranch => match provider_branch {
            Some(branch) => {
                look.find(BRANCH_HEADS, branch, Reason::MatchingBranch)
                    .await
            }
            None => Ok(Vec::new()),
        },
        Pick::AllTagged(tag) => look.find(TAGGED, tag, Reason::Tagged).await,
        Pick::LatestTagged { name, fallback } => {
            let found = look.find(TAG_HEADS, name, Reason::LatestTagged).await?;
            look.fall_back(found, TAG_HEADS, fallback.as_deref(), Reason::FallbackTag)
                .await
        }
        Pick::Latest => look.find(LATEST, "", |_| Reason::Latest).await,
        Pick::Running { how, environment } => {
            let environment = environment.as_deref().unwrap_or_default();
            let mut found = Vec::new();
            if how.deployed() {
                found.extend(look.find(DEPLOYED, environment, Reason::Deployed).await?);
            }
            if how.released() {
                found.extend(look.find(RELEASED, environment, Reason::Released).await?);
            }
            Ok(found)
        }
    }
}

/// What is verified when nothing is asked for: per consumer the head of its main branch, else its latest; and
/// everything that runs somewhere.
pub async fn resolve_default(
    conn: &mut Conn,
    provider: i64,
) -> Result<Vec<(Pact, Reason)>, StoreError> {
    let mut look = Lookup {
        conn,
        provider,
        consumer: None,
    };
    let mut found = look.find(MAIN_BRANCH_HEADS, "", Reason::MainBranch).await?;
    let mainless = mainless_consumers(look.conn, provider).await?;
    let latest = look.find(LATEST, "", |_| Reason::Latest).await?;
    found.extend(
        latest
            .into_iter()
            .filter(|(pact, _)| mainless.contains(&pact.consumer_id)),
    );
    found.extend(look.find(DEPLOYED, "", Reason::Deployed).await?);
    found.extend(look.find(RELEASED, "", Reason::Released).await?);
    Ok(found)
}

/// The heads of all branches and tags, for finding work in progress.
pub(super) async fn all_heads(
    conn: &mut Conn,
    provider: i64,
) -> Result<Vec<(Pact, Reason)>, StoreError> {
    let mut look = Lookup {
        conn,
        provider,
        consumer: None,
    };
    let mut found = look.find(ANY_BRANCH_HEADS, "", Reason::Branch).await?;
    found.extend(look.find(ANY_TAG_HEADS, "", Reason::LatestTagged).await?);
    Ok(found)
}

/// Consumers without a head of a main branch: the main branch is not set, or nothing is on it.
async fn mainless_consumers(conn: &mut Conn, provider: i64) -> Result<Vec<i64>, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT c.id FROM integrations i JOIN pacticipants c ON c.id = i.consumer_id \
         LEFT JOIN branches b ON b.pacticipant_id = c.id AND b.name = c.main_branch \
         LEFT JOIN branch_heads h ON h.branch_id = b.id \
         LEFT JOIN tag_heads t ON t.pacticipant_id = c.id AND t.name = c.main_branch \
         WHERE i.provider_id = $1 AND h.version_id IS NULL AND t.version_id IS NULL",
    )
    .bind(provider)
    .fetch_all(conn)
    .await?)
}

struct Lookup<'a> {
    conn: &'a mut Conn,
    provider: i64,
    consumer: Option<&'a str>,
}

impl Lookup<'_> {
    async fn find(
        &mut self,
        sql: &'static str,
        name: &str,
        reason: fn(String) -> Reason,
    ) -> Result<Vec<(Pact, Reason)>, StoreError> {
        let found: Vec<Found> = sqlx::query_as(sql)
            .bind(self.provider)
            .bind(self.consumer)
            .bind(name)
            .fetch_all(&mut *self.conn)
            .await?;
        Ok(found
            .into_iter()
            .map(|found| (found.pact, reason(found.line)))
            .collect())
    }

    /// Adds the fallback's pacts of those consumers for which nothing was found.
    async fn fall_back(
        &mut self,
        mut found: Vec<(Pact, Reason)>,
        sql: &'static str,
        fallback: Option<&str>,
        reason: fn(String) -> Reason,
    ) -> Result<Vec<(Pact, Reason)>, StoreError> {
        if let Some(name) = fallback {
            let instead = self.find(sql, name, reason).await?;
            let served: Vec<i64> = found.iter().map(|(pact, _)| pact.consumer_id).collect();
            found.extend(
                instead
                    .into_iter()
                    .filter(|(pact, _)| !served.contains(&pact.consumer_id)),
            );
        }
        Ok(found)
    }
}
