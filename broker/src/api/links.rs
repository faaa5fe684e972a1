//! Addresses of this broker's resources.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::app::AppState;
use crate::domain::pact::Pact;

/// What a path segment shows as it is.
pub(super) const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Builds addresses under the base URL a request came in by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Links {
    base: String,
    here: String,
}

impl FromRequestParts<AppState> for Links {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        Ok(Self::new(&state.settings.base_urls, &parts.headers, &parts.uri))
    }
}

impl Links {
    /// Addresses under the base URL of these that fits a request best.
    pub(crate) fn new(base_urls: &[String], headers: &HeaderMap, uri: &Uri) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let forwarded = text("x-forwarded-host").and_then(|hosts| hosts.split(',').next()).map(str::trim);
        let host = forwarded.or_else(|| text(header::HOST.as_str())).or_else(|| uri.authority().map(|a| a.as_str()));
        let scheme = text("x-forwarded-proto").and_then(|protos| protos.split(',').next()).map_or("http", str::trim);
        let matching = base_urls.iter().find(|url| host.is_some_and(|host| authority(url) == host));
        let base = match (matching.or(base_urls.first()), host) {
            (Some(url), _) => url.clone(),
            (None, Some(host)) => format!("{scheme}://{host}"),
            (None, None) => String::new(),
        };
        let here = format!("{base}{}", uri.path_and_query().map_or("/", |path| path.as_str()));
        Self { base, here }
    }

    /// The base URL, without a trailing slash.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// The address of the request itself.
    pub(crate) fn here(&self) -> &str {
        &self.here
    }

    /// The address of the request, without its query.
    pub(crate) fn here_without_query(&self) -> &str {
        self.here.split_once('?').map_or(&self.here, |(path, _)| path)
    }

    /// The address made of these segments, each encoded.
    pub(crate) fn to(&self, segments: &[&str]) -> String {
        let mut url = self.base.clone();
        for segment in segments {
            url.push('/');
            url.extend(utf8_percent_encode(segment, SEGMENT));
        }
        url
    }

    pub(crate) fn pacticipant(&self, name: &str) -> String {
        self.to(&["pacticipants", name])
    }

    pub(crate) fn version(&self, pacticipant: &str, number: &str) -> String {
        self.to(&["pacticipants", pacticipant, "versions", number])
    }

    pub(crate) fn branch(&self, pacticipant: &str, branch: &str) -> String {
        self.to(&["pacticipants", pacticipant, "branches", branch])
    }

    pub(crate) fn branch_version(&self, pacticipant: &str, branch: &str, number: &str) -> String {
        self.to(&["pacticipants", pacticipant, "branches", branch, "versions", number])
    }

    pub(crate) fn tag(&self, pacticipant: &str, number: &str, tag: &str) -> String {
        self.to(&["pacticipants", pacticipant, "versions", number, "tags", tag])
    }

    pub(crate) fn environment(&self, uuid: &str) -> String {
        self.to(&["environments", uuid])
    }

    /// The address under which everything about a pair's pacts lives.
    pub(crate) fn pair(&self, provider: &str, consumer: &str) -> String {
        self.to(&["pacts", "provider", provider, "consumer", consumer])
    }

    pub(crate) fn pact(&self, pact: &Pact) -> String {
        self.pact_of(&pact.provider, &pact.consumer, &pact.version)
    }

    pub(crate) fn pact_of(&self, provider: &str, consumer: &str, number: &str) -> String {
        self.to(&["pacts", "provider", provider, "consumer", consumer, "version", number])
    }

    pub(crate) fn content(&self, provider: &str, consumer: &str, sha: &str) -> String {
        self.to(&["pacts", "provider", provider, "consumer", consumer, "pact-version", sha])
    }

    pub(crate) fn verification(&self, provider: &str, consumer: &str, sha: &str, number: i64) -> String {
        format!("{}/verification-results/{number}", self.content(provider, consumer, sha))
    }
}

fn authority(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(base_urls: &[&str], headers: &[(&'static str, &str)]) -> String {
        let urls: Vec<String> = base_urls.iter().map(|url| (*url).to_owned()).collect();
        let headers = headers.iter().map(|(name, value)| ((*name).parse().unwrap(), value.parse().unwrap())).collect();
        Links::new(&urls, &headers, &Uri::from_static("/x?y")).base
    }

    #[test]
    fn links_start_with_the_address_the_client_used() {
        assert_eq!(base(&[], &[("host", "b:9292")]), "http://b:9292");
        assert_eq!(
            base(&[], &[("host", "b"), ("x-forwarded-proto", "https"), ("x-forwarded-host", "c, d")]),
            "https://c"
        );
        assert_eq!(base(&["https://one/p"], &[("host", "b")]), "https://one/p");
        assert_eq!(base(&["https://one", "http://two:1/p"], &[("host", "two:1")]), "http://two:1/p");
    }

    #[test]
    fn names_are_one_segment() {
        let links = Links::new(&["http://b".to_owned()], &HeaderMap::new(), &Uri::from_static("/"));
        assert_eq!(links.version("a/b c", "1+2"), "http://b/pacticipants/a%2Fb%20c/versions/1%2B2");
    }
}
