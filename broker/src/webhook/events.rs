//! What happens to contracts, and the webhooks it puts into the outbox.

use super::Keyring;
use super::variables::{Subject, variables};
use crate::api::Links;
use crate::domain::pact::Pact;
use crate::domain::verification::Verification;
use crate::domain::webhook::{Event, Webhook};
use crate::store::pacts::Pair;
use crate::store::publish::Stored;
use crate::store::triggers::{NewTrigger, add};
use crate::store::webhooks::{self, Scope};
use crate::store::{Conn, StoreError, pacts, tags, verifications};

/// An event, and what it triggered.
#[derive(Clone, Debug)]
pub(crate) struct Happening {
    pub(crate) event: Event,
    /// The webhook's description, and the identity of what was put into the outbox.
    pub(crate) triggered: Vec<(String, String)>,
}

/// Puts webhooks into the outbox.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Triggers<'a> {
    pub(crate) keyring: &'a Keyring,
    pub(crate) links: &'a Links,
    pub(crate) now: i64,
}

/// A pact was published: finds out which events that is.
pub(crate) async fn published(
    conn: &mut Conn,
    triggers: Triggers<'_>,
    pact: &Pact,
    stored: &Stored,
) -> Result<Vec<Happening>, StoreError> {
    let changed = match stored {
        Stored::Created => is_changed(conn, pact).await?,
        Stored::Unchanged => false,
        Stored::Replaced => true,
    };
    let mut events = vec![(Event::ContractPublished, None)];
    if changed {
        events.push((Event::ContractContentChanged, None));
    }
    let listening = triggers.listening(conn, pact).await?;
    if listening.iter().any(|webhook| webhook.fields.events.contains(&Event::ContractRequiringVerificationPublished)) {
        for number in verifications::lacking(conn, pact).await? {
            events.push((Event::ContractRequiringVerificationPublished, Some(number)));
        }
    }
    let verification = match listening.is_empty() {
        true => None,
        false => verifications::latest_of_main_branch(conn, pact).await?,
    };
    let mut happenings = Vec::new();
    for (event, number) in events {
        let subject = Subject {
            event: event.name(),
            pact,
            verification: verification.as_ref(),
            provider_version: number.as_deref(),
        };
        happenings.push(triggers.trigger(conn, &listening, event, subject, None).await?);
    }
    Ok(happenings)
}

/// A verification result was recorded: once for each consumer version it was about.
pub(crate) async fn verified(
    conn: &mut Conn,
    triggers: Triggers<'_>,
    content: i64,
    consumer_versions: &[i64],
    verification: &Verification,
) -> Result<(), StoreError> {
    if !webhooks::any_enabled(conn).await? {
        return Ok(());
    }
    let outcome =
        if verification.success { Event::ProviderVerificationSucceeded } else { Event::ProviderVerificationFailed };
    for pact in &pacts::with_content_by(conn, content, consumer_versions).await? {
        let listening = triggers.listening(conn, pact).await?;
        for event in [Event::ProviderVerificationPublished, outcome] {
            let subject =
                Subject { event: event.name(), pact, verification: Some(verification), provider_version: None };
            triggers.trigger(conn, &listening, event, subject, Some(verification.number)).await?;
        }
    }
    Ok(())
}

impl Triggers<'_> {
    async fn listening(&self, conn: &mut Conn, pact: &Pact) -> Result<Vec<Webhook>, StoreError> {
        if !webhooks::any_enabled(conn).await? {
            return Ok(Vec::new());
        }
        let pair = Pair { consumer: pact.consumer_id, provider: pact.provider_id };
        let mut meeting = webhooks::list(conn, self.keyring, Scope::Meeting(pair)).await?;
        meeting.retain(|webhook| webhook.fields.enabled);
        Ok(meeting)
    }

    async fn trigger(
        &self,
        conn: &mut Conn,
        listening: &[Webhook],
        event: Event,
        subject: Subject<'_>,
        verification: Option<i64>,
    ) -> Result<Happening, StoreError> {
        let mut triggered = Vec::new();
        let mut values = None;
        for webhook in listening.iter().filter(|webhook| webhook.fields.events.contains(&event)) {
            let values = match &values {
                Some(values) => values,
                None => values.insert(serde_json::to_string(&variables(conn, self.links, subject).await?)?),
            };
            let new = NewTrigger {
                webhook_id: webhook.id,
                webhook_uuid: &webhook.uuid,
                pact: subject.pact,
                verification,
                trigger_type: "resource_creation",
                event_name: event.name(),
                variables: values.clone(),
            };
            let uuid = add(conn, &new, self.now).await?;
            let shown = webhook.fields.description.clone().unwrap_or_else(|| webhook.uuid.clone());
            triggered.push((shown, uuid));
        }
        Ok(Happening { event, triggered })
    }
}

/// Whether a new publication differs from the one before it. Tags are lines of their own, and untagged versions are
/// one: a feature branch's pact says nothing about what production had.
async fn is_changed(conn: &mut Conn, pact: &Pact) -> Result<bool, StoreError> {
    let tags = tags::of_version(conn, pact.version_id).await?;
    if tags.is_empty() {
        return Ok(pacts::before_untagged(conn, pact).await? != Some(pact.content_id));
    }
    for tag in tags {
        if pacts::before_tagged(conn, pact, &tag).await? != Some(pact.content_id) {
            return Ok(true);
        }
    }
    Ok(false)
}
