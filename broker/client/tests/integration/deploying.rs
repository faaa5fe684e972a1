//! can-i-deploy, environments, deployments, releases, pacticipants.

use std::time::Duration;

use countersign_broker_client::{
    BrokerClient, MatrixQuery, MatrixSelector, PacticipantDetails, Polling, Target, VersionChoice,
};
use serde_json::{Value, json};

use crate::fake::{FakeBroker, hal};

async fn broker() -> (FakeBroker, BrokerClient) {
    let fake = FakeBroker::start().await;
    let client = BrokerClient::builder(&fake.url).build().unwrap();
    (fake, client)
}

fn question() -> MatrixQuery {
    MatrixQuery {
        selectors: vec![MatrixSelector {
            pacticipant: "web".to_owned(),
            version: VersionChoice::Number("1".to_owned()),
        }],
        target: Some(Target::Environment("prod".to_owned())),
        ..MatrixQuery::default()
    }
}

const QUESTION: &str = "GET /matrix?q[][pacticipant]=web&q[][version]=1&latestby=cvpv&environment=prod";

fn answer(deployable: &Value, unknown: u32, provider_version: &Value) -> Value {
    json!({
        "summary": { "deployable": deployable, "reason": "because", "success": 0, "failed": 0, "unknown": unknown },
        "notices": [{ "type": "error", "text": "because" }],
        "matrix": [{
            "consumer": { "name": "web", "version": { "number": "1" } },
            "provider": { "name": "stock", "version": provider_version },
            "verificationResult": null,
        }],
    })
}

#[tokio::test]
async fn missing_results_are_waited_for() {
    let (fake, client) = broker().await;
    fake.on(QUESTION, hal(200, &answer(&Value::Null, 1, &Value::Null)));
    fake.on(QUESTION, hal(200, &answer(&Value::Null, 1, &Value::Null)));
    fake.on(QUESTION, hal(200, &answer(&json!(true), 0, &json!({ "number": "5" }))));
    let polling = Polling { times: 5, interval: Duration::from_millis(1) };
    let mut left = Vec::new();
    let verdict = client.can_i_deploy_once_known(&question(), polling, |_, times| left.push(times)).await.unwrap();
    assert_eq!((verdict.deployable, left), (Some(true), vec![5, 4]));
    assert_eq!(verdict.rows[0].provider_version.as_deref(), Some("5"));
}

#[tokio::test]
async fn waiting_ends_with_the_last_answer() {
    let (fake, client) = broker().await;
    fake.on(QUESTION, hal(200, &answer(&Value::Null, 1, &Value::Null)));
    let polling = Polling { times: 2, interval: Duration::from_millis(1) };
    let verdict = client.can_i_deploy_once_known(&question(), polling, |_, _| ()).await.unwrap();
    assert_eq!((verdict.deployable, verdict.unknown, fake.asked().len()), (None, 1, 3));
    assert_eq!((verdict.rows[0].success, verdict.rows[0].provider_version.as_deref()), (None, None));
}

#[tokio::test]
async fn deployments_are_recorded_through_the_versions_links() {
    let (fake, client) = broker().await;
    fake.on(
        "GET /pacticipants/web/versions/1",
        hal(
            200,
            &json!({ "number": "1", "_links": { "pb:record-deployment": [
            { "name": "test", "href": "BASE/record/test" }, { "name": "prod", "href": "BASE/record/prod" },
        ], "pb:record-release": [{ "name": "prod", "href": "BASE/release/prod" }] } }),
        ),
    );
    fake.on("POST /record/prod", hal(201, &json!({ "currentlyDeployed": true, "applicationInstance": "blue" })));
    fake.on("POST /release/prod", hal(201, &json!({ "currentlySupported": true })));
    let deployed = client.record_deployment("web", "1", "prod", Some("blue")).await.unwrap();
    assert_eq!((deployed.version.as_str(), deployed.application_instance.as_deref()), ("1", Some("blue")));
    client.record_release("web", "1", "prod").await.unwrap();
    let error = client.record_deployment("web", "1", "staging", None).await.unwrap_err();
    insta::assert_snapshot!(error, @"no environment is called `staging`; there are: test, prod");
    insta::assert_snapshot!(fake.lines(), @r#"
    GET /pacticipants/web/versions/1
    POST /record/prod {"applicationInstance":"blue","target":"blue"}
    GET /pacticipants/web/versions/1
    POST /release/prod {}
    GET /pacticipants/web/versions/1
    "#);
}

fn environment() -> Value {
    json!({ "uuid": "u1", "name": "prod", "production": true, "_links": {
        "self": { "href": "BASE/environments/u1" },
        "pb:currently-deployed-deployed-versions": { "href": "BASE/environments/u1/deployed" },
        "pb:currently-supported-released-versions": { "href": "BASE/environments/u1/supported" },
    } })
}

#[tokio::test]
async fn undeployment_takes_the_named_instance_only() {
    let (fake, client) = broker().await;
    fake.on("GET /environments", hal(200, &json!({ "_embedded": { "environments": [environment()] } })));
    let deployed = |number: &str, instance: Value| {
        json!({ "applicationInstance": instance, "currentlyDeployed": true,
                "_embedded": { "version": { "number": number } },
                "_links": { "self": { "href": format!("BASE/deployed/{number}") } } })
    };
    fake.on(
        "GET /environments/u1/deployed?pacticipant=web",
        hal(
            200,
            &json!({ "_embedded": { "deployedVersions": [deployed("1", json!("blue")), deployed("2", Value::Null)] } }),
        ),
    );
    fake.on("PATCH /deployed/2", hal(200, &json!({ "currentlyDeployed": false })));
    let gone = client.record_undeployment("web", "prod", None).await.unwrap();
    assert_eq!((gone.len(), gone[0].version.as_str(), gone[0].currently_deployed), (1, "2", false));
    let patched = fake.asked().pop().unwrap();
    assert_eq!(
        (patched.body.as_str(), patched.headers["content-type"].as_bytes()),
        (r#"{"currentlyDeployed":false}"#, b"application/merge-patch+json".as_slice())
    );
    let error = client.record_undeployment("web", "prod", Some("green")).await.unwrap_err();
    insta::assert_snapshot!(error, @"`web` is not recorded as deployed to `prod` as instance `green`, but there is instance `blue`, one without an instance name");
    let error = client.record_undeployment("web", "qa", None).await.unwrap_err();
    insta::assert_snapshot!(error, @"no environment is called `qa`; there are: prod");
}

#[tokio::test]
async fn support_ends_for_one_version() {
    let (fake, client) = broker().await;
    let without_links = json!({ "uuid": "u1", "name": "prod", "_links": { "self": { "href": "/environments/u1" } } });
    fake.on("GET /environments", hal(200, &json!({ "_embedded": { "environments": [without_links] } })));
    fake.on("GET /environments/u1", hal(200, &environment()));
    fake.on(
        "GET /environments/u1/supported?pacticipant=web",
        hal(
            200,
            &json!({ "_embedded": { "releasedVersions": [
            { "_embedded": { "version": { "number": "1" } }, "_links": { "self": { "href": "BASE/released/1" } } },
        ] } }),
        ),
    );
    fake.on("PATCH /released/1", hal(200, &json!({ "currentlySupported": false })));
    client.record_support_ended("web", "1", "prod").await.unwrap();
    let error = client.record_support_ended("web", "9", "prod").await.unwrap_err();
    insta::assert_snapshot!(error, @"version 9 of `web` is not recorded as released to `prod`; supported there: 1");
}

#[tokio::test]
async fn a_pacticipant_is_created_once_and_then_changed() {
    let (fake, client) = broker().await;
    let found =
        json!({ "name": "web", "mainBranch": "main", "_links": { "self": { "href": "BASE/pacticipants/web" } } });
    fake.on("GET /pacticipants/web", hal(404, &json!({})));
    fake.on("GET /pacticipants/web", hal(200, &found));
    fake.on("POST /pacticipants", hal(201, &found));
    fake.on("PATCH /pacticipants/web", hal(200, &found));
    let details = PacticipantDetails { main_branch: Some("main".to_owned()), ..PacticipantDetails::default() };
    client.create_or_update_pacticipant("web", &details).await.unwrap();
    let changed = client.create_or_update_pacticipant("web", &details).await.unwrap();
    assert_eq!(changed.details.main_branch.as_deref(), Some("main"));
    insta::assert_snapshot!(fake.lines(), @r#"
    GET /pacticipants/web
    POST /pacticipants {"mainBranch":"main","name":"web"}
    GET /pacticipants/web
    PATCH /pacticipants/web {"mainBranch":"main"}
    "#);
}

#[tokio::test]
async fn a_version_tells_its_branches_tags_and_places() {
    let (fake, client) = broker().await;
    fake.on(
        "GET /pacticipants/web/latest-version/dev",
        hal(
            200,
            &json!({
                "number": "3",
                "_embedded": { "branchVersions": [{ "name": "main", "latest": true }], "tags": [{ "name": "dev" }] },
                "_links": {
                    "pb:deployed-environments": [{ "name": "prod", "currently_deployed": true }],
                    "pb:released-environments": [{ "name": "store", "currently_supported": false }],
                },
            }),
        ),
    );
    let version = client.latest_version("web", Some("dev")).await.unwrap();
    assert_eq!((version.number.as_str(), version.tags), ("3", vec!["dev".to_owned()]));
    assert!(version.branches[0].latest);
    let places: Vec<_> = version.places.iter().map(|p| (p.environment.as_str(), p.released, p.current)).collect();
    assert_eq!(places, [("prod", false, true), ("store", true, false)]);
}
