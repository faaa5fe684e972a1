//! Bearer tokens of an OpenID Connect provider.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::Value;
use tokio::sync::Mutex;

use super::{Caller, Role};
use crate::config::OidcConfig;
use crate::error::BrokerError;

/// How long keys count without asking again.
const FRESH: Duration = Duration::from_secs(300);
/// How soon an unknown key may make us ask again.
const AGAIN: Duration = Duration::from_secs(10);

/// Signatures that prove who wrote a token; none that a shared secret could make.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// Checks tokens against the keys their provider publishes.
#[derive(Clone, Debug)]
pub(super) struct Oidc {
    config: OidcConfig,
    client: reqwest::Client,
    keys: Arc<Mutex<Option<Keys>>>,
}

#[derive(Clone, Debug)]
struct Keys {
    set: JwkSet,
    fetched: Instant,
}

impl Oidc {
    pub(super) fn new(config: OidcConfig) -> Result<Self, BrokerError> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(10))
            .build()
            .map_err(|error| BrokerError::Identity(error.to_string()))?;
        Ok(Self { config, client, keys: Arc::default() })
    }

    /// Whose token this is, or why it is not believed.
    pub(super) async fn caller(&self, token: &str) -> Result<Caller, String> {
        let header = decode_header(token).map_err(|error| error.to_string())?;
        if !ALGORITHMS.contains(&header.alg) {
            return Err("the token's signature is of a kind that is not accepted".to_owned());
        }
        let key = self.key(header.kid.as_deref()).await?;
        let mut validation = Validation::new(header.alg);
        validation.validate_nbf = true;
        match &self.config.audience {
            Some(audience) => validation.set_audience(&[audience]),
            None => validation.validate_aud = false,
        }
        if let Some(issuer) = &self.config.issuer {
            validation.set_issuer(&[issuer]);
        }
        let claims: Value = decode::<Value>(token, &key, &validation).map_err(|error| error.to_string())?.claims;
        let name = ["email", "preferred_username", "sub"].iter().find_map(|claim| claims.get(*claim)?.as_str());
        let roles = self.roles(&claims);
        if roles.is_empty() {
            return Err(format!("the token's claim {:?} names no role of this broker", self.config.role_claim));
        }
        Ok(Caller { name: name.unwrap_or("someone").to_owned(), roles, pacticipants: None })
    }

    fn roles(&self, claims: &Value) -> Vec<Role> {
        let claim = self.config.role_claim.split('.').try_fold(claims, |value, step| value.get(step));
        let values: Vec<&str> = match claim {
            Some(Value::String(text)) => text.split_whitespace().collect(),
            Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let mapped = |value: &str| self.config.roles.iter().find(|(from, _)| from == value).map(|(_, role)| *role);
        values.into_iter().filter_map(|value| mapped(value).or_else(|| Role::parse(value))).collect()
    }

    async fn key(&self, id: Option<&str>) -> Result<DecodingKey, String> {
        let mut keys = self.keys.lock().await;
        let stale = |keys: &Keys, after: Duration| keys.fetched.elapsed() > after;
        if keys.as_ref().is_none_or(|keys| stale(keys, FRESH) || (pick(&keys.set, id).is_none() && stale(keys, AGAIN)))
        {
            match self.fetch().await {
                Ok(set) => *keys = Some(Keys { set, fetched: Instant::now() }),
                Err(error) if keys.is_none() => return Err(error),
                Err(error) => tracing::warn!(%error, "the identity provider's keys could not be renewed"),
            }
        }
        let found = keys.as_ref().and_then(|keys| pick(&keys.set, id));
        found.ok_or_else(|| "the token is signed with a key its provider does not publish".to_owned())
    }

    async fn fetch(&self) -> Result<JwkSet, String> {
        let response =
            self.client.get(&self.config.jwks_url).send().await.and_then(reqwest::Response::error_for_status);
        let text = match response {
            Ok(response) => response.text().await,
            Err(error) => Err(error),
        };
        let text = text.map_err(|error| format!("the identity provider's keys cannot be fetched: {error}"))?;
        serde_json::from_str(&text).map_err(|error| format!("the identity provider's keys do not read: {error}"))
    }
}

fn pick(set: &JwkSet, id: Option<&str>) -> Option<DecodingKey> {
    let key = match id {
        Some(id) => set.find(id)?,
        None => set.keys.first().filter(|_| set.keys.len() == 1)?,
    };
    DecodingKey::from_jwk(key).ok()
}
