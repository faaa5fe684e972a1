//! `countersign publish`.

use serde_json::{Value, json};

use crate::command::{Outcome, run_in};
use crate::fake::{FakeBroker, hal};

const PACT: &str = r#"{"consumer": {"name": "web"}, "provider": {"name": "stock"}, "interactions": []}"#;

/// Runs in a directory with these files.
async fn publish(fake: &FakeBroker, files: &[(&str, &str)], line: &str, variables: &[(&str, &str)]) -> Outcome {
    let directory = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = directory.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    let mut all = vec![("PACT_BROKER_BASE_URL", fake.url.as_str()), ("PACT_BROKER_HTTP_RETRIES", "0")];
    all.extend(variables);
    run_in(directory.path(), line, &all).await.hiding(fake)
}

async fn accepting() -> FakeBroker {
    let fake = FakeBroker::start().await;
    let notices = json!([
        { "type": "debug", "text": "Created web version 1f3c9ab with branch main" },
        { "type": "success", "text": "Pact successfully published for web version 1f3c9ab and provider stock." },
        { "type": "prompt", "text": "Next steps:\n  * Add verification" },
    ]);
    fake.on("POST /contracts/publish", hal(200, &json!({ "notices": notices, "_links": {} })));
    fake
}

#[tokio::test]
async fn published_with_everything_that_was_said() {
    let fake = accepting().await;
    let line =
        "publish pacts --consumer-app-version 1f3c9ab --branch main --tag a,b -t c --build-url http://ci/1 --merge";
    let outcome = publish(&fake, &[("pacts/deep/web-stock.json", PACT)], line, &[("PACT_BROKER_TOKEN", "t0p")]).await;
    insta::assert_snapshot!(outcome.told(), @"
    exit code 0
    --- stdout
    ✓ web 1f3c9ab (main) published to http://BROKER/
      Created web version 1f3c9ab with branch main
      Pact successfully published for web version 1f3c9ab and provider stock.
      Next steps:
        * Add verification
    ");
    let asked = &fake.asked()[0];
    assert_eq!(asked.headers["authorization"], "Bearer t0p");
    insta::assert_snapshot!(asked.body, @r#"{"pacticipantName":"web","pacticipantVersionNumber":"1f3c9ab","tags":["a","b","c"],"contracts":[{"consumerName":"web","providerName":"stock","specification":"pact","contentType":"application/json","content":"eyJjb25zdW1lciI6IHsibmFtZSI6ICJ3ZWIifSwgInByb3ZpZGVyIjogeyJuYW1lIjogInN0b2NrIn0sICJpbnRlcmFjdGlvbnMiOiBbXX0=","onConflict":"merge"}],"branch":"main","buildUrl":"http://ci/1"}"#);
}

#[tokio::test]
async fn version_branch_and_build_come_from_ci_where_not_given() {
    let fake = accepting().await;
    let variables = [("GITHUB_SHA", "abc"), ("GITHUB_REF", "refs/heads/feat/x"), ("BUILD_URL", "http://ci/9")];
    let outcome = publish(&fake, &[("p.json", PACT)], "publish p.json -r --branch main -g -o json", &variables).await;
    let answered: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!((outcome.code, &answered["notices"][0]["type"]), (0, &json!("debug")));
    let sent: Value = serde_json::from_str(&fake.asked()[0].body).unwrap();
    assert_eq!(sent["pacticipantVersionNumber"], "abc");
    assert_eq!(sent["branch"], "main");
    assert_eq!(sent["tags"], json!(["feat/x"]));
    assert_eq!(sent["buildUrl"], "http://ci/9");
}

#[tokio::test]
async fn each_consumer_is_published_on_its_own() {
    let fake = accepting().await;
    let other = PACT.replace("web", "app");
    let third = PACT.replace("stock", "prices");
    let files = [("1.json", PACT), ("2.json", &other), ("3.json", &third)];
    let outcome = publish(&fake, &files, "publish --dir . -a 1", &[]).await;
    let sent: Vec<Value> = fake.asked().iter().map(|asked| serde_json::from_str(&asked.body).unwrap()).collect();
    let summary: Vec<_> = sent
        .iter()
        .map(|body| (body["pacticipantName"].as_str().unwrap(), body["contracts"].as_array().unwrap().len()))
        .collect();
    assert_eq!((outcome.code, summary), (0, vec![("app", 1), ("web", 2)]));
}

#[tokio::test]
async fn every_problem_is_told_before_anything_is_sent() {
    let fake = accepting().await;
    let files = [("ok.json", PACT), ("broken.json", "{\n  \"consumer\": ,\n}"), ("report.json", "{}")];
    let outcome = publish(&fake, &files, "publish ok.json broken.json report.json gone.json none-*.json", &[]).await;
    insta::assert_snapshot!(outcome.told(), @"
    exit code 1
    --- stderr
    error: nothing was published, for 5 reasons
      - no version was given: use --consumer-app-version (-a), or --auto-detect-version-properties (-r) in a CI build or git checkout
      - gone.json: no such file or directory
      - none-*.json: no file matches this pattern
      - broken.json: not JSON at line 2 column 15: expected value
      - report.json: not a pact: it names neither consumer nor provider (`consumer.name`, `provider.name`)
    ");
    assert_eq!(fake.lines(), "");
}

#[tokio::test]
async fn a_conflict_shows_what_the_broker_says() {
    let fake = FakeBroker::start().await;
    let text = "Cannot change the content of the pact for web version 1.\n\n- \"quantity\": 5\n+ \"quantity\": 6";
    fake.on(
        "POST /contracts/publish",
        hal(409, &json!({ "notices": [{ "type": "error", "text": text }], "errors": { "contracts": [text] } })),
    );
    let outcome = publish(&fake, &[("p.json", PACT)], "publish p.json -a 1", &[]).await;
    insta::assert_snapshot!(outcome.told(), @r#"
    exit code 1
    --- stderr
    error: http://BROKER/contracts/publish answered 409, the request conflicts with what the broker holds
      - Cannot change the content of the pact for web version 1.

        - "quantity": 5
        + "quantity": 6
    "#);
}
