//! Pact files in older versions of the specification.

use countersign_mock_server::prelude::*;
use serde_json::{Value as Json, json};

use crate::support::{fetch, told};

fn check(version: Specification, directory: &std::path::Path) -> Pact {
    Pact::between("web", "shop").specification(version).output_dir(directory).http("a check", |i| {
        i.given_state("stock exists")
            .request(get("/stock/1").query("tag", ["a", "b"]).header("Accept", ["text/html", "text/plain"]))
            .response(ok().json(json!({ "left": like(5), "tags": each_like("x").min(2) })))
    })
}

async fn record(pact: Pact) -> Result<Json, String> {
    let shop = pact.start().await;
    let client = crate::support::client();
    let ask = client.get(format!("{}/stock/1?tag=a&tag=b", shop.url()));
    assert_eq!(ask.header("accept", "text/html, text/plain").send().await.unwrap().status(), 200);
    let path = shop.try_finish().await.map_err(|error| error.to_string())?;
    Ok(serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
}

#[tokio::test]
async fn each_version_has_its_own_words() {
    let directory = tempfile::tempdir().unwrap();
    let v2 = record(check(Specification::V2, &directory.path().join("2"))).await.unwrap();
    insta::assert_snapshot!(format!("{v2:#}"), @r#"
    {
      "consumer": {
        "name": "web"
      },
      "interactions": [
        {
          "description": "a check",
          "providerState": "stock exists",
          "request": {
            "method": "GET",
            "path": "/stock/1",
            "query": "tag=a&tag=b",
            "headers": {
              "Accept": "text/html, text/plain"
            }
          },
          "response": {
            "status": 200,
            "headers": {
              "Content-Type": "application/json"
            },
            "body": {
              "left": 5,
              "tags": [
                "x",
                "x"
              ]
            },
            "matchingRules": {
              "$.body.left": {
                "match": "type"
              },
              "$.body.tags": {
                "match": "type",
                "min": 2
              }
            }
          }
        }
      ],
      "metadata": {
        "pactSpecification": {
          "version": "2.0.0"
        }
      },
      "provider": {
        "name": "shop"
      }
    }
    "#);
    let v3 = record(check(Specification::V3, &directory.path().join("3"))).await.unwrap();
    assert_eq!(v3["metadata"]["pactSpecification"]["version"], "3.0.0");
    assert_eq!(v3["interactions"][0]["request"]["query"], json!({ "tag": ["a", "b"] }));
    let v4 = record(check(Specification::V4, &directory.path().join("4"))).await.unwrap();
    assert_eq!(v4["metadata"]["pactSpecification"]["version"], "4.0");
}

#[tokio::test]
async fn recording_again_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    for version in [Specification::V2, Specification::V3, Specification::V4] {
        let directory = directory.path().join(version.as_str());
        let first = record(check(version, &directory)).await.unwrap();
        // on behalf of another test, so that the interactions are compared
        let again = std::thread::Builder::new().name("another test".to_owned());
        let again = again.spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(record(check(version, &directory)))
        });
        let mut again = again.unwrap().join().unwrap().unwrap();
        if version == Specification::V4 {
            again["interactions"][0]["comments"] = first["interactions"][0]["comments"].clone();
        }
        assert_eq!(again, first);
    }
}

#[tokio::test]
async fn the_newest_version_that_a_run_asks_for_is_the_files() {
    let directory = tempfile::tempdir().unwrap();
    let version = |pact: &Json| pact["metadata"]["pactSpecification"]["version"].clone();
    let older = record(check(Specification::V2, directory.path())).await.unwrap();
    assert_eq!(version(&older), "2.0.0");
    let other = Pact::between("web", "shop").specification(Specification::V3).output_dir(directory.path());
    let other = other.message("an event", |m| m.metadata("topic", "events").text("hello"));
    other.consume(|_| async {}).await;
    let both = record(check(Specification::V2, directory.path())).await.unwrap();
    assert_eq!(version(&both), "3.0.0");
}

#[test]
fn what_does_not_fit_is_named_with_the_version_that_has_it() {
    let everything = || {
        Pact::between("web", "shop")
            .http("much", |i| {
                i.given("stock exists", json!({ "sku": "A" }))
                    .given_state("prices exist")
                    .comment("see the wiki")
                    .pending()
                    .key("much")
                    .request(get("/stock").query("v", semver("1.0.0")))
                    .response(status_in([200, 204]).json(json!({
                        "left": integer(5), "id": random_uuid(), "either": one_of(["a", "b"]),
                        "all": array_containing([1]), "rates": each_key(regex("[A-Z]+", "A"), json!({ "A": 1 })),
                    })))
            })
            .http("little", |i| i.request(get("/little")).response(ok().json(json!({ "left": like(5) }))))
    };
    let refused = |version: Specification| {
        let pact = everything().specification(version);
        told(|| pact.start_blocking())
    };
    insta::assert_snapshot!(refused(Specification::V2), @r"
    the contract between web and shop says what version 2 of the specification has no words for; version 4 has:
      'much' key: version 2.0.0 has no such attribute
      'much' comments: version 2.0.0 has no such attribute
      'much' pending: in version 2.0.0 a failure of this interaction fails the build
      'much' providerStates: the parameters of provider states have no place in version 2
      'much' providerStates: version 2 has one provider state, so they become the state 'stock exists and prices exist'
      'much' request.matchingRules.query['$.v']: the rule 'semver' is of version 4.0
      'much' response.matchingRules.body['$.left']: the rule 'integer' is of version 3.0.0
      'much' response.matchingRules.body['$.either']: version 2 has one rule at a path: 'equality' stays, without 'regex', so that it has to hold, where one of them was enough
      'much' response.matchingRules.body['$.either']: the rule 'equality' is of version 3.0.0
      'much' response.matchingRules.body['$.all']: the rule 'arrayContains' is of version 4.0
      'much' response.matchingRules.body['$.rates']: the rule 'eachKey' is of version 4.0
      'much' response.matchingRules.status: the rule 'statusCode' is of version 4.0
      'much' response.generators.body['$.id']: this generator is of version 3.0.0
    ");
    insta::assert_snapshot!(refused(Specification::V3), @r"
    the contract between web and shop says what version 3 of the specification has no words for; version 4 has:
      'much' key: version 3.0.0 has no such attribute
      'much' comments: version 3.0.0 has no such attribute
      'much' pending: in version 3.0.0 a failure of this interaction fails the build
      'much' request.matchingRules.query['$.v']: the rule 'semver' is of version 4.0
      'much' response.matchingRules.body['$.all']: the rule 'arrayContains' is of version 4.0
      'much' response.matchingRules.body['$.rates']: the rule 'eachKey' is of version 4.0
      'much' response.matchingRules.status: the rule 'statusCode' is of version 4.0
    ");
    let message = Pact::between("a", "b").specification(Specification::V2).message("m", |m| m.json(1));
    insta::assert_snapshot!(told(|| message.consume_blocking(|_| ())), @r"
    the contract between a and b says what version 2 of the specification has no words for; version 3 has:
      'm' version 2.0.0 has no messages
    ");
    let exchange = Pact::between("a", "b").specification(Specification::V3);
    let exchange = exchange.synchronous_message("m", |m| m.request(json!(1)).response(json!(2)));
    insta::assert_snapshot!(told(|| exchange.converse_blocking(|_| ())), @r"
    the contract between a and b says what version 3 of the specification has no words for; version 4 has:
      'm' version 3.0.0 has no synchronous messages
    ");
    insta::assert_snapshot!(told(|| Pact::between("a", "b").specification(Specification::V1)), @"contracts are written in version 2, 3 or 4 of the specification, not 1.0.0");
}

#[tokio::test]
async fn all_that_version_4_has_is_written_in_it() {
    let directory = tempfile::tempdir().unwrap();
    let shop = Pact::between("web", "shop")
        .http("much", |i| {
            i.given("stock exists", json!({ "sku": "A" }))
                .given_state("prices exist")
                .comment("see the wiki")
                .comment("and the chart")
                .comment_entry("ticket", "SHOP-7")
                .pending()
                .key("much")
                .request(get("/much"))
                .response(ok())
        })
        .output_dir(directory.path())
        .start()
        .await;
    fetch(format!("{}/much", shop.url())).await;
    let path = shop.try_finish().await.unwrap();
    let pact: Json = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let mut much = pact["interactions"][0].clone();
    much.as_object_mut().unwrap().retain(|name, _| name != "request" && name != "response");
    insta::assert_snapshot!(format!("{much:#}"), @r#"
    {
      "type": "Synchronous/HTTP",
      "key": "much",
      "pending": true,
      "comments": {
        "text": [
          "see the wiki",
          "and the chart"
        ],
        "ticket": "SHOP-7",
        "testname": "versions::all_that_version_4_has_is_written_in_it"
      },
      "description": "much",
      "providerStates": [
        {
          "name": "stock exists",
          "params": {
            "sku": "A"
          }
        },
        {
          "name": "prices exist"
        }
      ]
    }
    "#);
}
