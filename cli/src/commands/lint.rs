//! `countersign lint`.

use std::path::PathBuf;

use clap::Args;
use countersign_broker_client::find_pact_files;
use countersign_core::lint::{Finding, Severity, lint};
use serde_json::{Value, json};

use crate::app::Exit;
use crate::failure::Failure;
use crate::output::{Style, json_text, print};

/// Says what is wrong or dubious in pact files, without any provider.
///
/// Errors: what cannot be read, rules that nothing satisfies, examples that do not fit their own rules. Warnings: rules and
/// generators that never apply, unknown attributes, interactions that cannot be told apart.
///
/// Exit codes: 0 when there are no errors, 1 when there are (with --strict also for warnings), 2 when a file could not be
/// opened.
#[derive(Debug, Clone, Args)]
pub(crate) struct Lint {
    /// Pact files, directories (every .json file below them) or glob patterns
    #[arg(value_name = "PACT_FILES_DIRS_OR_GLOBS", required = true)]
    places: Vec<String>,
    /// End with 1 for warnings too
    #[arg(long)]
    strict: bool,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

/// A file and what was found in it.
struct Linted {
    path: PathBuf,
    findings: Vec<Finding>,
}

impl Lint {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        let (paths, problems) = find_pact_files(&self.places);
        let mut problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        let mut files = Vec::new();
        for path in paths {
            match std::fs::read(&path) {
                Ok(bytes) => files.push(Linted { findings: lint(&bytes), path }),
                Err(error) => problems.push(format!("{}: {error}", path.display())),
            }
        }
        if !files.is_empty() {
            print(&if self.json { json_text(&document(&files)) } else { told(&files, Style::for_stdout()) });
        }
        if !problems.is_empty() {
            let what = "not every file was looked at".to_owned();
            return Err(Failure::Unverified(Box::new(Failure::Input { what, problems })));
        }
        let worst = files.iter().flat_map(|file| &file.findings).map(Finding::severity).max();
        let least = if self.strict { Severity::Warning } else { Severity::Error };
        Ok(if worst.is_some_and(|worst| worst >= least) { Exit::No } else { Exit::Well })
    }
}

fn count(files: &[Linted], severity: Severity) -> usize {
    files.iter().flat_map(|file| &file.findings).filter(|finding| finding.severity() == severity).count()
}

fn document(files: &[Linted]) -> Value {
    let file = |file: &Linted| {
        let findings: Vec<Value> = file.findings.iter().map(Finding::to_json).collect();
        json!({ "file": file.path.display().to_string(), "findings": findings })
    };
    json!({
        "errors": count(files, Severity::Error),
        "warnings": count(files, Severity::Warning),
        "files": files.iter().map(file).collect::<Vec<_>>(),
    })
}

fn told(files: &[Linted], style: Style) -> String {
    let mut text = String::new();
    for file in files.iter().filter(|file| !file.findings.is_empty()) {
        text.push_str(&format!("{}\n", file.path.display()));
        let mut interaction = None;
        for finding in &file.findings {
            if finding.interaction.is_some() && finding.interaction != interaction {
                interaction.clone_from(&finding.interaction);
                let description = interaction.as_deref().unwrap_or_default().trim();
                text.push_str(&format!(
                    "  {}\n",
                    style.quiet(if description.is_empty() { "(no description)" } else { description })
                ));
            }
            let severity = match finding.severity() {
                Severity::Error => style.bad("error:"),
                Severity::Warning => style.doubtful("warning:"),
            };
            text.push_str(&format!("    {severity} {}\n      {}\n", finding.location, finding.message));
        }
        text.push('\n');
    }
    text.push_str(&summary(files, style));
    text
}

fn summary(files: &[Linted], style: Style) -> String {
    let counted = |count: usize, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    let (errors, warnings) = (count(files, Severity::Error), count(files, Severity::Warning));
    let all = counted(files.len(), "file");
    if errors + warnings == 0 {
        return format!("{} {all}: nothing wrong", style.good("✓"));
    }
    let mark = if errors > 0 { style.bad("✗") } else { style.doubtful("!") };
    format!("{mark} {all}: {}, {}", counted(errors, "error"), counted(warnings, "warning"))
}
