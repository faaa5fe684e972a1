//! Reading pact files before they are published: finding, checking and joining them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// A pact ready to be published.
#[derive(Debug, Clone)]
pub struct PactFile {
    /// The file it came from; several when they hold parts of one pact.
    pub paths: Vec<PathBuf>,
    /// The consumer's name.
    pub consumer: String,
    /// The provider's name.
    pub provider: String,
    /// The bytes to publish: the file's own, unless several were joined.
    pub content: Vec<u8>,
}

/// Why a file or pattern cannot be published.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct PactFileProblem {
    /// The path or pattern as given or found.
    pub place: String,
    /// What is wrong with it.
    pub reason: String,
}

/// Finds and checks the pacts behind `places`: files, directories (every `*.json` below them) and glob patterns.
///
/// Files of one consumer and provider are joined into one pact. The result is ordered by consumer and provider.
///
/// # Errors
/// Every problem of every file at once.
pub fn collect_pact_files(places: &[String]) -> Result<Vec<PactFile>, Vec<PactFileProblem>> {
    let (paths, mut problems) = find_pact_files(places);
    let mut pairs: BTreeMap<(String, String), Vec<Loaded>> = BTreeMap::new();
    for path in paths {
        match Loaded::read(&path) {
            Ok(loaded) => pairs.entry((loaded.consumer.clone(), loaded.provider.clone())).or_default().push(loaded),
            Err(reason) => problems.push(PactFileProblem { place: path.display().to_string(), reason }),
        }
    }
    let mut files = Vec::new();
    for ((consumer, provider), parts) in pairs {
        match join(parts) {
            Ok((paths, content)) => files.push(PactFile { paths, consumer, provider, content }),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(files) } else { Err(problems) }
}

/// The files behind `places`, unread and each once: files, directories (every `*.json` below them) and glob patterns. Beside
/// them the places that stand for no file.
#[must_use]
pub fn find_pact_files(places: &[String]) -> (Vec<PathBuf>, Vec<PactFileProblem>) {
    let (mut paths, mut problems) = (Vec::new(), Vec::new());
    for place in places {
        match find(place) {
            Ok(found) => paths.extend(found),
            Err(reason) => problems.push(PactFileProblem { place: place.clone(), reason }),
        }
    }
    let mut seen = std::collections::HashSet::new();
    paths.retain(|path: &PathBuf| seen.insert(path.clone()));
    (paths, problems)
}

/// The files a place stands for, in name order.
fn find(place: &str) -> Result<Vec<PathBuf>, String> {
    let path = Path::new(place);
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    if path.is_dir() {
        let below = format!("{}/**/*.json", glob::Pattern::escape(place.trim_end_matches('/')));
        return matching(&below, "the directory holds no .json file");
    }
    if place.contains(['*', '?', '[']) {
        return matching(place, "no file matches this pattern");
    }
    Err("no such file or directory".to_owned())
}

fn matching(pattern: &str, none: &str) -> Result<Vec<PathBuf>, String> {
    let entries = glob::glob(pattern).map_err(|error| format!("not a usable pattern: {}", error.msg))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| error.to_string())?;
        if path.is_file() {
            files.push(path);
        }
    }
    if files.is_empty() { Err(none.to_owned()) } else { Ok(files) }
}

/// One file that is a pact.
struct Loaded {
    path: PathBuf,
    consumer: String,
    provider: String,
    bytes: Vec<u8>,
    document: Value,
}

impl Loaded {
    fn read(path: &Path) -> Result<Self, String> {
        let mut bytes = std::fs::read(path).map_err(|error| format!("cannot be read: {error}"))?;
        if bytes.starts_with(b"\xef\xbb\xbf") {
            bytes.drain(..3);
        }
        let document: Value = serde_json::from_slice(&bytes).map_err(|error| not_json(&error))?;
        let name = |role: &str| {
            let name = document.get(role).and_then(|party| party.get("name")).and_then(Value::as_str);
            name.filter(|name| !name.trim().is_empty()).map(str::to_owned)
        };
        match (name("consumer"), name("provider")) {
            (Some(consumer), Some(provider)) => Ok(Self { path: path.to_owned(), consumer, provider, bytes, document }),
            (None, Some(_)) => Err("not a pact: it names no consumer (`consumer.name`)".to_owned()),
            (Some(_), None) => Err("not a pact: it names no provider (`provider.name`)".to_owned()),
            (None, None) => {
                Err("not a pact: it names neither consumer nor provider (`consumer.name`, `provider.name`)".to_owned())
            }
        }
    }
}

fn not_json(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let (line, column) = (error.line(), error.column());
    let reason = text.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&text);
    format!("not JSON at line {line} column {column}: {reason}")
}

/// One pact from its parts; a single file stays byte for byte what it is.
fn join(mut parts: Vec<Loaded>) -> Result<(Vec<PathBuf>, Vec<u8>), PactFileProblem> {
    let paths = parts.iter().map(|part| part.path.clone()).collect();
    let first = parts.remove(0);
    if parts.is_empty() {
        return Ok((paths, first.bytes));
    }
    let mut whole = first.document;
    for part in parts {
        let problem = |reason| PactFileProblem { place: part.path.display().to_string(), reason };
        if specification(&whole) != specification(&part.document) {
            let reason = format!(
                "another specification version than {}, so they do not join into one pact",
                first.path.display()
            );
            return Err(problem(reason));
        }
        for list in ["interactions", "messages"] {
            add_interactions(&mut whole, &part.document, list).map_err(problem)?;
        }
    }
    Ok((paths, whole.to_string().into_bytes()))
}

fn specification(pact: &Value) -> Option<&Value> {
    let metadata = pact.get("metadata")?;
    let nested = metadata.get("pactSpecification").or_else(|| metadata.get("pact-specification"));
    nested.and_then(|specification| specification.get("version")).or_else(|| metadata.get("pactSpecificationVersion"))
}

/// Appends the interactions of `part` that `whole` does not have yet.
fn add_interactions(whole: &mut Value, part: &Value, list: &str) -> Result<(), String> {
    let Some(new) = part.get(list).and_then(Value::as_array) else {
        return Ok(());
    };
    let Some(root) = whole.as_object_mut() else {
        return Ok(());
    };
    let Some(known) = root.entry(list).or_insert_with(|| Value::Array(Vec::new())).as_array_mut() else {
        return Err(format!("`{list}` is no list in another file of the same pact"));
    };
    for interaction in new {
        match known.iter().find(|other| identity(other) == identity(interaction)) {
            Some(other) if other == interaction => {}
            Some(_) => {
                let name = interaction.get("description").and_then(Value::as_str).unwrap_or_default();
                return Err(format!("interaction \"{name}\" differs from the one in another file of the same pact"));
            }
            None => known.push(interaction.clone()),
        }
    }
    Ok(())
}

/// What makes an interaction the same one: its kind, description and provider states.
fn identity(interaction: &Value) -> [Option<&Value>; 4] {
    ["type", "description", "providerState", "providerStates"].map(|key| interaction.get(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pact(consumer: &str, interactions: &str) -> String {
        format!(
            r#"{{"consumer": {{"name": "{consumer}"}}, "provider": {{"name": "stock"}},
  "interactions": [{interactions}], "metadata": {{"pactSpecification": {{"version": "3.0.0"}}}}}}"#
        )
    }

    /// Writes `files` into a directory and collects `places` in it; problems have the directory's name taken out.
    fn collect(files: &[(&str, &str)], places: &[&str]) -> Result<Vec<PactFile>, String> {
        let dir = tempfile::tempdir().unwrap();
        for (name, content) in files {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        let root = dir.path().display().to_string();
        let places: Vec<_> = places.iter().map(|place| format!("{root}/{place}")).collect();
        collect_pact_files(&places).map_err(|problems| {
            let lines: Vec<_> = problems.iter().map(|problem| problem.to_string().replace(&root, "DIR")).collect();
            lines.join("\n")
        })
    }

    #[test]
    fn a_single_file_keeps_its_bytes() {
        let text = pact("web", r#"{"description": "a", "n": 1.00}"#);
        let files = collect(&[("a/b.json", &text), ("a/c.txt", "x")], &["a"]).unwrap();
        assert_eq!(files.len(), 1);
        assert_eq!((files[0].consumer.as_str(), files[0].provider.as_str()), ("web", "stock"));
        assert_eq!(files[0].content, text.as_bytes());
    }

    #[test]
    fn parts_of_one_pact_are_joined_and_equal_interactions_counted_once() {
        let one = pact("web", r#"{"description": "a"}"#);
        let two = pact("web", r#"{"description": "a"}, {"description": "b", "n": 1.00}"#);
        let files = collect(&[("1.json", &one), ("2.json", &two)], &["*.json", "1.json"]).unwrap();
        assert_eq!((files.len(), files[0].paths.len()), (1, 2));
        let text = String::from_utf8(files[0].content.clone()).unwrap();
        assert!(text.contains(r#"[{"description":"a"},{"description":"b","n":1.00}]"#), "{text}");
    }

    #[test]
    fn every_problem_is_told_at_once() {
        let clash = pact("web", r#"{"description": "a", "x": 1}"#);
        let other = pact("web", r#"{"description": "a", "x": 2}"#);
        let problems = collect(
            &[
                ("broken.json", "{\n\n    oops\n}"),
                ("report.json", r#"{"tests": 3}"#),
                ("half.json", r#"{"consumer": {"name": "web"}, "provider": {"name": " "}}"#),
                ("clash1.json", &clash),
                ("clash2.json", &other),
                ("empty/readme.md", ""),
            ],
            &["*.json", "missing.json", "none*", "empty", "bad[.json"],
        )
        .unwrap_err();
        insta::assert_snapshot!(problems, @r#"
        DIR/missing.json: no such file or directory
        DIR/none*: no file matches this pattern
        DIR/empty: the directory holds no .json file
        DIR/bad[.json: not a usable pattern: invalid range pattern
        DIR/broken.json: not JSON at line 3 column 5: key must be a string
        DIR/half.json: not a pact: it names no provider (`provider.name`)
        DIR/report.json: not a pact: it names neither consumer nor provider (`consumer.name`, `provider.name`)
        DIR/clash2.json: interaction "a" differs from the one in another file of the same pact
        "#);
    }
}
