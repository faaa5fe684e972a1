//! Fetching pacts and handing in results.

use countersign_broker_client::{
    BrokerClient, ConsumerVersionSelector, PactsForVerification, ProviderVersion, VerificationResult,
};
use serde_json::json;

use crate::fake::{FakeBroker, hal};

async fn broker() -> (FakeBroker, BrokerClient) {
    let fake = FakeBroker::start().await;
    let client = BrokerClient::builder(&fake.url).build().unwrap();
    (fake, client)
}

#[tokio::test]
async fn wishes_are_sent_and_pacts_come_with_their_properties() {
    let (fake, client) = broker().await;
    fake.on(
        "POST /pacts/provider/stock%20room/for-verification",
        hal(
            200,
            &json!({ "_embedded": { "pacts": [{
            "shortDescription": "latest from branch main",
            "verificationProperties": { "pending": true,
                "notices": [{ "when": "before_verification", "text": "because" }] },
            "_links": { "self": { "href": "BASE/pacts/1", "name": "Pact between web and stock" } },
        }] } }),
        ),
    );
    let wishes = PactsForVerification {
        selectors: vec![ConsumerVersionSelector::main_branch(), ConsumerVersionSelector::branch("x").or_branch("y")],
        provider_branch: Some("feat".to_owned()),
        wip_since: Some("2026-01-01".to_owned()),
        ..PactsForVerification::default()
    };
    let pacts = client.pacts_for_verification("stock room", &wishes).await.unwrap();
    assert_eq!(pacts.len(), 1);
    assert_eq!(pacts[0].href, format!("{}/pacts/1", fake.url));
    assert!(pacts[0].pending && !pacts[0].wip);
    assert_eq!(
        (pacts[0].notices[0].when.as_str(), pacts[0].notices[0].text.as_str()),
        ("before_verification", "because")
    );
    insta::assert_snapshot!(fake.asked()[0].body, @r#"{"consumerVersionSelectors":[{"mainBranch":true},{"branch":"x","fallbackBranch":"y"}],"providerVersionTags":[],"includePendingStatus":false,"providerVersionBranch":"feat","includeWipPactsSince":"2026-01-01"}"#);
}

#[tokio::test]
async fn an_unknown_provider_is_named() {
    let (_fake, client) = broker().await;
    let error = client.pacts_for_verification("nobody", &PactsForVerification::default()).await.unwrap_err();
    assert!(error.is_not_found());
    assert!(error.to_string().starts_with("provider `nobody` was not found at http://"), "{error}");
}

#[tokio::test]
async fn latest_pacts_under_either_name_of_the_relation() {
    let (fake, client) = broker().await;
    let link = json!([{ "href": "/pacts/1", "title": "Pact", "name": "web" }]);
    fake.on("GET /pacts/provider/new/latest", hal(200, &json!({ "_links": { "pb:pacts": link } })));
    fake.on("GET /pacts/provider/old/latest", hal(200, &json!({ "_links": { "pacts": link } })));
    for provider in ["new", "old"] {
        let pacts = client.latest_provider_pacts(provider).await.unwrap();
        assert_eq!(pacts[0].href, format!("{}/pacts/1", fake.url));
    }
}

#[tokio::test]
async fn results_go_where_the_pact_says_after_branch_and_tags() {
    let (fake, client) = broker().await;
    fake.on(
        "GET /pacts/1",
        hal(
            200,
            &json!({
                "consumer": { "name": "web" }, "n": 1,
                "_links": {
                    "pb:consumer-version": { "name": "abc", "href": "BASE/v" },
                    "pb:provider": { "href": "BASE/pacticipants/stock" },
                    "pb:publish-verification-results": { "href": "BASE/results" },
                },
            }),
        ),
    );
    fake.on(
        "GET /pacticipants/stock",
        hal(
            200,
            &json!({ "_links": {
            "pb:branch-version": { "href": "BASE/stock/b/{branch}/v/{version}" },
            "pb:version-tag": { "href": "BASE/stock/v/{version}/t/{tag}" },
        } }),
        ),
    );
    for line in ["PUT /stock/b/feat%2Fx/v/7", "PUT /stock/v/7/t/dev", "POST /results"] {
        fake.on(line, hal(201, &json!({})));
    }
    let pact = client.fetch_pact(&format!("{}/pacts/1", fake.url)).await.unwrap();
    assert_eq!((pact.consumer().as_deref(), pact.consumer_version().as_deref()), (Some("web"), Some("abc")));
    assert!(pact.bytes.starts_with(br#"{"consumer":{"name":"web"},"n":1"#));
    let version =
        ProviderVersion { number: "7".to_owned(), branch: Some("feat/x".to_owned()), tags: vec!["dev".to_owned()] };
    let result = VerificationResult {
        success: true,
        test_results: vec![json!({ "interactionId": "i", "success": true })],
        verified_by: Some(("Countersign".to_owned(), "0.1.0".to_owned())),
        ..VerificationResult::default()
    };
    client.publish_verification(&pact, &version, &result).await.unwrap();
    insta::assert_snapshot!(fake.lines(), @r#"
    GET /pacts/1
    GET /pacticipants/stock
    PUT /stock/b/feat%2Fx/v/7 {}
    PUT /stock/v/7/t/dev {}
    POST /results {"success":true,"providerApplicationVersion":"7","testResults":[{"interactionId":"i","success":true}],"verifiedBy":{"implementation":"Countersign","version":"0.1.0"}}
    "#);
}
