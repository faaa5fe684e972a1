//! `countersign convert`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use countersign_broker_client::find_pact_files;
use countersign_core::format::{self, Effect, Note, convert};
use countersign_core::pact::Specification;
use serde_json::{Value, json};

use crate::app::Exit;
use crate::failure::Failure;
use crate::output::{Style, json_text, print, print_error};

/// Writes pact files in another version of the specification, and says what that version cannot carry.
///
/// One pact goes to standard output unless --output names a file or directory; several need a directory, where they keep
/// their names. What could not be carried goes to standard error: "dropped" is gone, "changed" says something else now, and
/// "kept" is written although the version does not name it, because the official tools read it there.
///
/// Exit codes: 0 when all files were converted, 1 with --strict when something was dropped or changed (the files are written
/// nevertheless), 2 when a file could not be read, converted or written.
#[derive(Debug, Clone, Args)]
pub(crate) struct Convert {
    /// Pact files, directories (every .json file below them) or glob patterns
    #[arg(value_name = "PACT_FILES_DIRS_OR_GLOBS", required = true)]
    places: Vec<String>,
    /// The version of the specification to write
    #[arg(long, value_name = "VERSION")]
    to: Version,
    /// Where to write: a file, or a directory, which is created (several files always need a directory)
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// End with 1 when something was dropped or changed
    #[arg(long)]
    strict: bool,
    /// Say in JSON, on standard error, what could not be carried
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Version {
    /// 2.0.0: HTTP interactions
    #[value(alias = "2", alias = "2.0", alias = "2.0.0")]
    V2,
    /// 3.0.0: HTTP interactions, or messages
    #[value(alias = "3", alias = "3.0", alias = "3.0.0")]
    V3,
    /// 4.0: all kinds of interactions in one file
    #[value(alias = "4", alias = "4.0", alias = "4.0.0")]
    V4,
}

impl From<Version> for Specification {
    fn from(version: Version) -> Self {
        match version {
            Version::V2 => Self::V2,
            Version::V3 => Self::V3,
            Version::V4 => Self::V4,
        }
    }
}

/// A file in its new version.
struct Converted {
    path: PathBuf,
    bytes: Vec<u8>,
    notes: Vec<Note>,
}

impl Convert {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        let (paths, problems) = find_pact_files(&self.places);
        let mut problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        let mut files = Vec::new();
        for path in paths {
            match self.convert(path) {
                Ok(file) => files.push(file),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() {
            problems.extend(self.write(&files));
        }
        let style = Style::for_stderr();
        if problems.is_empty() && (self.json || files.iter().any(|file| !file.notes.is_empty())) {
            print_error(&if self.json { json_text(&document(&files)) } else { told(&files, style) });
        }
        if !problems.is_empty() {
            let what = "not every file was converted".to_owned();
            return Err(Failure::Unverified(Box::new(Failure::Input { what, problems })));
        }
        let is_less = files.iter().flat_map(|file| &file.notes).any(|note| note.effect > Effect::Kept);
        Ok(if self.strict && is_less { Exit::No } else { Exit::Well })
    }

    fn convert(&self, path: PathBuf) -> Result<Converted, String> {
        let bytes = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let conversion = format::read(&bytes).and_then(|pact| convert(&pact, self.to.into()));
        let conversion = conversion.map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Converted { path, bytes: format::write(&conversion.pact), notes: conversion.notes })
    }

    /// Writes all files, and says which could not be.
    fn write(&self, files: &[Converted]) -> Vec<String> {
        let Some(output) = &self.output else {
            return match files {
                [file] => {
                    print(String::from_utf8_lossy(&file.bytes).trim_end());
                    Vec::new()
                }
                _ => vec![format!("{} files need a directory: name one with --output", files.len())],
            };
        };
        let is_directory = files.len() > 1 || output.is_dir() || output.as_os_str().to_string_lossy().ends_with('/');
        if !is_directory {
            return files.iter().filter_map(|file| write_file(output, &file.bytes)).collect();
        }
        if let Err(error) = std::fs::create_dir_all(output) {
            return vec![format!("{}: {error}", output.display())];
        }
        let mut problems = Vec::new();
        let mut names = std::collections::HashMap::new();
        for file in files {
            let name = file.path.file_name().unwrap_or(file.path.as_os_str());
            if let Some(first) = names.insert(name, &file.path) {
                let (first, second) = (first.display(), file.path.display());
                problems.push(format!("{second} and {first} have the same name: convert them one by one"));
                continue;
            }
            problems.extend(write_file(&output.join(name), &file.bytes));
        }
        problems
    }
}

fn write_file(path: &Path, bytes: &[u8]) -> Option<String> {
    std::fs::write(path, bytes).err().map(|error| format!("{}: {error}", path.display()))
}

fn document(files: &[Converted]) -> Value {
    let file = |file: &Converted| {
        let notes: Vec<Value> = file.notes.iter().map(Note::to_json).collect();
        json!({ "file": file.path.display().to_string(), "notes": notes })
    };
    json!({ "files": files.iter().map(file).collect::<Vec<_>>() })
}

fn told(files: &[Converted], style: Style) -> String {
    let mut text = String::new();
    for file in files.iter().filter(|file| !file.notes.is_empty()) {
        text.push_str(&format!("{}\n", file.path.display()));
        let mut interaction = None;
        for note in &file.notes {
            if note.interaction.is_some() && note.interaction != interaction {
                interaction.clone_from(&note.interaction);
                text.push_str(&format!("  {}\n", style.quiet(interaction.as_deref().unwrap_or_default().trim())));
            }
            let effect = format!("{}:", note.effect.as_str());
            let effect = match note.effect {
                Effect::Dropped => style.bad(&effect),
                Effect::Changed => style.doubtful(&effect),
                Effect::Kept => style.quiet(&effect),
            };
            text.push_str(&format!("    {effect} {}\n      {}\n", note.location, note.message));
        }
    }
    text.trim_end().to_owned()
}
