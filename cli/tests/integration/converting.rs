//! `countersign convert`.

use crate::command::{Outcome, run_in};

const V4: &str = r#"{"consumer": {"name": "web"}, "provider": {"name": "stock"}, "interactions": [
    {"type": "Synchronous/HTTP", "description": "a check", "key": "k", "request": {"method": "GET", "path": "/"},
     "response": {"status": 200, "headers": {"Content-Type": ["application/json"]},
        "body": {"content": {"v": "1.0.0"}, "contentType": "application/json", "encoded": false},
        "matchingRules": {"body": {"$.v": {"combine": "AND", "matchers": [{"match": "semver"}]}}}}},
    {"type": "Synchronous/Messages", "description": "a call", "request": {}, "response": []}
], "metadata": {"pactSpecification": {"version": "4.0"}}}"#;

const V2: &str = r#"{"consumer": {"name": "web"}, "provider": {"name": "stock"}, "interactions": [
    {"description": "a check", "providerState": "stock", "request": {"method": "GET", "path": "/", "query": "a=1"},
     "response": {"status": 200, "body": {"v": 1}, "matchingRules": {"$.body.v": {"match": "type"}}}}
], "metadata": {"pactSpecification": {"version": "2.0.0"}}}"#;

/// Converts in a directory with pacts of two versions; hands the directory to a look afterwards.
async fn convert(line: &str, look: impl FnOnce(&std::path::Path)) -> Outcome {
    let directory = tempfile::tempdir().unwrap();
    for (name, content) in [("four", V4), ("two", V2), ("broken", "{")] {
        std::fs::write(directory.path().join(format!("{name}.json")), content).unwrap();
    }
    let outcome = run_in(directory.path(), &format!("convert {line}"), &[]).await;
    look(directory.path());
    outcome
}

#[tokio::test]
async fn one_file_goes_to_standard_output() {
    insta::assert_snapshot!(convert("four.json --to v3", |_| ()).await.told(), @r#"
    exit code 0
    --- stdout
    {
      "consumer": {
        "name": "web"
      },
      "interactions": [
        {
          "description": "a check",
          "request": {
            "method": "GET",
            "path": "/"
          },
          "response": {
            "status": 200,
            "headers": {
              "Content-Type": "application/json"
            },
            "body": {
              "v": "1.0.0"
            },
            "matchingRules": {
              "body": {
                "$.v": {
                  "combine": "AND",
                  "matchers": [
                    {
                      "match": "semver"
                    }
                  ]
                }
              }
            }
          }
        }
      ],
      "metadata": {
        "pactSpecification": {
          "version": "3.0.0"
        }
      },
      "provider": {
        "name": "stock"
      }
    }
    --- stderr
    four.json
      a check
        dropped: interactions[0].key
          version 3.0.0 has no such attribute
        kept: interactions[0].response.matchingRules.body['$.v']
          the rule 'semver' is of version 4.0; the official tools apply it in version 3.0.0 as well
      a call
        dropped: interactions[1]
          version 3.0.0 has no synchronous messages
    "#);
    insta::assert_snapshot!(convert("two.json --to 4", |_| ()).await.told(), @r#"
    exit code 0
    --- stdout
    {
      "consumer": {
        "name": "web"
      },
      "interactions": [
        {
          "type": "Synchronous/HTTP",
          "pending": false,
          "description": "a check",
          "providerStates": [
            {
              "name": "stock"
            }
          ],
          "request": {
            "method": "GET",
            "path": "/",
            "query": {
              "a": [
                "1"
              ]
            }
          },
          "response": {
            "status": 200,
            "body": {
              "content": {
                "v": 1
              },
              "contentType": "application/json",
              "encoded": false
            },
            "matchingRules": {
              "body": {
                "$.v": {
                  "combine": "AND",
                  "matchers": [
                    {
                      "match": "type"
                    }
                  ]
                }
              }
            }
          }
        }
      ],
      "metadata": {
        "pactSpecification": {
          "version": "4.0"
        }
      },
      "provider": {
        "name": "stock"
      }
    }
    "#);
}

#[tokio::test]
async fn a_strict_conversion_says_no_when_something_is_lost() {
    assert_eq!(convert("four.json --to v3 --strict", |_| ()).await.code, 1);
    assert_eq!(convert("two.json --to v4 --strict", |_| ()).await.code, 0);
}

#[tokio::test]
async fn several_files_keep_their_names_in_a_directory() {
    let outcome = convert("four.json two.json --to v3 --output new --json", |directory| {
        let two = std::fs::read_to_string(directory.join("new/two.json")).unwrap();
        assert!(two.contains("\"3.0.0\"") && directory.join("new/four.json").is_file());
    });
    insta::assert_snapshot!(outcome.await.told(), @r#"
    exit code 0
    --- stderr
    {
      "files": [
        {
          "file": "four.json",
          "notes": [
            {
              "effect": "dropped",
              "interaction": "a check",
              "location": "interactions[0].key",
              "message": "version 3.0.0 has no such attribute"
            },
            {
              "effect": "kept",
              "interaction": "a check",
              "location": "interactions[0].response.matchingRules.body['$.v']",
              "message": "the rule 'semver' is of version 4.0; the official tools apply it in version 3.0.0 as well"
            },
            {
              "effect": "dropped",
              "interaction": "a call",
              "location": "interactions[1]",
              "message": "version 3.0.0 has no synchronous messages"
            }
          ]
        },
        {
          "file": "two.json",
          "notes": []
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn what_cannot_be_done_is_said() {
    insta::assert_snapshot!(convert("four.json two.json --to v3", |_| ()).await.told(), @"
    exit code 2
    --- stderr
    error: not every file was converted: 2 files need a directory: name one with --output
    ");
    insta::assert_snapshot!(convert("broken.json none.json --to v3", |_| ()).await.told(), @"
    exit code 2
    --- stderr
    error: not every file was converted, for 2 reasons
      - none.json: no such file or directory
      - broken.json: not JSON: EOF while parsing an object at line 1 column 1
    ");
}
