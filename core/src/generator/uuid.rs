//! `Uuid`: a random UUID (RFC 9562, version 4).

use fastrand::Rng;
use serde_json::{Map, Value as Json, json};

/// How a UUID is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UuidFormat {
    /// `936da01f9abd4d9d80c702af85c822a8`
    Simple,
    /// `936da01f-9abd-4d9d-80c7-02af85c822a8`
    LowerCaseHyphenated,
    /// `936DA01F-9ABD-4D9D-80C7-02AF85C822A8`
    UpperCaseHyphenated,
    /// `urn:uuid:936da01f-9abd-4d9d-80c7-02af85c822a8`
    Urn,
}

impl UuidFormat {
    const ALL: [Self; 4] = [Self::Simple, Self::LowerCaseHyphenated, Self::UpperCaseHyphenated, Self::Urn];

    /// The name in pact files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Simple => "simple",
            Self::LowerCaseHyphenated => "lower-case-hyphenated",
            Self::UpperCaseHyphenated => "upper-case-hyphenated",
            Self::Urn => "URN",
        }
    }

    pub(super) fn from_json(object: &Map<String, Json>) -> Option<Self> {
        let name = object.get("format").and_then(Json::as_str)?;
        Self::ALL.into_iter().find(|format| format.as_str().eq_ignore_ascii_case(name))
    }
}

pub(super) fn to_json(format: Option<UuidFormat>) -> Json {
    match format {
        None => json!({ "type": "Uuid" }),
        Some(format) => json!({ "type": "Uuid", "format": format.as_str() }),
    }
}

/// A UUID, in lower case with hyphens where the file does not say.
pub(super) fn generate(format: Option<UuidFormat>, rng: &mut Rng) -> Json {
    let random = rng.u128(..);
    let versioned = random & !(0xf << 76) | (4 << 76);
    let simple = format!("{:032x}", versioned & !(0b11 << 62) | (0b10 << 62));
    let hyphenated = || [&simple[..8], &simple[8..12], &simple[12..16], &simple[16..20], &simple[20..]].join("-");
    match format.unwrap_or(UuidFormat::LowerCaseHyphenated) {
        UuidFormat::Simple => simple.into(),
        UuidFormat::LowerCaseHyphenated => hyphenated().into(),
        UuidFormat::UpperCaseHyphenated => hyphenated().to_ascii_uppercase().into(),
        UuidFormat::Urn => format!("urn:uuid:{}", hyphenated()).into(),
    }
}
