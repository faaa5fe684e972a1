//! `countersign lint`.

use crate::command::{Outcome, run_in};

const SOUND: &str = r#"{"consumer": {"name": "web"}, "provider": {"name": "stock"}, "interactions": [],
    "metadata": {"pactSpecification": {"version": "3.0.0"}}}"#;

const DUBIOUS: &str = r#"{"consumer": {"name": "web"}, "provider": {"name": "stock"}, "interactions": [{
    "description": "a check", "request": {"method": "GET", "path": "/", "querry": "x=1"}, "response": {"status": 200}
}], "metadata": {"pactSpecification": {"version": "3.0.0"}}}"#;

const WRONG: &str = r#"{"consumer": {"name": "web"}, "provider": {"name": "stock"}, "interactions": [
    {"description": "a check", "request": {"method": "GET", "path": "/"}, "response": {"status": 200, "body": {"id": "x"},
     "matchingRules": {"body": {"$.id": {"matchers": [{"match": "regex", "regex": "\\d+"}]}}}}},
    {"description": "an order", "request": {"method": "POST", "path": "orders"}, "response": {"status": 201}}
], "metadata": {"pactSpecification": {"version": "3.0.0"}}}"#;

/// Lints in a directory with a sound, a dubious and a wrong pact.
async fn lint(line: &str) -> Outcome {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("pacts")).unwrap();
    for (name, content) in [("a-sound", SOUND), ("b-dubious", DUBIOUS), ("c-wrong", WRONG)] {
        std::fs::write(directory.path().join(format!("pacts/{name}.json")), content).unwrap();
    }
    run_in(directory.path(), &format!("lint {line}"), &[]).await
}

#[tokio::test]
async fn a_directory_with_all_kinds() {
    insta::assert_snapshot!(lint("pacts").await.told(), @r#"
    exit code 1
    --- stdout
    pacts/b-dubious.json
      a check
        warning: interactions[0].request.querry
          unknown attribute, which nobody reads: is "query" meant?

    pacts/c-wrong.json
      a check
        error: interactions[0].response.body $.id
          the example "x" does not fit its own rule: text matching \d+
      an order
        error: interactions[1].request.path
          the path 'orders' does not start with '/', so no request can have it

    ✗ 3 files: 2 errors, 1 warning
    "#);
}

#[tokio::test]
async fn warnings_fail_only_a_strict_look() {
    insta::assert_snapshot!(lint("pacts/a*.json --strict").await.told(), @"
    exit code 0
    --- stdout
    ✓ 1 file: nothing wrong
    ");
    assert_eq!(lint("pacts/b-dubious.json").await.code, 0);
    assert_eq!(lint("pacts/b-dubious.json --strict").await.code, 1);
}

#[tokio::test]
async fn a_file_that_is_missing_ends_with_two() {
    insta::assert_snapshot!(lint("pacts/a-sound.json pacts/none.json").await.told(), @"
    exit code 2
    --- stdout
    ✓ 1 file: nothing wrong
    --- stderr
    error: not every file was looked at: pacts/none.json: no such file or directory
    ");
}

#[tokio::test]
async fn as_json() {
    insta::assert_snapshot!(lint("pacts/b-dubious.json --json").await.told(), @r#"
    exit code 0
    --- stdout
    {
      "errors": 0,
      "warnings": 1,
      "files": [
        {
          "file": "pacts/b-dubious.json",
          "findings": [
            {
              "severity": "warning",
              "check": "unknown-attribute",
              "interaction": "a check",
              "location": "interactions[0].request.querry",
              "message": "unknown attribute, which nobody reads: is \"query\" meant?"
            }
          ]
        }
      ]
    }
    "#);
}
