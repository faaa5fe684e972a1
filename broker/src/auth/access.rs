//! Which role a request takes.

use axum::http::Method;

use super::Role;

/// What a request needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Access {
    /// Any one of these roles (admins may do everything).
    pub(crate) roles: &'static [Role],
    /// Whose contracts the path writes, when it says so.
    pub(crate) pacticipant: Option<String>,
    /// A page or picture that can be opened to everyone.
    pub(crate) kind: Kind,
}

/// Things that can be opened to everyone by a setting of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Ordinary,
    /// Signs of life and parts of pages, without any data.
    Probe,
    Heartbeat,
    Badge,
}

const READ: &[Role] = &[Role::Read, Role::Publish, Role::Verify, Role::Deploy];
const PUBLISH: &[Role] = &[Role::Publish];
const VERIFY: &[Role] = &[Role::Verify];
const DEPLOY: &[Role] = &[Role::Deploy];
/// Consumers and providers alike name their versions, branches and tags.
const DESCRIBE: &[Role] = &[Role::Publish, Role::Verify];
const ADMIN: &[Role] = &[];

/// What a request to this path needs.
pub(crate) fn needed(method: &Method, path: &str) -> Access {
    let segments: Vec<String> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| percent_encoding::percent_decode_str(segment).decode_utf8_lossy().into_owned())
        .collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let reads = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    let (roles, pacticipant) = if reads { (reading(&segments), None) } else { writing(method, &segments) };
    Access { roles, pacticipant: pacticipant.map(str::to_owned), kind: kind(reads, &segments) }
}

fn kind(reads: bool, segments: &[&str]) -> Kind {
    match segments {
        // what pages are made of is the program's own, and the page that asks to sign in is made of it too
        ["health" | "ready"] | ["static", _] if reads => Kind::Probe,
        ["diagnostic", "status", "heartbeat"] if reads => Kind::Heartbeat,
        _ if reads && is_badge(segments) => Kind::Badge,
        _ => Kind::Ordinary,
    }
}

/// Whether a path is that of a badge, and not of something that is merely called so.
fn is_badge(segments: &[&str]) -> bool {
    let [of @ .., "badge" | "badge.svg"] = segments else {
        return false;
    };
    matches!(
        of,
        ["pacts", "provider", _, "consumer", _, "latest" | "latest-untagged"]
            | ["pacts", "provider", _, "consumer", _, "latest", _]
            | ["matrix", "provider", _, "latest", _, "consumer", _, "latest", _]
            | ["pacticipants", _, "latest-version", _, "can-i-deploy", "to", _]
            | ["pacticipants", _, "branches", _, "latest-version", "can-i-deploy", "to-environment", _]
            | ["pacticipants", _, "main-branch", "can-i-merge"]
    )
}

fn reading(segments: &[&str]) -> &'static [Role] {
    match segments {
        ["tokens" | "audit", ..] => ADMIN,
        _ => READ,
    }
}

/// The roles a write takes, and whose contracts it is about. What is not named here is for admins.
fn writing<'a>(method: &Method, segments: &[&'a str]) -> (&'static [Role], Option<&'a str>) {
    let deletes = *method == Method::DELETE;
    match *segments {
        ["pacts", "provider", _, "for-verification"] => (READ, None),
        // the handler knows the names in the body
        ["contracts", "publish"] => (PUBLISH, None),
        _ if deletes => (ADMIN, None),
        ["pacts" | "pact", "provider", _, "consumer", consumer, "version" | "versions", _] => (PUBLISH, Some(consumer)),
        ["pacts", "provider", provider, "consumer", _, "pact-version", _, .., "verification-results"] => {
            (VERIFY, Some(provider))
        }
        ["pacticipants"] => (PUBLISH, None),
        ["pacticipants", name] => (PUBLISH, Some(name)),
        ["pacticipants", name, "versions", _, "deployed-versions" | "released-versions", "environment", _] => {
            (DEPLOY, Some(name))
        }
        ["pacticipants", name, "versions", _]
        | ["pacticipants", name, "versions", _, "tags", _]
        | ["pacticipants", name, "branches", _, "versions", _] => (DESCRIBE, Some(name)),
        // the handler knows whose version it is
        ["deployed-versions" | "released-versions", _] => (DEPLOY, None),
        _ => (ADMIN, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_requests_need() {
        for (method, path, roles, about) in [
            (Method::GET, "/", READ, None),
            (Method::GET, "/webhooks", READ, None),
            (Method::GET, "/tokens", ADMIN, None),
            (Method::GET, "/audit", ADMIN, None),
            (Method::POST, "/contracts/publish", PUBLISH, None),
            (Method::PUT, "/pacts/provider/B/consumer/A%2FC/version/1", PUBLISH, Some("A/C")),
            (Method::DELETE, "/pacts/provider/B/consumer/A/version/1", ADMIN, None),
            (Method::POST, "/pacts/provider/B/for-verification", READ, None),
            (Method::POST, "/pacts/provider/B/consumer/A/pact-version/x/verification-results", VERIFY, Some("B")),
            (
                Method::POST,
                "/pacts/provider/B/consumer/A/pact-version/x/metadata/y/verification-results",
                VERIFY,
                Some("B"),
            ),
            (Method::PUT, "/pacticipants/A/versions/1/tags/t", DESCRIBE, Some("A")),
            (Method::PUT, "/pacticipants/A/branches/b/versions/1", DESCRIBE, Some("A")),
            (Method::PATCH, "/pacticipants/A", PUBLISH, Some("A")),
            (Method::POST, "/pacticipants/A/versions/1/deployed-versions/environment/u", DEPLOY, Some("A")),
            (Method::PATCH, "/released-versions/u", DEPLOY, None),
            (Method::POST, "/environments", ADMIN, None),
            (Method::POST, "/webhooks", ADMIN, None),
            (Method::PUT, "/something/new", ADMIN, None),
        ] {
            let access = needed(&method, path);
            assert_eq!((access.roles, access.pacticipant.as_deref()), (roles, about), "{method} {path}");
        }
    }

    #[test]
    fn badges_are_what_is_routed_as_such() {
        for route in crate::api::badge_paths() {
            for path in [route.to_owned(), format!("{route}.svg")] {
                assert_eq!(needed(&Method::GET, &path).kind, Kind::Badge, "{path}");
                assert_eq!(needed(&Method::DELETE, &path).kind, Kind::Ordinary, "{path}");
            }
        }
        for path in
            ["/pacticipants/badge", "/tokens/badge.svg", "/pacticipants/label/badge", "/webhooks/badge", "/badge"]
        {
            assert_eq!(needed(&Method::GET, path).kind, Kind::Ordinary, "{path}");
        }
    }

    #[test]
    fn odd_spellings_open_nothing() {
        for path in ["//tokens", "/%74okens", "/tokens/", "/tokens/x"] {
            assert_eq!(needed(&Method::GET, path).roles, ADMIN, "{path}");
        }
        assert_eq!(needed(&Method::POST, "//health").kind, Kind::Ordinary);
        assert_eq!(needed(&Method::GET, "/static/style-0.css").kind, Kind::Probe);
        assert_eq!(needed(&Method::GET, "/static/../tokens").kind, Kind::Ordinary);
    }
}
