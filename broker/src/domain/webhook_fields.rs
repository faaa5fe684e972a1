//! Reading a webhook from a request body.

use serde_json::{Map, Value};
use url::Url;

use super::field_problem::FieldProblem;
use super::webhook::{Event, Party, WebhookFields, WebhookRequest};
use crate::config::WebhookConfig;
use crate::webhook::Hosts;

/// Reads what people choose about a webhook, collecting every problem. That named pacticipants exist is for others to
/// check.
///
/// # Errors
///
/// All problems found.
pub(crate) fn parse(
    body: &Map<String, Value>,
    allowed: &WebhookConfig,
    hosts: &Hosts,
) -> Result<WebhookFields, Vec<FieldProblem>> {
    let mut problems = Vec::new();
    let description = match body.get("description") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(_) => problem(&mut problems, "description", "must be text"),
    };
    let enabled = match body.get("enabled") {
        None | Some(Value::Null) => true,
        Some(Value::Bool(flag)) => *flag,
        Some(_) => problem(&mut problems, "enabled", "must be true or false").unwrap_or(true),
    };
    let consumer = party(body, "consumer", &mut problems);
    let provider = party(body, "provider", &mut problems);
    let events = events(body, &mut problems);
    let request = request(body, allowed, hosts, &mut problems);
    match request {
        Some(request) if problems.is_empty() => {
            Ok(WebhookFields { description, consumer, provider, enabled, request, events })
        }
        _ => Err(problems),
    }
}

fn problem<T>(problems: &mut Vec<FieldProblem>, field: &str, message: impl Into<String>) -> Option<T> {
    problems.push(FieldProblem::invalid(field, message));
    None
}

fn party(body: &Map<String, Value>, role: &str, problems: &mut Vec<FieldProblem>) -> Option<Party> {
    let given = match body.get(role) {
        None | Some(Value::Null) => return None,
        Some(Value::Object(given)) => given,
        Some(_) => return problem(problems, role, "must be an object with a name or a label"),
    };
    let text = |key: &str| given.get(key).filter(|value| !value.is_null());
    match (text("name"), text("label")) {
        (None, None) => problem(problems, role, "needs a name or a label"),
        (Some(_), Some(_)) => problem(problems, role, "takes a name or a label, not both"),
        (Some(Value::String(name)), None) if !name.trim().is_empty() => Some(Party::Name(name.clone())),
        (None, Some(Value::String(label))) if !label.trim().is_empty() => Some(Party::Label(label.clone())),
        (Some(_), None) => problem(problems, &format!("{role}.name"), "must be text, not blank"),
        (None, Some(_)) => problem(problems, &format!("{role}.label"), "must be text, not blank"),
    }
}

fn events(body: &Map<String, Value>, problems: &mut Vec<FieldProblem>) -> Vec<Event> {
    let given = match body.get("events") {
        None | Some(Value::Null) => return vec![Event::ContractContentChanged],
        Some(Value::Array(given)) if !given.is_empty() => given,
        Some(_) => {
            problems.push(FieldProblem::invalid("events", "must be a list of at least one event"));
            return Vec::new();
        }
    };
    let mut events = Vec::new();
    for (index, event) in given.iter().enumerate() {
        let name = event.as_str().or_else(|| event.get("name").and_then(Value::as_str));
        match name.and_then(Event::parse) {
            Some(event) if !events.contains(&event) => events.push(event),
            Some(_) => {}
            None => {
                let known = Event::ALL.map(Event::name).join(", ");
                let message = format!("must be one of {known} (at index {index})");
                problems.push(FieldProblem::invalid("events.name", message));
            }
        }
    }
    events
}

fn request(
    body: &Map<String, Value>,
    allowed: &WebhookConfig,
    hosts: &Hosts,
    problems: &mut Vec<FieldProblem>,
) -> Option<WebhookRequest> {
    let given = match body.get("request") {
        Some(Value::Object(given)) => given,
        None | Some(Value::Null) => {
            problems.push(FieldProblem::missing("request"));
            return None;
        }
        Some(_) => return problem(problems, "request", "must be an object"),
    };
    let method = method(given, allowed, problems);
    let url = url(given, allowed, hosts, problems);
    let headers = headers(given, problems);
    let mut text = |key: &str| match given.get(key) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(_) => problem(problems, &format!("request.{key}"), "must be text"),
    };
    let (username, password) = (text("username"), text("password"));
    let body = given.get("body").filter(|body| !body.is_null()).cloned();
    Some(WebhookRequest { method: method?, url: url?, headers, body, username, password })
}

fn method(given: &Map<String, Value>, allowed: &WebhookConfig, problems: &mut Vec<FieldProblem>) -> Option<String> {
    let method = match given.get("method") {
        Some(Value::String(method)) if !method.trim().is_empty() => method.trim().to_ascii_uppercase(),
        None | Some(Value::Null) => {
            problems.push(FieldProblem::missing("request.method"));
            return None;
        }
        Some(_) => return problem(problems, "request.method", "must be text, not blank"),
    };
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    if !KNOWN.contains(&method.as_str()) {
        return problem(problems, "request.method", "is no HTTP method");
    }
    if !allowed.methods.contains(&method) {
        let message = format!("must be {} (see --webhook-http-method-whitelist)", allowed.methods.join(" or "));
        return problem(problems, "request.method", message);
    }
    Some(method)
}

fn url(
    given: &Map<String, Value>,
    allowed: &WebhookConfig,
    hosts: &Hosts,
    problems: &mut Vec<FieldProblem>,
) -> Option<String> {
    const FIELD: &str = "request.url";
    let text = match given.get("url") {
        Some(Value::String(text)) if !text.trim().is_empty() => text.trim(),
        None | Some(Value::Null) => {
            problems.push(FieldProblem::missing(FIELD));
            return None;
        }
        Some(_) => return problem(problems, FIELD, "must be text, not blank"),
    };
    let authority = text.split_once("://").map_or(text, |(_, rest)| rest).split(['/', '?', '#']).next().unwrap_or(text);
    if authority.contains("${") {
        return problem(problems, FIELD, "must not have a template in its host");
    }
    // templates elsewhere are no characters of an address
    let Ok(url) = Url::parse(&text.replace("${", "").replace('}', "")) else {
        return problem(problems, FIELD, "must be a whole address, such as https://ci.example.com/build");
    };
    if !allowed.schemes.iter().any(|scheme| scheme == url.scheme()) {
        let message =
            format!("must begin with {}:// (see --webhook-scheme-whitelist)", allowed.schemes.join(":// or "));
        return problem(problems, FIELD, message);
    }
    let Some(host) = url.host_str() else {
        return problem(problems, FIELD, "must name a host");
    };
    match hosts.refusal(host) {
        Some(reason) => problem(problems, FIELD, reason),
        None => Some(text.to_owned()),
    }
}

fn headers(given: &Map<String, Value>, problems: &mut Vec<FieldProblem>) -> Vec<(String, String)> {
    let headers = match given.get("headers") {
        None | Some(Value::Null) => return Vec::new(),
        Some(Value::Object(headers)) => headers,
        Some(_) => {
            problems.push(FieldProblem::invalid("request.headers", "must be an object"));
            return Vec::new();
        }
    };
    let mut read = Vec::new();
    for (name, value) in headers {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            _ => {
                problems.push(FieldProblem::invalid(format!("request.headers.{name}"), "must be text"));
                continue;
            }
        };
        if http::HeaderName::try_from(name.as_str()).is_err() || text.contains(['\r', '\n']) {
            problems.push(FieldProblem::invalid(format!("request.headers.{name}"), "is no header of one line"));
            continue;
        }
        read.push((name.clone(), text));
    }
    read
}
