//! A published pact.

/// One publication of a contract: a consumer version's pact with a provider.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Pact {
    /// The consumer's row.
    pub consumer_id: i64,
    /// The consumer's name.
    pub consumer: String,
    /// The provider's row.
    pub provider_id: i64,
    /// The provider's name.
    pub provider: String,
    /// The consumer version's row.
    pub version_id: i64,
    /// The consumer version's number.
    pub version: String,
    /// The row of the contract itself; equal for every publication of the same content.
    pub content_id: i64,
    /// What names the contract: see [`countersign_core::pact::digest`].
    pub sha: String,
    /// 1 for the first publication under this version, counting up when it is overwritten.
    pub revision: i64,
    /// When it was published, in microseconds since 1970.
    pub created_at: i64,
}

impl Pact {
    /// The pact's title, as links and pages show it.
    #[must_use]
    pub fn title(&self) -> String {
        format!(
            "Pact between {} ({}) and {}",
            self.consumer, self.version, self.provider
        )
    }
}
