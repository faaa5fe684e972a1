//! Who is asking.

use super::Role;
use super::access::Access;

/// Who is asking, and what they may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    /// What the audit log calls them.
    pub(crate) name: String,
    pub(crate) roles: Vec<Role>,
    /// Whose contracts they may write; `None` is everyone's.
    pub(crate) pacticipants: Option<Vec<String>>,
}

impl Caller {
    /// Someone who need not say who they are.
    pub(crate) fn anyone(roles: &[Role]) -> Self {
        Self { name: "anonymous".to_owned(), roles: roles.to_vec(), pacticipants: None }
    }

    /// Why a request is refused, if it is.
    pub(super) fn refusal(&self, access: &Access) -> Option<String> {
        let admin = self.roles.contains(&Role::Admin);
        if !admin && !self.roles.iter().any(|role| access.roles.contains(role)) {
            let needed = match access.roles {
                [] => "admin".to_owned(),
                roles => roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(" or "),
            };
            return Some(format!("{} may not do this: it takes the role {needed}", self.name));
        }
        access.pacticipant.as_deref().and_then(|name| self.outside_scope(name))
    }

    /// Why this caller may not write about a pacticipant, if so.
    pub(crate) fn outside_scope(&self, pacticipant: &str) -> Option<String> {
        let scope = self.pacticipants.as_ref()?;
        (!scope.iter().any(|name| name == pacticipant))
            .then(|| format!("{} may not write about {pacticipant}: its token is for {}", self.name, scope.join(", ")))
    }
}
