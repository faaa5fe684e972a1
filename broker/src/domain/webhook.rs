//! Webhooks: requests sent when something happens to a contract.

use serde_json::{Map, Value};

/// What can trigger a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// A pact was published, changed or not.
    ContractPublished,
    /// A pact was published whose content differs from the one before.
    ContractContentChanged,
    /// A pact was published that a provider version which matters has not verified.
    ContractRequiringVerificationPublished,
    /// A verification result was published.
    ProviderVerificationPublished,
    /// A successful one was.
    ProviderVerificationSucceeded,
    /// A failed one was.
    ProviderVerificationFailed,
}

impl Event {
    /// Every event.
    pub const ALL: [Self; 6] = [
        Self::ContractPublished,
        Self::ContractContentChanged,
        Self::ContractRequiringVerificationPublished,
        Self::ProviderVerificationPublished,
        Self::ProviderVerificationSucceeded,
        Self::ProviderVerificationFailed,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ContractPublished => "contract_published",
            Self::ContractContentChanged => "contract_content_changed",
            Self::ContractRequiringVerificationPublished => "contract_requiring_verification_published",
            Self::ProviderVerificationPublished => "provider_verification_published",
            Self::ProviderVerificationSucceeded => "provider_verification_succeeded",
            Self::ProviderVerificationFailed => "provider_verification_failed",
        }
    }

    /// The event of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.name() == name)
    }
}

/// The pacticipants a webhook is about on one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Party {
    /// The one of this name.
    Name(String),
    /// Those with this label.
    Label(String),
}

/// A webhook as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Webhook {
    /// Its row.
    pub id: i64,
    /// Its public identity.
    pub uuid: String,
    /// What people chose about it.
    pub fields: WebhookFields,
    /// When it was created, in microseconds since 1970.
    pub created_at: i64,
    /// When it last changed.
    pub updated_at: i64,
}

/// What people choose about a webhook.
#[derive(Clone, Debug, PartialEq)]
pub struct WebhookFields {
    /// What it is for.
    pub description: Option<String>,
    /// Only contracts of these consumers.
    pub consumer: Option<Party>,
    /// Only contracts with these providers.
    pub provider: Option<Party>,
    /// Whether events trigger it.
    pub enabled: bool,
    /// What is sent.
    pub request: WebhookRequest,
    /// What triggers it.
    pub events: Vec<Event>,
}

/// What a webhook sends; texts may hold `${pactbroker.…}` places.
#[derive(Clone, PartialEq)]
pub struct WebhookRequest {
    /// The method, in capitals.
    pub method: String,
    /// The address.
    pub url: String,
    /// Names as given, with their values.
    pub headers: Vec<(String, String)>,
    /// A JSON document, or a text.
    pub body: Option<Value>,
    /// User name for basic authentication.
    pub username: Option<String>,
    /// Password for basic authentication.
    pub password: Option<String>,
}

impl std::fmt::Debug for WebhookRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookRequest").field("method", &self.method).field("url", &self.url).finish_non_exhaustive()
    }
}

/// What is shown in place of a secret, and means "the one you have" when it comes back.
pub const STARS: &str = "**********";

/// Whether a header's value is nobody's business: credentials, unless only a template stands there.
#[must_use]
pub fn is_secret_header(name: &str, value: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let sensitive = ["authorization", "token", "secret", "password", "api-key", "apikey", "cookie"]
        .iter()
        .any(|word| name.contains(word));
    sensitive && !value.trim_start().starts_with("${")
}

impl WebhookRequest {
    /// The part that can be read by anyone with the database, as JSON.
    #[must_use]
    pub fn open_part(&self) -> Value {
        let headers: Map<String, Value> = self
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), if is_secret_header(name, value) { STARS } else { value }.into()))
            .collect();
        let mut part = Map::new();
        part.insert("method".to_owned(), self.method.clone().into());
        part.insert("url".to_owned(), self.url.clone().into());
        part.insert("headers".to_owned(), headers.into());
        if let Some(body) = &self.body {
            part.insert("body".to_owned(), body.clone());
        }
        if let Some(username) = &self.username {
            part.insert("username".to_owned(), username.clone().into());
        }
        part.into()
    }

    /// The secrets, as JSON; `None` when there are none.
    #[must_use]
    pub fn secret_part(&self) -> Option<Value> {
        let headers: Map<String, Value> = self
            .headers
            .iter()
            .filter(|(name, value)| is_secret_header(name, value))
            .map(|(name, value)| (name.clone(), value.clone().into()))
            .collect();
        if headers.is_empty() && self.password.is_none() {
            return None;
        }
        let mut part = Map::new();
        part.insert("headers".to_owned(), headers.into());
        if let Some(password) = &self.password {
            part.insert("password".to_owned(), password.clone().into());
        }
        Some(part.into())
    }

    /// Both parts together again. Secrets that are not there stay stars.
    #[must_use]
    pub fn from_parts(open: &Value, secrets: Option<&Value>) -> Self {
        let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let secret = |name: &str| {
            secrets.and_then(|secrets| secrets.pointer("/headers")?.get(name)?.as_str()).map(str::to_owned)
        };
        let headers = open.get("headers").and_then(Value::as_object).into_iter().flatten();
        Self {
            method: text(open, "method").unwrap_or_default(),
            url: text(open, "url").unwrap_or_default(),
            headers: headers
                .map(|(name, value)| {
                    let value = secret(name).unwrap_or_else(|| value.as_str().unwrap_or_default().to_owned());
                    (name.clone(), value)
                })
                .collect(),
            body: open.get("body").cloned(),
            username: text(open, "username"),
            password: secrets.and_then(|secrets| text(secrets, "password")),
        }
    }

    /// Takes over secrets that came back as stars, or not at all, from what was there before.
    pub fn keep_secrets_of(&mut self, before: &Self) {
        if self.password.as_deref().is_none_or(|password| password.is_empty() || password == STARS)
            && self.username == before.username
        {
            self.password.clone_from(&before.password);
        }
        for (name, value) in &mut self.headers {
            if value == STARS
                && let Some((_, kept)) = before.headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name))
            {
                value.clone_from(kept);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn request() -> WebhookRequest {
        WebhookRequest {
            method: "POST".to_owned(),
            url: "https://ci".to_owned(),
            headers: vec![
                ("Authorization".to_owned(), "Bearer x".to_owned()),
                ("X-Token".to_owned(), "${user.token}".to_owned()),
                ("Accept".to_owned(), "text/plain".to_owned()),
            ],
            body: Some(json!({ "a": 1 })),
            username: Some("me".to_owned()),
            password: Some("secret".to_owned()),
        }
    }

    #[test]
    fn secrets_are_kept_apart_and_come_back() {
        let request = request();
        let open = request.open_part();
        assert!(!open.to_string().contains("Bearer x") && !open.to_string().contains("secret"));
        assert_eq!(open["headers"]["X-Token"], "${user.token}");
        let secrets = request.secret_part().unwrap();
        assert!(WebhookRequest::from_parts(&open, Some(&secrets)) == request);
    }

    #[test]
    fn stars_stand_for_what_was_there() {
        let mut changed = request();
        changed.password = Some(STARS.to_owned());
        changed.headers[0].1 = STARS.to_owned();
        changed.keep_secrets_of(&request());
        assert!(changed == request());
    }
}
