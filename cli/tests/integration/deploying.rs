//! Environments, deployments and releases.

use serde_json::{Value, json};

use crate::command::run_against;
use crate::fake::{FakeBroker, hal};

fn environment(name: &str, production: bool) -> Value {
    json!({ "uuid": format!("uuid-{name}"), "name": name, "displayName": name.to_uppercase(), "production": production,
            "contacts": [{ "name": "Blue", "details": { "emailAddress": "blue@x" } }],
            "createdAt": "2026-05-24T10:30:00+00:00",
            "_links": { "self": { "href": format!("BASE/environments/uuid-{name}") },
                "pb:currently-deployed-deployed-versions": { "href": format!("BASE/environments/{name}/deployed") } } })
}

async fn with_environments() -> FakeBroker {
    let fake = FakeBroker::start().await;
    let all = [environment("test", false), environment("production", true)];
    fake.on("GET /environments", hal(200, &json!({ "_embedded": { "environments": all } })));
    fake.on("GET /environments/uuid-test", hal(200, &environment("test", false)));
    fake
}

#[tokio::test]
async fn deployments() {
    let fake = with_environments().await;
    fake.on(
        "GET /pacticipants/web/versions/1f3c9ab",
        hal(200, &json!({ "_links": { "pb:record-deployment": [{ "name": "production", "href": "BASE/record" }] } })),
    );
    fake.on("POST /record", hal(201, &json!({ "uuid": "d1", "applicationInstance": "blue" })));
    let line = "record-deployment -a web -e 1f3c9ab --environment production --application-instance blue";
    insta::assert_snapshot!(run_against(&fake, line).await.told(), @"
    exit code 0
    --- stdout
    ✓ web 1f3c9ab is recorded as deployed to production (instance blue)
    ");
    let json = run_against(&fake, &format!("{line} -o json")).await;
    assert_eq!(json.stdout, "{\"uuid\":\"d1\",\"applicationInstance\":\"blue\"}\n");
    let line = "record-deployment -a web -e 1f3c9ab --environment staging";
    insta::assert_snapshot!(run_against(&fake, line).await.told(), @"
    exit code 1
    --- stderr
    error: no environment is called `staging`; there are: production
      hint: create it with `countersign create-environment`
    ");
    let line = "record-deployment -a web -e 2 --environment production";
    insta::assert_snapshot!(run_against(&fake, line).await.told(), @"
    exit code 1
    --- stderr
    error: version 2 of `web` was not found at http://BROKER/pacticipants/web/versions/2
      - The requested document was not found on this server.
    ");
}

#[tokio::test]
async fn undeployments() {
    let fake = with_environments().await;
    let deployed = json!({ "currentlyDeployed": true, "_embedded": { "version": { "number": "1f3c9ab" } },
                           "_links": { "self": { "href": "BASE/deployed/1" } } });
    fake.on(
        "GET /environments/production/deployed?pacticipant=web",
        hal(200, &json!({ "_embedded": { "deployedVersions": [deployed] } })),
    );
    fake.on("PATCH /deployed/1", hal(200, &json!({})));
    let line = "record-undeployment --pacticipant web --environment production";
    insta::assert_snapshot!(run_against(&fake, line).await.told(), @"
    exit code 0
    --- stdout
    ✓ web 1f3c9ab is recorded as undeployed from production
    ");
}

#[tokio::test]
async fn environments_are_listed_and_described() {
    let fake = with_environments().await;
    insta::assert_snapshot!(run_against(&fake, "list-environments").await.told(), @"
    exit code 0
    --- stdout
      NAME         DISPLAY NAME   PRODUCTION   UUID
      test         TEST           no           uuid-test
      production   PRODUCTION     yes          uuid-production
    ");
    insta::assert_snapshot!(run_against(&fake, "describe-environment --uuid uuid-test").await.told(), @"
    exit code 0
    --- stdout
    Name:         test
    Display name: TEST
    UUID:         uuid-test
    Production:   no
    Contacts:     Blue <blue@x>
    Created:      2026-05-24T10:30:00+00:00
    ");
    insta::assert_snapshot!(run_against(&fake, "describe-environment --uuid other").await.told(), @"
    exit code 1
    --- stderr
    error: environment other was not found at http://BROKER/environments/other
      - The requested document was not found on this server.
    ");
}

#[tokio::test]
async fn environments_are_created_and_changed() {
    let fake = with_environments().await;
    fake.on("POST /environments", hal(201, &environment("uat", false)));
    fake.on("PUT /environments/uuid-test", hal(200, &environment("test", true)));
    let line = "create-environment --name uat --display-name UAT --no-production --contact-name Blue";
    insta::assert_snapshot!(run_against(&fake, line).await.told(), @"
    exit code 0
    --- stdout
    ✓ environment uat is created, with UUID uuid-uat
    ");
    let id = run_against(&fake, "create-environment --name uat --production -o id").await;
    assert_eq!(id.stdout, "uuid-uat\n");
    assert_eq!(run_against(&fake, "update-environment --uuid uuid-test --production").await.code, 0);
    insta::assert_snapshot!(fake.lines(), @r#"
    POST /environments {"name":"uat","production":false,"displayName":"UAT","contacts":[{"name":"Blue","details":{}}]}
    POST /environments {"name":"uat","production":true}
    GET /environments/uuid-test
    PUT /environments/uuid-test {"name":"test","production":true,"displayName":"TEST","contacts":[{"name":"Blue","details":{"emailAddress":"blue@x"}}]}
    "#);
}
