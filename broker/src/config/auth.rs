//! Who may do what.

use crate::auth::Role;

/// Who may do what. Nothing set (default): everyone may do everything, which is allowed on loopback addresses only,
/// unless [`AuthConfig::allow_anonymous`] says otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthConfig {
    /// Let anyone who reaches this broker do anything, on every address it listens on.
    pub allow_anonymous: bool,
    /// The user who may do everything.
    pub user: Option<Credentials>,
    /// The user who may read.
    pub read_only_user: Option<Credentials>,
    /// Requests need a token (or one of the other ways in).
    pub tokens: bool,
    /// Identities from an OpenID Connect provider.
    pub oidc: Option<OidcConfig>,
    /// Let anyone read.
    pub public_read: bool,
    /// Let anyone see the heartbeat.
    pub public_heartbeat: bool,
    /// Let anyone see badges.
    pub public_badges: bool,
}

impl AuthConfig {
    /// Whether requests are asked who they come from.
    #[must_use]
    pub fn required(&self) -> bool {
        self.user.is_some() || self.read_only_user.is_some() || self.tokens || self.oidc.is_some()
    }
}

/// A name and its password.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The user's name.
    pub username: String,
    /// The user's password.
    pub password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("username", &self.username).finish_non_exhaustive()
    }
}

/// Bearer tokens of an OpenID Connect provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OidcConfig {
    /// Where the provider publishes its signing keys.
    pub jwks_url: String,
    /// The issuer tokens must name, if set.
    pub issuer: Option<String>,
    /// The audience tokens must name, if set.
    pub audience: Option<String>,
    /// The claim that says what its holder may do; dots lead into objects (default: `roles`).
    pub role_claim: String,
    /// Which value of the claim stands for which role; a value that is a role's name needs no entry.
    pub roles: Vec<(String, Role)>,
}
