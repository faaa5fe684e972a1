//! Lists of pacts.

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::hal::{date, named, no_content, ok, titled};
use super::links::Links;
use super::pact_publish::after_deletion;
use super::problem::{ApiError, ApiResult};
use super::resolve;
use crate::app::AppState;
use crate::domain::pact::Pact;
use crate::store::pact_lists::{PairList, ProviderList, latest_of_everyone, of_pair, of_provider};
use crate::store::pacts;

/// The latest pact of everyone.
pub(super) async fn everyone(State(app): State<AppState>, links: Links) -> ApiResult {
    let mut conn = app.store.read().await?;
    let found = latest_of_everyone(&mut conn).await?;
    let documents: Vec<Value> = found.iter().map(|pact| in_everyone(&links, pact)).collect();
    let rels: Vec<Value> = found.iter().map(|pact| titled(links.pact(pact), pact.title())).collect();
    Ok(ok(&json!({
        "pacts": documents,
        "_links": { "self": titled(links.here(), "Latest pacts"), "pb:pacts": rels },
    })))
}

fn in_everyone(links: &Links, pact: &Pact) -> Value {
    json!({
        "createdAt": date(pact.created_at),
        "_embedded": {
            "consumer": {
                "name": pact.consumer,
                "_embedded": {
                    "version": {
                        "number": pact.version,
                        "_links": { "self": titled(links.version(&pact.consumer, &pact.version), pact.version.as_str()) },
                    },
                },
                "_links": { "self": titled(links.pacticipant(&pact.consumer), pact.consumer.as_str()) },
            },
            "provider": {
                "name": pact.provider,
                "_links": { "self": titled(links.pacticipant(&pact.provider), pact.provider.as_str()) },
            },
        },
        "_links": {
            "self": [
                titled(format!("{}/latest", links.pair(&pact.provider, &pact.consumer)), "Latest pact of this pair"),
                titled(links.pact(pact), pact.title()),
            ],
        },
    })
}

async fn provider_list(app: AppState, links: Links, name: String, which: ProviderList) -> ApiResult {
    let mut conn = app.store.read().await?;
    let provider = resolve::provider(&mut conn, &name).await?;
    let found = of_provider(&mut conn, provider.id, &which).await?;
    let rels: Vec<Value> =
        found.iter().map(|pact| named(links.pact(pact), pact.title(), pact.consumer.as_str())).collect();
    let provider = titled(links.pacticipant(&name), name.as_str());
    Ok(ok(&json!({
        "_links": {
            "self": titled(links.here(), format!("Pacts of {name}")),
            "pb:provider": provider,
            "pb:pacts": rels,
            "provider": provider,
            "pacts": rels,
        },
    })))
}

pub(super) async fn provider_all(State(app): State<AppState>, links: Links, Path(name): Path<String>) -> ApiResult {
    provider_list(app, links, name, ProviderList::All).await
}

pub(super) async fn provider_latest(State(app): State<AppState>, links: Links, Path(name): Path<String>) -> ApiResult {
    provider_list(app, links, name, ProviderList::Latest).await
}

pub(super) async fn provider_tagged(
    State(app): State<AppState>,
    links: Links,
    Path((name, tag)): Path<(String, String)>,
) -> ApiResult {
    provider_list(app, links, name, ProviderList::Tagged(tag)).await
}

pub(super) async fn provider_latest_tagged(
    State(app): State<AppState>,
    links: Links,
    Path((name, tag)): Path<(String, String)>,
) -> ApiResult {
    provider_list(app, links, name, ProviderList::LatestTagged(tag)).await
}

pub(super) async fn provider_main_branch(
    State(app): State<AppState>,
    links: Links,
    Path(name): Path<String>,
) -> ApiResult {
    provider_list(app, links, name, ProviderList::OnMainBranch).await
}

pub(super) async fn provider_main_branch_heads(
    State(app): State<AppState>,
    links: Links,
    Path(name): Path<String>,
) -> ApiResult {
    provider_list(app, links, name, ProviderList::MainBranchHeads).await
}

pub(super) async fn provider_branch(
    State(app): State<AppState>,
    links: Links,
    Path((name, branch)): Path<(String, String)>,
) -> ApiResult {
    provider_list(app, links, name, ProviderList::OnBranch(branch)).await
}

pub(super) async fn provider_branch_heads(
    State(app): State<AppState>,
    links: Links,
    Path((name, branch)): Path<(String, String)>,
) -> ApiResult {
    provider_list(app, links, name, ProviderList::BranchHeads(branch)).await
}

/// How the list of versions is called among the links; only the list by tag ever had the prefix.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rel {
    Plain,
    Prefixed,
}

async fn pair_list(
    app: AppState,
    links: Links,
    provider: String,
    consumer: String,
    which: PairList,
    rel: Rel,
) -> ApiResult {
    let mut conn = app.store.read().await?;
    let pair = resolve::parties(&mut conn, &provider, &consumer).await?.pair();
    let found = of_pair(&mut conn, pair, &which).await?;
    Ok(ok(&pair_document(&links, &provider, &consumer, &found, rel)))
}

fn pair_document(links: &Links, provider: &str, consumer: &str, found: &[Pact], rel: Rel) -> Value {
    let documents: Vec<Value> = found
        .iter()
        .map(|pact| {
            json!({
                "createdAt": date(pact.created_at),
                "_embedded": {
                    "consumerVersion": {
                        "number": pact.version,
                        "_links": { "self": titled(links.version(consumer, &pact.version), pact.version.as_str()) },
                    },
                },
                "_links": { "self": named(links.pact(pact), "Pact", pact.title()) },
            })
        })
        .collect();
    let rels: Vec<Value> = found.iter().map(|pact| named(links.pact(pact), "Pact", pact.title())).collect();
    // as lists of a provider's pacts have it, for clients that read both alike
    let by_consumer: Vec<Value> = found.iter().map(|pact| named(links.pact(pact), pact.title(), consumer)).collect();
    let prefix = if rel == Rel::Prefixed { "pb:" } else { "" };
    json!({
        "_embedded": { "pacts": documents },
        "_links": {
            "self": titled(links.here(), format!("Pacts between {consumer} and {provider}")),
            "consumer": titled(links.pacticipant(consumer), consumer),
            "provider": titled(links.pacticipant(provider), provider),
            "pb:consumer": titled(links.pacticipant(consumer), consumer),
            "pb:provider": titled(links.pacticipant(provider), provider),
            "pb:pacts": by_consumer,
            "pacts": by_consumer,
            format!("{prefix}pact-versions"): rels,
        },
    })
}

type Pair = (String, String);
type PairAnd = (String, String, String);

pub(super) async fn pair_all(
    State(app): State<AppState>,
    links: Links,
    Path((provider, consumer)): Path<Pair>,
) -> ApiResult {
    pair_list(app, links, provider, consumer, PairList::All, Rel::Plain).await
}

pub(super) async fn pair_tagged(
    State(app): State<AppState>,
    links: Links,
    Path((provider, consumer, tag)): Path<PairAnd>,
) -> ApiResult {
    pair_list(app, links, provider, consumer, PairList::Tagged(tag), Rel::Prefixed).await
}

pub(super) async fn pair_branch(
    State(app): State<AppState>,
    links: Links,
    Path((provider, consumer, branch)): Path<PairAnd>,
) -> ApiResult {
    pair_list(app, links, provider, consumer, PairList::OnBranch(branch), Rel::Plain).await
}

pub(super) async fn pair_branch_head(
    State(app): State<AppState>,
    links: Links,
    Path((provider, consumer, branch)): Path<PairAnd>,
) -> ApiResult {
    pair_list(app, links, provider, consumer, PairList::BranchHead(branch), Rel::Plain).await
}

pub(super) async fn pair_main_branch(
    State(app): State<AppState>,
    links: Links,
    Path((provider, consumer)): Path<Pair>,
) -> ApiResult {
    main_branch_list(app, links, provider, consumer, PairList::OnBranch).await
}

pub(super) async fn pair_main_branch_head(
    State(app): State<AppState>,
    links: Links,
    Path((provider, consumer)): Path<Pair>,
) -> ApiResult {
    main_branch_list(app, links, provider, consumer, PairList::BranchHead).await
}

async fn main_branch_list(
    app: AppState,
    links: Links,
    provider: String,
    consumer: String,
    which: fn(String) -> PairList,
) -> ApiResult {
    let mut conn = app.store.read().await?;
    let parties = resolve::parties(&mut conn, &provider, &consumer).await?;
    let found = match parties.consumer.main_branch.clone() {
        Some(branch) => of_pair(&mut conn, parties.pair(), &which(branch)).await?,
        None => Vec::new(),
    };
    Ok(ok(&pair_document(&links, &provider, &consumer, &found, Rel::Plain)))
}

pub(super) async fn delete_all(State(app): State<AppState>, Path((provider, consumer)): Path<Pair>) -> ApiResult {
    let mut tx = app.store.write().await?;
    let pair = resolve::parties(&mut tx, &provider, &consumer).await?.pair();
    for pact in of_pair(&mut tx, pair, &PairList::All).await? {
        pacts::delete(&mut tx, pact.version_id, pair.provider).await?;
    }
    tx.commit().await?;
    Ok(no_content())
}

async fn delete_some(app: AppState, links: Links, provider: String, consumer: String, which: PairList) -> ApiResult {
    let mut tx = app.store.write().await?;
    let pair = resolve::parties(&mut tx, &provider, &consumer).await?.pair();
    let found = of_pair(&mut tx, pair, &which).await?;
    if found.is_empty() {
        return Err(ApiError::nothing_here());
    }
    for pact in found {
        pacts::delete(&mut tx, pact.version_id, pair.provider).await?;
    }
    let latest = pacts::latest(&mut tx, pair).await?;
    tx.commit().await?;
    Ok(after_deletion(&links, latest.as_ref()))
}

pub(super) async fn delete_tagged(
    State(app): State<AppState>,
    links: Links,
    Path((provider, consumer, tag)): Path<PairAnd>,
) -> ApiResult {
    delete_some(app, links, provider, consumer, PairList::Tagged(tag)).await
}

pub(super) async fn delete_branch(
    State(app): State<AppState>,
    links: Links,
    Path((provider, consumer, branch)): Path<PairAnd>,
) -> ApiResult {
    delete_some(app, links, provider, consumer, PairList::OnBranch(branch)).await
}
