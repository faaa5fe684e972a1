//! Letting requests in, or not.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::access::{Access, Kind, needed};
use super::oidc::Oidc;
use super::{Caller, Role, digest};
use crate::app::AppState;
use crate::config::{AuthConfig, Credentials};
use crate::error::BrokerError;
use crate::store::audit::{Writer, acting};
use crate::store::{StoreError, now, tokens};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// How callers prove who they are.
#[derive(Clone, Debug)]
pub(crate) struct Guard {
    config: AuthConfig,
    oidc: Option<Oidc>,
}

/// What the credentials of a request came to.
enum Identity {
    Known(Caller),
    /// None were given.
    Nobody,
    /// Those given are not believed.
    Doubtful,
}

impl Guard {
    pub(crate) fn new(config: &AuthConfig) -> Result<Self, BrokerError> {
        Ok(Self { config: config.clone(), oidc: config.oidc.clone().map(Oidc::new).transpose()? })
    }

    /// Whether requests are asked who they come from.
    pub(crate) fn asks(&self) -> bool {
        self.config.required()
    }

    async fn identify(&self, app: &AppState, headers: &HeaderMap) -> Result<Identity, StoreError> {
        let Some(value) = headers.get(header::AUTHORIZATION) else {
            return Ok(Identity::Nobody);
        };
        let Some((scheme, given)) = value.to_str().ok().and_then(|value| value.split_once(' ')) else {
            return Ok(Identity::Doubtful);
        };
        let caller = match scheme.to_ascii_lowercase().as_str() {
            "basic" => self.basic(app, given.trim()).await?,
            "bearer" => self.bearer(app, given.trim()).await?,
            _ => None,
        };
        Ok(caller.map_or(Identity::Doubtful, Identity::Known))
    }

    /// A user of the configuration; or a token as the password, for clients that know basic authentication only.
    async fn basic(&self, app: &AppState, encoded: &str) -> Result<Option<Caller>, StoreError> {
        let decoded = STANDARD.decode(encoded).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let Some((username, password)) = decoded.as_deref().and_then(|text| text.split_once(':')) else {
            return Ok(None);
        };
        for (user, role) in [(&self.config.user, Role::Admin), (&self.config.read_only_user, Role::Read)] {
            if user.as_ref().is_some_and(|user| is_user(user, username, password)) {
                let name = format!("user {username}");
                return Ok(Some(Caller { name, roles: vec![role], pacticipants: None }));
            }
        }
        token(app, password).await
    }

    async fn bearer(&self, app: &AppState, given: &str) -> Result<Option<Caller>, StoreError> {
        if let Some(caller) = token(app, given).await? {
            return Ok(Some(caller));
        }
        let Some(oidc) = &self.oidc else {
            return Ok(None);
        };
        match oidc.caller(given).await {
            Ok(caller) => Ok(Some(caller)),
            Err(reason) => {
                tracing::info!(reason, "a bearer token is not believed");
                Ok(None)
            }
        }
    }

    /// What somebody without credentials may do.
    fn anonymous(&self, access: &Access) -> Option<Caller> {
        let open = !self.config.required()
            || access.kind == Kind::Probe
            || (access.kind == Kind::Heartbeat && self.config.public_heartbeat)
            || (access.kind == Kind::Badge && self.config.public_badges);
        if !self.config.required() {
            Some(Caller::anyone(&[Role::Admin]))
        } else if open || self.config.public_read {
            Some(Caller::anyone(&[Role::Read]))
        } else {
            None
        }
    }
}

fn is_user(user: &Credentials, username: &str, password: &str) -> bool {
    // comparing digests takes the same time whatever differs
    let digest = |text: &str| Sha256::digest(text.as_bytes());
    let (name, word) = (digest(&user.username) == digest(username), digest(&user.password) == digest(password));
    name & word
}

async fn token(app: &AppState, given: &str) -> Result<Option<Caller>, StoreError> {
    let mut conn = app.store.read().await?;
    let found = tokens::by_digest(&mut conn, &digest(given)).await?;
    let counts = |token: &tokens::Token| token.revoked_at.is_none() && token.expires_at.is_none_or(|at| now() < at);
    Ok(found.filter(counts).map(|token| Caller {
        name: format!("token {} ({})", token.name, token.uuid),
        roles: token.roles,
        pacticipants: token.pacticipants,
    }))
}

/// Finds out who is asking, refuses what they may not do, and has their writes recorded.
pub(crate) async fn guard(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    let access = needed(request.method(), request.uri().path());
    let identity = match app.guard.identify(&app, request.headers()).await {
        Ok(identity) => identity,
        Err(error) => return crate::api::failure(error),
    };
    let caller = match identity {
        Identity::Known(caller) => caller,
        Identity::Nobody => match app.guard.anonymous(&access) {
            Some(caller) => caller,
            None => {
                return unauthorized("this broker asks who is calling: send a user and password, or a bearer token");
            }
        },
        // an unguarded broker has nobody to mistake anyone for
        Identity::Doubtful if !app.guard.config.required() => Caller::anyone(&[Role::Admin]),
        Identity::Doubtful => return unauthorized("these credentials are not known here, or no longer"),
    };
    if let Some(reason) = caller.refusal(&access) {
        return if caller.name == "anonymous" {
            unauthorized(&reason)
        } else {
            // the page about it says who was refused
            let mut response = refusal(StatusCode::FORBIDDEN, &reason);
            response.extensions_mut().insert(caller);
            response
        };
    }
    let writer = Writer {
        who: caller.name.clone(),
        method: request.method().to_string(),
        path: request.uri().path().to_owned(),
        request_id: request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).map(str::to_owned),
    };
    request.extensions_mut().insert(caller);
    acting(writer, next.run(request)).await
}

fn unauthorized(reason: &str) -> Response {
    let mut response = refusal(StatusCode::UNAUTHORIZED, reason);
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"Restricted area\""));
    response
}

fn refusal(status: StatusCode, reason: &str) -> Response {
    let body = json!({ "error": reason }).to_string();
    (status, [(header::CONTENT_TYPE, HeaderValue::from_static("application/hal+json;charset=utf-8"))], body)
        .into_response()
}
