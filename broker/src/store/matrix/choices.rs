//! The versions that count, as SQL.

use super::evidence::Texts;
use crate::matrix::query::Choice;

/// Statements that together list pacticipants `p` that meet a condition, each with its versions that are chosen: their
/// place in the question, the pacticipant's row and name, the version's row and number, both nothing where there is no
/// such version. Everything is reached from the pacticipants by index, so that their history does not matter.
pub(super) fn statements(place: usize, choice: &Choice, condition: &str, texts: &mut Texts) -> Vec<String> {
    let all = |joins: &str, version: &str| vec![select(place, joins, version, condition)];
    match choice {
        Choice::All => vec![format!(
            "SELECT {place} AS place, p.id AS pacticipant_id, p.name, CAST(NULL AS BIGINT) AS version_id, \
             CAST(NULL AS TEXT) AS number FROM pacticipants p WHERE {condition}"
        )],
        Choice::Number(number) => {
            let number = texts.put(number);
            vec![format!(
                "SELECT {place} AS place, p.id AS pacticipant_id, p.name, v.id AS version_id, v.number FROM pacticipants p \
                 LEFT JOIN versions v ON v.pacticipant_id = p.id AND v.number = {number} WHERE {condition}"
            )]
        }
        Choice::Latest => all("", "(SELECT MAX(l.id) FROM versions l WHERE l.pacticipant_id = p.id)"),
        Choice::Branch(name) => {
            let name = texts.put(name);
            all(
                &format!(
                    "LEFT JOIN branches b ON b.pacticipant_id = p.id AND b.name = {name} \
                     LEFT JOIN branch_versions m ON m.branch_id = b.id"
                ),
                "m.version_id",
            )
        }
        Choice::BranchHead(name) => {
            let name = texts.put(name);
            all(
                &format!(
                    "LEFT JOIN branches b ON b.pacticipant_id = p.id AND b.name = {name} \
                     LEFT JOIN branch_heads h ON h.branch_id = b.id"
                ),
                "h.version_id",
            )
        }
        Choice::Tag(name) => {
            let name = texts.put(name);
            all(&format!("LEFT JOIN tags t ON t.pacticipant_id = p.id AND t.name = {name}"), "t.version_id")
        }
        Choice::TagHead(name) => {
            let name = texts.put(name);
            all(&format!("LEFT JOIN tag_heads t ON t.pacticipant_id = p.id AND t.name = {name}"), "t.version_id")
        }
        Choice::Environment(name) => {
            let name = texts.put(name);
            [("deployed_versions", "x.currently_deployed = 1"), ("released_versions", "x.currently_supported = 1")]
                .map(|(table, live)| {
                    let joins = format!(
                        "LEFT JOIN {table} x ON x.pacticipant_id = p.id AND {live} \
                         AND x.environment_id = (SELECT e.id FROM environments e WHERE e.name = {name})"
                    );
                    select(place, &joins, "x.version_id", condition)
                })
                .into()
        }
        Choice::MainBranch => all(
            "LEFT JOIN branches b ON b.pacticipant_id = p.id AND b.name = p.main_branch \
             LEFT JOIN branch_heads h ON h.branch_id = b.id \
             LEFT JOIN tag_heads t ON t.pacticipant_id = p.id AND t.name = p.main_branch",
            "COALESCE(h.version_id, t.version_id)",
        ),
    }
}

fn select(place: usize, joins: &str, version: &str, condition: &str) -> String {
    format!(
        "SELECT {place} AS place, p.id AS pacticipant_id, p.name, v.id AS version_id, v.number FROM pacticipants p {joins} \
         LEFT JOIN versions v ON v.id = {version} WHERE {condition}"
    )
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
