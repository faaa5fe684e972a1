//! A consumer's contract, from the sentence in the test to the pact file.

use countersign_mock_server::prelude::*;
use serde_json::{Value as Json, json};

use crate::support::{client, fetch, http2_client, read_pact};

fn stock_check() -> Pact {
    Pact::between("order-service", "inventory-service").http("a stock check for a known sku", |i| {
        i.given("stock exists", json!({ "sku": "ABC-1", "quantity": 5 })).request(get_stock()).response(
            ok().header("ETag", regex("\"[0-9a-f]+\"", "\"5f\"")).json(json!({
                "available": true,
                "quantity_left": integer(5),
                "warehouse": { "id": regex(r"w-\d+", "w-1"), "city": like("Oslo") },
                "tags": each_like("fragile").min(1),
            })),
        )
    })
}

fn get_stock() -> countersign_mock_server::consumer::RequestBuilder {
    get("/inventory/ABC-1")
        .query("quantity", integer(2))
        .query("flag", ["a", "b"])
        .header("X-Tenant", regex("[a-z]+", "acme"))
}

#[tokio::test]
async fn an_agreed_conversation_is_answered_and_recorded() {
    let directory = tempfile::tempdir().unwrap();
    let inventory = stock_check().output_dir(directory.path()).start().await;

    let url = format!("{}/inventory/ABC-1?flag=a&quantity=7&flag=b", inventory.url());
    let response = client().get(url).header("x-tenant", "globex").send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.headers()["etag"], "\"5f\"");
    let stock: Json = response.json().await.unwrap();
    let expected = json!({
        "available": true, "quantity_left": 5, "warehouse": { "id": "w-1", "city": "Oslo" }, "tags": ["fragile"],
    });
    assert_eq!(stock, expected);

    let path = inventory.try_finish().await.unwrap();
    insta::assert_snapshot!(std::fs::read_to_string(path).unwrap(), @r#"
    {
      "consumer": {
        "name": "order-service"
      },
      "interactions": [
        {
          "type": "Synchronous/HTTP",
          "pending": false,
          "comments": {
            "testname": "dsl::an_agreed_conversation_is_answered_and_recorded"
          },
          "description": "a stock check for a known sku",
          "providerStates": [
            {
              "name": "stock exists",
              "params": {
                "sku": "ABC-1",
                "quantity": 5
              }
            }
          ],
          "request": {
            "method": "GET",
            "path": "/inventory/ABC-1",
            "query": {
              "flag": [
                "a",
                "b"
              ],
              "quantity": [
                "2"
              ]
            },
            "headers": {
              "X-Tenant": [
                "acme"
              ]
            },
            "matchingRules": {
              "header": {
                "X-Tenant": {
                  "combine": "AND",
                  "matchers": [
                    {
                      "match": "regex",
                      "regex": "[a-z]+"
                    }
                  ]
                }
              },
              "query": {
                "quantity": {
                  "combine": "AND",
                  "matchers": [
                    {
                      "match": "integer"
                    }
                  ]
                }
              }
            }
          },
          "response": {
            "status": 200,
            "headers": {
              "Content-Type": [
                "application/json"
              ],
              "ETag": [
                "\"5f\""
              ]
            },
            "body": {
              "content": {
                "available": true,
                "quantity_left": 5,
                "warehouse": {
                  "id": "w-1",
                  "city": "Oslo"
                },
                "tags": [
                  "fragile"
                ]
              },
              "contentType": "application/json",
              "encoded": false
            },
            "matchingRules": {
              "body": {
                "$.quantity_left": {
                  "combine": "AND",
                  "matchers": [
                    {
                      "match": "integer"
                    }
                  ]
                },
                "$.tags": {
                  "combine": "AND",
                  "matchers": [
                    {
                      "match": "type",
                      "min": 1
                    }
                  ]
                },
                "$.warehouse.city": {
                  "combine": "AND",
                  "matchers": [
                    {
                      "match": "type"
                    }
                  ]
                },
                "$.warehouse.id": {
                  "combine": "AND",
                  "matchers": [
                    {
                      "match": "regex",
                      "regex": "w-\\d+"
                    }
                  ]
                }
              },
              "header": {
                "ETag": {
                  "combine": "AND",
                  "matchers": [
                    {
                      "match": "regex",
                      "regex": "\"[0-9a-f]+\""
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
        "name": "inventory-service"
      }
    }
    "#);
}

#[tokio::test]
async fn bodies_of_every_kind_travel_both_ways() {
    let directory = tempfile::tempdir().unwrap();
    let provider = Pact::between("shop", "files")
        .http("json", |i| {
            i.given_state("a shop").request(post("/json").json(json!({ "n": integer(1) }))).response(created())
        })
        .http("text", |i| i.request(put("/text").text("hello")).response(ok().text("welcome")))
        .http("bytes", |i| {
            i.request(patch("/bytes").body([0, 159, 146, 150], "application/octet-stream"))
                .response(status(202).body([1, 2, 255], "image/png"))
        })
        .http("nothing", |i| i.request(delete("/nothing")).response(no_content()))
        .http("head", |i| i.request(head("/head")).response(ok().text("unseen")))
        .http("options", |i| i.request(options("/options")).response(ok().header("Allow", ["GET", "PUT"])))
        .http("any method and path", |i| i.request(request("SEARCH", regex(r"/found/\d+", "/found/1"))).response(ok()))
        .output_dir(directory.path())
        .start()
        .await;
    let (url, client) = (provider.url(), client());
    let send = |request: reqwest::RequestBuilder| async { request.send().await.unwrap() };

    assert_eq!(send(client.post(format!("{url}/json")).json(&json!({ "n": 12 }))).await.status(), 201);
    let text = client.put(format!("{url}/text")).header("content-type", "text/plain").body("hello");
    let text = send(text).await;
    assert_eq!(text.headers()["content-type"], "text/plain");
    assert_eq!(text.text().await.unwrap(), "welcome");
    let bytes = client.patch(format!("{url}/bytes")).header("content-type", "application/octet-stream");
    let bytes = send(bytes.body(vec![0, 159, 146, 150])).await;
    assert_eq!(bytes.status(), 202);
    assert_eq!(bytes.bytes().await.unwrap(), [1, 2, 255].as_slice());
    assert_eq!(send(client.delete(format!("{url}/nothing"))).await.status(), 204);
    let head = send(client.head(format!("{url}/head"))).await;
    assert_eq!((head.status().as_u16(), head.text().await.unwrap().as_str()), (200, ""));
    let allowed = send(client.request("OPTIONS".parse().unwrap(), format!("{url}/options"))).await;
    assert_eq!(allowed.headers().get_all("allow").iter().collect::<Vec<_>>(), ["GET", "PUT"]);
    assert_eq!(send(client.request("SEARCH".parse().unwrap(), format!("{url}/found/42"))).await.status(), 200);

    let pact = read_pact(&provider.try_finish().await.unwrap());
    assert_eq!(pact.interactions.len(), 7);
    assert_eq!(pact.interactions[0].description, "any method and path", "sorted by description");
}

#[tokio::test]
async fn paths_and_queries_are_written_as_people_read_them() {
    let directory = tempfile::tempdir().unwrap();
    let provider = Pact::between("shop", "stock")
        .http("a check", |i| i.request(get("/höfe/a b?what=left over").query("what", "ö").query("n", 2)).response(ok()))
        .http("the same by another way", |i| i.request(get("/a%2Fb")).response(ok()))
        .output_dir(directory.path())
        .start()
        .await;
    fetch(format!("{}/höfe/a b?what=left over&n=2&what=ö", provider.url())).await;
    fetch(format!("{}/a%2Fb", provider.url())).await;
    let pact = read_pact(&provider.try_finish().await.unwrap());
    assert_eq!(pact.interactions[0].http().unwrap().request.path, "/h%C3%B6fe/a%20b");
}

#[tokio::test]
async fn http_2_without_tls_is_spoken_too() {
    let directory = tempfile::tempdir().unwrap();
    let provider = Pact::between("shop", "stock")
        .http("a check", |i| i.request(get("/a?b=c")).response(ok()))
        .output_dir(directory.path())
        .start()
        .await;
    let response = http2_client().get(format!("{}/a?b=c", provider.url())).send().await.unwrap();
    assert_eq!((response.version(), response.status().as_u16()), (reqwest::Version::HTTP_2, 200));
    provider.finish().await;
}

#[tokio::test]
async fn interactions_that_differ_in_their_states_have_their_turns() {
    let directory = tempfile::tempdir().unwrap();
    let ask = || get("/stock/1");
    let provider = Pact::between("shop", "stock")
        .http("a check", |i| i.given_state("in stock").request(ask()).response(ok().json(1)))
        .http("a check", |i| i.given_state("sold out").request(ask()).response(ok().json(0)))
        .output_dir(directory.path())
        .start()
        .await;
    let mut seen = Vec::new();
    for _ in 0..2 {
        seen.push(fetch(format!("{}/stock/1", provider.url())).await.text().await.unwrap());
    }
    assert_eq!(seen, ["1", "0"]);
    provider.finish().await;
}

#[test]
fn misuse_is_reported_in_a_sentence_at_the_users_line() {
    let refused = |build: fn()| {
        let panic = std::panic::catch_unwind(build).unwrap_err();
        crate::support::panic_text(panic.as_ref())
    };
    for (build, expected) in [
        ((|| drop(get("items"))) as fn(), "a path starts with '/', but this one is \"items\""),
        (|| drop(request("GE T", "/")), "\"GE T\" is no HTTP method"),
        (|| drop(status(99)), "a response's status is a number from 200 to 599, not 99"),
        (|| drop(ok().header("a b", "c")), "\"a b\" is no header name"),
        (|| drop(ok().header("a", "b\n")), "\"b\\n\" is no value for the header a"),
        (|| drop(ok().header("a", "b").header("A", "c")), "the header \"A\" is said twice: give one list of values"),
        (|| drop(ok().json(1).json(2)), "the body is said twice"),
        (|| drop(post("/").json(1).text("2")), "the body is said twice"),
        (|| drop(Pact::between("", "p")), "a consumer needs a name"),
        (
            || drop(Pact::between("c", "p").start_blocking()),
            "the contract between c and p has no interaction yet: add one with `http` or `grpc`",
        ),
        (
            || {
                let pact = Pact::between("c", "p").http("same", |i| i.request(post("/")).response(ok()));
                drop(pact.http("same", |i| i.request(post("/")).response(created())));
            },
            "two different interactions are called 'same': give one of them another description or provider state",
        ),
    ] {
        assert_eq!(refused(build), expected);
    }
    let bad_regex = refused(|| drop(ok().json(json!({ "id": regex(r"\d+", "abc") }))));
    assert!(bad_regex.starts_with("the body cannot be used: $.id: "), "{bad_regex}");
    let bad_params = refused(|| {
        drop(Pact::between("c", "p").http("x", |i| i.given("s", 7).request(post("/")).response(ok())));
    });
    assert!(bad_params.starts_with("the parameters of a provider state have names"), "{bad_params}");
}

#[test]
fn panics_name_the_line_of_the_test() {
    let here = |line: u32| Some((file!().to_owned(), line));
    let line = line!();
    assert_eq!(panic_line(|| drop(put("no slash"))), here(line + 1));
    assert_eq!(panic_line(|| drop(ok().header("ETag", regex("[0-9]+", "abc")))), here(line + 2));
    assert_eq!(panic_line(|| drop(get("/").query("q", json!({ "a": 1 })))), here(line + 3));
    assert_eq!(panic_line(|| drop(ok().json(json!({ "a": integer("b") })))), here(line + 4));
    let given = || drop(Pact::between("c", "p").http("x", |i| i.given("s", 7).request(get("/")).response(ok())));
    assert_eq!(panic_line(given), here(line + 5));
    assert_eq!(panic_line(|| drop(Pact::between("c", "p").start())), here(line + 7));
    let line = line!();
    assert_eq!(panic_line(|| drop(ok().form(7))), here(line + 1));
    assert_eq!(panic_line(|| drop(ok().xml("<a>"))), here(line + 2));
    assert_eq!(panic_line(|| drop(ok().multipart(multipart()))), here(line + 3));
    assert_eq!(panic_line(|| drop(graphql("{", ()))), here(line + 4));
    assert_eq!(panic_line(|| drop(ok().body("{", "application/json"))), here(line + 5));
    assert_eq!(panic_line(|| drop(payload().metadata("m", regex("a", "b")))), here(line + 6));
    assert_eq!(panic_line(|| drop(status_in([99]))), here(line + 7));
    let answered = || drop(Pact::between("c", "p").http("x", |i| i.request(get("/")).response(99)));
    assert_eq!(panic_line(answered), here(line + 8));
    let old = || Pact::between("c", "p").specification(Specification::V2).message("m", |m| m.text("x"));
    assert_eq!(panic_line(|| drop(old().consume(|_| async {}))), here(line + 11));
    assert_eq!(panic_line(|| old().consume_blocking(|_| ())), here(line + 12));
}

/// Where a panic of this thread says it happened.
fn panic_line(build: impl FnOnce() + std::panic::UnwindSafe) -> Option<(String, u32)> {
    use std::sync::{Arc, Mutex};
    let seen = Arc::new(Mutex::new(None));
    let (writer, thread) = (Arc::clone(&seen), std::thread::current().id());
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().id() == thread {
            *writer.lock().unwrap() = info.location().map(|at| (at.file().to_owned(), at.line()));
        } else {
            before(info);
        }
    }));
    std::panic::catch_unwind(build).unwrap_err();
    seen.lock().unwrap().clone()
}
