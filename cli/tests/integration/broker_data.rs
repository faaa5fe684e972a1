//! Commands against a broker that is there: what it holds, copies of it, and who may use it.

use countersign_broker::{Broker, Config, RunningBroker};
use serde_json::{Value, json};

use crate::command::{Outcome, run_in};

/// A broker, a folder, and a contract published from it.
struct Place {
    broker: RunningBroker,
    folder: tempfile::TempDir,
}

impl Place {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let pact = json!({
            "consumer": { "name": "web shop" }, "provider": { "name": "orders" },
            "interactions": [{
                "description": "an order", "providerStates": [{ "name": "an order exists", "params": { "id": 7 } }],
                "request": { "method": "GET", "path": "/orders/7" }, "response": { "status": 200 },
            }],
            "metadata": { "pactSpecification": { "version": "3.0.0" } },
        });
        std::fs::write(folder.path().join("pact.json"), pact.to_string()).unwrap();
        let place = Self { broker: Broker::start(Config::in_memory()).await.unwrap(), folder };
        assert_eq!(place.run("publish pact.json --consumer-app-version 1 --branch main").await.code, 0);
        place
    }

    async fn run(&self, line: &str) -> Outcome {
        let variables = [("PACT_BROKER_BASE_URL", self.broker.url()), ("PACT_BROKER_HTTP_RETRIES", "0")];
        let mut outcome = run_in(self.folder.path(), line, &variables).await;
        for stream in [&mut outcome.stdout, &mut outcome.stderr] {
            *stream = stream.replace(self.broker.url(), "http://BROKER");
        }
        outcome
    }
}

#[tokio::test]
async fn pacts_are_listed_and_downloaded() {
    let place = Place::new().await;
    insta::assert_snapshot!(place.run("get-pacts --provider orders --latest").await.told(), @"
    exit code 0
    --- stdout
      CONSUMER   PACT                                   URL
      web shop   Pact between web shop (1) and orders   http://BROKER/pacts/provider/orders/consumer/web%20shop/version/1
    ");
    for line in ["get-pacts --provider orders --branch main", "get-pacts --provider orders --branch main --latest"] {
        assert!(place.run(line).await.stdout.contains("web shop (1)"), "{line}");
    }
    let none = place.run("get-pacts --provider orders --branch feature").await;
    assert_eq!((none.code, none.stdout.as_str()), (0, "No pacts of orders were found\n"));
    let line = "get-pacts --provider orders --latest --download --download-dir copies -o json";
    let told: Value = serde_json::from_str(&place.run(line).await.stdout).unwrap();
    let copy = std::fs::read(place.folder.path().join(told[0]["file"].as_str().unwrap())).unwrap();
    let copy: Value = serde_json::from_slice(&copy).unwrap();
    assert_eq!(copy["provider"]["name"], "orders");
    assert!(copy.get("_links").is_none());
    assert_eq!(place.run("get-pacts --provider nobody").await.code, 1);
}

#[tokio::test]
async fn provider_states_are_listed() {
    let place = Place::new().await;
    insta::assert_snapshot!(place.run("provider-states list --provider orders").await.told(), @r#"
    exit code 0
    --- stdout
      STATE             PARAMETERS   CONSUMERS
      an order exists   {"id":7}     web shop
    "#);
    let none = place.run("provider-states list --provider orders --environment production").await;
    assert_eq!(none.stdout, "No pact of orders names a provider state\n");
}

#[tokio::test]
async fn everything_moves_to_another_broker() {
    let place = Place::new().await;
    let (from, to) = (place.broker.url().to_owned(), Broker::start(Config::in_memory()).await.unwrap());
    place.run("create-version-tag -a orders -e 7 -t dev --auto-create-version").await;
    place.run("create-or-update-version -a orders -e 7 -r main").await;
    place.run("record-deployment -a orders -e 7 --environment production").await;
    let line = format!("migrate --from {from} --to {}", to.url());
    let told = run_in(place.folder.path(), &line, &[]).await;
    assert_eq!(told.code, 0, "{}", told.told());
    assert!(told.stdout.contains("2 pacticipants") && told.stdout.contains("1 deployments"), "{}", told.stdout);
    let again = run_in(place.folder.path(), &line, &[]).await;
    assert_eq!(again.stdout, "Everything was copied before\n", "{}", again.told());
    let variables = [("PACT_BROKER_BASE_URL", to.url())];
    let copied = run_in(place.folder.path(), "get-pacts --provider orders --branch main --latest", &variables).await;
    assert!(copied.stdout.contains("web shop (1)"), "{}", copied.told());
    let version = run_in(place.folder.path(), "describe-version -a orders -e 7 -o json", &variables).await;
    assert!(version.stdout.contains("production"), "{}", version.told());
}

#[tokio::test]
async fn a_database_is_looked_after() {
    let folder = tempfile::tempdir().unwrap();
    let run = async |line: &str| run_in(folder.path(), line, &[("PACT_BROKER_DATABASE_URL", "b.sqlite")]).await;
    let created = run("broker token create --name ci --role publish --pacticipant web --days 3").await;
    assert!(created.code == 0 && created.stdout.starts_with("csn_"), "{}", created.told());
    let listed = run("broker token list").await.stdout;
    assert!(listed.contains("publish") && listed.contains("web") && !listed.contains("csn_"), "{listed}");
    let uuid = listed.lines().nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    assert_eq!(run(&format!("broker token revoke --uuid {uuid}")).await.code, 0);
    assert_eq!(run(&format!("broker token revoke --uuid {uuid}")).await.code, 1);
    assert!(run("broker clean --dry-run").await.stdout.starts_with("Would delete 0 branches, 0 versions"));
    assert_eq!(run("broker backup copy.sqlite").await.code, 0);
    assert_eq!(run("broker export all.jsonl").await.code, 0);
    let elsewhere = run_in(folder.path(), "broker import all.jsonl --database-url c.sqlite", &[]).await;
    assert_eq!(elsewhere.code, 0, "{}", elsewhere.told());
    assert_eq!(run("broker restore copy.sqlite --database-url d.sqlite").await.code, 0);
    insta::assert_snapshot!(run("broker --host 0.0.0.0 --port 0").await.told(), @"
    exit code 1
    --- stderr
    error: refusing to listen on 0.0.0.0 without authentication, because other machines reach that address: set up a user (--basic-auth-username and --basic-auth-password), tokens (--token-auth-enabled true) or OIDC (--oidc-jwks-url), or say that everyone may do everything with --allow-anonymous true
    ");
    assert_eq!(run("broker --port high").await.code, 1);
    let help = run("broker --help").await.stdout;
    assert!(help.contains("--webhook-host-whitelist") && help.contains("PACT_BROKER_OIDC_JWKS_URL"));
}
