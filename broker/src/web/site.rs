//! The one place that knows where this broker's pages are.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::assets;
use crate::api::Links;
use crate::app::AppState;
use crate::auth::{Caller, Role};

/// The query that asks for a resource's own document where a browser would get the page about it.
pub(super) const RAW: &str = "format=json";

/// Builds links between pages. They leave scheme and host out, so that a page works whichever way it was reached, and
/// keep the path that the base URL has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Site {
    links: Links,
    /// Where the path begins in an address made by `links`.
    path_at: usize,
    /// Who looks at the page; `None` when it is not known who asks.
    caller: Option<Caller>,
}

impl FromRequestParts<AppState> for Site {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let links = Links::from_request_parts(parts, state).await?;
        Ok(Self { caller: parts.extensions.get::<Caller>().cloned(), ..Self::new(links) })
    }
}

impl Site {
    fn new(links: Links) -> Self {
        let base = links.base();
        let authority_at = base.find("://").map_or(0, |at| at + 3);
        let path_at = base[authority_at..].find('/').map_or(base.len(), |at| authority_at + at);
        Self { links, path_at, caller: None }
    }

    /// Whether whoever looks may do everything.
    pub(super) fn is_admin(&self) -> bool {
        self.caller.as_ref().is_some_and(|caller| caller.roles.contains(&Role::Admin))
    }

    /// Who looks, as people call them: "user ann", "token pipeline"; `None` for those who did not say.
    pub(super) fn who(&self) -> Option<&str> {
        let name = self.caller.as_ref().map(|caller| caller.name.as_str()).filter(|name| *name != "anonymous")?;
        // a token's number is for the audit log
        Some(name.split_once(" (").map_or(name, |(name, _)| name))
    }

    /// What whoever looks may do: "read", "publish and verify".
    pub(super) fn roles(&self) -> String {
        let roles = self.caller.iter().flat_map(|caller| &caller.roles).map(|role| role.name());
        roles.collect::<Vec<_>>().join(" and ")
    }

    /// The address people and tools reach this broker at, without a trailing slash.
    pub(super) fn address(&self) -> &str {
        self.links.base()
    }

    /// The address of a page for tools and documents, scheme and host included.
    pub(super) fn absolute(&self, link: &str) -> String {
        format!("{}{link}", &self.links.base()[..self.path_at])
    }

    /// The link made of these segments, each encoded; of none, the start page.
    pub(super) fn to(&self, segments: &[&str]) -> String {
        if segments.is_empty() {
            return format!("{}/", &self.links.base()[self.path_at..]);
        }
        self.links.to(segments).split_off(self.path_at)
    }

    /// [`Site::to`] with a query.
    pub(super) fn query(&self, segments: &[&str], pairs: &[(&str, &str)]) -> String {
        with_query(&self.to(segments), pairs)
    }

    /// The page about the pact of one consumer version.
    pub(super) fn pact(&self, provider: &str, consumer: &str, version: &str) -> String {
        self.to(&["pacts", "provider", provider, "consumer", consumer, "version", version])
    }

    /// The same as an address for commands.
    pub(super) fn pact_address(&self, provider: &str, consumer: &str, version: &str) -> String {
        self.links.pact_of(provider, consumer, version)
    }

    /// The page about the newest pact of a pair.
    pub(super) fn latest_pact(&self, provider: &str, consumer: &str) -> String {
        self.to(&["pacts", "provider", provider, "consumer", consumer, "latest"])
    }

    /// The page about an application.
    pub(super) fn pacticipant(&self, name: &str) -> String {
        self.to(&["pacticipants", name])
    }

    /// The page about one version of an application.
    pub(super) fn version(&self, pacticipant: &str, number: &str) -> String {
        self.to(&["pacticipants", pacticipant, "versions", number])
    }

    /// The page about what changed between the pacts of two consumer versions.
    pub(super) fn diff(&self, (provider, consumer): (&str, &str), version: &str, other: &str) -> String {
        let pact = ["pacts", "provider", provider, "consumer", consumer, "version", version];
        self.to(&[&pact[..], &["diff", "version", other]].concat())
    }

    /// The matrix of a pair.
    pub(super) fn matrix(&self, provider: &str, consumer: &str) -> String {
        self.to(&["matrix", "provider", provider, "consumer", consumer])
    }

    /// The page that answers whether a version can go to an environment; without one it asks which.
    pub(super) fn can_i_deploy(&self, pacticipant: &str, version: &str, environment: &str) -> String {
        let pairs = [("pacticipant", pacticipant), ("version", version), ("environment", environment)];
        let given: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        self.query(&["can-i-deploy"], &given)
    }

    /// A file that pages are made of, under a name that changes with its content.
    pub(super) fn asset(&self, name: &str) -> String {
        self.to(&["static", &assets::versioned(name)])
    }
}

/// Adds a query to a link that has none.
pub(super) fn with_query(link: &str, pairs: &[(&str, &str)]) -> String {
    if pairs.is_empty() {
        return link.to_owned();
    }
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("{link}?{query}")
}
