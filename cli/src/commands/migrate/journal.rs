//! What was copied already, one line each.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use url::Url;

/// What was copied already. A line is written after its copy, so a run that breaks off repeats at most one step, and
/// every step can be repeated.
#[derive(Debug)]
pub(super) struct Journal {
    done: HashSet<String>,
    file: File,
}

impl Journal {
    /// Opens or begins the journal of copying from one broker to another.
    pub(super) fn open(path: &Path, from: &Url, to: &Url) -> io::Result<Self> {
        let head = format!("# copied from {from} to {to}");
        let known = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let mut lines = known.lines();
        let first = lines.next();
        if first.is_some_and(|first| first != head) {
            let reason = "it is about other brokers; give another file with --journal";
            return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
        }
        let done = lines.map(str::to_owned).collect();
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        if first.is_none() {
            writeln!(file, "{head}")?;
        } else if !known.ends_with('\n') {
            // the last line broke off: it counts for nothing, and must not swallow the next
            writeln!(file)?;
        }
        Ok(Self { done, file })
    }

    pub(super) fn has(&self, what: &str) -> bool {
        self.done.contains(&line(what))
    }

    pub(super) fn note(&mut self, what: &str) -> io::Result<()> {
        let line = line(what);
        writeln!(self.file, "{line}")?;
        self.done.insert(line);
        Ok(())
    }
}

fn line(what: &str) -> String {
    // a name may hold anything
    what.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r") + " ."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_goes_on_where_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.txt");
        let (one, other): (Url, Url) = ("http://one/".parse().unwrap(), "http://other/".parse().unwrap());
        let mut journal = Journal::open(&path, &one, &other).unwrap();
        journal.note("version web 1\n2").unwrap();
        drop(journal);
        // a line that broke off
        std::fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"version web 3").unwrap();
        let journal = Journal::open(&path, &one, &other).unwrap();
        assert!(journal.has("version web 1\n2"));
        assert!(!journal.has("version web 3"));
        assert!(Journal::open(&path, &other, &one).is_err());
    }
}
