//! Webhooks as documents. No secret leaves by them.

use serde_json::{Map, Value, json};

use super::hal::{add, add_dates, named, titled};
use super::links::Links;
use super::resources::members;
use crate::domain::webhook::{Event, Party, STARS, Webhook, is_secret_header};
use crate::webhook::Delivery;

/// A webhook.
pub(super) fn webhook_document(links: &Links, webhook: &Webhook) -> Value {
    let fields = &webhook.fields;
    let mut document = members(json!({ "uuid": webhook.uuid }));
    document.insert("description".to_owned(), shown(webhook).into());
    for (role, party) in [("consumer", &fields.consumer), ("provider", &fields.provider)] {
        match party {
            Some(Party::Name(name)) => drop(document.insert(role.to_owned(), json!({ "name": name }))),
            Some(Party::Label(label)) => drop(document.insert(role.to_owned(), json!({ "label": label }))),
            None => {}
        }
    }
    document.insert("enabled".to_owned(), fields.enabled.into());
    document.insert("request".to_owned(), request_document(webhook));
    let events: Vec<Value> = fields.events.iter().map(|event| json!({ "name": event.name() })).collect();
    document.insert("events".to_owned(), events.into());
    add_dates(&mut document, webhook.created_at, webhook.updated_at);
    document.insert("_links".to_owned(), rels(links, webhook));
    Value::Object(document)
}

fn request_document(webhook: &Webhook) -> Value {
    let request = &webhook.fields.request;
    let headers: Map<String, Value> = request
        .headers
        .iter()
        .map(|(name, value)| {
            let value = if is_secret_header(name, value) { STARS } else { value };
            (name.to_ascii_lowercase(), value.into())
        })
        .collect();
    let mut document = members(json!({ "method": request.method, "url": request.url }));
    document.insert("headers".to_owned(), headers.into());
    add(&mut document, "body", request.body.clone());
    add(&mut document, "username", request.username.clone());
    add(&mut document, "password", request.password.as_ref().map(|_| STARS));
    Value::Object(document)
}

fn rels(links: &Links, webhook: &Webhook) -> Value {
    let own = links.to(&["webhooks", &webhook.uuid]);
    let mut rels = members(json!({
        "self": titled(own.as_str(), shown(webhook)),
        "pb:execute": titled(format!("{own}/execute"), "Send the request now"),
    }));
    let fields = &webhook.fields;
    for (role, party) in [("consumer", &fields.consumer), ("provider", &fields.provider)] {
        match party {
            Some(Party::Name(name)) => {
                let title = if role == "consumer" { "Consumer" } else { "Provider" };
                drop(rels.insert(format!("pb:{role}"), named(links.pacticipant(name), title, name.as_str())));
            }
            Some(Party::Label(label)) => {
                let all =
                    named(links.to(&["pacticipants", "label", label]), "Pacticipants with the label", label.as_str());
                drop(rels.insert(format!("pb:{role}s"), all));
            }
            None => {}
        }
    }
    if let (Some(Party::Name(consumer)), Some(Party::Name(provider))) = (&fields.consumer, &fields.provider) {
        let all = links.to(&["webhooks", "provider", provider, "consumer", consumer]);
        rels.insert("pb:pact-webhooks".to_owned(), titled(all, "Webhooks of this pair"));
    }
    rels.insert("pb:webhooks".to_owned(), titled(links.to(&["webhooks"]), "Webhooks"));
    Value::Object(rels)
}

/// What a webhook is called where it has no description.
fn shown(webhook: &Webhook) -> String {
    if let Some(description) = webhook.fields.description.as_deref().filter(|text| !text.trim().is_empty()) {
        return description.to_owned();
    }
    let events: Vec<&str> = webhook.fields.events.iter().copied().map(Event::name).collect();
    format!("{} on {}", webhook.fields.request.method, events.join(", "))
}

/// Webhooks as a list of links.
pub(super) fn list_document(links: &Links, found: &[Webhook], create_at: &str) -> Value {
    let rels: Vec<Value> =
        found.iter().map(|webhook| named(links.to(&["webhooks", &webhook.uuid]), "Webhook", shown(webhook))).collect();
    json!({
        "_links": {
            "self": titled(links.here(), "Webhooks"),
            "pb:create": titled(create_at, "Create a webhook"),
            "pb:webhooks": rels,
            "curies": [{ "name": "pb", "href": format!("{}/doc/{{rel}}?context=webhooks", links.base()), "templated": true }],
        },
    })
}

/// What came of sending a request.
pub(super) fn execution(delivery: &Delivery) -> Value {
    let pairs = |headers: &[(String, String)]| -> Map<String, Value> {
        headers.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect()
    };
    let mut document = json!({
        "request": {
            "method": delivery.method,
            "url": delivery.url,
            "headers": pairs(&delivery.headers),
            "body": delivery.body,
        },
    });
    match &delivery.answer {
        Ok(answer) => {
            document["response"] = json!({ "status": answer.status, "headers": pairs(&answer.headers) });
            match &answer.body {
                Some(body) => document["response"]["body"] = body.as_str().into(),
                None => document["message"] = crate::webhook::HIDDEN.trim().into(),
            }
        }
        Err(reason) => document["error"] = json!({ "message": reason }),
    }
    document["logs"] = delivery.log().into();
    document["success"] = delivery.success.into();
    document
}
