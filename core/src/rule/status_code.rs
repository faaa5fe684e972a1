//! `statusCode`: a class of status codes, or a list of them (specification V4).

use serde_json::{Value as Json, json};

use super::RuleError;
use crate::mismatch::Problem;
use crate::value::Value;

/// The status codes that a rule allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatusClass {
    /// 100–199
    Information,
    /// 200–299
    Success,
    /// 300–399
    Redirect,
    /// 400–499
    ClientError,
    /// 500–599
    ServerError,
    /// Below 400.
    NonError,
    /// 400 and above.
    Error,
    /// Exactly these.
    Codes(Vec<u16>),
}

impl StatusClass {
    pub(super) fn from_json(object: &serde_json::Map<String, Json>) -> Result<Self, RuleError> {
        let incomplete = RuleError::Incomplete { name: "statusCode", needs: "\"status\": a class or a list of codes" };
        let status = object.get("status").ok_or_else(|| incomplete.clone())?;
        if let Some(codes) = status.as_array() {
            let code = |code: &Json| match code {
                Json::String(text) => text.parse().ok(),
                code => code.as_f64().filter(|code| code.fract() == 0.0).map(|code| code as u16),
            };
            return codes.iter().map(code).collect::<Option<_>>().map(Self::Codes).ok_or(incomplete);
        }
        match status.as_str() {
            Some("info") => Ok(Self::Information),
            Some("success") => Ok(Self::Success),
            Some("redirect") => Ok(Self::Redirect),
            Some("clientError") => Ok(Self::ClientError),
            Some("serverError") => Ok(Self::ServerError),
            Some("nonError") => Ok(Self::NonError),
            Some("error") => Ok(Self::Error),
            _ => Err(incomplete),
        }
    }

    pub(super) fn to_json(&self) -> Json {
        json!(match self {
            Self::Information => "info",
            Self::Success => "success",
            Self::Redirect => "redirect",
            Self::ClientError => "clientError",
            Self::ServerError => "serverError",
            Self::NonError => "nonError",
            Self::Error => "error",
            Self::Codes(codes) => return json!(codes),
        })
    }

    /// Whether the class contains a status code.
    #[must_use]
    pub fn contains(&self, status: u16) -> bool {
        match self {
            Self::Information => (100..=199).contains(&status),
            Self::Success => (200..=299).contains(&status),
            Self::Redirect => (300..=399).contains(&status),
            Self::ClientError => (400..=499).contains(&status),
            Self::ServerError => (500..=599).contains(&status),
            Self::NonError => status < 400,
            Self::Error => status >= 400,
            Self::Codes(codes) => codes.contains(&status),
        }
    }

    pub(super) fn check(&self, actual: &Value) -> Result<(), Problem> {
        let status = match actual {
            Value::Number(number) => number.as_str().parse().ok(),
            _ => None,
        };
        if status.is_some_and(|status| self.contains(status)) { Ok(()) } else { Err(Problem::RuleBroken) }
    }
}
