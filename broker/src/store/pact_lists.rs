//! Lists of pacts: of a pair, of a provider, of everyone.

use std::collections::HashMap;

use sqlx::AssertSqlSafe;

use super::pacts::{Pair, select_pacts};
use super::rows::{CHUNK, id_list};
use super::{Conn, StoreError};
use crate::domain::pact::Pact;

/// Which versions' pacts of one pair to list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PairList {
    /// All.
    All,
    /// Those whose version carries a tag.
    Tagged(String),
    /// Those whose version is on a branch.
    OnBranch(String),
    /// That of the branch's head, if it has one.
    BranchHead(String),
}

/// Which of a provider's pacts to list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProviderList {
    /// Every publication.
    All,
    /// Each consumer's latest.
    Latest,
    /// Every publication whose version carries a tag.
    Tagged(String),
    /// Each consumer's latest whose version carries a tag.
    LatestTagged(String),
    /// Every publication whose version is on a branch.
    OnBranch(String),
    /// Those of the heads of the branches of this name.
    BranchHeads(String),
    /// Every publication whose version is on its consumer's main branch.
    OnMainBranch,
    /// Those of the heads of the consumers' main branches.
    MainBranchHeads,
}

/// The pacts of one pair, latest first.
///
/// # Errors
///
/// The database failed; so for every function of this module.
pub async fn of_pair(conn: &mut Conn, pair: Pair, which: &PairList) -> Result<Vec<Pact>, StoreError> {
    let (sql, name) = match which {
        PairList::All => (
            select_pacts!("WHERE cp.consumer_id = $1 AND cp.provider_id = $2 AND $3 = '' ORDER BY cp.version_id DESC"),
            "",
        ),
        PairList::Tagged(tag) => (
            select_pacts!(
                "JOIN tags t ON t.version_id = cp.version_id AND t.name = $3 \
                 WHERE cp.consumer_id = $1 AND cp.provider_id = $2 ORDER BY cp.version_id DESC"
            ),
            tag.as_str(),
        ),
        PairList::OnBranch(branch) => (
            select_pacts!(
                "JOIN branch_versions m ON m.version_id = cp.version_id \
                 JOIN branches b ON b.id = m.branch_id AND b.pacticipant_id = cp.consumer_id AND b.name = $3 \
                 WHERE cp.consumer_id = $1 AND cp.provider_id = $2 ORDER BY cp.version_id DESC"
            ),
            branch.as_str(),
        ),
        PairList::BranchHead(branch) => (
            select_pacts!(
                "JOIN branch_heads h ON h.version_id = cp.version_id JOIN branches b ON b.id = h.branch_id AND b.name = $3 \
                 WHERE cp.consumer_id = $1 AND cp.provider_id = $2"
            ),
            branch.as_str(),
        ),
    };
    Ok(sqlx::query_as(sql).bind(pair.consumer).bind(pair.provider).bind(name).fetch_all(conn).await?)
}

/// A provider's pacts, by consumer, latest first.
pub async fn of_provider(conn: &mut Conn, provider: i64, which: &ProviderList) -> Result<Vec<Pact>, StoreError> {
    let (sql, name) = match which {
        ProviderList::All => {
            (select_pacts!("WHERE cp.provider_id = $1 AND $2 = '' ORDER BY c.name, cp.version_id DESC"), "")
        }
        ProviderList::Latest => (
            select_pacts!(
                lead "integrations i",
                "WHERE i.provider_id = $1 AND $2 = '' AND cp.provider_id = i.provider_id AND cp.version_id = \
                 (SELECT MAX(l.version_id) FROM current_pacts l WHERE l.consumer_id = i.consumer_id \
                 AND l.provider_id = i.provider_id) ORDER BY c.name"
            ),
            "",
        ),
        ProviderList::Tagged(tag) => (
            select_pacts!(
                "JOIN tags t ON t.version_id = cp.version_id AND t.name = $2 WHERE cp.provider_id = $1 \
                 ORDER BY c.name, cp.version_id DESC"
            ),
            tag.as_str(),
        ),
        ProviderList::LatestTagged(tag) => (
            select_pacts!(
                lead "integrations i",
                "WHERE i.provider_id = $1 AND cp.provider_id = i.provider_id AND cp.version_id = \
                 (SELECT t.version_id FROM tags t JOIN current_pacts l ON l.version_id = t.version_id \
                 AND l.provider_id = i.provider_id WHERE t.pacticipant_id = i.consumer_id AND t.name = $2 \
                 ORDER BY t.version_id DESC LIMIT 1) ORDER BY c.name"
            ),
            tag.as_str(),
        ),
        ProviderList::OnBranch(branch) => (
            select_pacts!(
                "JOIN branch_versions m ON m.version_id = cp.version_id JOIN branches b ON b.id = m.branch_id \
                 AND b.name = $2 WHERE cp.provider_id = $1 ORDER BY c.name, cp.version_id DESC"
            ),
            branch.as_str(),
        ),
        ProviderList::BranchHeads(branch) => (
            select_pacts!(
                lead "integrations i CROSS JOIN branches b CROSS JOIN branch_heads h",
                "WHERE i.provider_id = $1 AND b.pacticipant_id = i.consumer_id AND b.name = $2 AND h.branch_id = b.id \
                 AND cp.version_id = h.version_id AND cp.provider_id = i.provider_id ORDER BY c.name"
            ),
            branch.as_str(),
        ),
        ProviderList::OnMainBranch => (
            select_pacts!(
                "JOIN branch_versions m ON m.version_id = cp.version_id JOIN branches b ON b.id = m.branch_id \
                 AND b.name = c.main_branch WHERE cp.provider_id = $1 AND $2 = '' ORDER BY c.name, cp.version_id DESC"
            ),
            "",
        ),
        ProviderList::MainBranchHeads => (
            select_pacts!(
                lead "integrations i CROSS JOIN pacticipants m CROSS JOIN branches b CROSS JOIN branch_heads h",
                "WHERE i.provider_id = $1 AND $2 = '' AND m.id = i.consumer_id AND b.pacticipant_id = m.id \
                 AND b.name = m.main_branch AND h.branch_id = b.id AND cp.version_id = h.version_id \
                 AND cp.provider_id = i.provider_id ORDER BY c.name"
            ),
            "",
        ),
    };
    Ok(sqlx::query_as(sql).bind(provider).bind(name).fetch_all(conn).await?)
}

/// The latest pact of every pair, by consumer and provider name.
pub async fn latest_of_everyone(conn: &mut Conn) -> Result<Vec<Pact>, StoreError> {
    Ok(sqlx::query_as(select_pacts!(
        lead "integrations i",
        "WHERE cp.provider_id = i.provider_id AND cp.version_id = (SELECT MAX(l.version_id) FROM current_pacts l \
         WHERE l.consumer_id = i.consumer_id AND l.provider_id = i.provider_id) ORDER BY LOWER(c.name), LOWER(p.name)"
    ))
    .fetch_all(conn)
    .await?)
}

/// The pacts of one consumer version, by provider name.
pub async fn of_consumer_version(conn: &mut Conn, version: i64) -> Result<Vec<Pact>, StoreError> {
    Ok(sqlx::query_as(select_pacts!("WHERE cp.version_id = $1 ORDER BY p.name")).bind(version).fetch_all(conn).await?)
}

/// The pacts of several consumer versions, by provider name; versions without pacts are no keys of the answer.
pub async fn of_consumer_versions(conn: &mut Conn, versions: &[i64]) -> Result<HashMap<i64, Vec<Pact>>, StoreError> {
    let mut found: HashMap<i64, Vec<Pact>> = HashMap::new();
    for chunk in versions.chunks(CHUNK) {
        let sql = format!("{}WHERE cp.version_id IN {} ORDER BY p.name", select_pacts!(""), id_list(chunk));
        let pacts: Vec<Pact> = sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(&mut *conn).await?;
        for pact in pacts {
            found.entry(pact.version_id).or_default().push(pact);
        }
    }
    Ok(found)
}
