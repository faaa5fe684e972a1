//! Creating a mock server from what was posted.

use std::net::SocketAddr;

use countersign_core::format;
use countersign_core::pact::{Pact, Specification};
use serde_json::Value as Json;

use super::integration_json;
use super::problem::Problem;
use crate::server::{AllowedOrigin, Config, Cors, MockServer, StartError, Tls};

/// How many ports above the first one are tried before giving up.
const PORTS_TRIED: u16 = 1_000;

/// What the query of the request says about the server.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Wishes {
    pub(super) specification: Option<Specification>,
    pub(super) cors: bool,
    pub(super) tls: bool,
    pub(super) port: Option<u16>,
}

impl Wishes {
    pub(super) fn read(query: &str) -> Result<Self, Problem> {
        let mut wishes = Self::default();
        for (name, values) in format::decode_query(query) {
            let value = values.into_iter().flatten().next_back().unwrap_or_default();
            match name.as_str() {
                "specification" => wishes.specification = Some(specification(&value)?),
                "cors" => wishes.cors = is_yes(&value),
                "tls" => wishes.tls = is_yes(&value),
                "port" => {
                    let port = value.parse().map_err(|_| Problem::unusable(format!("'{value}' is no port")))?;
                    wishes.port = Some(port);
                }
                _ => {}
            }
        }
        Ok(wishes)
    }
}

fn specification(value: &str) -> Result<Specification, Problem> {
    Specification::parse(value)
        .ok_or_else(|| Problem::unusable(format!("'{value}' is no pact specification: V1, V1.1, V2, V3 and V4 are")))
}

fn is_yes(value: &str) -> bool {
    value.is_empty() || value.eq_ignore_ascii_case("true") || value == "1"
}

/// The pact that was posted, its example values replaced where it is written with matchers inside.
pub(super) fn pact(body: &[u8], wanted: Option<Specification>) -> Result<Pact, Problem> {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let mut json: Json = serde_json::from_slice(body)
        .map_err(|error| Problem::unusable(format!("Failed to parse json body - {error}")))?;
    name_specification(&mut json, wanted);
    let patterns = integration_json::take(&mut json)?;
    let mut pact = format::from_json(json).map_err(|error| Problem::unusable(error.to_string()))?;
    for pattern in patterns {
        pattern.apply(&mut pact);
    }
    if let Some(specification) = wanted {
        pact.specification = specification;
    }
    Ok(pact)
}

/// A pact that does not say its version is read as the wanted one.
fn name_specification(json: &mut Json, wanted: Option<Specification>) {
    let Some(object) = json.as_object_mut() else { return };
    let metadata = object.entry("metadata").or_insert_with(|| Json::Object(Default::default()));
    let Some(metadata) = metadata.as_object_mut() else { return };
    let spellings = ["pactSpecification", "pactSpecificationVersion", "pact-specification"];
    if !spellings.iter().any(|name| metadata.contains_key(*name)) {
        let version = wanted.unwrap_or(Specification::V4).as_str();
        metadata.insert("pactSpecification".to_owned(), serde_json::json!({ "version": version }));
    }
}

/// Starts the server beside the master: on the wanted port, else on the next one from `base_port` that is free, else on any.
pub(super) fn start(
    pact: &Pact,
    wishes: &Wishes,
    master: SocketAddr,
    base_port: Option<u16>,
) -> Result<MockServer, Problem> {
    let mut config = Config {
        cors: if wishes.cors { Cors::Preflight(AllowedOrigin::Caller) } else { Cors::AnyOrigin },
        tls: if wishes.tls { Some(Tls::generated()?) } else { None },
        counts_requests: true,
        ..Config::default()
    };
    let ports = match (wishes.port, base_port) {
        (Some(port), _) => port..=port,
        (None, Some(base)) => base..=base.saturating_add(PORTS_TRIED),
        (None, None) => 0..=0,
    };
    let mut refused = None;
    for port in ports {
        config.address = SocketAddr::new(master.ip(), port);
        match MockServer::start(pact, &config) {
            Err(error @ StartError::Listen { .. }) => refused = Some(error),
            started => return Ok(started?),
        }
    }
    Err(refused.map_or_else(|| Problem::unusable("there is no port to listen on"), Problem::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes() {
        let all = Wishes { specification: Some(Specification::V3), cors: true, tls: true, port: Some(7) };
        assert_eq!(Wishes::read("cors=true&specification=V3&tls=1&port=7&x"), Ok(all));
        assert_eq!(Wishes::read("cors=false&tls=no"), Ok(Wishes::default()));
        assert!(Wishes::read("specification=V9").is_err() && Wishes::read("port=x").is_err());
    }

    #[test]
    fn what_is_no_pact_is_refused_in_words() {
        for (body, expected) in [
            ("{", "Failed to parse json body - EOF while parsing an object at line 1 column 1"),
            ("[]", "not a pact: the top level is not an object"),
            ("{}", "not a pact: it names no consumer"),
        ] {
            assert_eq!(pact(body.as_bytes(), None).unwrap_err().sentence, expected);
        }
    }
}
