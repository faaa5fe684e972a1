//! Lists of pacts.

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::hal::{date, named, no_content, ok, titled};
use super::links::Links;
use super::of_pair::OfPair;
use super::pact_publish::after_deletion;
use super::problem::{ApiError, ApiResult};
use super::resolve::{self, Parties};
use crate::app::AppState;
use crate::domain::pact::Pact;
use crate::store::pact_lists::{PairList, ProviderList, latest_of_everyone, of_pair, of_provider};
use crate::store::pacts::{self, Pair};
use crate::store::{Conn, StoreError, triggers};

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

async fn pair_list(links: Links, mut of: OfPair, which: PairList, rel: Rel) -> ApiResult {
    let found = of_pair(&mut of.conn, of.pair, &which).await?;
    Ok(ok(&pair_document(&links, &of.parties, &found, rel)))
}

fn pair_document(links: &Links, parties: &Parties, found: &[Pact], rel: Rel) -> Value {
    let (consumer, provider) = (parties.consumer.name.as_str(), parties.provider.name.as_str());
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

pub(super) async fn pair_all(links: Links, of: OfPair) -> ApiResult {
    pair_list(links, of, PairList::All, Rel::Plain).await
}

pub(super) async fn pair_tagged(links: Links, of: OfPair) -> ApiResult {
    let which = PairList::Tagged(of.names.get("tag").to_owned());
    pair_list(links, of, which, Rel::Prefixed).await
}

pub(super) async fn pair_branch(links: Links, of: OfPair) -> ApiResult {
    let which = PairList::OnBranch(of.names.get("branch").to_owned());
    pair_list(links, of, which, Rel::Plain).await
}

pub(super) async fn pair_branch_head(links: Links, of: OfPair) -> ApiResult {
    let which = PairList::BranchHead(of.names.get("branch").to_owned());
    pair_list(links, of, which, Rel::Plain).await
}

pub(super) async fn pair_main_branch(links: Links, of: OfPair) -> ApiResult {
    main_branch_list(links, of, PairList::OnBranch).await
}

pub(super) async fn pair_main_branch_head(links: Links, of: OfPair) -> ApiResult {
    main_branch_list(links, of, PairList::BranchHead).await
}

async fn main_branch_list(links: Links, mut of: OfPair, which: fn(String) -> PairList) -> ApiResult {
    let found = match of.parties.consumer.main_branch.clone() {
        Some(branch) => of_pair(&mut of.conn, of.pair, &which(branch)).await?,
        None => Vec::new(),
    };
    Ok(ok(&pair_document(&links, &of.parties, &found, Rel::Plain)))
}

type PairAnd = (String, String, String);

pub(super) async fn delete_all(
    State(app): State<AppState>,
    Path((provider, consumer)): Path<(String, String)>,
) -> ApiResult {
    let mut tx = app.store.write().await?;
    let pair = resolve::parties(&mut tx, &provider, &consumer).await?.pair();
    delete_found(&mut tx, pair, &PairList::All).await?;
    tx.commit().await?;
    Ok(no_content())
}

/// Deletes pacts, and what they triggered; how many there were.
async fn delete_found(conn: &mut Conn, pair: Pair, which: &PairList) -> Result<usize, StoreError> {
    let found = of_pair(conn, pair, which).await?;
    for pact in &found {
        pacts::delete(conn, pact.version_id, pair.provider).await?;
        triggers::delete_of_pact(conn, pact.version_id, pair.provider).await?;
    }
    Ok(found.len())
}

async fn delete_some(app: AppState, links: Links, provider: String, consumer: String, which: PairList) -> ApiResult {
    let mut tx = app.store.write().await?;
    let pair = resolve::parties(&mut tx, &provider, &consumer).await?.pair();
    if delete_found(&mut tx, pair, &which).await? == 0 {
        return Err(ApiError::nothing_here());
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
