//! The versions that count.

use std::collections::HashMap;

use sqlx::AssertSqlSafe;

use crate::matrix::query::{Choice, MatrixQuery};
use crate::matrix::selector::{Origin, ResolvedSelector, VersionRef, Versions};
use crate::store::dialect::Dialect;
use crate::store::{Conn, StoreError};

/// The pacticipants asked about, with their versions; unknown ones are left out.
pub(super) async fn specified(conn: &mut Conn, query: &MatrixQuery) -> Result<Vec<ResolvedSelector>, StoreError> {
    let mut resolved = Vec::new();
    for selector in &query.selectors {
        let sql = statement(&selector.choice, "p.name = $2");
        let rows: Vec<Chosen> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(name(&selector.choice))
            .bind(&selector.pacticipant)
            .fetch_all(&mut *conn)
            .await?;
        resolved.extend(grouped(rows, &selector.choice, Origin::Specified));
    }
    Ok(resolved)
}

/// The pacticipants on the other side of the specified ones' pacts, by name: providers of the versions given, and every
/// consumer; each with those of its versions that the target means.
pub(super) async fn inferred(
    conn: &mut Conn,
    specified: &[ResolvedSelector],
    target: &Choice,
) -> Result<Vec<ResolvedSelector>, StoreError> {
    let all: Vec<i64> = specified.iter().map(|selector| selector.pacticipant_id).collect();
    let whole: Vec<i64> =
        specified.iter().filter(|one| one.versions == Versions::Any).map(|one| one.pacticipant_id).collect();
    let versions: Vec<i64> = specified.iter().flat_map(|one| one.versions.listed()).map(|version| version.id).collect();
    let dialect = Dialect::of_connection(conn);
    let others = format!(
        "p.id IN (SELECT i.consumer_id FROM integrations i WHERE {} \
         UNION SELECT i.provider_id FROM integrations i WHERE {} \
         UNION SELECT cp.provider_id FROM current_pacts cp WHERE {})",
        dialect.among("i.provider_id", 2),
        dialect.among("i.consumer_id", 3),
        dialect.among("cp.version_id", 4),
    );
    let rows: Vec<Chosen> = sqlx::query_as(AssertSqlSafe(statement(target, &others)))
        .bind(name(target))
        .bind(dialect.id_list(&all))
        .bind(dialect.id_list(&whole))
        .bind(dialect.id_list(&versions))
        .fetch_all(conn)
        .await?;
    let mut found = grouped(rows, target, Origin::Inferred);
    found.retain(|other| !all.contains(&other.pacticipant_id));
    found.sort_by(|one, other| one.pacticipant.cmp(&other.pacticipant));
    Ok(found)
}

/// A pacticipant, and one of its versions that were chosen, if any was.
#[derive(sqlx::FromRow)]
struct Chosen {
    pacticipant_id: i64,
    pacticipant: String,
    version_id: Option<i64>,
    version: Option<String>,
}

/// The name in a choice, bound as `$1`; a choice without one has nothing there.
fn name(choice: &Choice) -> &str {
    match choice {
        Choice::Number(name)
        | Choice::Branch(name)
        | Choice::BranchHead(name)
        | Choice::Tag(name)
        | Choice::TagHead(name)
        | Choice::Environment(name) => name,
        Choice::All | Choice::Latest | Choice::MainBranch => "",
    }
}

/// Pacticipants `p` that meet a condition, each with its versions that are chosen. Everything is reached from the
/// pacticipants by index, so that their history does not matter.
fn statement(choice: &Choice, condition: &str) -> String {
    const LIVE: &str = "LEFT JOIN environments e ON e.name = $1 ";
    let (joins, version): (&[&str], &str) = match choice {
        Choice::All => (&[""], ""),
        Choice::Number(_) => (&["LEFT JOIN versions v ON v.pacticipant_id = p.id AND v.number = $1"], ""),
        Choice::Latest => (&[""], "(SELECT MAX(l.id) FROM versions l WHERE l.pacticipant_id = p.id)"),
        Choice::Branch(_) => (
            &["LEFT JOIN branches b ON b.pacticipant_id = p.id AND b.name = $1 \
               LEFT JOIN branch_versions h ON h.branch_id = b.id"],
            "h.version_id",
        ),
        Choice::BranchHead(_) => (
            &["LEFT JOIN branches b ON b.pacticipant_id = p.id AND b.name = $1 \
               LEFT JOIN branch_heads h ON h.branch_id = b.id"],
            "h.version_id",
        ),
        Choice::Tag(_) => (&["LEFT JOIN tags t ON t.pacticipant_id = p.id AND t.name = $1"], "t.version_id"),
        Choice::TagHead(_) => (&["LEFT JOIN tag_heads t ON t.pacticipant_id = p.id AND t.name = $1"], "t.version_id"),
        Choice::Environment(_) => (
            &[
                "LEFT JOIN deployed_versions x ON x.environment_id = e.id AND x.pacticipant_id = p.id \
                 AND x.currently_deployed = 1",
                "LEFT JOIN released_versions x ON x.environment_id = e.id AND x.pacticipant_id = p.id \
                 AND x.currently_supported = 1",
            ],
            "x.version_id",
        ),
        Choice::MainBranch => (
            &["LEFT JOIN branches b ON b.pacticipant_id = p.id AND b.name = p.main_branch \
               LEFT JOIN branch_heads h ON h.branch_id = b.id \
               LEFT JOIN tag_heads t ON t.pacticipant_id = p.id AND t.name = p.main_branch"],
            "COALESCE(h.version_id, t.version_id)",
        ),
    };
    let first = if matches!(choice, Choice::Environment(_)) { LIVE } else { "" };
    let joined = if version.is_empty() { String::new() } else { format!("LEFT JOIN versions v ON v.id = {version}") };
    let columns = match choice {
        Choice::All => "CAST(NULL AS BIGINT) AS version_id, CAST(NULL AS TEXT) AS version",
        _ => "v.id AS version_id, v.number AS version",
    };
    // a place that stands nowhere else still has to stand somewhere
    let unnamed = if name(choice).is_empty() { "AND $1 = ''" } else { "" };
    let parts: Vec<String> = joins
        .iter()
        .map(|join| {
            format!(
                "SELECT p.id AS pacticipant_id, p.name AS pacticipant, {columns} FROM pacticipants p {first} {join} \
                 {joined} WHERE {condition} {unnamed}"
            )
        })
        .collect();
    format!("{} ORDER BY 3", parts.join(" UNION "))
}

fn grouped(rows: Vec<Chosen>, choice: &Choice, origin: Origin) -> Vec<ResolvedSelector> {
    let mut selectors: Vec<ResolvedSelector> = Vec::new();
    let mut places: HashMap<i64, usize> = HashMap::new();
    for row in rows {
        let place = *places.entry(row.pacticipant_id).or_insert(selectors.len());
        if place == selectors.len() {
            selectors.push(ResolvedSelector {
                pacticipant_id: row.pacticipant_id,
                pacticipant: row.pacticipant,
                choice: choice.clone(),
                versions: if *choice == Choice::All { Versions::Any } else { Versions::These(Vec::new()) },
                origin,
            });
        }
        if let (Versions::These(versions), Some(id), Some(number)) =
            (&mut selectors[place].versions, row.version_id, row.version)
        {
            versions.push(VersionRef { id, number });
        }
    }
    selectors
}
