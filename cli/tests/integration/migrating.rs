//! Moving from one broker to another, also in several goes.

use std::process::Stdio;
use std::time::{Duration, Instant};

use countersign_broker::{Broker, Config, RunningBroker};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::command::run_in;
use crate::serving::http;

async fn send(broker: &RunningBroker, method: &str, path: &str, body: &Value) -> Value {
    let request = http().request(method.parse().unwrap(), format!("{}{path}", broker.url()));
    let request = request.header("Accept", "application/hal+json").header("Content-Type", "application/json");
    let answer = request.body(body.to_string()).send().await.unwrap();
    let status = answer.status();
    let text = answer.text().await.unwrap();
    assert!(status.is_success(), "{method} {path}: {status} {text}");
    serde_json::from_str(&text).unwrap_or_default()
}

/// How many versions there are to copy.
const VERSIONS: usize = 120;

async fn filled() -> RunningBroker {
    let broker = Broker::start(Config::in_memory()).await.unwrap();
    for version in 0..VERSIONS {
        let pact = json!({
            "consumer": { "name": "web shop" }, "provider": { "name": "orders" },
            "interactions": [{
                "description": format!("order {}", version / 2),
                "request": { "method": "GET", "path": "/" }, "response": { "status": 200, "body": { "exact": 1.50 } },
            }],
            "metadata": { "pactSpecification": { "version": "2.0.0" } },
        });
        let place = format!("/pacts/provider/orders/consumer/web%20shop/version/v{version}");
        let pact = send(&broker, "PUT", &place, &pact).await;
        let branch = if version % 3 == 0 { "main" } else { "feat%2Fx" };
        send(&broker, "PUT", &format!("/pacticipants/web%20shop/branches/{branch}/versions/v{version}"), &json!({}))
            .await;
        if version % 10 == 0 {
            send(&broker, "PUT", &format!("/pacticipants/web%20shop/versions/v{version}/tags/dev"), &json!({})).await;
            let results = pact["_links"]["pb:publish-verification-results"]["href"].as_str().unwrap();
            let result =
                json!({ "success": version % 20 == 0, "providerApplicationVersion": format!("p{}", version / 50) });
            send(&broker, "POST", results.strip_prefix(broker.url()).unwrap(), &result).await;
        }
    }
    send(&broker, "PUT", "/pacticipants/orders/labels/core", &json!({})).await;
    send(&broker, "PATCH", "/pacticipants/orders", &json!({ "repositoryUrl": "https://git/orders" })).await;
    let uat = send(&broker, "POST", "/environments", &json!({ "name": "uat", "production": false })).await;
    let uat = uat["uuid"].as_str().unwrap();
    let deployed = format!("/pacticipants/web%20shop/versions/v20/deployed-versions/environment/{uat}");
    send(&broker, "POST", &deployed, &json!({ "applicationInstance": "blue" })).await;
    let released = format!("/pacticipants/orders/versions/p1/released-versions/environment/{uat}");
    send(&broker, "POST", &released, &json!({})).await;
    broker
}

/// What a broker holds, without its own address, identities and times.
async fn holdings(broker: &RunningBroker) -> Value {
    let versions = send(broker, "GET", "/pacticipants/web%20shop/versions", &json!({})).await;
    let versions: Vec<Value> = versions["_embedded"]["versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|version| {
            let names = |list: &Value| -> Vec<Value> {
                list.as_array().unwrap().iter().map(|one| one["name"].clone()).collect()
            };
            let live = |rel: &str| names(&version["_links"][rel]);
            json!([
                version["number"],
                names(&version["_embedded"]["branchVersions"]),
                names(&version["_embedded"]["tags"]),
                live("pb:deployed-environments"),
                live("pb:pact-versions"),
            ])
        })
        .collect();
    let matrix = "/matrix?q[][pacticipant]=web%20shop&q[][pacticipant]=orders&latestby=cvpv&limit=10000";
    let matrix = send(broker, "GET", matrix, &json!({})).await;
    let mut rows: Vec<String> = matrix["matrix"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let verified = row["verificationResult"]["success"].to_string();
            format!("{} {} {verified}", row["consumer"]["version"]["number"], row["provider"]["version"]["number"])
        })
        .collect();
    rows.sort();
    let pact = send(broker, "GET", "/pacts/provider/orders/consumer/web%20shop/latest", &json!({})).await;
    let orders = send(broker, "GET", "/pacticipants/orders", &json!({})).await;
    json!({
        "versions": versions,
        "rows": rows,
        "pact": pact["interactions"],
        "orders": [orders["repositoryUrl"], orders["_embedded"]["labels"][0]["name"]],
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_was_killed_goes_on_where_it_was() {
    let (from, to) = (filled().await, Broker::start(Config::in_memory()).await.unwrap());
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal.txt");
    let line = format!("migrate --from {} --to {} --journal journal.txt", from.url(), to.url());
    let mut copying = Command::new(env!("CARGO_BIN_EXE_countersign"))
        .args(line.split_whitespace())
        .current_dir(folder.path())
        .env_clear()
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while std::fs::read_to_string(&journal).unwrap_or_default().lines().count() < 20 {
        assert!(begun.elapsed() < Duration::from_secs(60), "nothing is copied");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    copying.kill().await.unwrap();
    let noted = std::fs::read_to_string(&journal).unwrap().lines().count();
    assert!(noted < VERSIONS, "{noted} steps were done before it was killed");
    let told = run_in(folder.path(), &line, &[]).await;
    assert_eq!(told.code, 0, "{}", told.told());
    assert!(
        !told.stdout.contains(&format!("{VERSIONS} versions")),
        "what was copied is not copied again: {}",
        told.stdout
    );
    let (had, has) = (holdings(&from).await, holdings(&to).await);
    assert_eq!(has, had);
    assert_eq!(run_in(folder.path(), &line, &[]).await.stdout, "Everything was copied before\n");
    // and on to where something else is known under the name of another broker
    let other = line.replace(to.url(), "http://127.0.0.1:1");
    let refused = run_in(folder.path(), &other, &[]).await;
    assert!(refused.code != 0 && refused.stderr.contains("about other brokers"), "{}", refused.told());
}
