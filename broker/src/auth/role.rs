//! What a caller may do.

/// What a caller may do. Every role may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Look at everything but tokens and the audit log.
    Read,
    /// Publish contracts, versions, branches, tags and pacticipants.
    Publish,
    /// Publish verification results, and the provider versions they are about.
    Verify,
    /// Record deployments and releases, and their ends.
    Deploy,
    /// Everything.
    Admin,
}

impl Role {
    /// The names of all roles, for messages.
    pub const NAMES: &'static str = "read, publish, verify, deploy or admin";

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Publish => "publish",
            Self::Verify => "verify",
            Self::Deploy => "deploy",
            Self::Admin => "admin",
        }
    }

    /// The role of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Read, Self::Publish, Self::Verify, Self::Deploy, Self::Admin]
            .into_iter()
            .find(|role| role.name() == name)
    }
}
