//! Reading one pact.

use axum::http::HeaderValue;
use axum::response::Response;
use countersign_core::pact::digest::with_ids;
use serde_json::{Value, json};

use super::hal::{CONSUMER_VERSION, date, link, named, ok, templated, titled};
use super::links::Links;
use super::of_pair::OfPair;
use super::problem::{ApiError, ApiResult};
use crate::domain::pact::Pact;
use crate::store::{Conn, StoreError, pacts};

pub(super) async fn of_version(links: Links, mut of: OfPair) -> ApiResult {
    let pact = of.pact().await?;
    show(&mut of.conn, &links, Some(pact)).await
}

/// A content, fetched by its digest alone or with a verifier's context.
pub(super) async fn of_content(links: Links, mut of: OfPair) -> ApiResult {
    let content = pacts::content_by_sha(&mut of.conn, of.pair, of.names.get("sha")).await?;
    let content = content.ok_or_else(ApiError::nothing_here)?;
    let pact = pacts::latest_with_content(&mut of.conn, content.id).await?.ok_or_else(ApiError::nothing_here)?;
    let context = Some(of.names.get("context")).filter(|context| !context.is_empty());
    Ok(ok(&document(&mut of.conn, &links, &pact, context).await?))
}

pub(super) async fn latest(links: Links, mut of: OfPair) -> ApiResult {
    let pact = pacts::latest(&mut of.conn, of.pair).await?;
    show(&mut of.conn, &links, pact).await
}

pub(super) async fn latest_tagged(links: Links, mut of: OfPair) -> ApiResult {
    let pact = pacts::latest_tagged(&mut of.conn, of.pair, of.names.get("tag")).await?;
    show(&mut of.conn, &links, pact).await
}

pub(super) async fn latest_untagged(links: Links, mut of: OfPair) -> ApiResult {
    let pact = pacts::latest_untagged(&mut of.conn, of.pair).await?;
    show(&mut of.conn, &links, pact).await
}

pub(super) async fn latest_on_branch(links: Links, mut of: OfPair) -> ApiResult {
    let pact = pacts::latest_on_branch(&mut of.conn, of.pair, of.names.get("branch")).await?;
    show(&mut of.conn, &links, pact).await
}

pub(super) async fn previous_distinct(links: Links, mut of: OfPair) -> ApiResult {
    let pact = of.pact().await?;
    let previous = pacts::previous_distinct(&mut of.conn, &pact).await?;
    show(&mut of.conn, &links, previous).await
}

async fn show(conn: &mut Conn, links: &Links, pact: Option<Pact>) -> Result<Response, ApiError> {
    let pact = pact.ok_or_else(ApiError::nothing_here)?;
    let mut response = ok(&document(conn, links, &pact, None).await?);
    if let Ok(number) = HeaderValue::from_str(&pact.version) {
        response.headers_mut().insert(CONSUMER_VERSION, number);
    }
    Ok(response)
}

/// The pact as it was published, each interaction with its id, followed by `createdAt` and `_links`. `context` is the
/// segment a verifier fetched it by; results then come back by the same segment.
pub(super) async fn document(
    conn: &mut Conn,
    links: &Links,
    pact: &Pact,
    context: Option<&str>,
) -> Result<Value, StoreError> {
    let bytes = pacts::bytes(conn, pact.content_id).await?;
    let versions = pacts::all_with_content(conn, pact.content_id).await?;
    let mut document = with_ids(serde_json::from_slice(&bytes)?);
    if let Value::Object(members) = &mut document {
        members.insert("createdAt".to_owned(), date(pact.created_at).into());
        members.insert("_links".to_owned(), pact_links(links, pact, &versions, context));
    }
    Ok(document)
}

fn pact_links(links: &Links, pact: &Pact, versions: &[Pact], context: Option<&str>) -> Value {
    let (consumer, provider, number) = (pact.consumer.as_str(), pact.provider.as_str(), pact.version.as_str());
    let own = links.pact(pact);
    let pair = links.pair(provider, consumer);
    let content = links.content(provider, consumer, &pact.sha);
    let own_version = links.version(consumer, number);
    let results = match context {
        Some(context) => format!("{content}/metadata/{context}/verification-results"),
        None => format!("{content}/verification-results"),
    };
    let versions: Vec<Value> = versions
        .iter()
        .map(|each| named(links.version(consumer, &each.version), "Consumer version", each.version.as_str()))
        .collect();
    json!({
        "self": named(own.as_str(), "Pact", pact.title()),
        "pb:consumer": named(links.pacticipant(consumer), "Consumer", consumer),
        "pb:consumer-version": named(own_version.as_str(), "Consumer version", number),
        "pb:consumer-versions": versions,
        "pb:provider": named(links.pacticipant(provider), "Provider", provider),
        "pb:pact-version": named(content.as_str(), "The content of this pact", pact.sha.as_str()),
        "pb:latest-pact-version": titled(format!("{pair}/latest"), "Latest pact"),
        "pb:all-pact-versions": titled(format!("{pair}/versions"), "All pacts of this pair"),
        "pb:latest-untagged-pact-version": titled(format!("{pair}/latest-untagged"), "Latest pact without a tag"),
        "pb:latest-tagged-pact-version": templated(format!("{pair}/latest/{{tag}}"), "Latest pact with a tag"),
        "pb:previous-distinct": titled(format!("{own}/previous-distinct"), "Previous pact with another content"),
        "pb:diff-previous-distinct": titled(format!("{own}/diff/previous-distinct"), "Changes since then"),
        "pb:diff": templated(format!("{content}/diff/pact-version/{{pactVersion}}"), "Changes since another content"),
        "pb:pact-webhooks": titled(links.to(&["webhooks", "provider", provider, "consumer", consumer]), "Webhooks of this pair"),
        "pb:consumer-webhooks": titled(links.to(&["webhooks", "consumer", consumer]), "Webhooks of the consumer"),
        "pb:tag-prod-version": titled(format!("{own_version}/tags/prod"), "Tag the consumer version as prod"),
        "pb:tag-version": templated(format!("{own_version}/tags/{{tag}}"), "Tag the consumer version"),
        "pb:publish-verification-results": titled(results, "Publish verification results"),
        "pb:latest-verification-results": link(format!("{content}/verification-results/latest")),
        "pb:triggered-webhooks": titled(format!("{own}/triggered-webhooks"), "Webhooks triggered by this pact"),
        "pb:matrix-for-consumer-version": titled(
            matrix_link(links, pact), "Matrix rows of this consumer version"),
        "curies": [{ "name": "pb", "href": format!("{}/doc/{{rel}}?context=pact", links.base()), "templated": true }],
    })
}

fn matrix_link(links: &Links, pact: &Pact) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("q[][pacticipant]", &pact.consumer)
        .append_pair("q[][version]", &pact.version)
        .append_pair("latestby", "cvpv")
        .finish();
    format!("{}/matrix?{query}", links.base())
}
