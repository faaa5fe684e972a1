//! Between the API's document of a webhook and the form people fill in.

use serde_json::{Map, Value, json};

use super::list::words;
use crate::api::Query;
use crate::domain::webhook::Event;
use crate::web::components::Choice;

/// What stands in the form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fields {
    pub(super) description: String,
    /// A name, `label:` and a label, or empty for any.
    pub(super) consumer: String,
    pub(super) provider: String,
    pub(super) events: Vec<String>,
    pub(super) method: String,
    pub(super) url: String,
    /// `Name: value`, one on each line.
    pub(super) headers: String,
    pub(super) body: String,
    pub(super) username: String,
    pub(super) password: String,
    pub(super) enabled: bool,
}

/// An event to choose.
pub(super) struct EventChoice {
    pub(super) name: &'static str,
    pub(super) words: &'static str,
    pub(super) chosen: bool,
}

impl Fields {
    /// An empty form.
    pub(super) fn new() -> Self {
        Self {
            events: vec![Event::ContractRequiringVerificationPublished.name().to_owned()],
            method: "POST".to_owned(),
            headers: "Content-Type: application/json".to_owned(),
            enabled: true,
            ..Self::default()
        }
    }

    /// What the API says of a webhook.
    pub(super) fn of_document(document: &Value) -> Self {
        let text = |pointer: &str| document.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        let party = |role: &str| match (text(&format!("/{role}/name")), text(&format!("/{role}/label"))) {
            (name, _) if !name.is_empty() => name,
            (_, label) if !label.is_empty() => format!("label:{label}"),
            _ => String::new(),
        };
        let headers = document.pointer("/request/headers").and_then(Value::as_object).into_iter().flatten();
        let headers: Vec<String> =
            headers.map(|(name, value)| format!("{name}: {}", value.as_str().unwrap_or_default())).collect();
        let events = document.get("events").and_then(Value::as_array).into_iter().flatten();
        Self {
            description: text("/description"),
            consumer: party("consumer"),
            provider: party("provider"),
            events: events.filter_map(|event| event["name"].as_str().map(str::to_owned)).collect(),
            method: text("/request/method"),
            url: text("/request/url"),
            headers: headers.join("\n"),
            body: match document.pointer("/request/body") {
                None | Some(Value::Null) => String::new(),
                Some(Value::String(text)) => text.clone(),
                Some(body) => serde_json::to_string_pretty(body).unwrap_or_default(),
            },
            username: text("/request/username"),
            password: text("/request/password"),
            enabled: document.get("enabled").and_then(Value::as_bool).unwrap_or(true),
        }
    }

    /// What was sent.
    pub(super) fn of_form(sent: &Query) -> Self {
        let text = |key: &str| sent.raw(key).unwrap_or_default().trim().replace("\r\n", "\n");
        Self {
            description: text("description"),
            consumer: text("consumer"),
            provider: text("provider"),
            events: sent.texts("events"),
            method: text("method"),
            url: text("url"),
            headers: text("headers"),
            body: text("body"),
            username: text("username"),
            password: text("password"),
            enabled: sent.text("enabled").is_some(),
        }
    }

    /// What the API is told.
    pub(super) fn document(&self) -> Value {
        let mut request = Map::from_iter([
            ("method".to_owned(), self.method.clone().into()),
            ("url".to_owned(), self.url.clone().into()),
        ]);
        let headers: Map<String, Value> = self
            .headers
            .lines()
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.trim().to_owned(), value.trim().into()))
            .collect();
        request.insert("headers".to_owned(), headers.into());
        if !self.body.is_empty() {
            let body = serde_json::from_str(&self.body).unwrap_or_else(|_| Value::from(self.body.as_str()));
            request.insert("body".to_owned(), body);
        }
        for (key, text) in [("username", &self.username), ("password", &self.password)] {
            if !text.is_empty() {
                request.insert(key.to_owned(), text.clone().into());
            }
        }
        let mut document = json!({ "enabled": self.enabled, "events": [], "request": request });
        document["events"] = self.events.iter().map(|name| json!({ "name": name })).collect();
        if !self.description.is_empty() {
            document["description"] = self.description.clone().into();
        }
        for (role, party) in [("consumer", &self.consumer), ("provider", &self.provider)] {
            match party.strip_prefix("label:") {
                _ if party.is_empty() => {}
                Some(label) => document[role] = json!({ "label": label.trim() }),
                None => document[role] = json!({ "name": party }),
            }
        }
        document
    }

    pub(super) fn event_choices(&self) -> Vec<EventChoice> {
        let choice = |event: Event| EventChoice {
            name: event.name(),
            words: words(event),
            chosen: self.events.iter().any(|name| name == event.name()),
        };
        Event::ALL.into_iter().map(choice).collect()
    }

    pub(super) fn methods(&self) -> Vec<Choice> {
        ["POST", "PUT", "PATCH", "GET", "DELETE"].map(|method| Choice::new(method, method, &self.method)).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_and_documents_say_the_same() {
        let document = json!({
            "enabled": true, "description": "run the provider's build",
            "events": [{ "name": "contract_content_changed" }],
            "consumer": { "label": "team:a" }, "provider": { "name": "inventory-service" },
            "request": {
                "method": "POST", "url": "https://ci.example/run",
                "headers": { "authorization": "**********", "x-a": "b:c" },
                "body": { "pact": "${pactbroker.pactUrl}" }, "username": "me", "password": "**********",
            },
        });
        let fields = Fields::of_document(&document);
        assert_eq!(fields.consumer, "label:team:a");
        assert_eq!(fields.headers, "authorization: **********\nx-a: b:c");
        let again = Fields { enabled: true, ..fields.clone() }.document();
        assert_eq!(Fields::of_document(&again), fields);
        assert_eq!(again["request"], document["request"]);
    }

    #[test]
    fn a_text_is_a_body_too() {
        let fields = Fields { body: "payload=${pactbroker.pactUrl}".to_owned(), ..Fields::new() };
        assert_eq!(fields.document()["request"]["body"], "payload=${pactbroker.pactUrl}");
    }
}
