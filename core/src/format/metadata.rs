//! The `metadata` attribute: the specification version, plugins, and whatever the writer left there.

use serde_json::{Map, Value as Json, json};

use super::FormatError;
use crate::pact::{Attributes, Pact, Specification};

/// The version when a file does not state one.
const UNSTATED: Specification = Specification::V3;

/// The specification version and the rest of the metadata; `has_interactions` says whether there is a list of any.
pub(super) fn read(metadata: Option<Json>, has_interactions: bool) -> Result<(Specification, Attributes), FormatError> {
    let mut metadata = match metadata {
        Some(Json::Object(metadata)) => metadata,
        _ => Map::new(),
    };
    let mut stated = None;
    for name in ["pactSpecification", "pact-specification"] {
        if let Some(section) = metadata.shift_remove(name) {
            stated = stated.or_else(|| section.get("version").map(version_text));
        }
    }
    for name in ["pactSpecificationVersion", "pact-specification-version"] {
        if let Some(version) = metadata.shift_remove(name) {
            stated = stated.or_else(|| Some(version_text(&version)));
        }
    }
    if stated.is_none() && !has_interactions {
        return Err(FormatError::NotAPact { reason: "it has neither interactions nor a specification version" });
    }
    let specification = match stated {
        None => UNSTATED,
        Some(version) => Specification::parse(&version).ok_or(FormatError::UnknownVersion { version })?,
    };
    Ok((specification, metadata))
}

fn version_text(version: &Json) -> String {
    version.as_str().map_or_else(|| version.to_string(), str::to_owned)
}

/// The metadata with the specification version first.
pub(super) fn write(pact: &Pact) -> Json {
    let specification = pact.specification.max(Specification::V2);
    let mut metadata = Map::new();
    metadata.insert("pactSpecification".to_owned(), json!({ "version": specification.as_str() }));
    for (name, value) in &pact.metadata {
        metadata.insert(name.clone(), value.clone());
    }
    Json::Object(metadata)
}
