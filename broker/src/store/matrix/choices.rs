//! The versions that count, as SQL.

use super::evidence::Texts;
use crate::matrix::query::Choice;

/// Statements that together list pacticipants `p` that meet a condition, each with its versions that are chosen: their
/// place in the question, the pacticipant's row and name, the version's row and number, both nothing where there is no
/// such version. Everything is reached from the pacticipants by index, so that their history does not matter.
pub(super) fn statements(place: usize, choice: &Choice, condition: &str, texts: &mut Texts) -> Vec<String> {
    let columns = format!("SELECT {place} AS place, p.id AS pacticipant_id, p.name,");
    let select = |joins: &str, version: &str| {
        format!(
            "{columns} v.id AS version_id, v.number FROM pacticipants p {joins} \
             LEFT JOIN versions v ON {version} WHERE {condition}"
        )
    };
    let on_branch = |name: String, table: &str| {
        let joins = format!(
            "LEFT JOIN branches b ON b.pacticipant_id = p.id AND b.name = {name} LEFT JOIN {table} m ON m.branch_id = b.id"
        );
        vec![select(&joins, "v.id = m.version_id")]
    };
    let tagged = |name: String, table: &str| {
        let joins = format!("LEFT JOIN {table} t ON t.pacticipant_id = p.id AND t.name = {name}");
        vec![select(&joins, "v.id = t.version_id")]
    };
    match choice {
        Choice::All => vec![format!(
            "{columns} CAST(NULL AS BIGINT) AS version_id, CAST(NULL AS TEXT) AS number FROM pacticipants p \
             WHERE {condition}"
        )],
        Choice::Number(number) => {
            vec![select("", &format!("v.pacticipant_id = p.id AND v.number = {}", texts.put(number)))]
        }
        Choice::Latest => vec![select("", "v.id = (SELECT MAX(l.id) FROM versions l WHERE l.pacticipant_id = p.id)")],
        Choice::Branch(name) => on_branch(texts.put(name), "branch_versions"),
        Choice::BranchHead(name) => on_branch(texts.put(name), "branch_heads"),
        Choice::Tag(name) => tagged(texts.put(name), "tags"),
        Choice::TagHead(name) => tagged(texts.put(name), "tag_heads"),
        Choice::Environment(name) => {
            let name = texts.put(name);
            [("deployed_versions", "x.currently_deployed = 1"), ("released_versions", "x.currently_supported = 1")]
                .map(|(table, live)| {
                    let joins = format!(
                        "LEFT JOIN {table} x ON x.pacticipant_id = p.id AND {live} \
                         AND x.environment_id = (SELECT e.id FROM environments e WHERE e.name = {name})"
                    );
                    select(&joins, "v.id = x.version_id")
                })
                .into()
        }
        Choice::MainBranch => vec![select(
            "LEFT JOIN branches b ON b.pacticipant_id = p.id AND b.name = p.main_branch \
             LEFT JOIN branch_heads h ON h.branch_id = b.id \
             LEFT JOIN tag_heads t ON t.pacticipant_id = p.id AND t.name = p.main_branch",
            "v.id = COALESCE(h.version_id, t.version_id)",
        )],
    }
}

/// A statement of the same shape that lists the newest versions of one pacticipant, at most so many.
pub(super) fn newest(place: usize, pacticipant: &str, count: u32) -> String {
    format!(
        "SELECT * FROM (SELECT {place} AS place, v.pacticipant_id, CAST({pacticipant} AS TEXT) AS name, \
         v.id AS version_id, v.number FROM versions v \
         WHERE v.pacticipant_id = (SELECT p.id FROM pacticipants p WHERE p.name = {pacticipant}) \
         ORDER BY v.id DESC LIMIT {count}) newest"
    )
}
