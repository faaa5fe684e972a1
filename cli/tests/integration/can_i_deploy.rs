//! `countersign can-i-deploy` and `can-i-merge`.

use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};

use crate::command::{run_against, run_in};
use crate::fake::{FakeBroker, hal};

const QUESTION: &str = "GET /matrix?q[][pacticipant]=stock&q[][version]=7&latestby=cvpv&environment=production";
const LINE: &str = "can-i-deploy --pacticipant stock --version 7 --to-environment production";

fn row(consumer: &str, provider_version: Option<&str>, success: Option<bool>) -> Value {
    let verified_at = Timestamp::now().checked_sub(150.seconds()).unwrap();
    let result = success.map(|success| {
        json!({ "success": success, "verifiedAt": verified_at.to_string(),
                "_links": { "self": { "href": "BASE/results/3" } } })
    });
    json!({
        "consumer": { "name": consumer, "version": { "number": "1f3c9ab" } },
        "provider": { "name": "stock", "version": provider_version.map(|number| json!({ "number": number })) },
        "verificationResult": result,
    })
}

fn answer(deployable: &Value, notices: &Value, rows: &[Value]) -> Value {
    let unknown = rows.iter().filter(|row| row["verificationResult"].is_null()).count();
    json!({ "summary": { "deployable": deployable, "success": 1, "failed": 0, "unknown": unknown },
            "notices": notices, "matrix": rows })
}

fn yes() -> Value {
    let notices =
        json!([{ "type": "success", "text": "All required verification results are published and successful" }]);
    answer(&json!(true), &notices, &[row("order-service", Some("7"), Some(true))])
}

fn not_yet() -> Value {
    let notices =
        json!([{ "type": "error", "text": "There is no verified pact between version 1f3c9ab of web and stock" }]);
    let mut ignored = row("old", Some("7"), Some(false));
    ignored["ignored"] = json!(true);
    answer(&Value::Null, &notices, &[row("web", None, None), ignored])
}

#[tokio::test]
async fn a_no_comes_with_what_would_help() {
    let fake = FakeBroker::start().await;
    let notices = json!([{ "type": "error", "text": "stock 7 was never verified by web" }]);
    let mut no = answer(&Value::Null, &notices, &[]);
    no["explanation"] = json!({
        "obstacles": [{ "text": "stock 7 has not verified the pact of web 3: verify it.",
                        "command": "countersign verify --provider stock --publish --provider-version 7" }],
        "alternatives": [{ "pacticipant": "stock", "version": "6" }, { "pacticipant": "stock", "version": "5" }],
    });
    fake.on(QUESTION, hal(200, &no));
    insta::assert_snapshot!(run_against(&fake, LINE).await.told(), @r"
    exit code 1
    --- stdout
    Computer says no ¯\_(ツ)_/¯

      stock 7 was never verified by web

      stock 7 has not verified the pact of web 3: verify it.
        $ countersign verify --provider stock --publish --provider-version 7
      Verified, and could be deployed instead: stock 6, stock 5
    ");
}

#[tokio::test]
async fn yes_ends_with_zero() {
    let fake = FakeBroker::start().await;
    fake.on(QUESTION, hal(200, &yes()));
    insta::assert_snapshot!(run_against(&fake, LINE).await.told(), @r"
    exit code 0
    --- stdout
    Computer says yes \o/

      CONSUMER        C.VERSION   PROVIDER   P.VERSION   VERIFIED    RESULT
      order-service   1f3c9ab     stock      7           2 min ago   ✓

      All required verification results are published and successful
    ");
}

#[tokio::test]
async fn no_ends_with_one_and_says_where_to_look() {
    let fake = FakeBroker::start().await;
    let notices = json!([
        { "type": "warning", "text": "It is recommended to specify an environment" },
        { "type": "error", "text": "The verification for the pact between web and stock failed" },
    ]);
    fake.on(QUESTION, hal(200, &answer(&json!(false), &notices, &[row("web", Some("7"), Some(false))])));
    insta::assert_snapshot!(run_against(&fake, LINE).await.told(), @r"
    exit code 1
    --- stdout
    Computer says no ¯\_(ツ)_/¯

      CONSUMER   C.VERSION   PROVIDER   P.VERSION   VERIFIED    RESULT
      web        1f3c9ab     stock      7           2 min ago   ✗

      It is recommended to specify an environment
      The verification for the pact between web and stock failed

      ✗ web and stock: http://BROKER/results/3
    ");
}

#[tokio::test]
async fn missing_results_mean_no() {
    let fake = FakeBroker::start().await;
    fake.on(QUESTION, hal(200, &not_yet()));
    insta::assert_snapshot!(run_against(&fake, &format!("broker {LINE}")).await.told(), @r"
    exit code 1
    --- stdout
    Computer says no ¯\_(ツ)_/¯

      CONSUMER   C.VERSION   PROVIDER   P.VERSION   VERIFIED    RESULT
      web        1f3c9ab     stock      unknown     never       ?
      old        1f3c9ab     stock      7           2 min ago   ✗ ignored

      There is no verified pact between version 1f3c9ab of web and stock
    ");
}

#[tokio::test]
async fn json_is_the_brokers_own() {
    let fake = FakeBroker::start().await;
    fake.on(QUESTION, hal(200, &yes()));
    let outcome = run_against(&fake, &format!("{LINE} --output json")).await;
    let printed: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(printed["summary"]["deployable"], json!(true));
    assert_eq!(printed["matrix"][0]["consumer"]["name"], "order-service");
    assert_eq!((outcome.code, outcome.stdout.lines().count()), (0, 1));
}

#[tokio::test]
async fn a_dry_run_never_says_no_with_its_exit_code() {
    let fake = FakeBroker::start().await;
    fake.on(QUESTION, hal(200, &not_yet()));
    let outcome = run_against(&fake, &format!("{LINE} --dry-run")).await;
    assert!(outcome.stdout.starts_with("Computer says no"), "{}", outcome.stdout);
    assert_eq!(
        (outcome.code, outcome.stderr.trim()),
        (0, "dry run: ending with exit code 0 although the answer is no")
    );
    let variables = [("PACT_BROKER_BASE_URL", fake.url.as_str()), ("PACT_BROKER_CAN_I_DEPLOY_DRY_RUN", "true")];
    assert_eq!(run_in(&std::env::temp_dir(), LINE, &variables).await.code, 0);
}

#[tokio::test]
async fn missing_results_can_be_waited_for() {
    let fake = FakeBroker::start().await;
    fake.on(QUESTION, hal(200, &not_yet()));
    fake.on(QUESTION, hal(200, &yes()));
    let outcome = run_against(&fake, &format!("{LINE} --retry-while-unknown 3 --retry-interval 0")).await;
    assert_eq!((outcome.code, fake.asked().len()), (0, 2));
    assert_eq!(outcome.stderr, "waiting for 1 missing verification result; asking again in 0 s, 3 more times\n");
}

#[tokio::test]
async fn ignored_applications_may_come_from_the_environment() {
    let fake = FakeBroker::start().await;
    let variables = [("PACT_BROKER_BASE_URL", fake.url.as_str()), ("PACT_BROKER_CAN_I_DEPLOY_IGNORE", "a,b")];
    run_in(&std::env::temp_dir(), "can-i-deploy -a web -e 1 --to prod", &variables).await;
    assert_eq!(
        fake.lines(),
        "GET /matrix?q[][pacticipant]=web&q[][version]=1&ignore[][pacticipant]=a&ignore[][pacticipant]=b\
         &latestby=cvp&tag=prod&latest=true"
    );
}

#[tokio::test]
async fn merging_asks_about_main_branches() {
    let fake = FakeBroker::start().await;
    fake.on(
        "GET /matrix?q[][pacticipant]=web&q[][version]=1&latestby=cvp&mainBranch=true&latest=true",
        hal(200, &yes()),
    );
    assert_eq!(run_against(&fake, "can-i-merge -a web -e 1").await.code, 0);
}

#[tokio::test]
async fn a_question_the_broker_refuses() {
    let fake = FakeBroker::start().await;
    fake.on(QUESTION, hal(400, &json!({ "errors": ["Environment with name 'production' does not exist"] })));
    insta::assert_snapshot!(run_against(&fake, LINE).await.told(), @"
    exit code 1
    --- stderr
    error: http://BROKER/matrix answered 400, the broker refused the request
      - Environment with name 'production' does not exist
    ");
}
