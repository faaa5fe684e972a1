//! Webhooks: requests a broker sends when something happens to a contract.

use serde_json::{Map, Value, json};

use crate::transport::Repeat;
use crate::{BrokerClient, Error, Resource};

/// What people choose about a webhook.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WebhookDetails {
    /// What it is for.
    pub description: Option<String>,
    /// Only contracts of these consumers. Default: all.
    pub consumer: Option<WebhookParty>,
    /// Only contracts with these providers. Default: all.
    pub provider: Option<WebhookParty>,
    /// The events that trigger it, for example `contract_content_changed`; at least one.
    pub events: Vec<String>,
    /// What is sent.
    pub request: WebhookRequest,
}

/// The applications a webhook is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WebhookParty {
    /// The one with this name.
    Name(String),
    /// Those with this label.
    Label(String),
}

/// The request a webhook sends.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WebhookRequest {
    /// Its method.
    pub method: String,
    /// Its address.
    pub url: String,
    /// Its headers.
    pub headers: Vec<(String, String)>,
    /// Its body, a JSON document or a text; `${pactbroker.…}` places in it are filled by the broker.
    pub body: Option<Value>,
    /// User name for basic authentication.
    pub username: Option<String>,
    /// Password for basic authentication.
    pub password: Option<String>,
}

impl BrokerClient {
    /// Creates a webhook.
    ///
    /// # Errors
    /// [`Error::Refused`] when something about it is not valid.
    pub async fn create_webhook(&self, details: &WebhookDetails) -> Result<Resource, Error> {
        let url = self.index_target("pb:webhooks", &[]).await?;
        self.post(url, details.to_json(), Repeat::OnlyUnseen).await
    }

    /// Replaces the webhook with this identifier, or creates it.
    ///
    /// # Errors
    /// [`Error::Refused`] when something about it is not valid.
    pub async fn put_webhook(&self, uuid: &str, details: &WebhookDetails) -> Result<Resource, Error> {
        let url = self.index_target("pb:webhook", &[("uuid", uuid)]).await?;
        self.put(url, details.to_json()).await
    }

    /// Has the broker send a webhook's request now; answers with what came of it.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such webhook.
    pub async fn test_webhook(&self, uuid: &str) -> Result<Resource, Error> {
        let url = self.index_target("pb:webhook", &[("uuid", uuid)]).await?;
        let webhook = self.get(url).await.map_err(|error| error.looking_for(described(uuid)))?;
        self.post(webhook.target("pb:execute", &[])?, json!({}), Repeat::OnlyUnseen).await
    }

    /// Deletes a webhook.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such webhook.
    pub async fn delete_webhook(&self, uuid: &str) -> Result<(), Error> {
        let url = self.index_target("pb:webhook", &[("uuid", uuid)]).await?;
        self.delete(url).await.map_err(|error| error.looking_for(described(uuid)))
    }
}

fn described(uuid: &str) -> String {
    format!("webhook {uuid}")
}

impl WebhookDetails {
    fn to_json(&self) -> Value {
        let events: Vec<_> = self.events.iter().map(|name| json!({ "name": name })).collect();
        let mut body = json!({ "events": events, "request": self.request.to_json() });
        if let Some(description) = &self.description {
            body["description"] = json!(description);
        }
        for (role, party) in [("consumer", &self.consumer), ("provider", &self.provider)] {
            match party {
                Some(WebhookParty::Name(name)) => body[role] = json!({ "name": name }),
                Some(WebhookParty::Label(label)) => body[role] = json!({ "label": label }),
                None => {}
            }
        }
        body
    }
}

impl WebhookRequest {
    fn to_json(&self) -> Value {
        let headers: Map<_, _> =
            self.headers.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect();
        let mut request = json!({ "method": self.method, "url": self.url, "headers": headers });
        if let Some(body) = &self.body {
            request["body"] = body.clone();
        }
        for (key, value) in [("username", &self.username), ("password", &self.password)] {
            if let Some(value) = value {
                request[key] = json!(value);
            }
        }
        request
    }
}
