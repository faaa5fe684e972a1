//! The provider states in a provider's pacts.

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::hal::{ok, titled};
use super::links::Links;
use super::problem::{ApiError, ApiResult};
use super::resolve;
use crate::app::AppState;
use crate::domain::consumer_selector::{ConsumerSelector, How, Pick};
use crate::domain::provider_state::provider_states;
use crate::domain::selection::fold;
use crate::store::{StoreError, environments, pacts, selection};

pub(super) async fn of_main_branches(
    State(app): State<AppState>,
    links: Links,
    Path(provider): Path<String>,
) -> ApiResult {
    show(app, links, provider, Pick::MainBranch).await
}

pub(super) async fn of_branch(
    State(app): State<AppState>,
    links: Links,
    Path((provider, branch)): Path<(String, String)>,
) -> ApiResult {
    show(
        app,
        links,
        provider,
        Pick::Branch {
            name: branch,
            fallback: None,
        },
    )
    .await
}

pub(super) async fn of_environment(
    State(app): State<AppState>,
    links: Links,
    Path((provider, environment)): Path<(String, String)>,
) -> ApiResult {
    let mut conn = app.store.read().await?;
    if environments::by_name(&mut conn, &environment)
        .await?
        .is_none()
    {
        return Err(ApiError::NotFound(format!(
            "No environment with name '{environment}' found"
        )));
    }
    drop(conn);
    show(
        app,
        links,
        provider,
        Pick::Running {
            how: How::DeployedOrReleased,
            environment: Some(environment),
        },
    )
    .await
}

async fn show(app: AppState, links: Links, name: String, pick: Pick) -> ApiResult {
    let mut conn = app.store.read().await?;
    let provider = resolve::provider(&mut conn, &name).await?;
    let selector = ConsumerSelector {
        consumer: None,
        pick,
    };
    let mut documents: Vec<(String, Value)> = Vec::new();
    for selected in fold(selection::resolve(&mut conn, provider.id, &selector, None).await?) {
        let bytes = pacts::bytes(&mut conn, selected.pact.content_id).await?;
        let document = serde_json::from_slice(&bytes).map_err(StoreError::from)?;
        documents.push((selected.pact.consumer, document));
    }
    let states: Vec<Value> = provider_states(
        documents
            .iter()
            .map(|(consumer, document)| (consumer.as_str(), document)),
    )
    .into_iter()
    .map(
        |state| json!({ "name": state.name, "params": state.params, "consumers": state.consumers }),
    )
    .collect();
    Ok(ok(&json!({
        "providerStates": states,
        "_links": { "self": titled(links.here(), format!("Provider states of {name}")) },
    })))
}
