//! All webhooks.

use askama::Template;
use axum::Extension;
use axum::extract::State;

use crate::app::AppState;
use crate::auth::{Caller, Role};
use crate::domain::webhook::{Event, Party, Webhook};
use crate::store::webhooks::{self, Scope};
use crate::store::{self, deliveries};
use crate::web::components::plural;
use crate::web::page::{Frame, Page, Section, render};
use crate::web::site::Site;
use crate::web::when::When;

#[derive(Template)]
#[template(path = "webhooks.html")]
struct WebhooksPage {
    frame: Frame,
    count: String,
    rows: Vec<Row>,
    /// Where a new one is made, for those who may.
    create: Option<String>,
}

struct Row {
    title: String,
    link: String,
    target: String,
    about: String,
    events: String,
    enabled: bool,
    last: Option<Last>,
}

/// The newest delivery.
struct Last {
    class: &'static str,
    shape: &'static str,
    word: &'static str,
    when: When,
}

/// Every webhook with how its newest delivery went.
pub(crate) async fn page(State(app): State<AppState>, site: Site, Extension(caller): Extension<Caller>) -> Page {
    let mut conn = app.store.read().await?;
    let found = webhooks::list(&mut conn, &app.keyring, Scope::All).await?;
    let newest = deliveries::newest(&mut conn).await?;
    drop(conn);
    let now = store::now();
    let row = |webhook: &Webhook| {
        let last = newest.iter().find(|(uuid, ..)| *uuid == webhook.uuid);
        Row {
            title: title(webhook),
            link: site.to(&["webhooks", &webhook.uuid]),
            target: format!("{} {}", webhook.fields.request.method, webhook.fields.request.url),
            about: about(webhook.fields.consumer.as_ref(), webhook.fields.provider.as_ref()),
            events: webhook.fields.events.iter().map(|event| words(*event)).collect::<Vec<_>>().join(", "),
            enabled: webhook.fields.enabled,
            last: last.map(|(_, status, at)| {
                let (class, shape, word) = outcome(status);
                Last { class, shape, word, when: When::new(*at, now) }
            }),
        }
    };
    render(&WebhooksPage {
        frame: Frame::new(&site, Section::Webhooks, "Webhooks"),
        count: plural(found.len(), "webhook"),
        rows: found.iter().map(row).collect(),
        create: caller.roles.contains(&Role::Admin).then(|| site.to(&["webhooks", "new"])),
    })
}

/// What a webhook is called.
pub(super) fn title(webhook: &Webhook) -> String {
    let described = webhook.fields.description.as_deref().map(str::trim).filter(|text| !text.is_empty());
    described.map_or_else(|| format!("{} {}", webhook.fields.request.method, webhook.fields.request.url), str::to_owned)
}

fn about(consumer: Option<&Party>, provider: Option<&Party>) -> String {
    let side = |party: Option<&Party>, any: &str| match party {
        Some(Party::Name(name)) => name.clone(),
        Some(Party::Label(label)) => format!("label {label}"),
        None => any.to_owned(),
    };
    format!("{} → {}", side(consumer, "any consumer"), side(provider, "any provider"))
}

/// An event in plain words.
pub(super) fn words(event: Event) -> &'static str {
    match event {
        Event::ContractPublished => "a pact is published",
        Event::ContractContentChanged => "a pact changes",
        Event::ContractRequiringVerificationPublished => "a pact needs verification",
        Event::ProviderVerificationPublished => "a result is published",
        Event::ProviderVerificationSucceeded => "a verification succeeds",
        Event::ProviderVerificationFailed => "a verification fails",
    }
}

/// A delivery's state: class, shape, word.
pub(super) fn outcome(status: &str) -> (&'static str, &'static str, &'static str) {
    match status {
        "success" => ("ok", "✓", "delivered"),
        "failure" => ("bad", "✗", "failed"),
        "retrying" => ("pending", "⟳", "is retried"),
        _ => ("never", "○", "is due"),
    }
}
