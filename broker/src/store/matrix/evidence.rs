//! Everything a verdict is made from, read by one statement.

use std::collections::{HashMap, HashSet};

use sqlx::AssertSqlSafe;

use super::choices;
use crate::matrix::query::{Choice, LatestBy, MatrixQuery};
use crate::matrix::rows::{Publication, Result as Verification};
use crate::matrix::selector::{Origin, ResolvedSelector, VersionRef, Versions};
use crate::store::dialect::Dialect;
use crate::store::{Conn, StoreError};

/// What was found for a question.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    /// The pacticipants asked about, in that order, then those on the other side of their pacts, by name: providers of
    /// the versions given, and every consumer. Each has those of its versions that count; unknown ones are left out.
    pub(super) selectors: Vec<ResolvedSelector>,
    /// The publications that may belong to the question: of the versions that count, with the pacticipants in it.
    pub(super) publications: Vec<Publication>,
    /// What the provider versions that count said about the publications' contents, by content.
    pub(super) verifications: HashMap<i64, Vec<Verification>>,
}

/// Which versions of the pacticipants asked about are looked at.
#[derive(Clone, Copy, Debug)]
pub(super) enum Look {
    /// Those the question chooses.
    AsAsked,
    /// The newest, at most so many of each.
    Newest(u32),
}

/// Reads what there is for a question.
pub(super) async fn load(conn: &mut Conn, query: &MatrixQuery, look: Look) -> Result<Evidence, StoreError> {
    if query.selectors.is_empty() {
        return Ok(Evidence::default());
    }
    let (sql, texts) = Statement::new(query, look, Dialect::of_connection(conn)).write();
    let mut statement = sqlx::query_as(AssertSqlSafe(sql));
    for text in texts.0 {
        statement = statement.bind(text);
    }
    let lines: Vec<Line> = statement.fetch_all(conn).await?;
    Ok(Evidence::read(query, lines))
}

/// Texts that a statement needs.
#[derive(Debug, Default)]
pub(super) struct Texts(Vec<String>);

impl Texts {
    /// Where a text stands in the statement.
    pub(super) fn put(&mut self, text: &str) -> String {
        self.0.push(text.to_owned());
        format!("${}", self.0.len())
    }
}

/// A line of the answer: what it is about (a place in the question, or one of the kinds below), then as the kind says.
type Line = (i64, i64, Option<i64>, i64, i64, i64, Option<String>, Option<String>);

/// Version, consumer, provider, content, time, SHA, number of the version unless that is among the chosen.
const PUBLICATION: i64 = -1;
/// Content, provider version, number of the verification, success, time, nothing, number of the version likewise.
const VERIFICATION: i64 = -2;

/// The parts of the statement for a question.
struct Statement {
    dialect: Dialect,
    texts: Texts,
    specified: Vec<String>,
    /// Places of the pacticipants asked about, whose every version counts.
    whole: Vec<usize>,
    /// How many pacticipants are asked about, which is the place of those on the other side.
    asked: usize,
    /// Those on the other side, if any are wanted.
    inferred: Vec<String>,
    /// Whether every version of those on the other side counts.
    target_whole: bool,
    /// Whether what was replaced counts too.
    every: bool,
}

impl Statement {
    fn new(query: &MatrixQuery, look: Look, dialect: Dialect) -> Self {
        let mut texts = Texts::default();
        let (mut specified, mut whole) = (Vec::new(), Vec::new());
        for (place, selector) in query.selectors.iter().enumerate() {
            let name = texts.put(&selector.pacticipant);
            match look {
                Look::AsAsked => {
                    let named = format!("p.name = {name}");
                    specified.extend(choices::statements(place, &selector.choice, &named, &mut texts));
                    if selector.choice == Choice::All {
                        whole.push(place);
                    }
                }
                Look::Newest(count) => specified.push(choices::newest(place, &name, count)),
            }
        }
        let asked = query.selectors.len();
        let target = target(query);
        let inferred = match target {
            Some(choice) => {
                let others = dialect.among_those("p.id", "SELECT id FROM others");
                choices::statements(asked, choice, &others, &mut texts)
            }
            None => Vec::new(),
        };
        let target_whole = target == Some(&Choice::All);
        let every = query.latest_by == LatestBy::Nothing;
        Self { dialect, texts, specified, whole, asked, inferred, target_whole, every }
    }

    fn write(self) -> (String, Texts) {
        let taking_part = std::iter::once("SELECT * FROM specified").chain(self.inferred.iter().map(String::as_str));
        let taking_part = taking_part.collect::<Vec<_>>().join(" UNION ALL ");
        let mut tables = vec![("specified", self.specified.join(" UNION ALL "))];
        if !self.inferred.is_empty() {
            tables.push(("others", self.others()));
        }
        tables.extend([("taking_part", taking_part), ("contracts", self.contracts())]);
        // each is small and found from the one before; a planner that looks through them may begin at the wrong end
        let tables: Vec<String> =
            tables.into_iter().map(|(name, statement)| format!("{name} AS MATERIALIZED ({statement})")).collect();
        let mut parts = vec![
            "SELECT place, pacticipant_id, version_id, 0, 0, 0, name, number FROM taking_part".to_owned(),
            // the first of a cross join is where SQLite begins, however much or little it thinks there is
            format!(
                "SELECT {PUBLICATION}, c.version_id, c.consumer_id, c.provider_id, c.content_id, c.created_at, pc.sha, \
                 c.number FROM contracts c CROSS JOIN pact_contents pc WHERE pc.id = c.content_id"
            ),
        ];
        parts.extend(self.results());
        (format!("WITH {} {}", tables.join(", "), parts.join(" UNION ALL ")), self.texts)
    }

    /// The rows of the pacticipants whose every version counts, as a statement; `None` when there are none such.
    fn wholly(&self) -> Option<String> {
        let target = self.target_whole.then_some(self.asked);
        let places: Vec<usize> = self.whole.iter().copied().chain(target).collect();
        (!places.is_empty()).then(|| format!("SELECT pacticipant_id FROM taking_part WHERE {}", at_places(&places)))
    }

    /// Whether versions of some pacticipants are chosen.
    fn has_chosen(&self) -> bool {
        self.whole.len() < self.asked || !(self.inferred.is_empty() || self.target_whole)
    }

    /// The pacticipants on the other side of the specified ones' pacts.
    fn others(&self) -> String {
        let among = |column, those: &str| self.dialect.among_those(column, those);
        let mut parts = vec![format!(
            "SELECT i.consumer_id AS id FROM integrations i WHERE {}",
            among("i.provider_id", "SELECT pacticipant_id FROM specified")
        )];
        if !self.whole.is_empty() {
            let whole = format!("SELECT pacticipant_id FROM specified WHERE {}", at_places(&self.whole));
            parts.push(format!("SELECT i.provider_id FROM integrations i WHERE {}", among("i.consumer_id", &whole)));
        }
        if self.whole.len() < self.asked {
            parts.push(format!(
                "SELECT cp.provider_id FROM current_pacts cp WHERE {}",
                among("cp.version_id", "SELECT version_id FROM specified")
            ));
        }
        parts.join(" UNION ALL ")
    }

    fn contracts(&self) -> String {
        let table = if self.every { "pact_publications" } else { "current_pacts" };
        let with = |number: &str, column: &str, those: &str| {
            format!(
                "SELECT x.version_id, x.consumer_id, x.provider_id, x.content_id, x.created_at, {number} \
                 WHERE {} AND {}",
                self.dialect.among_those(column, those),
                // the plus keeps the planner from trying every version with every provider
                self.dialect.among_those("+x.provider_id", "SELECT pacticipant_id FROM taking_part")
            )
        };
        let wholly = self.wholly();
        let chosen = self.has_chosen().then(|| {
            let known = format!("CAST(NULL AS TEXT) AS number FROM {table} x");
            let chosen = with(&known, "x.version_id", "SELECT version_id FROM taking_part");
            format!("{chosen}{}", but(" AND x.consumer_id", wholly.as_deref()))
        });
        let wholly = wholly.as_ref().map(|whole| {
            let looked_up = format!("v.number FROM {table} x JOIN versions v ON v.id = x.version_id");
            with(&looked_up, "x.consumer_id", whole)
        });
        chosen.into_iter().chain(wholly).collect::<Vec<_>>().join(" UNION ALL ")
    }

    /// What was said by the versions that count; by any version of a pacticipant whose every version counts.
    fn results(&self) -> Vec<String> {
        let (table, number, at) = if self.every {
            ("verifications", "y.id", "y.created_at")
        } else {
            ("current_verifications", "y.verification_id", "y.verified_at")
        };
        let columns = format!("{VERIFICATION}, y.content_id, y.provider_version_id, {number}, y.success, {at}, NULL");
        let wholly = self.wholly();
        let chosen = self.has_chosen().then(|| {
            let but = but("WHERE c.provider_id", wholly.as_deref());
            format!(
                "SELECT {columns}, NULL FROM (SELECT DISTINCT c.content_id, t.version_id FROM contracts c \
                 JOIN taking_part t ON t.pacticipant_id = c.provider_id {but}) cell \
                 CROSS JOIN {table} y WHERE y.content_id = cell.content_id AND y.provider_version_id = cell.version_id"
            )
        });
        let by_any = wholly.as_ref().map(|whole| {
            let contents = format!("SELECT content_id FROM contracts WHERE provider_id IN ({whole})");
            format!(
                "SELECT {columns}, v.number FROM {table} y JOIN versions v ON v.id = y.provider_version_id WHERE {}",
                self.dialect.among_those("y.content_id", &contents)
            )
        });
        chosen.into_iter().chain(by_any).collect()
    }
}

/// A condition that leaves out the pacticipants whose every version counts, if there are any: they may be asked about by
/// a version too.
fn but(column: &str, wholly: Option<&str>) -> String {
    wholly.map(|whole| format!("{column} NOT IN ({whole})")).unwrap_or_default()
}

fn at_places(places: &[usize]) -> String {
    let places: Vec<String> = places.iter().map(usize::to_string).collect();
    format!("place IN ({})", places.join(", "))
}

/// Which versions of those on the other side count; `None` when only the pacticipants asked about take part.
fn target(query: &MatrixQuery) -> Option<&Choice> {
    query.target.as_ref().or_else(|| query.is_lone().then_some(&Choice::All))
}

impl Evidence {
    fn read(query: &MatrixQuery, lines: Vec<Line>) -> Self {
        let (found, taking_part): (Vec<Line>, Vec<Line>) = lines.into_iter().partition(|line| line.0 < 0);
        let selectors = selectors(query, taking_part);
        let names: HashMap<i64, &str> =
            selectors.iter().map(|one| (one.pacticipant_id, one.pacticipant.as_str())).collect();
        let name = |id| names.get(&id).copied().unwrap_or_default().to_owned();
        let listed = selectors.iter().flat_map(|one| one.versions.listed());
        let numbers: HashMap<i64, &str> = listed.map(|version| (version.id, version.number.as_str())).collect();
        let version = |id, number: Option<String>| VersionRef {
            id,
            number: number.unwrap_or_else(|| numbers.get(&id).copied().unwrap_or_default().to_owned()),
        };
        let mut publications = Vec::new();
        let mut verifications: HashMap<i64, Vec<Verification>> = HashMap::new();
        for (kind, first, second, third, fourth, at, text, number) in found {
            let second = second.unwrap_or_default();
            if kind == VERIFICATION {
                verifications.entry(first).or_default().push(Verification {
                    version: version(second, number),
                    number: third,
                    success: fourth != 0,
                    verified_at: at,
                });
                continue;
            }
            publications.push(Publication {
                consumer_id: second,
                consumer: name(second),
                version: version(first, number),
                provider_id: third,
                provider: name(third),
                content_id: fourth,
                sha: text.unwrap_or_default(),
                published_at: at,
            });
        }
        Self { selectors, publications, verifications }
    }
}

/// Who takes part: those asked about in the order of the question, then the others by name.
fn selectors(query: &MatrixQuery, mut lines: Vec<Line>) -> Vec<ResolvedSelector> {
    // by place, then by version, as far as there are any
    lines.sort_by_key(|line| (line.0, line.2));
    let selector_at = |place| usize::try_from(place).ok().and_then(|place: usize| query.selectors.get(place));
    let asked: HashSet<i64> = lines.iter().filter(|line| selector_at(line.0).is_some()).map(|line| line.1).collect();
    let mut selectors: Vec<ResolvedSelector> = Vec::new();
    let mut places: HashMap<(i64, i64), usize> = HashMap::new();
    for (place, pacticipant_id, version, _, _, _, name, number) in lines {
        let specified = selector_at(place);
        if specified.is_none() && asked.contains(&pacticipant_id) {
            continue;
        }
        let index = *places.entry((place, pacticipant_id)).or_insert(selectors.len());
        if index == selectors.len() {
            let (choice, origin) = match specified {
                Some(selector) => (selector.choice.clone(), Origin::Specified),
                None => (target(query).cloned().unwrap_or(Choice::All), Origin::Inferred),
            };
            let versions = if choice == Choice::All { Versions::Any } else { Versions::These(Vec::new()) };
            let pacticipant = name.unwrap_or_default();
            selectors.push(ResolvedSelector { pacticipant_id, pacticipant, choice, versions, origin });
        }
        if let (Versions::These(versions), Some(id), Some(number)) = (&mut selectors[index].versions, version, number)
            // it may run more than once
            && versions.last().is_none_or(|last| last.id != id)
        {
            versions.push(VersionRef { id, number });
        }
    }
    let specified = selectors.iter().take_while(|one| one.origin == Origin::Specified).count();
    selectors[specified..].sort_by(|one, other| one.pacticipant.cmp(&other.pacticipant));
    selectors
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Database, DatabaseOptions};
    use crate::matrix::query::Selector;
    use crate::store::Store;

    fn question(choices: &[Choice], target: Option<Choice>, latest_by: LatestBy) -> MatrixQuery {
        let selector = |choice: &Choice| Selector { pacticipant: "web".to_owned(), choice: choice.clone() };
        let selectors = choices.iter().map(selector).collect();
        MatrixQuery { selectors, ignore: Vec::new(), latest_by, success: Vec::new(), limit: 100, target }
    }

    #[tokio::test]
    async fn no_form_of_question_reads_a_whole_table() {
        let store = Store::open(&Database::Memory, &DatabaseOptions::default(), true).await.unwrap();
        let mut conn = store.look().await.unwrap();
        let name = || "main".to_owned();
        let each = [
            Choice::All,
            Choice::Number(name()),
            Choice::Latest,
            Choice::Branch(name()),
            Choice::BranchHead(name()),
            Choice::Tag(name()),
            Choice::TagHead(name()),
            Choice::Environment(name()),
            Choice::MainBranch,
        ];
        let targets = || each.iter().cloned().map(Some).chain([None]);
        let mut questions = Vec::new();
        for choice in &each {
            for latest_by in [LatestBy::Nothing, LatestBy::BothVersions] {
                questions.extend(
                    targets().map(|target| (question(std::slice::from_ref(choice), target, latest_by), Look::AsAsked)),
                );
                questions.extend(
                    each.iter()
                        .map(|other| (question(&[choice.clone(), other.clone()], None, latest_by), Look::AsAsked)),
                );
            }
        }
        questions
            .extend(targets().map(|target| (question(&each[1..2], target, LatestBy::BothVersions), Look::Newest(10))));
        let small = ["specified", "others", "taking_part", "contracts", "c", "t", "cell", "newest", "environments"];
        for (question, look) in questions {
            let (sql, texts) = Statement::new(&question, look, Dialect::Sqlite).write();
            let mut plan = sqlx::query_as(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}")));
            for text in texts.0 {
                plan = plan.bind(text);
            }
            let steps: Vec<(i64, i64, i64, String)> = plan.fetch_all(&mut *conn).await.unwrap();
            assert!(steps.iter().any(|step| step.3.contains("SEARCH")), "no plan: {steps:?}");
            for (.., step) in steps {
                let scanned = step.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next());
                assert!(scanned.is_none_or(|name| small.contains(&name)), "{step} in {question:?}: {sql}");
            }
        }
    }
}
