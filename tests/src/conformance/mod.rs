//! Running corpora of verdicts through the matching engine.
//!
//! A corpus folder has `spec` (the Pact specification's own cases), `response` and `request` (verdicts of the official
//! tools). [`run`] gives the agreement per area and each disagreement.

mod grpc;
mod spec;
mod verdicts;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use countersign_core::mismatch::Mismatch;
use countersign_core::render;
use serde_json::{Value, json};

/// Disagreements that are known, by id with the reason. The list may only shrink: an entry that agrees is an error.
const KNOWN_GAPS: &str = include_str!("../../known-gaps.txt");

/// What a corpus or this implementation says of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// What came fits what was agreed.
    Match,
    /// It does not.
    Mismatch,
    /// The case could not be read.
    Error,
}

impl Verdict {
    fn as_str(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Mismatch => "mismatch",
            Self::Error => "error",
        }
    }

    fn of(matches: bool) -> Self {
        if matches { Self::Match } else { Self::Mismatch }
    }
}

/// One case with both verdicts.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Unique within the corpus.
    pub id: String,
    /// Such as `response/arrays` or `spec/v3/request/body`.
    pub area: String,
    /// The corpus' verdict.
    pub expected: Verdict,
    /// This implementation's.
    pub ours: Verdict,
    /// Our findings in words, or why the case could not be read.
    pub findings: Vec<String>,
    /// Where both say mismatch: whether the findings are of the same kinds and at the same places.
    pub same_places: Option<bool>,
}

impl Outcome {
    fn new(area: &str, id: &str, expected: Verdict, ours: Result<Vec<Mismatch>, String>) -> Self {
        let (ours, findings) = match ours {
            Ok(found) => (
                Verdict::of(found.is_empty()),
                found.iter().map(|mismatch| render::words(mismatch).to_string()).collect(),
            ),
            Err(reason) => (Verdict::Error, vec![reason]),
        };
        Self { id: id.to_owned(), area: area.to_owned(), expected, ours, findings, same_places: None }
    }

    fn agrees(&self) -> bool {
        self.expected == self.ours
    }
}

/// The outcome of a whole corpus.
#[derive(Debug)]
pub struct Report {
    outcomes: Vec<Outcome>,
}

/// Runs all cases of a folder.
///
/// # Errors
///
/// When the folder cannot be read, or holds no cases.
pub fn run(folder: &Path) -> anyhow::Result<Report> {
    let mut outcomes = Vec::new();
    spec::run(&folder.join("spec"), &mut outcomes)?;
    verdicts::run(&folder.join("response"), verdicts::Side::Response, &mut outcomes)?;
    verdicts::run(&folder.join("request"), verdicts::Side::Request, &mut outcomes)?;
    grpc::run(&folder.join("grpc"), &mut outcomes)?;
    anyhow::ensure!(
        !outcomes.is_empty(),
        "{} has no cases: expected a folder with spec, response and request",
        folder.display()
    );
    Ok(Report { outcomes })
}

/// The folder with conformance data: `COUNTERSIGN_CONFORMANCE`, by default `../shared/conformance` beside the workspace.
#[must_use]
pub fn default_folder() -> PathBuf {
    match std::env::var_os("COUNTERSIGN_CONFORMANCE") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/conformance"),
    }
}

impl Report {
    /// Disagreements that are not on the list of known gaps.
    #[must_use]
    pub fn unlisted(&self) -> Vec<&Outcome> {
        let known = known_gaps();
        self.disagreements().filter(|outcome| !known.contains_key(outcome.id.as_str())).collect()
    }

    /// Known gaps whose case now agrees: they have to leave the list.
    #[must_use]
    pub fn closed_gaps(&self) -> Vec<&str> {
        let agreeing = |outcome: &&Outcome| outcome.agrees();
        let known = known_gaps();
        let closed =
            self.outcomes.iter().filter(agreeing).filter_map(|outcome| known.get_key_value(outcome.id.as_str()));
        closed.map(|(id, _)| *id).collect()
    }

    fn disagreements(&self) -> impl Iterator<Item = &Outcome> {
        self.outcomes.iter().filter(|outcome| !outcome.agrees())
    }

    fn areas(&self) -> BTreeMap<&str, (usize, usize)> {
        let mut areas = BTreeMap::new();
        for outcome in &self.outcomes {
            let (cases, agree) = areas.entry(outcome.area.as_str()).or_insert((0, 0));
            *cases += 1;
            *agree += usize::from(outcome.agrees());
        }
        areas
    }

    /// The report for people.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        let known = known_gaps();
        for outcome in self.disagreements() {
            let listed = known.get(outcome.id.as_str()).map_or(String::new(), |reason| format!(" (known: {reason})"));
            let (expected, ours) = (outcome.expected.as_str(), outcome.ours.as_str());
            text.push_str(&format!("{}: expected {expected}, ours {ours}{listed}\n", outcome.id));
            if listed.is_empty() {
                for finding in &outcome.findings {
                    text.push_str(&format!("    {}\n", finding.replace('\n', "\n    ")));
                }
            }
        }
        for (area, (cases, agree)) in self.areas() {
            text.push_str(&format!("{area:<34} {agree:>5} of {cases:>5}\n"));
        }
        let (cases, agree) = self.total();
        let unlisted = self.unlisted().len();
        let percent = agree as f64 * 100.0 / cases as f64;
        let (found, same) = self.places();
        if found > 0 {
            let percent = same as f64 * 100.0 / found as f64;
            text.push_str(&format!("{same} of {found} mismatches are found at the same places ({percent:.2} %)\n"));
        }
        text.push_str(&format!("{agree} of {cases} agree ({percent:.2} %), {unlisted} disagreements are not listed\n"));
        text
    }

    /// The report for programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let known = known_gaps();
        let (cases, agree) = self.total();
        let areas = self
            .areas()
            .into_iter()
            .map(|(area, (cases, agree))| json!({ "area": area, "cases": cases, "agree": agree }));
        let different = self.outcomes.iter().filter(|outcome| outcome.same_places == Some(false));
        let different = different.map(|outcome| outcome.id.as_str());
        let disagreements = self.disagreements().map(|outcome| {
            json!({
                "id": outcome.id,
                "area": outcome.area,
                "expected": outcome.expected.as_str(),
                "ours": outcome.ours.as_str(),
                "known": known.get(outcome.id.as_str()),
                "findings": outcome.findings,
            })
        });
        json!({
            "cases": cases,
            "agree": agree,
            "places": { "mismatches": self.places().0, "same": self.places().1, "different": different.collect::<Vec<_>>() },
            "areas": areas.collect::<Vec<_>>(),
            "disagreements": disagreements.collect::<Vec<_>>(),
        })
    }

    /// Of how many mismatches the corpus names the places, and how many of those are the same as ours.
    #[must_use]
    pub fn places(&self) -> (usize, usize) {
        let known = self.outcomes.iter().filter_map(|outcome| outcome.same_places);
        known.fold((0, 0), |(found, same), is_same| (found + 1, same + usize::from(is_same)))
    }

    fn total(&self) -> (usize, usize) {
        (self.outcomes.len(), self.outcomes.iter().filter(|outcome| outcome.agrees()).count())
    }
}

/// Lines `id: reason`; `#` starts a comment.
fn known_gaps() -> BTreeMap<&'static str, &'static str> {
    KNOWN_GAPS
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.rsplit_once(": "))
        .map(|(id, reason)| (id.trim(), reason.trim()))
        .collect()
}

/// All `.json` files below a folder, sorted; none when the folder does not exist.
fn json_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    if !folder.is_dir() {
        return Ok(files);
    }
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(json_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn read_json(file: &Path) -> anyhow::Result<Value> {
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let json = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    serde_json::from_slice(json).with_context(|| format!("{} is not JSON", file.display()))
}
