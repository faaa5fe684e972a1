//! Pact files, folders and patterns.

use std::path::{Path, PathBuf};

use countersign_core::format::SharedReader;

use super::PactFiles;
use super::loaded::{LoadedPact, Wanted};
use crate::error::SourceProblem;

/// What the places held.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) pacts: Vec<LoadedPact>,
    pub(super) problems: Vec<SourceProblem>,
    /// Other providers named by pacts that were left out.
    pub(super) strangers: Vec<String>,
}

/// Whether the user named the file itself or something that holds it.
#[derive(Clone, Copy, PartialEq)]
enum Named {
    Itself,
    Among,
}

pub(super) fn load(files: &PactFiles, wanted: &Wanted, reader: &mut SharedReader) -> Found {
    let mut found = Found::default();
    for place in &files.places {
        match expand(place) {
            Ok(paths) => {
                for (path, named) in paths {
                    let read = read(reader, &path);
                    found.take(read, path.display().to_string(), named, wanted);
                }
            }
            Err(reason) => found.problems.push(SourceProblem { place: place.clone(), reason }),
        }
    }
    found
}

impl Found {
    fn take(&mut self, read: Result<LoadedPact, String>, place: String, named: Named, wanted: &Wanted) {
        match read {
            Ok(LoadedPact { pact, .. })
                if named == Named::Among && !wanted.any_provider && pact.provider != wanted.provider =>
            {
                if !self.strangers.contains(&pact.provider) {
                    self.strangers.push(pact.provider);
                }
            }
            Ok(loaded) => self.pacts.push(loaded),
            Err(reason) => self.problems.push(SourceProblem { place, reason }),
        }
    }
}

fn read(reader: &mut SharedReader, path: &Path) -> Result<LoadedPact, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("cannot be read: {error}"))?;
    LoadedPact::read(reader, &bytes, path.display().to_string()).map_err(|error| error.to_string())
}

fn expand(place: &str) -> Result<Vec<(PathBuf, Named)>, String> {
    let path = Path::new(place);
    if path.is_dir() {
        return in_folder(path);
    }
    if path.exists() || !place.contains(['*', '?', '[']) {
        return Ok(vec![(path.to_owned(), Named::Itself)]);
    }
    let matching = glob::glob(place).map_err(|error| format!("not a usable pattern: {}", error.msg))?;
    let mut paths = Vec::new();
    for path in matching {
        let path = path.map_err(|error| error.to_string())?;
        if path.is_file() {
            paths.push((path, Named::Among));
        }
    }
    if paths.is_empty() { Err("no file fits the pattern".to_owned()) } else { Ok(paths) }
}

/// Every `*.json` of a folder, by name.
fn in_folder(folder: &Path) -> Result<Vec<(PathBuf, Named)>, String> {
    let unreadable = |error: std::io::Error| format!("cannot be read: {error}");
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        if is_json && path.is_file() {
            paths.push((path, Named::Among));
        }
    }
    paths.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Origin;

    fn pact(provider: &str) -> String {
        format!(r#"{{"consumer":{{"name":"c"}},"provider":{{"name":"{provider}"}},"interactions":[]}}"#)
    }

    fn loaded(place: &str) -> (Vec<String>, Vec<String>, Vec<String>) {
        let wanted = Wanted { provider: "stock".to_owned(), ..Wanted::default() };
        let found = load(&PactFiles::at([place]), &wanted, &mut SharedReader::default());
        let name = |place: &str| Path::new(place).file_name().unwrap_or_default().to_string_lossy().into_owned();
        let places = found.pacts.iter().map(|pact| match &pact.origin {
            Origin::Place(place) => name(place),
            Origin::Memory => unreachable!("files come from places"),
        });
        let problems = found.problems.iter().map(|problem| format!("{}: {}", name(&problem.place), problem.reason));
        (places.collect(), problems.collect(), found.strangers)
    }

    #[test]
    fn files_folders_and_patterns() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("b.json", &pact("stock"));
        write("a.json", &pact("stock"));
        write("other.json", &pact("billing"));
        write("notes.txt", "not looked at");
        let at = |name: &str| folder.path().join(name).display().to_string();
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();

        assert_eq!(loaded(&at("")), (texts(&["a.json", "b.json"]), vec![], texts(&["billing"])));
        assert_eq!(loaded(&at("[ab].json")), (texts(&["a.json", "b.json"]), vec![], vec![]));
        assert_eq!(loaded(&at("other.json")), (texts(&["other.json"]), vec![], vec![]));
        assert_eq!(loaded(&at("z*.json")).1, texts(&["z*.json: no file fits the pattern"]));
    }

    #[test]
    fn what_is_wrong_names_the_file() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text, expected) in [
            ("broken.json", "{", "broken.json: not JSON: EOF while parsing an object at line 1 column 1"),
            ("list.json", "[]", "list.json: not a pact: the top level is not an object"),
            (
                "future.json",
                r#"{"consumer":{"name":"c"},"provider":{"name":"stock"},"interactions":[],"metadata":{"pactSpecification":{"version":"9.0"}}}"#,
                "future.json: pact specification version 9.0 is unknown: 1.0.0, 1.1.0, 2.0.0, 3.0.0 and 4.0 are read",
            ),
        ] {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            assert_eq!(loaded(&path.display().to_string()).1, [expected]);
        }
        let missing = folder.path().join("missing.json").display().to_string();
        assert_eq!(loaded(&missing).1, ["missing.json: cannot be read: No such file or directory (os error 2)"]);
    }
}
