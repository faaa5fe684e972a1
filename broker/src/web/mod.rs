//! The web UI: one file per page, rendered here and useful without a line of JavaScript.
//!
//! A handler loads, shapes what it found into a view (plain structs of texts and links), and renders a template of
//! `broker/templates`. Every link goes through [`site::Site`], every answer leaves through [`page`].

mod act;
mod assets;
mod components;
mod deployed;
mod failure;
mod page;
mod site;
mod when;

mod admin;
mod deploy;
mod environments;
mod network;
mod overview;
mod pact;
mod pacticipant;
mod search;
mod webhooks;

#[cfg(test)]
mod tests;

use axum::Router;
use axum::extract::Request;
use axum::http::Method;
use axum::middleware;
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use crate::api;
use crate::app::AppState;

pub(crate) use failure::{dress, dress_refusals};
use pact::pair as pact_pair;
pub(crate) use page::is_unknown;

/// Whether a request is a browser's, for a page or for what a page is made of. `?format=json` asks a browser's request
/// through to the API.
pub(crate) fn wants_page(request: &Request) -> bool {
    let uri = request.uri();
    let raw = uri.query().is_some_and(|query| query.split('&').any(|pair| pair == site::RAW));
    request.method() == Method::GET && (assets::is_asset(uri.path()) || (api::wants_html(request.headers()) && !raw))
}

/// Whether a request is a form that a page sends.
pub(crate) fn is_form(request: &Request) -> bool {
    request.method() == Method::POST && request.uri().path().starts_with("/ui/")
}

/// `P` is how every path about one pair's pacts begins.
macro_rules! p {
    ($rest:literal) => {
        concat!("/pacts/provider/{provider}/consumer/{consumer}", $rest)
    };
}

/// The pages. What they do not know is answered with a mark that [`is_unknown`] recognises, and goes to the API.
pub(crate) fn routes(state: AppState) -> Router {
    Router::new()
        .route("/", get(overview::page))
        .route("/ui/relationships", get(overview::page))
        .route(p!("/version/{number}"), get(pact::of_version))
        .route(p!("/versions/{number}"), get(pact::of_version))
        .route(p!("/version/{number}/diff/previous-distinct"), get(pact::with_previous))
        .route(p!("/version/{number}/diff/version/{other}"), get(pact::with_version))
        .route(p!("/pact-version/{sha}"), get(pact::of_content))
        .route(p!("/latest"), get(pact::latest))
        .route(p!("/latest/{tag}"), get(pact::latest_tagged))
        .route(p!("/latest-untagged"), get(pact::latest_untagged))
        .route(p!("/branch/{branch}/latest"), get(pact::latest_on_branch))
        .route("/pacticipants/{name}", get(pacticipant::page))
        .route("/pacticipants/{name}/versions/{number}", get(pacticipant::version))
        .route("/environments", get(environments::side_by_side))
        .route("/environments/promotion", get(environments::promotion))
        .route("/environments/history", get(environments::history))
        .route("/network", get(network::page))
        .route("/network.svg", get(network::as_svg))
        .route("/network.dot", get(network::as_dot))
        .route("/can-i-deploy", get(deploy::can_i_deploy))
        .route("/matrix", get(deploy::matrix))
        .route("/matrix/provider/{provider}/consumer/{consumer}", get(deploy::matrix_of_pair))
        .route("/webhooks", get(webhooks::list))
        .route("/webhooks/new", get(webhooks::new))
        .route("/webhooks/{uuid}", get(webhooks::one))
        .route("/ui/webhooks", post(webhooks::create))
        .route("/ui/webhooks/{uuid}", post(webhooks::act))
        .route("/ui/deliveries/{uuid}", post(webhooks::redeliver))
        .route("/search", get(search::page))
        .route("/login", get(failure::login))
        .route("/tokens", get(admin::tokens))
        .route("/ui/tokens", post(admin::create_token))
        .route("/ui/tokens/{uuid}", post(admin::revoke_token))
        .route("/audit", get(admin::audit))
        .route("/static/{name}", get(assets::serve))
        .fallback(page::unknown)
        .layer(CatchPanicLayer::custom(failure::after_panic))
        .layer(middleware::from_fn_with_state(state.clone(), page::finish))
        .layer(CompressionLayer::new())
        .with_state(state)
}
