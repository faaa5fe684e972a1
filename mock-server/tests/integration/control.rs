//! The control API, as a program in another language uses it.

use std::path::Path;

use countersign_mock_server::control::{MasterConfig, MasterServer};
use serde_json::{Value as Json, json};

use crate::support::{client, fetch, read_pact};

fn start(folder: &Path) -> MasterServer {
    MasterServer::start(&MasterConfig { output_dir: folder.to_owned(), ..MasterConfig::default() }).unwrap()
}

fn stock() -> Json {
    json!({
        "consumer": { "name": "shop" }, "provider": { "name": "stock" },
        "interactions": [
            {
                "description": "a stock check", "providerStates": [{ "name": "stock exists", "params": { "sku": "A" } }],
                "request": { "method": "GET", "path": "/stock/A", "query": { "least": ["1"] } },
                "response": {
                    "status": 200, "headers": { "Content-Type": "application/json" },
                    "body": { "left": { "pact:matcher:type": "integer", "value": 5 } },
                },
            },
            {
                "description": "an order",
                "request": { "method": "POST", "path": "/orders", "body": { "sku": { "pact:matcher:type": "type", "value": "A" } } },
                "response": { "status": 201 },
            },
        ],
        "metadata": { "pactSpecification": { "version": "3.0.0" } },
    })
}

async fn create(master: &MasterServer, query: &str, pact: &Json) -> (u16, Json) {
    let response = client().post(format!("{}/{query}", master.url())).json(pact).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap_or_default())
}

async fn verify(master: &MasterServer, server: &Json) -> (u16, Json) {
    let id = server["id"].as_str().unwrap();
    let response = client().post(format!("{}/mockserver/{id}/verify", master.url())).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap_or_default())
}

async fn get(url: String) -> Json {
    fetch(url).await.json().await.unwrap()
}

/// Checks an answer against what the OpenAPI document says of it.
#[track_caller]
fn assert_described(schema: &str, answer: &Json) {
    let openapi: Json = serde_json::from_str(include_str!("../../../docs/mock-openapi.json")).unwrap();
    let reference = json!({ "$ref": format!("#/components/schemas/{schema}"), "components": openapi["components"] });
    let validator = jsonschema::validator_for(&reference).unwrap();
    let errors: Vec<_> = validator.iter_errors(answer).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?} in {answer:#}");
}

#[tokio::test]
async fn a_conversation_as_agreed_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let master = start(folder.path());
    assert_eq!(get(master.url()).await, json!({ "mockServers": [] }));
    let (status, created) = create(&master, "?specification=V3", &stock()).await;
    assert_eq!(status, 200, "{created}");
    assert_described("Created", &created);
    let server = &created["mockServer"];
    let url = server["url"].as_str().unwrap();
    let stock: Json = get(format!("{url}/stock/A?least=1")).await;
    assert_eq!(stock, json!({ "left": 5 }), "matchers are replaced by their examples");
    let order = client().post(format!("{url}/orders")).json(&json!({ "sku": "B" })).send().await.unwrap();
    assert_eq!(order.status(), 201);
    assert_eq!(order.headers()["access-control-allow-origin"], "*");

    let list = get(master.url()).await;
    assert_described("MockServers", &list);
    let known = &list["mockServers"][0];
    assert_eq!((&known["status"], &known["metrics"]["requests"]), (&json!("ok"), &json!(2)));
    assert_eq!(known["metrics"]["requests_by_path"], json!({ "/orders": 1, "/stock/A": 1 }));
    assert_eq!(get(format!("{}/mockserver/{}", master.url(), server["port"])).await, *known);

    assert_eq!(verify(&master, server).await, (204, Json::Null));
    assert_eq!(verify(&master, server).await, (204, Json::Null), "verifying again changes nothing");
    let written: Json = serde_json::from_slice(&std::fs::read(folder.path().join("shop-stock.json")).unwrap()).unwrap();
    assert_eq!(written["metadata"]["pactSpecification"]["version"], "3.0.0");
    assert_eq!(written["interactions"][0]["providerStates"][0]["params"], json!({ "sku": "A" }));
    assert_eq!(
        written["interactions"][0]["response"]["matchingRules"]["body"]["$.left"]["matchers"],
        json!([{ "match": "integer" }])
    );
    master.stop().await;
}

#[tokio::test]
async fn what_was_not_agreed_is_told_apart_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let master = start(folder.path());
    let mut pact = stock();
    let unused =
        json!({ "description": "a release", "request": { "method": "DELETE", "path": "/r/1", "query": "a=1" } });
    pact["interactions"].as_array_mut().unwrap().push(unused);
    let (_, created) = create(&master, "", &pact).await;
    let server = &created["mockServer"];
    let url = server["url"].as_str().unwrap();
    fetch(format!("{url}/stock/A?least=2")).await;
    client().post(format!("{url}/orders")).json(&json!({ "sku": 3 })).send().await.unwrap();
    client().put(format!("{url}/orders?x=1")).header("X-A", "b").body("hello").send().await.unwrap();

    let (status, failed) = verify(&master, server).await;
    assert_eq!(status, 422);
    assert_described("Failed", &failed);
    let mismatches = failed["mismatches"].as_array().unwrap();
    let kinds: Vec<_> = mismatches
        .iter()
        .map(|one| [&one["type"], &one["method"], &one["path"]].map(|it| it.as_str().unwrap()))
        .collect();
    assert_eq!(
        kinds,
        [
            ["request-mismatch", "GET", "/stock/A"],
            ["request-mismatch", "POST", "/orders"],
            ["request-not-found", "PUT", "/orders"],
            ["missing-request", "DELETE", "/r/1"],
        ]
    );
    assert_eq!(
        mismatches[0]["mismatches"],
        json!([{
            "type": "QueryMismatch", "parameter": "least", "expected": "1", "actual": "2",
            "mismatch": "Expected query parameter 'least' with value '1' but was '2'",
        }])
    );
    assert_eq!(mismatches[2]["request"]["query"], json!({ "x": ["1"] }));
    assert_eq!(mismatches[2]["request"]["headers"]["x-a"], "b");
    assert_eq!(mismatches[2]["request"]["body"], "hello");
    assert_eq!(mismatches[3]["request"], json!({ "method": "DELETE", "path": "/r/1", "query": { "a": ["1"] } }));
    assert!(failed["report"].as_str().unwrap().contains("was agreed but never asked for: DELETE /r/1?a=1"));
    let seen = get(format!("{}/mockserver/{}/mismatches", master.url(), server["id"].as_str().unwrap())).await;
    assert_described("Mismatches", &seen);
    assert_eq!(seen["mismatches"], failed["mismatches"]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    master.stop().await;
}

#[tokio::test]
async fn matchers_that_nobody_knows_are_refused_and_rules_of_tomorrow_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let master = start(folder.path());
    let pact = |body: Json, rules: Json| {
        json!({
            "consumer": { "name": "a" }, "provider": { "name": "b" },
            "interactions": [{
                "description": "a check", "request": { "method": "GET", "path": "/" },
                "response": { "status": 200, "body": body, "matchingRules": rules },
            }],
            "metadata": { "pactSpecification": { "version": "3.0.0" } },
        })
    };
    let misspelt = json!({ "left": { "pact:matcher:type": "integr", "value": 5 } });
    let (status, refused) = create(&master, "", &pact(misspelt, json!({}))).await;
    let error = refused["error"].as_str().unwrap();
    assert_eq!(status, 422);
    assert!(error.contains("$.left: there is no matcher \"integr\": there are type, equality, integer"), "{error}");
    let tomorrows = json!({ "body": { "$.left": { "matchers": [{ "match": "prime" }] } } });
    let (status, created) = create(&master, "", &pact(json!({ "left": 5 }), tomorrows)).await;
    assert_eq!(status, 200, "{created}");
    master.stop().await;
}

#[tokio::test]
async fn messages_are_taken_and_never_missing() {
    let folder = tempfile::tempdir().unwrap();
    let master = start(folder.path());
    let v3 = json!({
        "consumer": { "name": "mail" }, "provider": { "name": "orders" },
        "messages": [{
            "description": "an order was placed", "contents": { "id": { "pact:matcher:type": "type", "value": "o-1" } },
            "metaData": { "topic": "order.placed" },
        }],
        "metadata": { "pactSpecification": { "version": "3.0.0" } },
    });
    let v4 = json!({
        "consumer": { "name": "mail" }, "provider": { "name": "prices" },
        "interactions": [
            { "type": "Asynchronous/Messages", "description": "a price changed", "key": "k", "pending": true,
              "comments": { "text": ["why"] }, "contents": { "contentType": "application/json", "content": { "p": 1 } } },
            { "type": "Synchronous/Messages", "description": "a quote",
              "request": { "contents": { "contentType": "application/json", "content": { "q": 1 } } },
              "response": [{ "contents": { "contentType": "application/json", "content": { "a": 1 } } }] },
        ],
        "metadata": { "pactSpecification": { "version": "4.0" } },
    });
    for (pact, file) in [(v3, "mail-orders.json"), (v4, "mail-prices.json")] {
        let (status, created) = create(&master, "", &pact).await;
        assert_eq!(status, 200, "{created}");
        assert_eq!(verify(&master, &created["mockServer"]).await.0, 204, "{file}");
        let written = read_pact(&folder.path().join(file));
        let read = countersign_core::format::from_json(pact.clone());
        assert_eq!(written.interactions.len(), read.unwrap().interactions.len(), "{file}");
    }
    let written = std::fs::read_to_string(folder.path().join("mail-prices.json")).unwrap();
    for kept in ["\"key\": \"k\"", "\"pending\": true", "\"why\""] {
        assert!(written.contains(kept), "{kept} in {written}");
    }
    let messages = std::fs::read_to_string(folder.path().join("mail-orders.json")).unwrap();
    assert!(messages.contains("\"id\": \"o-1\"") && messages.contains("\"match\": \"type\""), "{messages}");
    master.stop().await;
}

#[tokio::test]
async fn what_cannot_be_used_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let master = start(folder.path());
    let post = async |path: &str, body: &'static str| {
        let response = client().post(format!("{}{path}", master.url())).body(body).send().await.unwrap();
        let status = response.status().as_u16();
        let json: Json = response.json().await.unwrap();
        assert_described("Problem", &json);
        format!("{status} {}", json["error"].as_str().unwrap())
    };
    let told = [
        post("/", "{").await,
        post("/", "[]").await,
        post("/?specification=V9", "{}").await,
        post("/mockserver/NOPE/verify", "").await,
        post("/shutdown", "").await,
        post("/nowhere", "").await,
        post("/openapi.json", "").await,
    ];
    insta::assert_snapshot!(told.join("\n"), @r"
    422 Failed to parse json body - EOF while parsing an object at line 1 column 1
    422 not a pact: the top level is not an object
    422 'V9' is no pact specification: V1, V1.1, V2, V3 and V4 are
    404 there is no mock server with the id or port 'NOPE': GET / lists all
    403 shutting down takes the server key that was printed at the start: Authorization: Bearer KEY
    404 there is nothing at /nowhere: GET /openapi.json says what there is
    405 POST means nothing here
    ");
    master.stop().await;
}

#[tokio::test]
async fn two_servers_that_contradict_each_other_are_a_conflict_that_names_both() {
    let folder = tempfile::tempdir().unwrap();
    let master = start(folder.path());
    let pact = |status: u16| {
        json!({ "consumer": { "name": "a" }, "provider": { "name": "b" }, "interactions": [
            { "description": "it", "request": { "path": "/it" }, "response": { "status": status } },
        ] })
    };
    let mut last = (0, Json::Null);
    let mut ids = Vec::new();
    for status in [200, 202] {
        let (_, created) = create(&master, "", &pact(status)).await;
        ids.push(created["mockServer"]["id"].as_str().unwrap().to_owned());
        fetch(format!("{}/it", created["mockServer"]["url"].as_str().unwrap())).await;
        last = verify(&master, &created["mockServer"]).await;
    }
    assert_eq!(last.0, 409, "{}", last.1);
    let error = last.1["error"].as_str().unwrap();
    assert!(ids.iter().all(|id| error.contains(&format!("mock server {id}"))), "{ids:?} in {error}");
    assert!(error.contains("$.response.status: 200 and 202"), "{error}");
    master.stop().await;
}

#[tokio::test]
async fn servers_stop_and_ports_can_be_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let free = || std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let base = free();
    let config =
        MasterConfig { output_dir: folder.path().to_owned(), base_port: Some(base), ..MasterConfig::default() };
    let master = MasterServer::start(&config).unwrap();
    let first = create(&master, "", &stock()).await.1["mockServer"].clone();
    let second = create(&master, "", &stock()).await.1["mockServer"].clone();
    let (first_port, second_port) = (first["port"].as_u64().unwrap(), second["port"].as_u64().unwrap());
    assert!(first_port >= u64::from(base) && second_port > first_port, "{base} {first_port} {second_port}");
    let taken = create(&master, &format!("?port={first_port}"), &stock()).await;
    assert_eq!(taken.0, 409, "{}", taken.1);

    let delete = async |id: &Json| {
        let url = format!("{}/mockserver/{}", master.url(), id.as_str().unwrap());
        client().delete(url).send().await.unwrap().status().as_u16()
    };
    assert_eq!([delete(&first["id"]).await, delete(&first["id"]).await], [204, 404]);
    client().get(format!("http://127.0.0.1:{first_port}/stock/A")).send().await.expect_err("it is stopped");

    let shutdown = client().post(format!("{}/shutdown", master.url())).bearer_auth(master.server_key());
    let answer = shutdown.json(&json!({ "period": 1 })).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    master.ended().await;
    master.stop().await;
}

#[tokio::test]
async fn tls_and_preflight_are_there_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let master = start(folder.path());
    let (_, created) = create(&master, "?cors=true&tls=true", &stock()).await;
    let pem = fetch(format!("{}/certificate.pem", master.url())).await.bytes().await.unwrap();
    let certificate = reqwest::Certificate::from_pem(&pem).unwrap();
    let client = reqwest::Client::builder().tls_certs_only([certificate]).build().unwrap();
    let url = created["mockServer"]["url"].as_str().unwrap();
    assert!(url.starts_with("https://"), "{url}");
    let preflight = client.request(http::Method::OPTIONS, format!("{url}/orders")).header("Origin", "http://page");
    let answer = preflight.send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["access-control-allow-origin"]),
        (204, &"http://page".parse().unwrap())
    );
    master.stop().await;
}

#[tokio::test]
async fn the_api_describes_itself() {
    let folder = tempfile::tempdir().unwrap();
    let master = start(folder.path());
    let openapi = get(format!("{}/openapi.json", master.url())).await;
    for (path, operations) in openapi["paths"].as_object().unwrap() {
        let url = format!("{}{}", master.url(), path.replace("{server}", "none"));
        for method in operations.as_object().unwrap().keys().filter(|key| *key != "parameters") {
            let request = client().request(method.to_uppercase().parse().unwrap(), &url);
            let answer = request.send().await.unwrap();
            let described = &operations[method]["responses"][answer.status().as_str()];
            assert!(described.is_object(), "{method} {path} answers {} without a word", answer.status());
        }
    }
    master.stop().await;
}
