//! The pact itself: who agreed with whom, and on what.

use std::fmt;

use super::{Attributes, Interaction};

/// A contract between one consumer and one provider.
#[derive(Debug, Clone, PartialEq)]
pub struct Pact {
    /// The name of the side that asks.
    pub consumer: String,
    /// The name of the side that answers.
    pub provider: String,
    /// What was agreed, in file order.
    pub interactions: Vec<Interaction>,
    /// The specification version it was read from, or is to be written as.
    pub specification: Specification,
    /// `metadata` without the specification version; plugin configurations live here.
    pub metadata: Attributes,
    /// Top-level attributes the specification does not name; written back as they were.
    pub unknown: Attributes,
}

impl Pact {
    /// An empty pact in the newest format.
    #[must_use]
    pub fn new(consumer: impl Into<String>, provider: impl Into<String>) -> Self {
        Self {
            consumer: consumer.into(),
            provider: provider.into(),
            interactions: Vec::new(),
            specification: Specification::V4,
            metadata: Attributes::new(),
            unknown: Attributes::new(),
        }
    }

    /// The customary file name, `consumer-provider.json`, with path separators replaced.
    #[must_use]
    pub fn file_name(&self) -> String {
        let safe = |name: &str| name.replace(['/', '\\', '\0'], "_");
        format!("{}-{}.json", safe(&self.consumer), safe(&self.provider))
    }
}

/// A version of the Pact specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Specification {
    /// 1.0.0
    V1,
    /// 1.1.0
    V1_1,
    /// 2.0.0
    V2,
    /// 3.0.0
    V3,
    /// 4.0
    V4,
}

impl Specification {
    /// The version a text such as `3.0.0`, `3` or `V3` names.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().trim_start_matches(['v', 'V']).split('.');
        let number = |part: Option<&str>| part.map_or(Some(0), |part| part.parse::<u32>().ok());
        match (number(parts.next())?, number(parts.next())?) {
            (1, 1) => Some(Self::V1_1),
            (0 | 1, _) => Some(Self::V1),
            (2, _) => Some(Self::V2),
            (3, _) => Some(Self::V3),
            (4, _) => Some(Self::V4),
            _ => None,
        }
    }

    /// The text that pact files carry.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "1.0.0",
            Self::V1_1 => "1.1.0",
            Self::V2 => "2.0.0",
            Self::V3 => "3.0.0",
            Self::V4 => "4.0",
        }
    }
}

impl fmt::Display for Specification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
