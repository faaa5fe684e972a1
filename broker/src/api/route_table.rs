//! Everything answered here, for describing and testing it: a route that is missing here fails a test.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::http::Method;

/// A path and what can be done there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Route {
    pub(crate) path: &'static str,
    pub(crate) operations: &'static [Operation],
}

/// What a method does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operation {
    pub(crate) method: &'static str,
    pub(crate) summary: &'static str,
    /// The media type of its body; empty when it takes none.
    pub(crate) takes: &'static str,
    /// The media types of its answer, the usual one first, separated by commas; empty when it has none.
    pub(crate) answers: &'static str,
    /// How it can end.
    pub(crate) statuses: &'static [u16],
}

/// The media types of what a method answers at a route, separated by commas; `None` when it has no body or there is no such method.
pub(super) fn answers(method: &Method, path: &str) -> Option<&'static str> {
    static BY_PATH: LazyLock<HashMap<&'static str, &'static [Operation]>> =
        LazyLock::new(|| ROUTES.iter().map(|route| (route.path, route.operations)).collect());
    let operations = BY_PATH.get(path)?;
    let operation = operations.iter().find(|operation| operation.method == method.as_str())?;
    Some(operation.answers).filter(|answers| !answers.is_empty())
}

macro_rules! routes {
    ($($path:literal { $($method:ident $summary:literal, $takes:literal => $answers:literal $statuses:tt;)+ })*) => {
        /// Every route.
        pub(crate) const ROUTES: &[Route] = &[$(Route {
            path: $path,
            operations: &[$(Operation {
                method: stringify!($method),
                summary: $summary,
                takes: $takes,
                answers: $answers,
                statuses: &$statuses,
            },)+],
        },)*];
    };
}

routes! {
    "/" {
        GET "Where everything is", "" => "application/hal+json" [200];
    }
    "/health" {
        GET "Whether the process answers", "" => "application/hal+json" [200];
    }
    "/ready" {
        GET "Whether requests can be served", "" => "application/hal+json" [200, 503];
    }
    "/diagnostic/status/heartbeat" {
        GET "A sign of life", "" => "application/hal+json" [200];
    }
    "/diagnostic/status/dependencies" {
        GET "The state of the database", "" => "application/hal+json" [200, 500];
    }
    "/metrics" {
        GET "Figures, as Prometheus text or JSON", "" => "text/plain, application/hal+json" [200];
    }
    "/openapi.json" {
        GET "This description", "" => "application/json" [200];
    }
    "/doc/{rel}" {
        GET "What a relation means", "" => "application/hal+json" [200, 404];
    }
    "/hal-browser/{file}" {
        GET "A page to walk through the API", "" => "text/html" [200, 404];
    }
    "/test/error" {
        GET "Fails on purpose, to try out how failures are reported", "" => "application/hal+json" [500];
    }
    "/tokens" {
        GET "API tokens", "" => "application/hal+json" [200];
        POST "Create an API token", "application/json" => "application/hal+json" [201, 400];
    }
    "/tokens/{uuid}" {
        GET "An API token", "" => "application/hal+json" [200, 404];
        DELETE "Revoke an API token", "" => "" [204, 404];
    }
    "/audit" {
        GET "Who wrote what", "" => "application/hal+json" [200, 400];
    }
    "/pacticipants" {
        GET "Pacticipants", "" => "application/hal+json" [200, 400];
        POST "Create a pacticipant", "application/json" => "application/hal+json" [201, 400, 409];
    }
    "/pacticipants/label/{label}" {
        GET "Pacticipants with a label", "" => "application/hal+json" [200];
    }
    "/pacticipants/{name}" {
        GET "A pacticipant", "" => "application/hal+json" [200, 404];
        PUT "Replace a pacticipant", "application/json" => "application/hal+json" [200, 400, 404];
        PATCH "Change or create a pacticipant", "application/json" => "application/hal+json" [200, 201, 400];
        DELETE "Delete a pacticipant with everything about it", "" => "" [204, 404];
    }
    "/labels" {
        GET "Labels in use", "" => "application/hal+json" [200];
    }
    "/pacticipants/{name}/labels/{label}" {
        GET "A label", "" => "application/hal+json" [200, 404];
        PUT "Add a label", "application/json" => "application/hal+json" [200, 201, 404];
        DELETE "Take a label off", "" => "" [204, 404];
    }
    "/pacticipants/{name}/versions" {
        GET "Versions, latest first", "" => "application/hal+json" [200, 404];
    }
    "/pacticipants/{name}/versions/{number}" {
        GET "A version", "" => "application/hal+json" [200, 404];
        PUT "Create or replace a version", "application/json" => "application/hal+json" [200, 201, 400];
        PATCH "Create or change a version", "application/merge-patch+json" => "application/hal+json" [200, 201, 400];
        DELETE "Delete a version", "" => "" [204, 404];
    }
    "/pacticipants/{name}/versions/{number}/tags/{tag}" {
        GET "A tag", "" => "application/hal+json" [200, 404];
        PUT "Tag a version", "application/json" => "application/hal+json" [200, 201];
        DELETE "Take a tag off", "" => "" [204, 404];
    }
    "/pacticipants/{name}/latest-version" {
        GET "The latest version", "" => "application/hal+json" [200, 404];
    }
    "/pacticipants/{name}/latest-version/{tag}" {
        GET "The latest version with a tag", "" => "application/hal+json" [200, 404];
    }
    "/pacticipants/{name}/tags/{tag}/versions" {
        GET "Versions with a tag", "" => "application/hal+json" [200, 404];
    }
    "/pacticipants/{name}/environments/{uuid}/versions" {
        GET "Versions in an environment", "" => "application/hal+json" [200, 404];
    }
    "/pacticipants/{name}/branches" {
        GET "Branches", "" => "application/hal+json" [200, 404];
        DELETE "Delete all branches but the main one and those excluded", "" => "application/hal+json" [202, 404];
    }
    "/pacticipants/{name}/branches/{branch}" {
        GET "A branch", "" => "application/hal+json" [200, 404];
        DELETE "Delete a branch; its versions stay", "" => "" [204, 404];
    }
    "/pacticipants/{name}/branches/{branch}/versions" {
        GET "Versions on a branch", "" => "application/hal+json" [200, 404];
    }
    "/pacticipants/{name}/branches/{branch}/latest-version" {
        GET "The version at the head of a branch", "" => "application/hal+json" [200, 404];
    }
    "/pacticipants/{name}/branches/{branch}/versions/{number}" {
        GET "A version on a branch", "" => "application/hal+json" [200, 404];
        PUT "Put a version on a branch", "application/json" => "application/hal+json" [200, 201];
        DELETE "Take a version off a branch", "" => "" [204, 404];
    }
    "/environments" {
        GET "Environments", "" => "application/hal+json" [200];
        POST "Create an environment", "application/json" => "application/hal+json" [201, 400];
    }
    "/environments/{uuid}" {
        GET "An environment", "" => "application/hal+json" [200, 404];
        PUT "Replace an environment", "application/json" => "application/hal+json" [200, 400, 404];
        DELETE "Delete an environment", "" => "" [204, 404];
    }
    "/environments/{uuid}/deployed-versions/currently-deployed" {
        GET "What is deployed in an environment", "" => "application/hal+json" [200, 404];
    }
    "/environments/{uuid}/released-versions/currently-supported" {
        GET "What is released and supported in an environment", "" => "application/hal+json" [200, 404];
    }
    "/pacticipants/{name}/versions/{number}/deployed-versions/environment/{uuid}" {
        GET "Deployments of a version", "" => "application/hal+json" [200, 404];
        POST "Record a deployment", "application/json" => "application/hal+json" [201, 400, 404];
    }
    "/pacticipants/{name}/versions/{number}/released-versions/environment/{uuid}" {
        GET "Releases of a version", "" => "application/hal+json" [200, 404];
        POST "Record a release", "application/json" => "application/hal+json" [200, 201, 404];
    }
    "/deployed-versions/{uuid}" {
        GET "A deployment", "" => "application/hal+json" [200, 404];
        PATCH "End a deployment", "application/merge-patch+json" => "application/hal+json" [200, 404, 422];
    }
    "/released-versions/{uuid}" {
        GET "A release", "" => "application/hal+json" [200, 404];
        PATCH "End the support of a release", "application/merge-patch+json" => "application/hal+json" [200, 404, 422];
    }
    "/contracts/publish" {
        POST "Publish contracts of a version", "application/json" => "application/hal+json" [200, 400, 409];
    }
    "/pacts/provider/{provider}/consumer/{consumer}/version/{number}" {
        GET "The pact of a consumer version", "" => "application/hal+json" [200, 404];
        PUT "Publish a pact", "application/json" => "application/hal+json" [200, 201, 400, 409];
        PATCH "Merge into a pact", "application/json" => "application/hal+json" [200, 201, 400, 409];
        DELETE "Delete a pact", "" => "application/hal+json" [200, 404];
    }
    "/pacts/provider/{provider}/consumer/{consumer}/versions/{number}" {
        GET "The pact of a consumer version", "" => "application/hal+json" [200, 404];
        PUT "Publish a pact", "application/json" => "application/hal+json" [200, 201, 400, 409];
        PATCH "Merge into a pact", "application/json" => "application/hal+json" [200, 201, 400, 409];
        DELETE "Delete a pact", "" => "application/hal+json" [200, 404];
    }
    "/pact/provider/{provider}/consumer/{consumer}/version/{number}" {
        GET "The pact of a consumer version", "" => "application/hal+json" [200, 404];
        PUT "Publish a pact", "application/json" => "application/hal+json" [200, 201, 400, 409];
        PATCH "Merge into a pact", "application/json" => "application/hal+json" [200, 201, 400, 409];
        DELETE "Delete a pact", "" => "application/hal+json" [200, 404];
    }
    "/pacts/provider/{provider}/consumer/{consumer}/version/{number}/previous-distinct" {
        GET "The previous pact with another content", "" => "application/hal+json" [200, 404];
    }
    "/pacts/provider/{provider}/consumer/{consumer}/version/{number}/diff/previous-distinct" {
        GET "What changed since then", "" => "text/plain" [200, 404, 408];
    }
    "/pacts/provider/{provider}/consumer/{consumer}/version/{number}/diff/version/{other}" {
        GET "What changed since another version", "" => "text/plain" [200, 404, 408];
    }
    "/pacts/provider/{provider}/consumer/{consumer}/version/{number}/triggered-webhooks" {
        GET "Webhooks a pact triggered", "" => "application/hal+json" [200, 404];
    }
    "/pacts/provider/{provider}/consumer/{consumer}/pact-version/{sha}" {
        GET "A content", "" => "application/hal+json" [200, 404];
    }
    "/pacts/provider/{provider}/consumer/{consumer}/pact-version/{sha}/metadata/{context}" {
        GET "A content, fetched for verification", "" => "application/hal+json" [200, 404];
    }
    "/pacts/provider/{provider}/consumer/{consumer}/pact-version/{sha}/diff/pact-version/{other}" {
        GET "What changed since another content", "" => "text/plain" [200, 404, 408];
    }
    "/pacts/provider/{provider}/consumer/{consumer}/latest" {
        GET "The latest pact", "" => "application/hal+json" [200, 404];
    }
    "/pacts/provider/{provider}/consumer/{consumer}/latest/{tag}" {
        GET "The latest pact with a tag", "" => "application/hal+json" [200, 404];
    }
    "/pacts/provider/{provider}/consumer/{consumer}/latest-untagged" {
        GET "The latest pact without a tag", "" => "application/hal+json" [200, 404];
    }
    "/pacts/provider/{provider}/consumer/{consumer}/branch/{branch}/latest" {
        GET "The latest pact on a branch", "" => "application/hal+json" [200, 404];
    }
    "/pacts/latest" {
        GET "The latest pact of every pair", "" => "application/hal+json" [200];
    }
    "/pacts/provider/{provider}/consumer/{consumer}/versions" {
        GET "All pacts of a pair", "" => "application/hal+json" [200, 404];
        DELETE "Delete all pacts of a pair", "" => "" [204, 404];
    }
    "/pacts/provider/{provider}/consumer/{consumer}/tag/{tag}" {
        GET "Pacts with a tag", "" => "application/hal+json" [200, 404];
        DELETE "Delete pacts with a tag", "" => "application/hal+json" [200, 404];
    }
    "/pacts/provider/{provider}/consumer/{consumer}/branch/{branch}" {
        GET "Pacts on a branch", "" => "application/hal+json" [200, 404];
        DELETE "Delete pacts on a branch", "" => "application/hal+json" [200, 404];
    }
    "/pacts/provider/{provider}/consumer/{consumer}/branch/{branch}/latest/versions" {
        GET "The pact at the head of a branch", "" => "application/hal+json" [200, 404];
    }
    "/pacts/provider/{provider}/consumer/{consumer}/branch/versions" {
        GET "Pacts on the main branch", "" => "application/hal+json" [200, 404];
    }
    "/pacts/provider/{provider}/consumer/{consumer}/branch/latest/versions" {
        GET "The pact at the head of the main branch", "" => "application/hal+json" [200, 404];
    }
    "/pacts/provider/{provider}" {
        GET "All pacts of a provider", "" => "application/hal+json" [200, 404];
    }
    "/pacts/provider/{provider}/latest" {
        GET "Latest pacts of a provider", "" => "application/hal+json" [200, 404];
    }
    "/pacts/provider/{provider}/latest/{tag}" {
        GET "Latest pacts with a tag", "" => "application/hal+json" [200, 404];
    }
    "/pacts/provider/{provider}/tag/{tag}" {
        GET "All pacts with a tag", "" => "application/hal+json" [200, 404];
    }
    "/pacts/provider/{provider}/branch" {
        GET "All pacts from main branches", "" => "application/hal+json" [200, 404];
    }
    "/pacts/provider/{provider}/branch/latest" {
        GET "Pacts of the heads of main branches", "" => "application/hal+json" [200, 404];
    }
    "/pacts/provider/{provider}/branch/{branch}" {
        GET "All pacts from a branch", "" => "application/hal+json" [200, 404];
    }
    "/pacts/provider/{provider}/branch/{branch}/latest" {
        GET "Pacts of the heads of a branch", "" => "application/hal+json" [200, 404];
    }
    "/pacts/provider/{provider}/provider-states" {
        GET "Provider states in the pacts of main branches", "" => "application/hal+json" [200, 404];
    }
    "/pacts/provider/{provider}/provider-states/branch/{branch}" {
        GET "Provider states in the pacts of a branch", "" => "application/hal+json" [200, 404];
    }
    "/pacts/provider/{provider}/provider-states/environment/{environment}" {
        GET "Provider states in the pacts that run in an environment", "" => "application/hal+json" [200, 404];
    }
    "/pacts/provider/{provider}/for-verification" {
        GET "The pacts to verify; deprecated, use POST", "" => "application/hal+json" [200, 400, 404];
        POST "The pacts to verify", "application/json" => "application/hal+json" [200, 400, 404];
    }
    "/pacts/provider/{provider}/consumer/{consumer}/pact-version/{sha}/verification-results" {
        POST "Publish a verification result", "application/json" => "application/hal+json" [201, 400, 404];
    }
    "/pacts/provider/{provider}/consumer/{consumer}/pact-version/{sha}/metadata/{context}/verification-results" {
        POST "Publish a verification result of a pact fetched for verification", "application/json" => "application/hal+json" [201, 400, 404];
    }
    "/pacts/provider/{provider}/consumer/{consumer}/pact-version/{sha}/verification-results/latest" {
        GET "The latest result of a content", "" => "application/hal+json" [200, 404];
    }
    "/pacts/provider/{provider}/consumer/{consumer}/pact-version/{sha}/verification-results/{number}" {
        GET "A result", "" => "application/hal+json" [200, 404];
        DELETE "Delete a result", "" => "" [204, 404];
    }
    "/pacts/provider/{provider}/consumer/{consumer}/pact-version/{sha}/verification-results/{number}/triggered-webhooks" {
        GET "Webhooks a result triggered", "" => "application/hal+json" [200, 404];
    }
    "/pacts/provider/{provider}/consumer/{consumer}/version/{number}/verification-results/latest" {
        GET "The latest result of a version", "" => "application/hal+json" [200, 404];
    }
    "/pacts/provider/{provider}/consumer/{consumer}/latest/verification-results/latest" {
        GET "The latest result of the latest pact", "" => "application/hal+json" [200, 404];
    }
    "/pacts/provider/{provider}/consumer/{consumer}/latest/{tag}/verification-results/latest" {
        GET "The latest result of the latest pact with a tag", "" => "application/hal+json" [200, 404];
    }
    "/verification-results/consumer/{consumer}/version/{number}/latest" {
        GET "The latest results of a consumer version's pacts", "" => "application/hal+json" [200, 404];
    }
    "/matrix" {
        GET "The matrix", "" => "application/hal+json" [200, 400];
    }
    "/matrix/provider/{provider}/consumer/{consumer}" {
        GET "The matrix of a pair", "" => "application/hal+json" [200, 404];
    }
    "/can-i-deploy" {
        GET "Whether a version can be deployed", "" => "application/hal+json, text/plain" [200, 400];
    }
    "/pacticipants/{name}/branches/{branch}/latest-version/can-i-deploy/to-environment/{environment}" {
        GET "Whether a branch's head can be deployed", "" => "application/hal+json, text/plain" [200, 404];
    }
    "/pacticipants/{name}/latest-version/{tag}/can-i-deploy/to/{to}" {
        GET "Whether the latest version with a tag fits those with another", "" => "application/hal+json, text/plain" [200, 404];
    }
    "/integrations" {
        GET "Integrations, as Graphviz or HAL", "" => "text/vnd.graphviz, application/hal+json" [200];
        DELETE "Delete every integration", "" => "" [204];
    }
    "/integrations/provider/{provider}/consumer/{consumer}" {
        DELETE "Delete an integration", "" => "" [204, 404];
    }
    "/dashboard" {
        GET "Every integration with its state", "" => "application/hal+json" [200];
    }
    "/dashboard/provider/{provider}/consumer/{consumer}" {
        GET "An integration with its state", "" => "application/hal+json" [200, 404];
    }
    "/relationships" {
        GET "Integrations as a table", "" => "text/csv" [200];
    }
    "/groups/{name}" {
        GET "Those a pacticipant is tied to, as a table", "" => "text/csv" [200, 404];
    }
    "/webhooks" {
        GET "Webhooks", "" => "application/hal+json" [200];
        POST "Create a webhook", "application/json" => "application/hal+json" [201, 400];
    }
    "/webhooks/provider/{provider}/consumer/{consumer}" {
        GET "Webhooks of exactly a pair", "" => "application/hal+json" [200, 404];
        POST "Create a webhook of a pair", "application/json" => "application/hal+json" [201, 400, 404];
    }
    "/webhooks/provider/{provider}" {
        GET "Webhooks of exactly a provider", "" => "application/hal+json" [200, 404];
        POST "Create a webhook of a provider", "application/json" => "application/hal+json" [201, 400, 404];
    }
    "/webhooks/consumer/{consumer}" {
        GET "Webhooks of exactly a consumer", "" => "application/hal+json" [200, 404];
        POST "Create a webhook of a consumer", "application/json" => "application/hal+json" [201, 400, 404];
    }
    "/pacts/provider/{provider}/consumer/{consumer}/webhooks" {
        GET "Webhooks of exactly a pair", "" => "application/hal+json" [200, 404];
        POST "Create a webhook of a pair", "application/json" => "application/hal+json" [201, 400, 404];
    }
    "/webhooks/execute" {
        POST "Send the request of a webhook that is not stored", "application/json" => "application/hal+json" [200, 400];
    }
    "/webhooks/{uuid}" {
        GET "A webhook", "" => "application/hal+json" [200, 404];
        PUT "Create or replace a webhook", "application/json" => "application/hal+json" [200, 201, 400];
        DELETE "Delete a webhook", "" => "" [204, 404];
    }
    "/webhooks/{uuid}/execute" {
        POST "Send a webhook's request now", "application/json" => "application/hal+json" [200, 404];
    }
    "/pacts/provider/{provider}/consumer/{consumer}/webhooks/status" {
        GET "How the webhooks of a pair fared", "" => "application/hal+json" [200, 404];
    }
    "/triggered-webhooks/{uuid}/logs" {
        GET "What was sent and what came back", "" => "text/plain, application/hal+json" [200, 404];
    }
    "/triggered-webhooks/{uuid}/redeliver" {
        POST "Send it again", "application/json" => "application/hal+json" [200, 404, 422];
    }
    "/pacts/provider/{provider}/consumer/{consumer}/latest/badge" {
        GET "State of the latest pact, as a picture", "" => "image/svg+xml" [200];
    }
    "/pacts/provider/{provider}/consumer/{consumer}/latest/{tag}/badge" {
        GET "State of the latest pact with a tag, as a picture", "" => "image/svg+xml" [200];
    }
    "/pacts/provider/{provider}/consumer/{consumer}/latest-untagged/badge" {
        GET "State of the latest pact without a tag, as a picture", "" => "image/svg+xml" [200];
    }
    "/matrix/provider/{provider}/latest/{provider_tag}/consumer/{consumer}/latest/{consumer_tag}/badge" {
        GET "Whether the latest versions with two tags fit, as a picture", "" => "image/svg+xml" [200];
    }
    "/pacticipants/{name}/latest-version/{tag}/can-i-deploy/to/{to}/badge" {
        GET "Whether the latest version with a tag fits those with another, as a picture", "" => "image/svg+xml" [200];
    }
    "/pacticipants/{name}/branches/{branch}/latest-version/can-i-deploy/to-environment/{environment}/badge" {
        GET "Whether a branch's head can be deployed, as a picture", "" => "image/svg+xml" [200];
    }
    "/pacticipants/{name}/main-branch/can-i-merge/badge" {
        GET "Whether the main branch fits those of the others, as a picture", "" => "image/svg+xml" [200];
    }
}

/// The paths of all badges.
#[cfg(test)]
pub(crate) fn badge_paths() -> Vec<&'static str> {
    ROUTES.iter().map(|route| route.path).filter(|path| path.ends_with("/badge")).collect()
}
