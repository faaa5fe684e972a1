//! A place where versions run.

use serde_json::{Map, Value};

use super::field_problem::FieldProblem;

/// A place where versions run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// Its row.
    pub id: i64,
    /// Its public identity.
    pub uuid: String,
    /// What its owners say about it.
    pub fields: EnvironmentFields,
    /// When it was created, in microseconds since 1970.
    pub created_at: i64,
    /// When one of its fields last changed.
    pub updated_at: i64,
}

impl Environment {
    /// The name people know it by.
    #[must_use]
    pub fn shown_name(&self) -> &str {
        self.fields.display_name.as_deref().unwrap_or(&self.fields.name)
    }
}

/// What an environment's owners say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentFields {
    /// Unique, without spaces.
    pub name: String,
    /// How people like it written.
    pub display_name: Option<String>,
    /// Whether real users depend on it.
    pub production: bool,
    /// Who to ask, as given: a list of `{name, details}`.
    pub contacts: Option<Value>,
}

impl EnvironmentFields {
    /// Reads the fields from a request body, collecting every problem.
    ///
    /// # Errors
    ///
    /// All problems found, in the order of the fields.
    pub fn parse(body: &Map<String, Value>) -> Result<Self, Vec<FieldProblem>> {
        let mut problems = Vec::new();
        let name = name_of(body, &mut problems);
        let display_name = match body.get("displayName") {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) if !text.contains(['\n', '\r']) => Some(text.clone()),
            Some(_) => {
                problems.push(FieldProblem::invalid("displayName", "must be text on one line"));
                None
            }
        };
        let production = match body.get("production") {
            Some(Value::Bool(production)) => *production,
            None | Some(Value::Null) => {
                problems.push(FieldProblem::missing("production"));
                false
            }
            Some(_) => {
                problems.push(FieldProblem::invalid("production", "must be true or false"));
                false
            }
        };
        let contacts = body.get("contacts").filter(|contacts| !contacts.is_null()).cloned();
        if let Some(contacts) = &contacts {
            check_contacts(contacts, &mut problems);
        }
        if problems.is_empty() { Ok(Self { name, display_name, production, contacts }) } else { Err(problems) }
    }
}

fn name_of(body: &Map<String, Value>, problems: &mut Vec<FieldProblem>) -> String {
    match body.get("name") {
        None | Some(Value::Null) => problems.push(FieldProblem::missing("name")),
        Some(Value::String(name)) if name.trim().is_empty() => {
            problems.push(FieldProblem::invalid("name", "must not be blank"));
        }
        Some(Value::String(name)) if name.chars().any(char::is_whitespace) => {
            problems.push(FieldProblem::invalid("name", "must not contain spaces or line breaks"));
        }
        Some(Value::String(name)) => return name.clone(),
        Some(_) => problems.push(FieldProblem::invalid("name", "must be text")),
    }
    String::new()
}

fn check_contacts(contacts: &Value, problems: &mut Vec<FieldProblem>) {
    let Value::Array(contacts) = contacts else {
        return problems.push(FieldProblem::invalid("contacts", "must be a list"));
    };
    for (index, contact) in contacts.iter().enumerate() {
        match contact.get("name") {
            Some(Value::String(name)) if !name.trim().is_empty() => {}
            None | Some(Value::Null) => problems.push(FieldProblem {
                message: format!("is missing (at index {index})"),
                ..FieldProblem::missing("contacts.name")
            }),
            Some(_) => {
                problems.push(FieldProblem::invalid(
                    "contacts.name",
                    format!("must be text, not blank (at index {index})"),
                ));
            }
        }
        if contact.get("details").is_some_and(|details| !details.is_object() && !details.is_null()) {
            problems.push(FieldProblem::invalid("contacts.details", format!("must be an object (at index {index})")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(body: Value, problems: &[&str]) {
        let found = match EnvironmentFields::parse(body.as_object().unwrap()) {
            Ok(_) => Vec::new(),
            Err(found) => found.into_iter().map(|problem| format!("{} {}", problem.field, problem.message)).collect(),
        };
        assert_eq!(found, problems);
    }

    #[test]
    fn environments_are_checked_field_by_field() {
        check(json!({ "name": "prod", "production": true, "contacts": [{ "name": "Ann", "details": {} }] }), &[]);
        check(json!({}), &["name is missing", "production is missing"]);
        check(
            json!({ "name": "my prod", "production": "yes" }),
            &["name must not contain spaces or line breaks", "production must be true or false"],
        );
        check(
            json!({ "name": "x", "production": false, "contacts": [{}] }),
            &["contacts.name is missing (at index 0)"],
        );
    }
}
