//! `/contracts/publish`: a consumer version and its contracts, in one transaction.

use std::collections::HashMap;

use axum::Extension;
use axum::extract::State;
use serde_json::{Value, json};

use super::body::JsonObject;
use super::hal::{named, ok};
use super::links::Links;
use super::problem::{ApiError, ApiResult};
use super::{pact_diff, resolve, resources};
use crate::app::AppState;
use crate::auth::Caller;
use crate::config::Rules;
use crate::domain::merge::merge;
use crate::domain::pact::Pact;
use crate::domain::pacticipant::Pacticipant;
use crate::domain::publication::{Contract, OnConflict, PactDocument, Publication};
use crate::domain::version::Version;
use crate::store::pacts::Pair;
use crate::store::publish::{Published, Stored};
use crate::store::{
    Conn, StoreError, audit, branches, now, pacticipants, pacts, publish, tags, version_details, versions,
};
use crate::webhook::{self, Triggers};

pub(super) async fn publish(
    State(app): State<AppState>,
    links: Links,
    Extension(caller): Extension<Caller>,
    JsonObject(body): JsonObject,
) -> ApiResult {
    let publication = Publication::parse(&body).map_err(ApiError::Invalid)?;
    if let Some(reason) = caller.outside_scope(&publication.pacticipant) {
        return Err(ApiError::Forbidden(reason));
    }
    audit::describe(format!("{} {}", publication.pacticipant, publication.version));
    let mut tx = app.store.write().await?;
    let mut known = pacticipants::named(&mut tx, &publication.participants()).await?;
    if app.settings.rules.check_for_duplicate_names {
        refuse_misspellings(&mut tx, &publication, &known).await?;
    }
    let now = now();
    let mut notices = Notices::default();
    let consumer = ensure(&mut tx, &mut known, &publication.pacticipant, now).await?;
    let version = write_version(&mut tx, &app.settings.rules, &consumer, &publication, now, &mut notices).await?;
    let mut refused = Vec::new();
    // parallel publishers meet their providers in one order, so that none waits for another in a circle
    let mut contracts: Vec<&Contract> = publication.contracts.iter().collect();
    contracts.sort_by(|one, other| one.provider.cmp(&other.provider));
    for contract in contracts {
        let provider = ensure(&mut tx, &mut known, &contract.provider, now).await?;
        let triggers = Triggers { keyring: &app.keyring, links: &links, now };
        let writer = Writer { triggers, consumer: &consumer, version: &version, provider: &provider };
        let overwrite = app.settings.rules.allow_contract_modification;
        if let Err(refusal) = writer.write(&mut tx, contract, overwrite, &mut notices).await? {
            refused.push(refusal);
        }
    }
    if !refused.is_empty() {
        // nothing is written, so only the refusals are told
        let mut notices = Notices::default();
        for refusal in &refused {
            notices.add("error", refusal.clone());
        }
        return Err(ApiError::Conflict(json!({ "notices": notices.list(), "errors": { "contracts": refused } })));
    }
    // its first version on a likely branch may have given it a main branch
    let consumer =
        if consumer.main_branch.is_none() { pacticipants::by_id(&mut tx, consumer.id).await? } else { consumer };
    let document = document(&mut tx, &links, &publication, &consumer, &version, &notices).await?;
    tx.commit().await?;
    app.outbox.notify_one();
    Ok(ok(&document))
}

/// What a publisher is told, in order.
#[derive(Default)]
struct Notices(Vec<(&'static str, String)>);

impl Notices {
    fn add(&mut self, kind: &'static str, text: impl Into<String>) {
        self.0.push((kind, text.into()));
    }

    fn list(&self) -> Vec<Value> {
        self.0.iter().map(|(kind, text)| json!({ "type": kind, "text": text })).collect()
    }

    /// The same for clients that know only log levels.
    fn logs(&self) -> Vec<Value> {
        self.0
            .iter()
            .map(|(kind, text)| {
                let level = match *kind {
                    "debug" | "error" => kind,
                    "warning" => "warn",
                    _ => "info",
                };
                json!({ "level": level, "message": text, "deprecationWarning": "Replaced by notices" })
            })
            .collect()
    }
}

/// Pacticipants by name.
type Known = HashMap<String, Pacticipant>;

/// A pacticipant, created if need be.
async fn ensure(conn: &mut Conn, known: &mut Known, name: &str, now: i64) -> Result<Pacticipant, StoreError> {
    if let Some(pacticipant) = known.get(name) {
        return Ok(pacticipant.clone());
    }
    let pacticipant = pacticipants::ensure(conn, name, now).await?;
    known.insert(name.to_owned(), pacticipant.clone());
    Ok(pacticipant)
}

async fn refuse_misspellings(conn: &mut Conn, publication: &Publication, known: &Known) -> Result<(), ApiError> {
    let mut messages = Vec::new();
    for name in publication.participants().into_iter().filter(|name| !known.contains_key(*name)) {
        messages.extend(resolve::misspelling(conn, name).await?);
    }
    if messages.is_empty() {
        return Ok(());
    }
    messages.dedup();
    let notices: Vec<Value> = messages.iter().map(|text| json!({ "type": "error", "text": text })).collect();
    Err(ApiError::Conflict(json!({ "notices": notices, "errors": { "pacticipants": messages } })))
}

async fn write_version(
    conn: &mut Conn,
    rules: &Rules,
    consumer: &Pacticipant,
    publication: &Publication,
    now: i64,
    notices: &mut Notices,
) -> Result<Version, ApiError> {
    let (mut version, new) = versions::ensure(conn, consumer.id, &publication.version, now).await?;
    if publication.build_url.is_some() && publication.build_url != version.build_url {
        versions::set_build_url(conn, version.id, publication.build_url.as_deref(), now).await?;
        version = Version { build_url: publication.build_url.clone(), updated_at: now, ..version };
    }
    if let Some(branch) = &publication.branch {
        branches::add_version(conn, rules, consumer, branch, version.id, now).await?;
    }
    for tag in &publication.tags {
        tags::put(conn, rules, consumer, &version, tag, now).await?;
    }
    let mut text = format!("{} {} version {}", if new { "Created" } else { "Updated" }, consumer.name, version.number);
    if let Some(branch) = &publication.branch {
        text.push_str(&format!(" on branch {branch}"));
    }
    if !publication.tags.is_empty() {
        text.push_str(&format!(" with tags {}", publication.tags.join(", ")));
    }
    notices.add("debug", text);
    if publication.branch.is_none() {
        notices
            .add("prompt", "Give the branch of the version (--branch) too: selectors and pending pacts build on it.");
    }
    Ok(version)
}

struct Writer<'a> {
    triggers: Triggers<'a>,
    consumer: &'a Pacticipant,
    version: &'a Version,
    provider: &'a Pacticipant,
}

impl Writer<'_> {
    /// Writes one contract; the inner error says why it was refused.
    async fn write(
        &self,
        conn: &mut Conn,
        contract: &Contract,
        overwrite: bool,
        notices: &mut Notices,
    ) -> Result<Result<(), String>, ApiError> {
        let pair = Pair { consumer: self.consumer.id, provider: self.provider.id };
        let before = publish::current(conn, self.version.id, pair.provider).await?;
        let mut merged = None;
        if let Some(before) = before.as_ref().filter(|before| before.sha != contract.document.sha) {
            let existing = pacts::bytes(conn, before.content_id).await?;
            if !overwrite {
                return Ok(Err(self.refusal(&existing, &contract.document)));
            }
            if contract.on_conflict == OnConflict::Merge {
                merged = merge_into(&existing, &contract.document)?;
            }
        }
        let document = merged.as_ref().unwrap_or(&contract.document);
        let published = publish::store(conn, pair, self.version.id, document, before, self.triggers.now).await?;
        self.tell(conn, published, merged.is_some(), notices).await?;
        Ok(Ok(()))
    }

    fn refusal(&self, existing: &[u8], document: &PactDocument) -> String {
        format!(
            "{} version {} has a pact with {} already, and a published pact does not change. Publish under a new \
             version number; if the version did not change, look for random or dated values in its pact. The \
             difference:\n{}",
            self.consumer.name,
            self.version.number,
            self.provider.name,
            pact_diff::unified(existing, &document.bytes, pact_diff::WITHIN_A_REFUSAL)
        )
    }

    async fn tell(
        &self,
        conn: &mut Conn,
        published: Published,
        merged: bool,
        notices: &mut Notices,
    ) -> Result<(), ApiError> {
        let what = format!("pact between {} {} and {}", self.consumer.name, self.version.number, self.provider.name);
        match published.stored {
            _ if merged => notices.add("success", format!("Merged the {what} with what was published before.")),
            Stored::Created => notices.add("success", format!("Published the {what}.")),
            Stored::Unchanged => {
                notices.add("success", format!("The {what} was published before, with the same content."))
            }
            Stored::Replaced => notices.add("warning", format!("Replaced the content of the {what}.")),
        }
        notices
            .add("info", self.triggers.links.pact_of(&self.provider.name, &self.consumer.name, &self.version.number));
        let verified = published.verified;
        self.tell_events(conn, published, notices).await?;
        if !verified {
            notices.add(
                "prompt",
                format!("Nothing has verified this content yet. Next: let {} verify its pacts.", self.provider.name),
            );
        }
        Ok(())
    }

    /// Has the publication's events trigger webhooks, and says which.
    async fn tell_events(&self, conn: &mut Conn, published: Published, notices: &mut Notices) -> Result<(), ApiError> {
        let Published { stored, current, .. } = published;
        let pact = Pact {
            consumer_id: self.consumer.id,
            consumer: self.consumer.name.clone(),
            provider_id: self.provider.id,
            provider: self.provider.name.clone(),
            version_id: self.version.id,
            version: self.version.number.clone(),
            content_id: current.content_id,
            sha: current.sha,
            revision: current.revision,
            created_at: current.created_at,
        };
        let happenings = webhook::published(conn, self.triggers, &pact, &stored).await?;
        let events: Vec<&str> = happenings.iter().map(|happening| happening.event.name()).collect();
        notices.add("debug", format!("Events: {}.", events.join(", ")));
        for happening in happenings {
            for (webhook, uuid) in happening.triggered {
                let logs = self.triggers.links.to(&["triggered-webhooks", &uuid, "logs"]);
                let event = happening.event.name();
                notices.add("debug", format!("Webhook {webhook:?} was triggered by {event}. Its log: {logs}"));
            }
        }
        Ok(())
    }
}

/// Both documents in one; `None` when they contradict each other, and the new one replaces the other.
fn merge_into(existing: &[u8], addition: &PactDocument) -> Result<Option<PactDocument>, ApiError> {
    let existing: Value = serde_json::from_slice(existing).map_err(StoreError::from)?;
    Ok(merge(&existing, &addition.json).ok().map(PactDocument::from_json))
}

async fn document(
    conn: &mut Conn,
    links: &Links,
    publication: &Publication,
    consumer: &Pacticipant,
    version: &Version,
    notices: &Notices,
) -> Result<Value, ApiError> {
    let details = version_details::of(conn, version.id).await?;
    let (name, number) = (consumer.name.as_str(), version.number.as_str());
    let tags: Vec<Value> =
        publication.tags.iter().map(|tag| named(links.tag(name, number, tag), "Tag", tag.as_str())).collect();
    let contracts: Vec<Value> = publication
        .contracts
        .iter()
        .map(|contract| {
            let title = format!("Pact between {name} ({number}) and {}", contract.provider);
            named(links.pact_of(&contract.provider, name, number), title, contract.provider.as_str())
        })
        .collect();
    Ok(json!({
        "logs": notices.logs(),
        "notices": notices.list(),
        "_embedded": {
            "pacticipant": resources::pacticipant(links, consumer, &[], None, &[]),
            "version": resources::version(links, name, version, &details),
        },
        "_links": {
            "pb:pacticipant": named(links.pacticipant(name), "Pacticipant", name),
            "pb:pacticipant-version": named(links.version(name, number), "Version", number),
            "pb:pacticipant-version-tags": tags,
            "pb:contracts": contracts,
        },
    }))
}
