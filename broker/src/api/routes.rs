//! Which path is answered by which resource.

use axum::Router;
use axum::middleware;
use axum::routing::{delete, get, post};

use super::*;
use crate::app::AppState;

/// The API.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/", get(index::get))
        .merge(own_state())
        .merge(participants())
        .merge(running())
        .merge(pacts())
        .merge(pact_collections())
        .merge(results())
        .merge(decisions())
        .merge(webhook_routes())
        .merge(badge_routes())
        .route_layer(middleware::from_fn(observe::mark_route))
        .method_not_allowed_fallback(problem::method_not_allowed)
        .fallback(problem::not_found)
}

fn own_state() -> Router<AppState> {
    Router::new()
        .route("/health", get(health::health))
        .route("/ready", get(health::ready))
        .route("/diagnostic/status/heartbeat", get(health::heartbeat))
        .route("/diagnostic/status/dependencies", get(health::dependencies))
        .route("/metrics", get(figures::get))
        .route("/openapi.json", get(docs::openapi))
        .route("/doc/{rel}", get(docs::relation))
        .route("/hal-browser/{file}", get(docs::browser))
        .route("/test/error", get(health::fail))
        .route("/tokens", get(tokens::list).post(tokens::create))
        .route("/tokens/{uuid}", get(tokens::get).delete(tokens::revoke))
        .route("/audit", get(tokens::audit_log))
}

fn participants() -> Router<AppState> {
    Router::new()
        .route("/pacticipants", get(pacticipants::list).post(pacticipants::create))
        .route("/pacticipants/label/{label}", get(pacticipants::with_label))
        .route(
            "/pacticipants/{name}",
            get(pacticipants::get).put(pacticipants::replace).patch(pacticipants::merge).delete(pacticipants::delete),
        )
        .route("/labels", get(labels::all))
        .route("/pacticipants/{name}/labels/{label}", get(labels::get).put(labels::add).delete(labels::delete))
        .route("/pacticipants/{name}/versions", get(versions::list))
        .route(
            "/pacticipants/{name}/versions/{number}",
            get(versions::get).put(versions::replace).patch(versions::merge).delete(versions::delete),
        )
        .route("/pacticipants/{name}/versions/{number}/tags/{tag}", get(tags::get).put(tags::add).delete(tags::delete))
        .route("/pacticipants/{name}/latest-version", get(versions::latest))
        .route("/pacticipants/{name}/latest-version/{tag}", get(versions::latest_tagged))
        .route("/pacticipants/{name}/tags/{tag}/versions", get(versions::tagged))
        .route("/pacticipants/{name}/environments/{uuid}/versions", get(versions::in_environment))
        .route("/pacticipants/{name}/branches", get(branches::list).delete(branches::delete_all))
        .route("/pacticipants/{name}/branches/{branch}", get(branches::get).delete(branches::delete))
        .route("/pacticipants/{name}/branches/{branch}/versions", get(branches::list_versions))
        .route("/pacticipants/{name}/branches/{branch}/latest-version", get(branches::latest_version))
        .route(
            "/pacticipants/{name}/branches/{branch}/versions/{number}",
            get(branches::get_version).put(branches::add_version).delete(branches::remove_version),
        )
}

fn running() -> Router<AppState> {
    Router::new()
        .route("/environments", get(environments::list).post(environments::create))
        .route("/environments/{uuid}", get(environments::get).put(environments::replace).delete(environments::delete))
        .route("/environments/{uuid}/deployed-versions/currently-deployed", get(deployed_versions::currently_deployed))
        .route(
            "/environments/{uuid}/released-versions/currently-supported",
            get(released_versions::currently_supported),
        )
        .route(
            "/pacticipants/{name}/versions/{number}/deployed-versions/environment/{uuid}",
            get(deployed_versions::of_version).post(deployed_versions::record),
        )
        .route(
            "/pacticipants/{name}/versions/{number}/released-versions/environment/{uuid}",
            get(released_versions::of_version).post(released_versions::record),
        )
        .route("/deployed-versions/{uuid}", get(deployed_versions::get).patch(deployed_versions::update))
        .route("/released-versions/{uuid}", get(released_versions::get).patch(released_versions::update))
}

/// `P` is how every path about one pair's pacts begins.
macro_rules! p {
    ($rest:literal) => {
        concat!("/pacts/provider/{provider}/consumer/{consumer}", $rest)
    };
}

fn pacts() -> Router<AppState> {
    let of_version =
        || get(pact::of_version).put(pact_publish::replace).patch(pact_publish::merge).delete(pact_publish::delete);
    Router::new()
        .route("/contracts/publish", post(publish::publish))
        .route(p!("/version/{number}"), of_version())
        .route(p!("/versions/{number}"), of_version())
        .route("/pact/provider/{provider}/consumer/{consumer}/version/{number}", of_version())
        .route(p!("/version/{number}/previous-distinct"), get(pact::previous_distinct))
        .route(p!("/version/{number}/diff/previous-distinct"), get(pact_diff::with_previous))
        .route(p!("/version/{number}/diff/version/{other}"), get(pact_diff::with_version))
        .route(p!("/pact-version/{sha}"), get(pact::of_content))
        .route(p!("/pact-version/{sha}/metadata/{context}"), get(pact::of_content))
        .route(p!("/pact-version/{sha}/diff/pact-version/{other}"), get(pact_diff::contents))
        .route(p!("/latest"), get(pact::latest))
        .route(p!("/latest/{tag}"), get(pact::latest_tagged))
        .route(p!("/latest-untagged"), get(pact::latest_untagged))
        .route(p!("/branch/{branch}/latest"), get(pact::latest_on_branch))
}

fn pact_collections() -> Router<AppState> {
    Router::new()
        .route("/pacts/latest", get(pact_lists::everyone))
        .route(p!("/versions"), get(pact_lists::pair_all).delete(pact_lists::delete_all))
        .route(p!("/tag/{tag}"), get(pact_lists::pair_tagged).delete(pact_lists::delete_tagged))
        .route(p!("/branch/{branch}"), get(pact_lists::pair_branch).delete(pact_lists::delete_branch))
        .route(p!("/branch/{branch}/latest/versions"), get(pact_lists::pair_branch_head))
        .route(p!("/branch/versions"), get(pact_lists::pair_main_branch))
        .route(p!("/branch/latest/versions"), get(pact_lists::pair_main_branch_head))
        .route("/pacts/provider/{provider}/provider-states", get(provider_states::of_main_branches))
        .route("/pacts/provider/{provider}/provider-states/branch/{branch}", get(provider_states::of_branch))
        .route(
            "/pacts/provider/{provider}/provider-states/environment/{environment}",
            get(provider_states::of_environment),
        )
        .route("/pacts/provider/{provider}", get(pact_lists::provider_all))
        .route("/pacts/provider/{provider}/latest", get(pact_lists::provider_latest))
        .route("/pacts/provider/{provider}/latest/{tag}", get(pact_lists::provider_latest_tagged))
        .route("/pacts/provider/{provider}/tag/{tag}", get(pact_lists::provider_tagged))
        .route("/pacts/provider/{provider}/branch", get(pact_lists::provider_main_branch))
        .route("/pacts/provider/{provider}/branch/latest", get(pact_lists::provider_main_branch_heads))
        .route("/pacts/provider/{provider}/branch/{branch}", get(pact_lists::provider_branch))
        .route("/pacts/provider/{provider}/branch/{branch}/latest", get(pact_lists::provider_branch_heads))
        .route(
            "/pacts/provider/{provider}/for-verification",
            get(for_verification::ask_by_query).post(for_verification::ask),
        )
}

fn results() -> Router<AppState> {
    use verification_results as results;
    Router::new()
        .route(p!("/pact-version/{sha}/verification-results"), post(results::publish))
        .route(p!("/pact-version/{sha}/metadata/{context}/verification-results"), post(results::publish_with_context))
        .route(p!("/pact-version/{sha}/verification-results/latest"), get(results::latest))
        .route(p!("/pact-version/{sha}/verification-results/{number}"), get(results::get).delete(results::delete))
        .route(
            p!("/pact-version/{sha}/verification-results/{number}/triggered-webhooks"),
            get(results::triggered_webhooks),
        )
        .route(p!("/version/{number}/verification-results/latest"), get(results::latest_of_version))
        .route(p!("/latest/verification-results/latest"), get(results::latest_of_latest))
        .route(p!("/latest/{tag}/verification-results/latest"), get(results::latest_of_latest_tagged))
        .route("/verification-results/consumer/{consumer}/version/{number}/latest", get(results::of_consumer_version))
}

fn decisions() -> Router<AppState> {
    Router::new()
        .route("/matrix", get(matrix::ask))
        .route("/matrix/provider/{provider}/consumer/{consumer}", get(matrix::of_pair))
        .route("/can-i-deploy", get(matrix::can_i_deploy))
        .route(
            "/pacticipants/{name}/branches/{branch}/latest-version/can-i-deploy/to-environment/{environment}",
            get(matrix::branch_to_environment),
        )
        .route("/pacticipants/{name}/latest-version/{tag}/can-i-deploy/to/{to}", get(matrix::tag_to_tag))
        .route("/integrations", get(integrations::list).delete(integrations::delete_all))
        .route("/integrations/provider/{provider}/consumer/{consumer}", delete(integrations::delete))
        .route("/dashboard", get(dashboard::everyone))
        .route("/dashboard/provider/{provider}/consumer/{consumer}", get(dashboard::of_pair))
        .route("/relationships", get(network::relationships))
        .route("/groups/{name}", get(network::group))
}

fn webhook_routes() -> Router<AppState> {
    let of_pair = || get(webhooks::of_pair).post(webhooks::create_for_pair);
    Router::new()
        .route("/webhooks", get(webhooks::list).post(webhooks::create))
        .route("/webhooks/provider/{provider}/consumer/{consumer}", of_pair())
        .route("/webhooks/provider/{provider}", get(webhooks::of_provider).post(webhooks::create_for_provider))
        .route("/webhooks/consumer/{consumer}", get(webhooks::of_consumer).post(webhooks::create_for_consumer))
        .route(p!("/webhooks"), of_pair())
        .route("/webhooks/execute", post(webhooks::execute_unsaved))
        .route("/webhooks/{uuid}", get(webhooks::get).put(webhooks::replace).delete(webhooks::delete))
        .route("/webhooks/{uuid}/execute", post(webhooks::execute))
        .route(p!("/webhooks/status"), get(webhooks::status))
        .route(p!("/version/{number}/triggered-webhooks"), get(triggered_webhooks::of_pact))
        .route("/triggered-webhooks/{uuid}/logs", get(triggered_webhooks::logs))
        .route("/triggered-webhooks/{uuid}/redeliver", post(webhooks::redeliver))
}

fn badge_routes() -> Router<AppState> {
    Router::new()
        .route(p!("/latest/badge"), get(badges::latest))
        .route(p!("/latest/{tag}/badge"), get(badges::latest_tagged))
        .route(p!("/latest-untagged/badge"), get(badges::latest_untagged))
        .route(
            "/matrix/provider/{provider}/latest/{provider_tag}/consumer/{consumer}/latest/{consumer_tag}/badge",
            get(badges::of_tags),
        )
        .route("/pacticipants/{name}/latest-version/{tag}/can-i-deploy/to/{to}/badge", get(badges::tag_to_tag))
        .route(
            "/pacticipants/{name}/branches/{branch}/latest-version/can-i-deploy/to-environment/{environment}/badge",
            get(badges::branch_to_environment),
        )
        .route("/pacticipants/{name}/main-branch/can-i-merge/badge", get(badges::can_i_merge))
}
