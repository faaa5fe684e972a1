//! `/`: where everything is.

use serde_json::{Map, Value, json};

use super::hal::{ok, templated, titled};
use super::links::Links;
use super::problem::ApiResult;

/// Every relation with its path (variables in braces) and title.
pub(super) const RELATIONS: &[(&str, &str, &str)] = &[
    (
        "pb:publish-pact",
        "/pacts/provider/{provider}/consumer/{consumer}/version/{consumerApplicationVersion}",
        "Publish a pact",
    ),
    ("pb:publish-contracts", "/contracts/publish", "Publish contracts"),
    ("pb:latest-pact-versions", "/pacts/latest", "Latest pact of every integration"),
    (
        "pb:tagged-pact-versions",
        "/pacts/provider/{provider}/consumer/{consumer}/tag/{tag}",
        "Pacts of consumer versions with a tag",
    ),
    (
        "pb:branch-pact-versions",
        "/pacts/provider/{provider}/consumer/{consumer}/branch/{branch}",
        "Pacts of consumer versions on a branch",
    ),
    (
        "pb:latest-branch-pact-versions",
        "/pacts/provider/{provider}/consumer/{consumer}/branch/{branch}/latest/versions",
        "Pact at the head of a branch",
    ),
    (
        "pb:main-branch-pact-versions",
        "/pacts/provider/{provider}/consumer/{consumer}/branch/versions",
        "Pacts of consumer versions on the main branch",
    ),
    (
        "pb:latest-main-branch-pact-versions",
        "/pacts/provider/{provider}/consumer/{consumer}/branch/latest/versions",
        "Pact at the head of the main branch",
    ),
    ("pb:provider-pacts", "/pacts/provider/{provider}", "All pacts of a provider"),
    ("pb:latest-provider-pacts", "/pacts/provider/{provider}/latest", "Latest pacts of a provider"),
    (
        "pb:provider-pacts-with-tag",
        "/pacts/provider/{provider}/tag/{tag}",
        "All pacts of a provider with a consumer version tag",
    ),
    (
        "pb:latest-provider-pacts-with-tag",
        "/pacts/provider/{provider}/latest/{tag}",
        "Latest pacts of a provider with a consumer version tag",
    ),
    (
        "pb:provider-pacts-with-main-branch",
        "/pacts/provider/{provider}/branch",
        "All pacts of a provider from main branches",
    ),
    (
        "pb:latest-provider-pacts-with-main-branch",
        "/pacts/provider/{provider}/branch/latest",
        "Latest pacts of a provider from main branches",
    ),
    (
        "pb:provider-pacts-with-branch",
        "/pacts/provider/{provider}/branch/{branch}",
        "All pacts of a provider from a branch",
    ),
    (
        "pb:latest-provider-pacts-with-branch",
        "/pacts/provider/{provider}/branch/{branch}/latest",
        "Latest pacts of a provider from a branch",
    ),
    (
        "pb:provider-pacts-for-verification",
        "/pacts/provider/{provider}/for-verification",
        "Pacts a provider should verify",
    ),
    (
        "beta:provider-pacts-for-verification",
        "/pacts/provider/{provider}/for-verification",
        "Pacts a provider should verify",
    ),
    ("pb:pacticipants", "/pacticipants", "Pacticipants"),
    ("pb:pacticipant", "/pacticipants/{pacticipant}", "A pacticipant"),
    ("pb:pacticipants-with-label", "/pacticipants/label/{label}", "Pacticipants with a label"),
    ("pb:latest-version", "/pacticipants/{pacticipant}/latest-version", "Latest version of a pacticipant"),
    (
        "pb:latest-tagged-version",
        "/pacticipants/{pacticipant}/latest-version/{tag}",
        "Latest version of a pacticipant with a tag",
    ),
    ("pb:pacticipant-version", "/pacticipants/{pacticipant}/versions/{version}", "A version of a pacticipant"),
    ("pb:pacticipant-version-tag", "/pacticipants/{pacticipant}/versions/{version}/tags/{tag}", "A tag on a version"),
    ("pb:pacticipant-branches", "/pacticipants/{pacticipant}/branches", "Branches of a pacticipant"),
    ("pb:pacticipant-branch", "/pacticipants/{pacticipant}/branches/{branch}", "A branch of a pacticipant"),
    (
        "pb:pacticipant-branch-version",
        "/pacticipants/{pacticipant}/branches/{branch}/versions/{version}",
        "A version on a branch",
    ),
    ("pb:labels", "/labels", "Labels"),
    ("pb:webhooks", "/webhooks", "Webhooks"),
    ("pb:webhook", "/webhooks/{uuid}", "A webhook"),
    ("pb:integrations", "/integrations", "Integrations"),
    ("pb:dashboard", "/dashboard", "Integrations with the state of their latest pacts"),
    ("pb:metrics", "/metrics", "Figures about this broker"),
    ("pb:environments", "/environments", "Environments"),
    ("pb:environment", "/environments/{uuid}", "An environment"),
    ("pb:matrix", "/matrix", "The matrix"),
    (
        "pb:can-i-deploy-pacticipant-version-to-tag",
        "/can-i-deploy?pacticipant={pacticipant}&version={version}&to={tag}",
        "Whether a version can be deployed beside the latest versions with a tag",
    ),
    (
        "pb:can-i-deploy-pacticipant-version-to-environment",
        "/can-i-deploy?pacticipant={pacticipant}&version={version}&environment={environment}",
        "Whether a version can be deployed to an environment",
    ),
    (
        "pb:consumer-version-verification-results",
        "/verification-results/consumer/{consumer}/version/{version}/latest",
        "Latest verification results of a consumer version's pacts",
    ),
    (
        "pb:pact-version",
        "/pacts/provider/{provider}/consumer/{consumer}/version/{version}",
        "The pact of a consumer version",
    ),
    ("pb:latest-pact-version", "/pacts/provider/{provider}/consumer/{consumer}/latest", "The latest pact of a pair"),
    ("pb:all-pact-versions", "/pacts/provider/{provider}/consumer/{consumer}/versions", "All pacts of a pair"),
    ("pb:heartbeat", "/diagnostic/status/heartbeat", "A sign of life"),
    ("pb:dependencies", "/diagnostic/status/dependencies", "The state of the database"),
];

pub(super) async fn get(links: Links) -> ApiResult {
    let mut rels = Map::new();
    rels.insert("self".to_owned(), titled(links.base(), "Index"));
    for (relation, path, title) in RELATIONS {
        let href = format!("{}{path}", links.base());
        let link = if path.contains('{') { templated(href, title) } else { titled(href, *title) };
        rels.insert((*relation).to_owned(), link);
    }
    let doc = format!("{}/doc/{{rel}}?context=index", links.base());
    rels.insert(
        "curies".to_owned(),
        json!([
            { "name": "pb", "href": doc, "templated": true },
            { "name": "beta", "href": doc, "templated": true },
        ]),
    );
    Ok(ok(&json!({ "_links": Value::Object(rels) })))
}
