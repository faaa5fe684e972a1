//! A provider version's answer to a contract.

use serde_json::{Map, Value};

use super::field_problem::FieldProblem;

/// A provider version's answer to a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// Its number, unique in this broker and rising.
    pub number: i64,
    /// The contract that was verified.
    pub content_id: i64,
    /// The row of the provider version.
    pub provider_version_id: i64,
    /// The number of the provider version.
    pub provider_version: String,
    /// Whether the provider kept the contract.
    pub success: bool,
    /// The build that verified.
    pub build_url: Option<String>,
    /// The verifier's own account, as it sent it.
    pub test_results: Option<Value>,
    /// The tool that verified, as it named itself.
    pub verified_by: Option<Value>,
    /// Whether the contract was pending when it was verified; `None` when the verifier did not ask.
    pub pending: Option<bool>,
    /// When it was recorded, in microseconds since 1970.
    pub created_at: i64,
}

/// A verification result as a verifier sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewVerification {
    /// Whether the provider kept the contract.
    pub success: bool,
    /// The provider version that was verified.
    pub provider_version: String,
    /// The build that verified.
    pub build_url: Option<String>,
    /// The verifier's own account.
    pub test_results: Option<Value>,
    /// The tool that verified.
    pub verified_by: Option<Value>,
}

impl NewVerification {
    /// Reads a result from a request body, collecting every problem.
    ///
    /// # Errors
    ///
    /// All problems found, in the order of the fields.
    pub fn parse(body: &Map<String, Value>) -> Result<Self, Vec<FieldProblem>> {
        let mut problems = Vec::new();
        let success = match body.get("success") {
            Some(Value::Bool(success)) => *success,
            None | Some(Value::Null) => {
                problems.push(FieldProblem::missing("success"));
                false
            }
            Some(_) => {
                problems.push(FieldProblem::invalid("success", "must be true or false"));
                false
            }
        };
        let provider_version = match body.get("providerApplicationVersion") {
            Some(Value::String(number)) if !number.trim().is_empty() => number.trim().to_owned(),
            None | Some(Value::Null) => {
                problems.push(FieldProblem::missing("providerApplicationVersion"));
                String::new()
            }
            Some(_) => {
                problems.push(FieldProblem::invalid("providerApplicationVersion", "must be text, not blank"));
                String::new()
            }
        };
        let build_url = match body.get("buildUrl") {
            None | Some(Value::Null) => None,
            Some(Value::String(url)) => Some(url.clone()),
            Some(_) => {
                problems.push(FieldProblem::invalid("buildUrl", "must be text"));
                None
            }
        };
        if !problems.is_empty() {
            return Err(problems);
        }
        let given = |key: &str| body.get(key).filter(|value| !value.is_null()).cloned();
        Ok(Self {
            success,
            provider_version,
            build_url,
            test_results: given("testResults"),
            verified_by: given("verifiedBy"),
        })
    }
}
