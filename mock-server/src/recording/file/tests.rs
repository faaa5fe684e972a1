use countersign_core::pact::{HttpInteraction, InteractionKind, ProviderState};

use super::*;

fn pact(interactions: impl IntoIterator<Item = Interaction>) -> Pact {
    let mut pact = Pact::new("shop", "stock");
    pact.interactions.extend(interactions);
    pact
}

fn answered(description: &str, status: u16) -> Interaction {
    let mut http = HttpInteraction::default();
    http.response.status = status;
    Interaction::new(description, InteractionKind::Http(Box::new(http)))
}

/// One test of one run.
fn record_as(directory: &Path, run: &str, test: &str, interaction: Interaction) -> Result<PathBuf, RecordError> {
    record(Recording {
        pact: pact([interaction]),
        directory,
        author: Author::Test(Some(test)),
        run: RunId::named(run),
        overwrite: OverwritePolicy::Merge,
    })
}

fn recorded(path: &Path) -> Vec<(String, u16, String)> {
    let pact = format::read(&fs::read(path).unwrap()).unwrap();
    let row = |interaction: &Interaction| {
        let test = interaction.comments[TEST_NAME].as_str().unwrap().to_owned();
        (interaction.description.clone(), interaction.http().unwrap().response.status, test)
    };
    pact.interactions.iter().map(row).collect()
}

#[test]
fn the_bytes_do_not_depend_on_the_order() {
    let steps = [("a", "test 1", 200), ("b", "test 2", 201), ("b", "test 1", 201), ("c", "test 3", 202)];
    let write = |order: &[usize]| {
        let directory = tempfile::tempdir().unwrap();
        let mut path = PathBuf::new();
        for &step in order {
            let (description, test, status) = steps[step];
            path = record_as(directory.path(), "run", test, answered(description, status)).unwrap();
        }
        fs::read(path).unwrap()
    };
    let expected = write(&[0, 1, 2, 3]);
    for order in [[3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]] {
        assert_eq!(write(&order), expected, "{order:?}");
    }
}

#[test]
fn threads_write_into_one_file() {
    let write = |threads: usize| {
        let directory = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for thread in 0..threads {
                let directory = directory.path();
                scope.spawn(move || {
                    for id in (0..24).filter(|id| id % threads == thread) {
                        record_as(directory, "run", &format!("test {id}"), answered(&format!("{id:02}"), 200)).unwrap();
                    }
                });
            }
        });
        let names: Vec<_> = fs::read_dir(directory.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert_eq!(names.len(), 2, "the pact and its lock, nothing half-written: {names:?}");
        fs::read(directory.path().join("shop-stock.json")).unwrap()
    };
    assert_eq!(write(8), write(1));
    assert_eq!(format::read(&write(8)).unwrap().interactions.len(), 24);
}

#[test]
fn two_tests_of_one_run_may_not_contradict_each_other() {
    let directory = tempfile::tempdir().unwrap();
    let mut interaction = answered("a stock check", 200);
    interaction.provider_states.push(ProviderState::new("stock exists"));
    let path = record_as(directory.path(), "run", "shop::one", interaction.clone()).unwrap();
    let before = fs::read(&path).unwrap();

    let InteractionKind::Http(http) = &mut interaction.kind else { unreachable!() };
    http.response.status = 404;
    let error = record_as(directory.path(), "run", "shop::two", interaction).unwrap_err();
    let text = error.to_string().replace(&path.display().to_string(), "[path]");
    insta::assert_snapshot!(text, @r"
    [path]: two different interactions are called 'a stock check (given stock exists)', one in test shop::one, one in test shop::two: give one of them another description or provider state
      $.response.status: 200 and 404
    ");
    assert_eq!(fs::read(&path).unwrap(), before, "the file stays as it was");
}

#[test]
fn what_a_former_run_or_the_same_test_recorded_is_replaced() {
    let directory = tempfile::tempdir().unwrap();
    let step = |run, test, status| recorded(&record_as(directory.path(), run, test, answered("a", status)).unwrap());
    let row = |status, test: &str| vec![("a".to_owned(), status, test.to_owned())];
    assert_eq!(step("run 1", "one", 200), row(200, "one"));
    assert_eq!(step("run 1", "one", 201), row(201, "one"), "the test changed its mind");
    assert_eq!(step("run 2", "two", 202), row(202, "two"), "another run");
    assert_eq!(step("run 2", "one", 202), row(202, "one"), "the same by two tests");
    assert!(record_as(directory.path(), "run 2", "three", answered("a", 200)).is_err());
    assert_eq!(step("run 3", "two", 202), row(202, "two"), "nobody else recorded it in this run");
}

#[test]
fn overwriting_starts_anew_once_per_run() {
    let directory = tempfile::tempdir().unwrap();
    let step = |run: &str, description: &str, overwrite| {
        let recording = Recording {
            pact: pact([answered(description, 200)]),
            directory: directory.path(),
            author: Author::Test(Some("test")),
            run: RunId::named(run),
            overwrite,
        };
        let path = record(recording).unwrap();
        recorded(&path).into_iter().map(|(description, ..)| description).collect::<Vec<_>>()
    };
    assert_eq!(step("run 1", "a", OverwritePolicy::Merge), ["a"]);
    assert_eq!(step("run 2", "b", OverwritePolicy::Merge), ["a", "b"]);
    assert_eq!(step("run 3", "c", OverwritePolicy::StartAnew), ["c"]);
    assert_eq!(step("run 3", "d", OverwritePolicy::StartAnew), ["c", "d"]);
}

#[test]
fn a_file_that_is_no_pact_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("shop-stock.json");
    fs::write(&path, "[]").unwrap();
    let error = record_as(directory.path(), "run", "test", answered("a", 200)).unwrap_err();
    let text = error.to_string().replace(&path.display().to_string(), "[path]");
    insta::assert_snapshot!(text, @r"cannot add to [path]: not a pact: the top level is not an object; delete it to start anew");
    assert_eq!(fs::read(&path).unwrap(), b"[]");
}
