//! A consumer version and its contracts, published together.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_core::pact::digest::content_sha;
use serde_json::{Map, Value};

use super::field_problem::FieldProblem;

/// What to do when the consumer version has another pact with the provider already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnConflict {
    /// Replace it, where the broker allows that.
    Overwrite,
    /// Join the two, interaction by interaction.
    Merge,
}

/// A pact document, as published.
#[derive(Clone, Debug)]
pub struct PactDocument {
    /// The bytes as they came.
    pub bytes: Vec<u8>,
    /// The same, parsed.
    pub json: Value,
    /// What names its content.
    pub sha: String,
}

impl PactDocument {
    /// Reads a document.
    ///
    /// # Errors
    ///
    /// The bytes are no JSON object; the message says where.
    pub fn parse(bytes: Vec<u8>) -> Result<Self, String> {
        let json: Value = serde_json::from_slice(&bytes).map_err(|error| format!("is not valid JSON: {error}"))?;
        if !json.is_object() {
            return Err("is not a pact: its JSON is no object".to_owned());
        }
        let sha = content_sha(&json);
        Ok(Self { bytes, json, sha })
    }

    /// A document made here, such as a merged one.
    #[must_use]
    pub fn from_json(json: Value) -> Self {
        Self { bytes: json.to_string().into_bytes(), sha: content_sha(&json), json }
    }

    /// The name the document gives a participant (`consumer` or `provider`), when it gives one.
    #[must_use]
    pub fn participant(&self, role: &str) -> Option<&str> {
        self.json.get(role)?.get("name")?.as_str()
    }
}

/// One contract of a publication.
#[derive(Clone, Debug)]
pub struct Contract {
    /// The provider it is with.
    pub provider: String,
    /// The document.
    pub document: PactDocument,
    /// What to do when there is another already.
    pub on_conflict: OnConflict,
}

/// A consumer version and its contracts.
#[derive(Clone, Debug)]
pub struct Publication {
    /// The consumer.
    pub pacticipant: String,
    /// Its version.
    pub version: String,
    /// The branch the version is on.
    pub branch: Option<String>,
    /// Tags for the version.
    pub tags: Vec<String>,
    /// The build that made it.
    pub build_url: Option<String>,
    /// Its contracts.
    pub contracts: Vec<Contract>,
}

impl Publication {
    /// The names of the consumer and its providers.
    #[must_use]
    pub fn participants(&self) -> Vec<&str> {
        let providers = self.contracts.iter().map(|contract| contract.provider.as_str());
        std::iter::once(self.pacticipant.as_str()).chain(providers).collect()
    }

    /// Reads a publication from a request body, collecting every problem.
    ///
    /// # Errors
    ///
    /// All problems found, those of contracts with their index.
    pub fn parse(body: &Map<String, Value>) -> Result<Self, Vec<FieldProblem>> {
        let mut problems = Vec::new();
        let pacticipant = required_text(body, "pacticipantName", "pacticipantName", &mut problems);
        let version = required_text(body, "pacticipantVersionNumber", "pacticipantVersionNumber", &mut problems);
        let branch = optional_text(body, "branch", &mut problems);
        let build_url = optional_text(body, "buildUrl", &mut problems);
        let tags = tags(body, &mut problems);
        let contracts = match body.get("contracts") {
            Some(Value::Array(contracts)) => {
                let each = contracts.iter().enumerate();
                each.filter_map(|(index, contract)| {
                    ContractReader { index, pacticipant: &pacticipant }.read(contract, &mut problems)
                })
                .collect()
            }
            None | Some(Value::Null) => {
                problems.push(FieldProblem::missing("contracts"));
                Vec::new()
            }
            Some(_) => {
                problems.push(FieldProblem::invalid("contracts", "must be a list"));
                Vec::new()
            }
        };
        if problems.is_empty() {
            Ok(Self { pacticipant, version, branch, tags, build_url, contracts })
        } else {
            Err(problems)
        }
    }
}

fn required_text(body: &Map<String, Value>, key: &str, field: &str, problems: &mut Vec<FieldProblem>) -> String {
    match body.get(key) {
        Some(Value::String(text)) if !text.trim().is_empty() && !text.contains(['\n', '\r']) => {
            return text.trim().to_owned();
        }
        Some(Value::String(text)) if text.trim().is_empty() => {
            problems.push(FieldProblem::invalid(field, "must not be blank"));
        }
        Some(Value::String(_)) => problems.push(FieldProblem::invalid(field, "must not contain line breaks")),
        None | Some(Value::Null) => problems.push(FieldProblem::missing(field)),
        Some(_) => problems.push(FieldProblem::invalid(field, "must be text")),
    }
    String::new()
}

fn optional_text(body: &Map<String, Value>, key: &str, problems: &mut Vec<FieldProblem>) -> Option<String> {
    match body.get(key) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) if text.contains(['\n', '\r']) => {
            problems.push(FieldProblem::invalid(key, "must not contain line breaks"));
            None
        }
        Some(Value::String(text)) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Some(_) => {
            problems.push(FieldProblem::invalid(key, "must be text"));
            None
        }
    }
}

fn tags(body: &Map<String, Value>, problems: &mut Vec<FieldProblem>) -> Vec<String> {
    let tags = match body.get("tags") {
        None | Some(Value::Null) => return Vec::new(),
        Some(Value::Array(tags)) => tags,
        Some(_) => {
            problems.push(FieldProblem::invalid("tags", "must be a list"));
            return Vec::new();
        }
    };
    let mut names: Vec<String> = Vec::new();
    for (index, tag) in tags.iter().enumerate() {
        match tag.as_str().map(str::trim) {
            Some(name) if !name.is_empty() && !name.contains(['\n', '\r']) => {
                if !names.iter().any(|known| known == name) {
                    names.push(name.to_owned());
                }
            }
            _ => problems.push(FieldProblem::invalid("tags", format!("must be text, not blank (at index {index})"))),
        }
    }
    names
}

struct ContractReader<'a> {
    index: usize,
    pacticipant: &'a str,
}

impl ContractReader<'_> {
    fn read(&self, contract: &Value, problems: &mut Vec<FieldProblem>) -> Option<Contract> {
        let Value::Object(members) = contract else {
            problems.push(FieldProblem::invalid("contracts", self.at("must be an object")));
            return None;
        };
        let before = problems.len();
        let mut own = Vec::new();
        let consumer = required_text(members, "consumerName", "contracts.consumerName", &mut own);
        let provider = required_text(members, "providerName", "contracts.providerName", &mut own);
        let specification = required_text(members, "specification", "contracts.specification", &mut own);
        let content_type = required_text(members, "contentType", "contracts.contentType", &mut own);
        let content = required_text(members, "content", "contracts.content", &mut own);
        problems.extend(own.into_iter().map(|problem| FieldProblem { message: self.at(&problem.message), ..problem }));
        self.one_of(&specification, "pact", "contracts.specification", problems);
        self.one_of(&content_type, "application/json", "contracts.contentType", problems);
        if !consumer.is_empty() && !self.pacticipant.is_empty() && consumer != self.pacticipant {
            problems.push(FieldProblem::invalid(
                "contracts.consumerName",
                self.at(&format!("must be the pacticipantName ({:?})", self.pacticipant)),
            ));
        }
        let on_conflict = self.on_conflict(members, problems);
        let document = self.document(&content, &consumer, &provider, problems);
        match document {
            Some(document) if problems.len() == before => Some(Contract { provider, document, on_conflict }),
            _ => None,
        }
    }

    fn at(&self, message: &str) -> String {
        format!("{message} (at index {})", self.index)
    }

    fn one_of(&self, given: &str, expected: &str, field: &str, problems: &mut Vec<FieldProblem>) {
        if !given.is_empty() && given != expected {
            problems.push(FieldProblem::invalid(field, self.at(&format!("must be {expected:?}"))));
        }
    }

    fn on_conflict(&self, members: &Map<String, Value>, problems: &mut Vec<FieldProblem>) -> OnConflict {
        match members.get("onConflict").map(Value::as_str) {
            None | Some(Some("overwrite")) => OnConflict::Overwrite,
            Some(Some("merge")) => OnConflict::Merge,
            _ => {
                problems
                    .push(FieldProblem::invalid("contracts.onConflict", self.at("must be \"overwrite\" or \"merge\"")));
                OnConflict::Overwrite
            }
        }
    }

    fn document(
        &self,
        content: &str,
        consumer: &str,
        provider: &str,
        problems: &mut Vec<FieldProblem>,
    ) -> Option<PactDocument> {
        if content.is_empty() {
            return None;
        }
        let mut refuse = |message: &str| problems.push(FieldProblem::invalid("contracts.content", self.at(message)));
        let Ok(bytes) = STANDARD.decode(content) else {
            refuse("is not base64 (the strict alphabet, padded, without line breaks)");
            return None;
        };
        let document = PactDocument::parse(bytes).map_err(|message| refuse(&message)).ok()?;
        for (role, expected) in [("consumer", consumer), ("provider", provider)] {
            if let Some(name) = document.participant(role).filter(|name| !expected.is_empty() && *name != expected) {
                refuse(&format!("names the {role} {name:?}, not {expected:?}"));
                return None;
            }
        }
        Some(document)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn problems(body: &Value) -> Vec<String> {
        match Publication::parse(body.as_object().unwrap()) {
            Ok(_) => Vec::new(),
            Err(found) => found.into_iter().map(|problem| format!("{}: {}", problem.field, problem.message)).collect(),
        }
    }

    fn body(content: &str) -> Value {
        json!({
            "pacticipantName": "Foo", "pacticipantVersionNumber": "1", "branch": "main", "tags": ["dev", "dev"],
            "contracts": [{
                "consumerName": "Foo", "providerName": "Bar", "specification": "pact",
                "contentType": "application/json", "content": STANDARD.encode(content),
            }],
        })
    }

    #[test]
    fn a_publication_reads() {
        let content = r#"{"consumer":{"name":"Foo"},"provider":{"name":"Bar"},"interactions":[]}"#;
        let publication = Publication::parse(body(content).as_object().unwrap()).unwrap();
        assert_eq!(publication.contracts[0].document.bytes, content.as_bytes());
        assert_eq!(publication.tags, ["dev"]);
        assert_eq!(publication.contracts[0].on_conflict, OnConflict::Overwrite);
    }

    #[test]
    fn every_problem_is_named() {
        insta::assert_snapshot!(problems(&json!({ "contracts": [{ "content": "%", "onConflict": "ask" }, 3] })).join("\n"), @r#"
        pacticipantName: is missing
        pacticipantVersionNumber: is missing
        contracts.consumerName: is missing (at index 0)
        contracts.providerName: is missing (at index 0)
        contracts.specification: is missing (at index 0)
        contracts.contentType: is missing (at index 0)
        contracts.onConflict: must be "overwrite" or "merge" (at index 0)
        contracts.content: is not base64 (the strict alphabet, padded, without line breaks) (at index 0)
        contracts: must be an object (at index 1)
        "#);
        insta::assert_snapshot!(problems(&body(r#"{"provider":{"name":"Baz"}}"#)).join("\n"), @r#"contracts.content: names the provider "Baz", not "Bar" (at index 0)"#);
        insta::assert_snapshot!(problems(&body("{")).join("\n"), @"contracts.content: is not valid JSON: EOF while parsing an object at line 1 column 1 (at index 0)");
    }
}
