//! Completions for shells, and manual pages.

use crate::command::{run, run_in};

#[tokio::test]
async fn shells_learn_the_commands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let outcome = run(&format!("completions {shell}")).await;
        assert_eq!(outcome.code, 0);
        assert!(outcome.stdout.contains("can-i-deploy") && outcome.stdout.contains("scoped-states"), "{shell}");
    }
    assert_eq!(run("completions tcsh").await.code, 2);
}

#[tokio::test]
async fn every_command_has_a_manual_page() {
    let folder = tempfile::tempdir().unwrap();
    let outcome = run_in(folder.path(), "man pages/man1", &[]).await;
    assert_eq!(outcome.told(), "exit code 0\n");
    let read = |name: &str| std::fs::read_to_string(folder.path().join("pages/man1").join(name)).unwrap();
    assert!(read("countersign.1").contains("countersign\\-verify"));
    assert!(read("countersign-verify.1").contains("scoped\\-states"));
    assert!(read("countersign-can-i-deploy.1").contains("pacticipant"));
}
