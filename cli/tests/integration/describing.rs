//! Applications, versions, branches and tags.

use serde_json::{Value, json};

use crate::command::run_against;
use crate::fake::{FakeBroker, hal};

fn version() -> Value {
    json!({
        "number": "1f3c9ab", "buildUrl": "http://ci/1",
        "_embedded": { "branchVersions": [{ "name": "main", "latest": true }, { "name": "fix", "latest": false }],
                       "tags": [{ "name": "dev" }] },
        "_links": { "pb:deployed-environments": [
            { "name": "production", "currently_deployed": true }, { "name": "test", "currently_deployed": false },
        ] },
    })
}

async fn with_version() -> FakeBroker {
    let fake = FakeBroker::start().await;
    fake.on("GET /pacticipants/web/versions/1f3c9ab", hal(200, &version()));
    fake.on("GET /pacticipants/web/latest-version", hal(200, &version()));
    fake
}

#[tokio::test]
async fn versions() {
    let fake = with_version().await;
    insta::assert_snapshot!(run_against(&fake, "describe-version -a web -e 1f3c9ab").await.told(), @"
    exit code 0
    --- stdout
      NUMBER    BRANCHES             TAGS   ENVIRONMENTS            BUILD
      1f3c9ab   main (latest), fix   dev    production (deployed)   http://ci/1
    ");
    assert_eq!(run_against(&fake, "describe-version -a web --latest").await.code, 0);
    insta::assert_snapshot!(run_against(&fake, "describe-version -a web -l prod").await.told(), @"
    exit code 1
    --- stderr
    error: a version of `web` tagged `prod` was not found at http://BROKER/pacticipants/web/latest-version/prod
      - The requested document was not found on this server.
    ");
}

#[tokio::test]
async fn tags_are_put_on_versions_that_exist() {
    let fake = with_version().await;
    fake.on("PUT /pacticipants/web/versions/1f3c9ab/tags/prod", hal(201, &json!({})));
    fake.on("PUT /pacticipants/web/versions/2/tags/prod", hal(201, &json!({})));
    insta::assert_snapshot!(run_against(&fake, "create-version-tag -a web -e 1f3c9ab -t prod").await.told(), @"
    exit code 0
    --- stdout
    ✓ web 1f3c9ab is tagged prod
    ");
    insta::assert_snapshot!(run_against(&fake, "create-version-tag -a web -e 2 -t prod").await.told(), @"
    exit code 1
    --- stderr
    error: version 2 of `web` was not found at http://BROKER/pacticipants/web/versions/2
      - The requested document was not found on this server.
    ");
    let created = run_against(&fake, "create-version-tag -a web -e 2 -t prod --auto-create-version").await;
    assert_eq!(created.code, 0);
}

#[tokio::test]
async fn branches_that_are_missing_are_an_error_only_when_wanted() {
    let fake = FakeBroker::start().await;
    fake.on("DELETE /pacticipants/web/branches/feat%2Fx", hal(204, &json!({})));
    insta::assert_snapshot!(run_against(&fake, "delete-branch -a web --branch feat/x").await.told(), @"
    exit code 0
    --- stdout
    ✓ branch feat/x of web is deleted
    ");
    insta::assert_snapshot!(run_against(&fake, "delete-branch -a web --branch gone").await.told(), @"
    exit code 0
    --- stdout
    branch gone of web does not exist
    ");
    let strict = run_against(&fake, "delete-branch -a web --branch gone --error-when-not-found true").await;
    insta::assert_snapshot!(strict.told(), @"
    exit code 1
    --- stderr
    error: branch `gone` of `web` was not found at http://BROKER/pacticipants/web/branches/gone
      - The requested document was not found on this server.
    ");
}

#[tokio::test]
async fn applications() {
    let fake = FakeBroker::start().await;
    let web = json!({ "name": "web", "displayName": "Web", "mainBranch": "main", "repositoryUrl": "http://git/web",
                      "_embedded": { "latestVersion": { "number": "3" }, "labels": [{ "name": "front" }] },
                      "_links": { "self": { "href": "BASE/pacticipants/web" } } });
    fake.on("GET /pacticipants/web", hal(200, &web));
    fake.on("GET /pacticipants", hal(200, &json!({ "_embedded": { "pacticipants": [web] } })));
    insta::assert_snapshot!(run_against(&fake, "describe-pacticipant --name web").await.told(), @"
    exit code 0
    --- stdout
    Name:           web
    Display name:   Web
    Main branch:    main
    Repository:     http://git/web
    Labels:         front
    Latest version: 3
    ");
    insta::assert_snapshot!(run_against(&fake, "list-pacticipants").await.told(), @"
    exit code 0
    --- stdout
      NAME   DISPLAY NAME   MAIN BRANCH   LATEST VERSION
      web    Web            main          3
    ");
}

#[tokio::test]
async fn latest_pacts() {
    let fake = FakeBroker::start().await;
    let pact = json!({ "createdAt": "2026-05-24T10:30:00+00:00",
        "_embedded": { "consumer": { "name": "web", "_embedded": { "version": { "number": "3" } } },
                       "provider": { "name": "stock" } },
        "_links": { "self": [{ "href": "BASE/pacts/1" }] } });
    fake.on("GET /pacts/latest", hal(200, &json!({ "pacts": [pact] })));
    insta::assert_snapshot!(run_against(&fake, "list-latest-pact-versions").await.told(), @"
    exit code 0
    --- stdout
      CONSUMER   C.VERSION   PROVIDER   PUBLISHED                   URL
      web        3           stock      2026-05-24T10:30:00+00:00   http://BROKER/pacts/1
    ");
}
