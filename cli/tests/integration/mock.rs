//! `countersign mock`, by itself and together with the official command.

use std::path::Path;

use serde_json::{Value, json};

use crate::command::{Outcome, run_in};
use crate::serving::{Serving, http, official};
use crate::tools::{has_pact, require};

fn write_pact(folder: &Path) {
    let pact = json!({
        "consumer": { "name": "shop" }, "provider": { "name": "stock" },
        "interactions": [{
            "description": "a stock check", "providerStates": [{ "name": "stock exists" }],
            "request": { "method": "GET", "path": "/stock/A", "query": { "least": ["1"] } },
            "response": { "status": 200, "headers": { "Content-Type": "application/json" }, "body": { "left": 5 } },
        }],
        "metadata": { "pactSpecification": { "version": "3.0.0" } },
    });
    std::fs::write(folder.join("pact.json"), pact.to_string()).unwrap();
}

/// The id and port that `create` printed.
fn created(outcome: &Outcome) -> (String, u16) {
    assert_eq!(outcome.code, 0, "{}", outcome.told());
    let words: Vec<&str> = outcome.stdout.lines().last().unwrap_or_default().split_whitespace().collect();
    let ["Mock", "server", id, "started", "on", "port", port] = words[..] else { panic!("{}", outcome.told()) };
    (id.to_owned(), port.parse().unwrap())
}

async fn ask(port: u16, target: &str) -> u16 {
    http().get(format!("http://127.0.0.1:{port}{target}")).send().await.unwrap().status().as_u16()
}

fn server_key(master: &Serving) -> String {
    master.said.split("Server key: '").nth(1).unwrap().split('\'').next().unwrap().to_owned()
}

#[tokio::test]
async fn from_creating_to_shutting_down() {
    let folder = tempfile::tempdir().unwrap();
    write_pact(folder.path());
    let mut master = Serving::ours(folder.path(), "mock start --port 0 --output pacts").await;
    master.wait_for("Server key").await;
    let port = master.port;
    let run =
        async |line: &str| run_in(folder.path(), &format!("mock --host 127.0.0.1 --port {port} {line}"), &[]).await;
    assert_eq!(run("list").await.stdout, "No mock servers are running\n");
    let (id, server) = created(&run("create --file pact.json --specification V4 --cors-preflight").await);
    let hidden = |outcome: Outcome| outcome.told().replace(&id, "ID").replace(&server.to_string(), "PORT");

    assert_eq!(ask(server, "/stock/A?least=2").await, 500);
    insta::assert_snapshot!(hidden(run(&format!("verify --mock-server-id {id}")).await), @r#"
    exit code 2
    --- stdout
    Mock server ID/PORT failed verification with 1 error

      ✗ a stock check (given stock exists)
          GET /stock/A?least=2 is not what was agreed:
          query least[0]
            - expected "1"
            + but got "2"
    "#);
    assert!(!folder.path().join("pacts").exists());

    let (second, server) = created(&run("create -f pact.json").await);
    assert_eq!(ask(server, "/stock/A?least=1").await, 200);
    let verified = run(&format!("verify -m {server}")).await;
    assert_eq!(verified.stdout, format!("Mock server with {server} 'port' verified ok\n"));
    assert!(folder.path().join("pacts/shop-stock.json").is_file());

    let list: Value = serde_json::from_str(&run("list --json").await.stdout).unwrap();
    assert_eq!(list["mockServers"].as_array().unwrap().len(), 2);
    assert_eq!(run(&format!("shutdown -i {id}")).await.stdout, format!("Mock server with id '{id}' shutdown ok\n"));
    let rest = run("list").await.stdout;
    assert!(rest.contains(&second) && !rest.contains(&id), "{rest}");
    insta::assert_snapshot!(hidden(run(&format!("shutdown -i {id}")).await), @"
    exit code 3
    --- stderr
    error: there is no mock server with id 'ID': `countersign mock list` lists those that run
    ");
    insta::assert_snapshot!(hidden(run("shutdown-master --server-key wrong").await), @"
    exit code 30
    --- stderr
    error: the master server was not shut down: shutting down takes the server key that was printed at the start: Authorization: Bearer KEY
    ");
    let ended = run(&format!("shutdown-master --server-key {} --period 1", server_key(&master))).await;
    assert_eq!(ended.stdout, "Master server shutting down ok\n");
    assert_eq!(master.ended().await, 0);
}

#[tokio::test]
async fn mistakes_are_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("broken.json"), "{").unwrap();
    std::fs::write(folder.path().join("list.json"), "[]").unwrap();
    let master = Serving::ours(folder.path(), "mock start --port 0").await;
    let port = master.port;
    let mut told = String::new();
    for line in [
        "create --file none.json",
        "create --file broken.json",
        "create --file list.json",
        "verify -i 12345678",
        "start",
    ] {
        let outcome = run_in(folder.path(), &format!("mock --port {port} {line}"), &[]).await;
        told.push_str(&format!("{line}: {}", outcome.told()));
    }
    drop(master);
    let gone = run_in(folder.path(), &format!("mock --port {port} list"), &[]).await;
    told.push_str(&format!("list: {}", gone.told()));
    insta::assert_snapshot!(told.replace(&port.to_string(), "PORT"), @"
    create --file none.json: exit code 20
    --- stderr
    error: none.json is not usable: No such file or directory (os error 2)
    create --file broken.json: exit code 20
    --- stderr
    error: broken.json is not usable: not JSON: EOF while parsing an object at line 1 column 1
    create --file list.json: exit code 20
    --- stderr
    error: no mock server was created from list.json: not a pact: the top level is not an object
    verify -i 12345678: exit code 3
    --- stderr
    error: there is no mock server with id '12345678': `countersign mock list` lists those that run
    start: exit code 1
    --- stderr
    error: the master server did not start: cannot listen on 127.0.0.1:PORT: Address already in use (os error 98); port 0 picks a free one
    list: exit code 10
    --- stderr
    error: the master server http://localhost:PORT cannot be reached: Connection refused (os error 111): start it with `countersign mock start`, or say where it is with --host and --port
    ");
}

#[tokio::test]
async fn the_official_client_drives_our_master() {
    if !has_pact() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    write_pact(folder.path());
    let mut master = Serving::ours(folder.path(), "mock start --port 0 --output pacts").await;
    master.wait_for("Server key").await;
    let port = master.port;
    let run = async |line: &str| official(folder.path(), &format!("mock -h 127.0.0.1 -p {port} {line}")).await;
    let (id, server) = created(&run("create --file pact.json --specification V3").await);
    let list = run("list").await;
    assert!(list.code == 0 && list.stdout.contains(&id) && list.stdout.contains("error"), "{}", list.told());
    ask(server, "/stock/A?least=2").await;
    let failed = run(&format!("verify -i {id}")).await;
    assert_eq!(failed.code, 2, "{}", failed.told());
    let words = "Expected query parameter 'least' with value '1' but was '2'";
    assert!(failed.told().contains(words), "{}", failed.told());

    let (id, server) = created(&run("create --file pact.json").await);
    ask(server, "/stock/A?least=1").await;
    let verified = run(&format!("verify -m {server}")).await;
    assert_eq!(verified.code, 0, "{}", verified.told());
    assert!(folder.path().join("pacts/shop-stock.json").is_file());
    assert_eq!(run(&format!("shutdown -i {id}")).await.code, 0);
    assert_eq!(run(&format!("shutdown -i {id}")).await.code, 3);
    assert_eq!(run("shutdown-master -k wrong").await.code, 30);
    assert_eq!(run(&format!("shutdown-master -k {}", server_key(&master))).await.code, 0);
    assert_eq!(master.ended().await, 0);
}

#[tokio::test]
async fn our_client_drives_the_official_master() {
    if !has_pact() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    write_pact(folder.path());
    let mut master = Serving::official(folder.path(), "mock -p PORT start --no-term-log --no-file-log -o .").await;
    master.wait_for("Server key").await;
    let port = master.port;
    let run = async |line: &str| run_in(folder.path(), &format!("mock -p {port} {line}"), &[]).await;
    let (id, server) = created(&run("create --file pact.json --specification V3").await);
    assert!(run("list").await.stdout.contains("stock"));
    http().get(format!("http://localhost:{server}/stock/A?least=2")).send().await.unwrap();
    let failed = run(&format!("verify -i {id}")).await;
    assert_eq!(failed.code, 2);
    assert!(failed.stdout.contains("Expected query parameter 'least' with value '1' but was '2'"), "{}", failed.told());
    assert_eq!(run(&format!("shutdown -m {server}")).await.code, 0);
    assert_eq!(run("shutdown-master -k wrong").await.code, 30);
    assert_eq!(run(&format!("shutdown-master -k {}", server_key(&master))).await.code, 0);
    assert_eq!(master.ended().await, 0);
}

/// The shell blocks of a page, one behind the other.
fn shell_blocks(page: &str) -> String {
    let blocks = page.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    blocks.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn every_example_of_the_documentation_runs() {
    let there =
        std::process::Command::new("curl").arg("--version").output().is_ok_and(|output| output.status.success());
    if !require(there, "curl", "apt-get install curl") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut master = Serving::ours(folder.path(), "mock start --port 0 --output pacts").await;
    master.wait_for("Server key").await;
    let script = shell_blocks(include_str!("../../../docs/mock.md"));
    assert!(script.matches("curl ").count() >= 10, "{script}");
    let output = tokio::process::Command::new("bash")
        .args(["-euo", "pipefail", "-c", &script])
        .current_dir(folder.path())
        .env("MASTER", master.url(""))
        .env("SERVER_KEY", server_key(&master))
        .output()
        .await
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}\n{}", text(&output.stdout), text(&output.stderr));
    assert!(folder.path().join("pacts/shop-stock.json").is_file());
    assert_eq!(master.ended().await, 0, "the last example shuts the master down");
}
