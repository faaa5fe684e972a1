//! Adding to a pact file that other tests, threads and processes add to as well.

use std::fs::{self, File};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use countersign_core::format::{self, Effect, Note, convert};
use countersign_core::pact::{Interaction, MergeConflict, Pact, Specification, merge};
use serde_json::Value as Json;

use super::difference::differences;
use super::ledger::{Ledger, Standing, identity};
use super::{OverwritePolicy, RecordError, RecordingConflict, RunId, descriptors};

/// The attribute of an interaction's comments that names the test which recorded it.
const TEST_NAME: &str = "testname";

/// What to add, and on whose behalf.
#[derive(Debug)]
pub(crate) struct Recording<'a> {
    pub(crate) pact: Pact,
    pub(crate) directory: &'a Path,
    pub(crate) author: Author<'a>,
    pub(crate) run: RunId,
    pub(crate) overwrite: OverwritePolicy,
}

/// On whose behalf something is recorded.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Author<'a> {
    /// A test, if its name is known; it is named in the interactions' comments.
    Test(Option<&'a str>),
    /// A program that other programs' tests talk to; it is named in conflicts only.
    Program(&'a str),
}

impl<'a> Author<'a> {
    fn name(self) -> Option<&'a str> {
        match self {
            Self::Test(test) => test,
            Self::Program(program) => Some(program),
        }
    }

    fn in_words(self) -> String {
        match self {
            Self::Test(test) => in_words(test),
            Self::Program(program) => program.to_owned(),
        }
    }
}

/// Adds the pact's interactions to its file and returns the file's path.
///
/// The file's bytes do not depend on the order in which tests record. Whoever reads the file while it is written reads
/// either the old or the new contents.
pub(crate) fn record(recording: Recording<'_>) -> Result<PathBuf, RecordError> {
    let directory = recording.directory;
    let path = directory.join(recording.pact.file_name());
    fs::create_dir_all(directory).map_err(failure("create", directory))?;
    let mut lock = Lock::acquire(lock_path(&path))?;
    let mut ledger = Ledger::read(&lock.read()?, &recording.run);
    let anew = recording.overwrite == OverwritePolicy::StartAnew && ledger.is_empty();
    let mut pact = if anew { None } else { read(&path)? }.unwrap_or_else(|| empty_like(&recording.pact));
    add(&mut pact, &recording, &mut ledger)
        .map_err(|conflicts| RecordError::Conflict { path: path.clone(), conflicts })?;
    descriptors::remove_unused(&mut pact);
    replace(&path, &format::write(&pact))?;
    lock.write(&ledger.write())?;
    Ok(path)
}

fn empty_like(pact: &Pact) -> Pact {
    Pact::new(pact.consumer.clone(), pact.provider.clone())
}

fn read(path: &Path) -> Result<Option<Pact>, RecordError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failure("read", path)(error)),
    };
    match format::read(&bytes) {
        Ok(pact) => Ok(Some(pact)),
        Err(source) => Err(RecordError::NotAPact { path: path.to_owned(), source }),
    }
}

fn add(pact: &mut Pact, recording: &Recording<'_>, ledger: &mut Ledger) -> Result<(), Vec<RecordingConflict>> {
    let mut added = as_written(&recording.pact);
    let is_first = ledger.is_empty();
    for interaction in &mut added.interactions {
        if let Author::Test(Some(test)) = recording.author {
            interaction.comments.insert(TEST_NAME.to_owned(), test.into());
        }
        match ledger.standing(interaction, recording.author.name()) {
            Standing::Outdated => renew(pact, interaction),
            Standing::Current(_) => share_test_name(pact, interaction),
        }
        ledger.add(interaction, recording.author.name());
    }
    let wanted = added.specification;
    merge(pact, added).map_err(|conflicts| {
        let explain = |conflict: &MergeConflict| explain(&conflict.existing, &conflict.added, recording.author, ledger);
        conflicts.iter().map(explain).collect::<Vec<_>>()
    })?;
    let asked = if is_first { wanted } else { wanted.max(pact.specification) };
    pact.specification = if asked < Specification::V4 { asked.max(needed(pact)) } else { asked };
    Ok(())
}

/// The oldest version that can hold all that the pact says; names of tests are lost without harm.
fn needed(pact: &Pact) -> Specification {
    let mut pact = pact.clone();
    for interaction in &mut pact.interactions {
        interaction.comments.remove(TEST_NAME);
    }
    let is_lost = |note: &Note| note.effect > Effect::Kept && note.location != "interactions";
    let holds = |version: &Specification| {
        convert(&pact, *version).is_ok_and(|conversion| !conversion.notes.iter().any(is_lost))
    };
    [Specification::V2, Specification::V3].into_iter().find(holds).unwrap_or(Specification::V4)
}

/// The pact as a reader of its file has it, so that what is compared was said in the same words.
fn as_written(pact: &Pact) -> Pact {
    match pact.specification {
        Specification::V4 => pact.clone(),
        _ => format::from_json(format::to_json(pact)).unwrap_or_else(|_| pact.clone()),
    }
}

fn known_in<'a>(pact: &'a mut Pact, interaction: &Interaction) -> Option<&'a mut Interaction> {
    let wanted = identity(interaction);
    pact.interactions.iter_mut().find(|known| identity(known) == wanted)
}

/// What a former run left under this name is no longer of interest.
fn renew(pact: &mut Pact, interaction: &Interaction) {
    if let Some(known) = known_in(pact, interaction) {
        *known = interaction.clone();
    }
}

/// Of several tests that record the same interaction, the first in the alphabet is named, whichever came first.
fn share_test_name(pact: &mut Pact, added: &Interaction) {
    let Some(known) = known_in(pact, added) else { return };
    let name = |interaction: &Interaction| match interaction.comments.get(TEST_NAME) {
        Some(Json::String(name)) => Some(name.clone()),
        _ => None,
    };
    if let Some(first) = [name(known), name(added)].into_iter().flatten().min() {
        known.comments.insert(TEST_NAME.to_owned(), first.into());
    }
}

fn explain(existing: &Interaction, added: &Interaction, author: Author<'_>, ledger: &Ledger) -> RecordingConflict {
    let existing_test = match ledger.standing(added, author.name()) {
        Standing::Current(existing) => match author {
            Author::Test(_) => in_words(existing.as_deref()),
            Author::Program(_) => existing.unwrap_or_else(|| in_words(None)),
        },
        Standing::Outdated => match author {
            Author::Test(_) => "the same test".to_owned(),
            Author::Program(program) => program.to_owned(),
        },
    };
    let states: Vec<_> = added.provider_states.iter().map(|state| state.name.as_str()).collect();
    let given = if states.is_empty() { String::new() } else { format!(" (given {})", states.join(", ")) };
    RecordingConflict {
        interaction: format!("{}{given}", added.description),
        existing_test,
        added_test: author.in_words(),
        differences: differences(&without_test_name(existing), &without_test_name(added)),
    }
}

fn in_words(test: Option<&str>) -> String {
    test.map_or_else(|| "a test without a name".to_owned(), |test| format!("test {test}"))
}

fn without_test_name(interaction: &Interaction) -> Json {
    let mut pact = Pact::new("", "");
    let mut interaction = interaction.clone();
    interaction.comments.remove(TEST_NAME);
    pact.interactions.push(interaction);
    format::to_json(&pact)["interactions"][0].take()
}

/// Writes beside the file and renames, so that nobody ever sees half a file.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), RecordError> {
    if fs::read(path).is_ok_and(|known| known == bytes) {
        return Ok(());
    }
    // whoever holds the lock is the only one to write here
    let unfinished = hidden(path, "new");
    fs::write(&unfinished, bytes).map_err(failure("write", &unfinished))?;
    fs::rename(&unfinished, path).map_err(failure("write", path))
}

/// `.consumer-provider.json.lock`; it stays, because removing a lock file that others may wait for breaks the lock.
fn lock_path(path: &Path) -> PathBuf {
    hidden(path, "lock")
}

fn hidden(path: &Path, extension: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{extension}"))
}

fn failure(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> RecordError + use<> {
    let path = path.to_owned();
    move |source| RecordError::File { action, path, source }
}

/// A file that one thread of one process holds at a time.
struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    fn acquire(path: PathBuf) -> Result<Self, RecordError> {
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(failure("open", &path))?;
        fs4::FileExt::lock(&file).map_err(failure("lock", &path))?;
        Ok(Self { file, path })
    }

    fn read(&mut self) -> Result<String, RecordError> {
        let mut bytes = Vec::new();
        self.file.read_to_end(&mut bytes).map_err(failure("read", &self.path))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn write(&mut self, text: &str) -> Result<(), RecordError> {
        // what was written before is not taken away before the new text is there: whoever is killed here leaves a ledger
        let mut rewrite = || {
            self.file.rewind()?;
            self.file.write_all(text.as_bytes())?;
            self.file.set_len(text.len() as u64)
        };
        rewrite().map_err(failure("write", &self.path))
    }
}

#[cfg(test)]
mod tests;
