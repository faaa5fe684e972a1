//! What a write did, in words: from the method and path it came with.

use std::collections::HashMap;

use axum::http::Method;

use crate::web::components::shorten;

/// Names of things that paths know by their number.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Environments by uuid.
    pub(super) environments: HashMap<String, String>,
}

impl Names {
    fn environment(&self, uuid: &str) -> String {
        self.environments.get(uuid).cloned().unwrap_or_else(|| "an environment that is gone".to_owned())
    }
}

/// What a write did; `None` when nothing is known about its path.
pub(super) fn in_words(method: &str, path: &str, detail: Option<&str>, names: &Names) -> Option<String> {
    let decoded: Vec<String> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| percent_encoding::percent_decode_str(segment).decode_utf8_lossy().into_owned())
        .collect();
    let segments: Vec<&str> = decoded.iter().map(String::as_str).collect();
    let deletes = *method == Method::DELETE;
    match *segments.as_slice() {
        ["contracts", "publish"] => Some(format!("published contracts of {}", detail.unwrap_or("a version"))),
        ["pacts" | "pact", "provider", provider, ref rest @ ..] => pact(deletes, provider, rest),
        ["pacticipants", ref rest @ ..] => pacticipant(deletes, rest, names),
        _ => other(method, &segments, detail, names),
    }
}

fn pact(deletes: bool, provider: &str, rest: &[&str]) -> Option<String> {
    match (rest, deletes) {
        (["consumer", consumer, "version" | "versions", number], false) => {
            Some(format!("published the pact of {consumer} {} with {provider}", shorten(number)))
        }
        (["consumer", consumer, "version" | "versions", number], true) => {
            Some(format!("deleted the pact of {consumer} {} with {provider}", shorten(number)))
        }
        (["consumer", consumer, .., "verification-results"], false) => {
            Some(format!("published a verification by {provider} of a pact of {consumer}"))
        }
        (["consumer", consumer, .., "verification-results"], true) => {
            Some(format!("deleted verifications by {provider} of a pact of {consumer}"))
        }
        (["consumer", consumer, ..], true) => Some(format!("deleted pacts of {consumer} with {provider}")),
        (["consumer", consumer, "webhooks"], false) => Some(format!("created a webhook for {consumer} and {provider}")),
        _ => None,
    }
}

fn pacticipant(deletes: bool, rest: &[&str], names: &Names) -> Option<String> {
    Some(match (rest, deletes) {
        ([], false) => "created an application".to_owned(),
        ([name], false) => format!("changed the application {name}"),
        ([name], true) => format!("deleted the application {name} with everything about it"),
        ([name, "labels", label], false) => format!("labelled {name} {label}"),
        ([name, "labels", label], true) => format!("took the label {label} off {name}"),
        ([name, "versions", number], false) => format!("described {name} {}", shorten(number)),
        ([name, "versions", number], true) => format!("deleted {name} {}", shorten(number)),
        ([name, "versions", number, "tags", tag], false) => format!("tagged {name} {} {tag}", shorten(number)),
        ([name, "versions", number, "tags", tag], true) => {
            format!("took the tag {tag} off {name} {}", shorten(number))
        }
        ([name, "versions", number, "deployed-versions", "environment", uuid], false) => {
            format!("recorded {name} {} as deployed to {}", shorten(number), names.environment(uuid))
        }
        ([name, "versions", number, "released-versions", "environment", uuid], false) => {
            format!("recorded {name} {} as released in {}", shorten(number), names.environment(uuid))
        }
        ([name, "branches"], true) => format!("deleted old branches of {name}"),
        ([name, "branches", branch], true) => format!("deleted the branch {branch} of {name}"),
        ([name, "branches", branch, "versions", number], false) => {
            format!("put {name} {} on the branch {branch}", shorten(number))
        }
        ([name, "branches", branch, "versions", number], true) => {
            format!("took {name} {} off the branch {branch}", shorten(number))
        }
        _ => return None,
    })
}

fn other(method: &str, segments: &[&str], detail: Option<&str>, names: &Names) -> Option<String> {
    let deletes = *method == Method::DELETE;
    let creates = *method == Method::POST;
    Some(match *segments {
        ["environments"] => "created an environment".to_owned(),
        ["environments", uuid] if deletes => {
            let name = names.environments.get(uuid).cloned();
            name.map_or_else(|| "deleted an environment".to_owned(), |name| format!("deleted the environment {name}"))
        }
        ["environments", uuid] => format!("changed the environment {}", names.environment(uuid)),
        ["deployed-versions", _] => "recorded the end of a deployment".to_owned(),
        ["released-versions", _] => "recorded the end of a release's support".to_owned(),
        ["webhooks"] if creates => "created a webhook".to_owned(),
        ["webhooks", _] if deletes => "deleted a webhook".to_owned(),
        ["webhooks", _, "execute"] | ["webhooks", "execute"] => "tried a webhook".to_owned(),
        ["webhooks", _] => "changed a webhook".to_owned(),
        ["triggered-webhooks", _, "redeliver"] => "sent a delivery of a webhook again".to_owned(),
        ["tokens"] => format!("created the API {}", detail.unwrap_or("token")),
        ["tokens", _] => "revoked an API token".to_owned(),
        ["integrations", "provider", provider, "consumer", consumer] if deletes => {
            format!("deleted the integration of {consumer} and {provider}")
        }
        ["integrations"] if deletes => "deleted every integration".to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_write_has_its_words() {
        let names = Names { environments: HashMap::from([("u1".to_owned(), "production".to_owned())]) };
        for (request, detail, expected) in [
            ("POST /contracts/publish", Some("order-service 1"), "published contracts of order-service 1"),
            (
                "PUT /pacts/provider/stock%20room/consumer/order-service/version/77aa0123456789abcdef0123",
                None,
                "published the pact of order-service 77aa012 with stock room",
            ),
            (
                "POST /pacts/provider/b/consumer/a/pact-version/x/metadata/y/verification-results",
                None,
                "published a verification by b of a pact of a",
            ),
            ("DELETE /pacts/provider/b/consumer/a/branch/main", None, "deleted pacts of a with b"),
            ("PUT /pacticipants/a/branches/feat%2Fx/versions/1", None, "put a 1 on the branch feat/x"),
            (
                "POST /pacticipants/a/versions/1/deployed-versions/environment/u1",
                None,
                "recorded a 1 as deployed to production",
            ),
            (
                "POST /pacticipants/a/versions/1/released-versions/environment/u2",
                None,
                "recorded a 1 as released in an environment that is gone",
            ),
            ("DELETE /pacticipants/a", None, "deleted the application a with everything about it"),
            ("DELETE /environments/u1", None, "deleted the environment production"),
            ("POST /webhooks", None, "created a webhook"),
            ("PUT /webhooks/x", None, "changed a webhook"),
            ("POST /webhooks/x/execute", None, "tried a webhook"),
            ("POST /triggered-webhooks/x/redeliver", None, "sent a delivery of a webhook again"),
            ("POST /tokens", Some("token ci (12)"), "created the API token ci (12)"),
            ("DELETE /tokens/12", None, "revoked an API token"),
        ] {
            let (method, path) = request.split_once(' ').unwrap();
            assert_eq!(in_words(method, path, detail, &names).as_deref(), Some(expected), "{request}");
        }
        assert_eq!(in_words("PUT", "/something/new", None, &names), None);
    }
}
