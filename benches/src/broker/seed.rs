//! A landscape of contracts, the same every time.
//!
//! Half of the pacticipants are consumers; each has a pact with two providers in every version. The content changes every
//! fifth version, and each content was verified by fifty versions of its provider, mostly with success. Everything is on a
//! branch, one version in ten on a feature branch of its own too; the newest version of everything runs in production.
//! It is written as the lines that `countersign broker import` reads.

use std::io::{BufWriter, Write};
use std::path::Path;

use serde_json::{Value, json};

/// How large.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) name: &'static str,
    /// Consumers, and as many providers.
    pub(crate) pairs: i64,
    /// Versions of each consumer.
    pub(crate) versions: i64,
    /// Versions of each provider.
    pub(crate) provider_versions: i64,
    /// Results of each content.
    pub(crate) results: i64,
}

impl Size {
    /// 1,000 pacticipants, 100,000 publications, 1,000,000 results.
    pub(crate) const FULL: Self = Self { name: "full", pairs: 500, versions: 100, provider_versions: 250, results: 50 };
    /// A hundredth of each.
    pub(crate) const HUNDREDTH: Self =
        Self { name: "hundredth", pairs: 5, versions: 100, provider_versions: 250, results: 50 };

    /// How often the content of a pact changes.
    const EVERY: i64 = 5;

    fn contents_per_pair(self) -> i64 {
        self.versions / Self::EVERY
    }
}

const START: i64 = 1_767_225_600_000_000;
const HOUR: i64 = 3_600_000_000;

struct Lines<W> {
    out: W,
}

impl<W: Write> Lines<W> {
    fn row(&mut self, table: &str, row: Value) -> std::io::Result<()> {
        writeln!(self.out, "{}", json!({ "table": table, "row": row }))
    }
}

pub(crate) fn consumer(number: i64) -> String {
    format!("consumer-{number}")
}

pub(crate) fn provider(number: i64) -> String {
    format!("provider-{number}")
}

/// Writes the landscape to a file.
pub(crate) fn write(size: Size, file: &Path) -> anyhow::Result<()> {
    let mut lines = Lines { out: BufWriter::new(std::fs::File::create(file)?) };
    writeln!(lines.out, "{}", json!({ "countersign-export": 1 }))?;
    let ids = Ids { size };
    pacticipants(&mut lines, &ids)?;
    versions(&mut lines, &ids)?;
    branches(&mut lines, &ids)?;
    contracts(&mut lines, &ids)?;
    results(&mut lines, &ids)?;
    running(&mut lines, &ids)?;
    lines.out.flush()?;
    Ok(())
}

/// Who has which row. Consumers come first, then providers; ids count from 1.
struct Ids {
    size: Size,
}

impl Ids {
    fn provider(&self, number: i64) -> i64 {
        self.size.pairs + number
    }

    fn version(&self, consumer: i64, version: i64) -> i64 {
        (consumer - 1) * self.size.versions + version
    }

    fn provider_version(&self, provider: i64, version: i64) -> i64 {
        self.size.pairs * self.size.versions + (provider - 1) * self.size.provider_versions + version
    }

    /// The providers of a consumer.
    fn providers(&self, consumer: i64) -> [i64; 2] {
        [consumer, consumer % self.size.pairs + 1]
    }

    fn content(&self, consumer: i64, slot: i64, version: i64) -> i64 {
        let pair = (consumer - 1) * 2 + slot;
        pair * self.size.contents_per_pair() + (version - 1) / Size::EVERY + 1
    }

    fn publication(&self, consumer: i64, slot: i64, version: i64) -> i64 {
        ((consumer - 1) * self.size.versions + version - 1) * 2 + slot + 1
    }
}

fn pacticipants(lines: &mut Lines<impl Write>, ids: &Ids) -> std::io::Result<()> {
    let size = ids.size;
    let names = (1..=size.pairs).map(consumer).chain((1..=size.pairs).map(provider));
    for (id, name) in (1i64..).zip(names) {
        let row = json!({ "id": id, "name": name, "main_branch": "main", "created_at": START, "updated_at": START });
        lines.row("pacticipants", row)?;
    }
    Ok(())
}

fn versions(lines: &mut Lines<impl Write>, ids: &Ids) -> std::io::Result<()> {
    let size = ids.size;
    let mut version = |id: i64, owner: i64, number: i64| {
        let at = START + number * HOUR;
        lines.row(
            "versions",
            json!({ "id": id, "pacticipant_id": owner, "number": number.to_string(), "created_at": at, "updated_at": at }),
        )
    };
    for owner in 1..=size.pairs {
        (1..=size.versions).try_for_each(|number| version(ids.version(owner, number), owner, number))?;
    }
    for owner in 1..=size.pairs {
        (1..=size.provider_versions)
            .try_for_each(|number| version(ids.provider_version(owner, number), ids.provider(owner), number))?;
    }
    Ok(())
}

fn branches(lines: &mut Lines<impl Write>, ids: &Ids) -> std::io::Result<()> {
    let size = ids.size;
    let (mut branches, mut members, mut heads) = (Vec::new(), Vec::new(), Vec::new());
    let mut next = 0;
    let mut add = |owner: i64, name: String, of: &[i64]| {
        next += 1;
        branches.push(json!({ "id": next, "pacticipant_id": owner, "name": name, "created_at": START }));
        members.extend(of.iter().map(
            |version| json!({ "branch_id": next, "version_id": version, "auto_created": 0, "created_at": START }),
        ));
        heads.extend(of.last().map(|head| json!({ "branch_id": next, "pacticipant_id": owner, "version_id": head })));
    };
    for owner in 1..=size.pairs {
        let all: Vec<i64> = (1..=size.versions).map(|number| ids.version(owner, number)).collect();
        add(owner, "main".to_owned(), &all);
        for (number, version) in all.iter().enumerate().step_by(10) {
            add(owner, format!("feature-{number}"), &[*version]);
        }
        let all: Vec<i64> = (1..=size.provider_versions).map(|number| ids.provider_version(owner, number)).collect();
        add(ids.provider(owner), "main".to_owned(), &all);
    }
    for (table, rows) in [("branches", branches), ("branch_versions", members), ("branch_heads", heads)] {
        rows.into_iter().try_for_each(|row| lines.row(table, row))?;
    }
    Ok(())
}

/// A pact of ten interactions, base64 as the importer reads bytes.
pub(crate) fn pact(consumer: &str, provider: &str, flavour: &str) -> Value {
    let interactions: Vec<Value> = (0..10)
        .map(|number| {
            json!({
                "description": format!("request {number} about {flavour}"),
                "request": { "method": "GET", "path": format!("/{flavour}/{number}") },
                "response": { "status": 200, "headers": { "Content-Type": "application/json" }, "body": { "id": number } },
            })
        })
        .collect();
    json!({
        "consumer": { "name": consumer },
        "provider": { "name": provider },
        "interactions": interactions,
        "metadata": { "pactSpecification": { "version": "2.0.0" } },
    })
}

fn contracts(lines: &mut Lines<impl Write>, ids: &Ids) -> std::io::Result<()> {
    let size = ids.size;
    for owner in 1..=size.pairs {
        for provider in ids.providers(owner) {
            let row = json!({ "consumer_id": owner, "provider_id": ids.provider(provider), "created_at": START,
                              "contract_data_updated_at": START });
            lines.row("integrations", row)?;
        }
    }
    for owner in 1..=size.pairs {
        for (slot, to) in (0..).zip(ids.providers(owner)) {
            for version in (1..=size.versions).step_by(usize::try_from(Size::EVERY).unwrap_or(1)) {
                let id = ids.content(owner, slot, version);
                let content = pact(&consumer(owner), &provider(to), &format!("content-{id}")).to_string();
                let row = json!({
                    "id": id, "consumer_id": owner, "provider_id": ids.provider(to), "sha": format!("{id:040x}"),
                    "content": { "base64": base64(content.as_bytes()) }, "created_at": START,
                });
                lines.row("pact_contents", row)?;
            }
        }
    }
    for table in ["pact_publications", "current_pacts"] {
        for owner in 1..=size.pairs {
            for version in 1..=size.versions {
                for (slot, to) in (0..).zip(ids.providers(owner)) {
                    let mut row = json!({
                        "version_id": ids.version(owner, version), "provider_id": ids.provider(to), "consumer_id": owner,
                        "content_id": ids.content(owner, slot, version), "created_at": START + version * HOUR,
                    });
                    let id = ids.publication(owner, slot, version);
                    if table == "current_pacts" {
                        row["publication_id"] = id.into();
                    } else {
                        row["id"] = id.into();
                        row["revision"] = 1.into();
                    }
                    lines.row(table, row)?;
                }
            }
        }
    }
    Ok(())
}

fn results(lines: &mut Lines<impl Write>, ids: &Ids) -> std::io::Result<()> {
    let size = ids.size;
    for table in ["verifications", "current_verifications"] {
        let mut id = 0;
        for owner in 1..=size.pairs {
            for (slot, to) in (0..).zip(ids.providers(owner)) {
                for index in 0..size.contents_per_pair() {
                    let content = ids.content(owner, slot, index * Size::EVERY + 1);
                    // the newest contents are verified by the newest versions
                    let last = size.provider_versions - (size.contents_per_pair() - 1 - index) * 10;
                    for version in (last - size.results + 1)..=last {
                        id += 1;
                        let at = START + version * HOUR;
                        let success = i64::from(version % 20 != 7);
                        let by = ids.provider_version(to, version);
                        let row = if table == "verifications" {
                            json!({ "id": id, "content_id": content, "provider_version_id": by, "success": success, "wip": 0,
                                    "created_at": at })
                        } else {
                            json!({ "content_id": content, "provider_version_id": by, "verification_id": id,
                                    "success": success, "verified_at": at })
                        };
                        lines.row(table, row)?;
                    }
                }
            }
        }
    }
    Ok(())
}

fn running(lines: &mut Lines<impl Write>, ids: &Ids) -> std::io::Result<()> {
    let size = ids.size;
    for (id, name, production) in [(1, "test", 0), (2, "production", 1)] {
        let row = json!({ "id": id, "uuid": format!("00000000-0000-0000-0000-00000000000{id}"), "name": name,
                          "production": production, "created_at": START, "updated_at": START });
        lines.row("environments", row)?;
    }
    for number in 1..=size.pairs {
        for (owner, version) in [
            (number, ids.version(number, size.versions)),
            (ids.provider(number), ids.provider_version(number, size.provider_versions)),
        ] {
            let row = json!({ "id": owner, "uuid": format!("d-{owner}"), "version_id": version, "pacticipant_id": owner,
                              "environment_id": 2, "currently_deployed": 1, "auto_created": 0, "created_at": START });
            lines.row("deployed_versions", row)?;
        }
    }
    lines.row("settings", json!({ "name": "environments_seeded", "value": "yes" }))
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
