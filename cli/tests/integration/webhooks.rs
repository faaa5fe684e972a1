//! Webhooks.

use serde_json::{Value, json};

use crate::command::{run, run_against};
use crate::fake::{FakeBroker, hal};

#[tokio::test]
async fn webhooks_are_saved_tested_and_deleted() {
    let fake = FakeBroker::start().await;
    let webhook =
        json!({ "_links": { "self": { "href": "BASE/webhooks/u1" }, "pb:execute": { "href": "BASE/run/u1" } } });
    fake.on("POST /webhooks", hal(201, &webhook));
    fake.on("PUT /webhooks/u2", hal(201, &webhook));
    fake.on("GET /webhooks/u1", hal(200, &webhook));
    fake.on("POST /run/u1", hal(200, &json!({ "success": false, "logs": "POST http://ci failed\n" })));
    fake.on("DELETE /webhooks/u1", hal(204, &json!({})));
    let line = "create-webhook http://ci/job -X POST -H Accept:text/plain -d {\"v\":1.0} --user me:pw \
                --consumer web --provider-label team --contract-published --provider-verification-failed";
    insta::assert_snapshot!(run_against(&fake, line).await.told(), @"
    exit code 0
    --- stdout
    ✓ webhook is saved, with UUID u1
    ");
    let sent: Value = serde_json::from_str(&fake.asked()[0].body).unwrap();
    insta::assert_snapshot!(format!("{sent:#}"), @r#"
    {
      "events": [
        {
          "name": "contract_published"
        },
        {
          "name": "provider_verification_failed"
        }
      ],
      "request": {
        "method": "POST",
        "url": "http://ci/job",
        "headers": {
          "Accept": "text/plain"
        },
        "body": {
          "v": 1.0
        },
        "username": "me",
        "password": "pw"
      },
      "consumer": {
        "name": "web"
      },
      "provider": {
        "label": "team"
      }
    }
    "#);
    let line = "create-or-update-webhook http://ci/job -X POST --uuid u2 --contract-content-changed -d text";
    assert_eq!(run_against(&fake, line).await.stdout, "✓ webhook is saved, with UUID u2\n");
    insta::assert_snapshot!(run_against(&fake, "test-webhook --uuid u1").await.told(), @"
    exit code 1
    --- stdout
    POST http://ci failed
    ");
    assert_eq!(run_against(&fake, "delete-webhook --uuid u1").await.code, 0);
    insta::assert_snapshot!(run_against(&fake, "delete-webhook --uuid u9").await.told(), @"
    exit code 1
    --- stderr
    error: webhook u9 was not found at http://BROKER/webhooks/u9
      - The requested document was not found on this server.
    ");
}

#[tokio::test]
async fn a_webhook_needs_an_event() {
    let outcome = run("create-webhook http://ci/job -X POST -b http://localhost:1").await;
    assert_eq!(outcome.code, 2);
    assert!(outcome.stderr.contains("--contract-content-changed"), "{}", outcome.stderr);
}
