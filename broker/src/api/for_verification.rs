//! The pacts a provider should verify.

use std::collections::HashSet;

use axum::extract::{Path, State};
use serde_json::{Map, Value, json};

use super::body::JsonObject;
use super::hal::{ok, titled};
use super::links::Links;
use super::problem::{ApiError, ApiResult};
use super::query::Query;
use super::resolve;
use crate::app::AppState;
use crate::domain::consumer_selector::{PactsForVerification, Pick};
use crate::domain::field_problem::FieldProblem;
use crate::domain::selection::{Selected, fold};
use crate::domain::verification_context::VerificationContext;
use crate::store::{Conn, environments, selection, wip};

pub(super) async fn ask(
    State(app): State<AppState>,
    links: Links,
    Path(name): Path<String>,
    JsonObject(body): JsonObject,
) -> ApiResult {
    answer(app, links, name, &body).await
}

/// The same question in a query string, with underscores.
pub(super) async fn ask_by_query(
    State(app): State<AppState>,
    links: Links,
    Path(name): Path<String>,
    query: Query,
) -> ApiResult {
    let mut body = Map::new();
    let renamed = [
        ("provider_version_branch", "providerVersionBranch"),
        ("provider_version_tags", "providerVersionTags"),
        ("include_wip_pacts_since", "includeWipPactsSince"),
        ("include_pending_status", "includePendingStatus"),
        ("consumer_version_selectors", "consumerVersionSelectors"),
    ];
    for (from, to) in renamed {
        if let Some(value) = query.0.get(from) {
            body.insert(to.to_owned(), with_flags(value));
        }
    }
    answer(app, links, name, &body).await
}

/// Texts that say true or false as truth values.
fn with_flags(value: &Value) -> Value {
    match value {
        Value::String(text) if text == "true" => true.into(),
        Value::String(text) if text == "false" => false.into(),
        Value::Array(elements) => elements.iter().map(with_flags).collect(),
        Value::Object(members) => {
            Value::Object(members.iter().map(|(key, value)| (camel_case(key), with_flags(value))).collect())
        }
        other => other.clone(),
    }
}

fn camel_case(key: &str) -> String {
    let mut words = key.split('_');
    let mut name = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        name.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        name.push_str(letters.as_str());
    }
    name
}

async fn answer(app: AppState, links: Links, name: String, body: &Map<String, Value>) -> ApiResult {
    let question = PactsForVerification::parse(body).map_err(ApiError::Invalid)?;
    let mut conn = app.store.read().await?;
    let provider = resolve::provider(&mut conn, &name).await?;
    check_environments(&mut conn, &question).await?;
    let mut found = Vec::new();
    if question.selectors.is_empty() {
        found = selection::resolve_default(&mut conn, provider.id).await?;
    }
    for selector in &question.selectors {
        let branch = question.provider_branch.as_deref();
        found.extend(selection::resolve(&mut conn, provider.id, selector, branch).await?);
    }
    let selected = fold(found);
    let lines = wip::provider_lines(&mut conn, provider.id, &question).await?;
    let pending = if question.include_pending {
        wip::pending(&mut conn, provider.id, &selected, &lines).await?
    } else {
        HashSet::new()
    };
    let in_progress = match question.include_wip_since {
        Some(since) => {
            wip::work_in_progress(&mut conn, provider.id, &selected, &lines, since, &app.settings.rules).await?
        }
        None => Vec::new(),
    };
    let writer = Writer { links: &links, question: &question, provider: &name };
    let documents: Vec<Value> = selected
        .iter()
        .map(|selected| {
            let status = question.include_pending.then(|| pending.contains(&selected.pact.content_id));
            writer.document(selected, status, false)
        })
        .chain(in_progress.iter().map(|selected| writer.document(selected, Some(true), true)))
        .collect();
    Ok(ok(&json!({
        "_embedded": { "pacts": documents },
        "_links": { "self": titled(links.here_without_query(), format!("Pacts to be verified by {name}")) },
    })))
}

async fn check_environments(conn: &mut Conn, question: &PactsForVerification) -> Result<(), ApiError> {
    let mut problems = Vec::new();
    for (index, selector) in question.selectors.iter().enumerate() {
        if let Pick::Running { environment: Some(name), .. } = &selector.pick
            && environments::by_name(conn, name).await?.is_none()
        {
            let message = format!("there is no environment named {name:?} (at index {index})");
            problems.push(FieldProblem::invalid("consumerVersionSelectors", message));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(ApiError::Invalid(problems)) }
}

struct Writer<'a> {
    links: &'a Links,
    question: &'a PactsForVerification,
    provider: &'a str,
}

impl Writer<'_> {
    fn document(&self, selected: &Selected, pending: Option<bool>, wip: bool) -> Value {
        let pact = &selected.pact;
        let context = VerificationContext { consumer_versions: selected.consumer_versions.clone(), pending, wip };
        let content = self.links.content(&pact.provider, &pact.consumer, &pact.sha);
        let mut properties = json!({});
        if let Some(pending) = pending {
            properties["pending"] = pending.into();
        }
        if wip {
            properties["wip"] = true.into();
        }
        properties["notices"] = self.notices(selected, pending, wip).into();
        json!({
            "shortDescription": selected.description(),
            "verificationProperties": properties,
            "_links": {
                "self": {
                    "href": format!("{content}/metadata/{}", context.encode()),
                    "name": pact.title(),
                },
            },
        })
    }

    fn notices(&self, selected: &Selected, pending: Option<bool>, wip: bool) -> Vec<Value> {
        let pact = &selected.pact;
        let why = if wip { "as work in progress" } else { "because it was asked for" };
        let mut notices = vec![before(format!(
            "The pact of {} {} is verified {why}: {}.",
            pact.consumer,
            pact.version,
            selected.description()
        ))];
        let on = self.whereabouts();
        match pending {
            None => {}
            Some(true) => {
                notices.push(before(format!(
                    "It is pending: {}{on} has never kept it, so a failure does not fail this build.",
                    self.provider
                )));
                notices.extend(pending_outcomes(wip));
            }
            Some(false) => notices.push(before(format!(
                "It is not pending: {}{on} has kept it before, so a failure fails this build.",
                self.provider
            ))),
        }
        notices
    }

    /// The branch or tags of the provider version.
    fn whereabouts(&self) -> String {
        match &self.question.provider_branch {
            Some(branch) => format!(" on branch {branch}"),
            None if self.question.provider_tags.is_empty() => String::new(),
            None => format!(" with tag {}", self.question.provider_tags.join(" or ")),
        }
    }
}

fn before(text: String) -> Value {
    json!({ "when": "before_verification", "text": text })
}

fn pending_outcomes(wip: bool) -> Vec<Value> {
    let after = |success: bool, published: bool, text: &str| json!({ "when": format!("after_verification:success_{success}_published_{published}"), "text": text });
    let kept = if wip {
        "It stays work in progress until it is asked for by a selector and kept."
    } else {
        "It is no longer pending; from now on a failure fails the build."
    };
    vec![
        after(true, false, "It would no longer be pending if this result were published."),
        after(true, true, kept),
        after(false, false, "It stays pending until it is kept once."),
        after(false, true, "It stays pending until it is kept once."),
    ]
}
