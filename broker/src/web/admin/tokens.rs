//! API tokens: list, create, revoke.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::Method;
use axum::response::{IntoResponse as _, Redirect};
use serde_json::{Value, json};

use crate::app::AppState;
use crate::store;
use crate::store::tokens::{self, Token};
use crate::web::act::{Form, ask, segment};
use crate::web::components::{Command, plural};
use crate::web::failure::WebError;
use crate::web::page::{Frame, Page, Section, render};
use crate::web::site::Site;
use crate::web::when::When;

/// The roles to choose from, with what each may do.
const ROLES: [(&str, &str); 5] = [
    ("read", "look at everything but tokens and the audit log"),
    ("publish", "publish contracts, versions, branches and tags"),
    ("verify", "publish verification results"),
    ("deploy", "record deployments and releases"),
    ("admin", "everything"),
];

#[derive(Template)]
#[template(path = "tokens.html")]
struct TokensPage {
    frame: Frame,
    count: String,
    rows: Vec<Row>,
    roles: Vec<(&'static str, &'static str)>,
    problems: Vec<String>,
    /// A token that was just made: this once.
    made: Option<Command>,
    action: String,
    audit: String,
}

struct Row {
    name: String,
    roles: String,
    scope: String,
    created: When,
    by: String,
    expires: String,
    revoked: Option<When>,
    revoke: String,
}

/// Every token; none shows its text.
pub(crate) async fn page(State(app): State<AppState>, site: Site) -> Page {
    show(&app, &site, Vec::new(), None).await
}

/// Makes a token and shows its text this once.
pub(crate) async fn create(State(app): State<AppState>, site: Site, form: Form) -> Page {
    let text = |key: &str| form.fields.text(key).unwrap_or_default().trim().to_owned();
    let mut body = json!({ "name": text("name"), "roles": form.fields.texts("roles") });
    let scope: Vec<String> =
        text("pacticipants").split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
    if !scope.is_empty() {
        body["pacticipants"] = scope.into();
    }
    let expires = text("expires");
    if !expires.is_empty() {
        body["expiresAt"] = format!("{expires}T00:00:00Z").into();
    }
    let answer = ask(&app, &form.sender, Method::POST, "/tokens", Some(&body)).await?;
    let made = answer.document.get("token").and_then(Value::as_str).map(Command::verbatim);
    show(&app, &site, answer.problems(), made).await
}

/// Revokes a token.
pub(crate) async fn revoke(State(app): State<AppState>, site: Site, Path(uuid): Path<String>, form: Form) -> Page {
    let answer = ask(&app, &form.sender, Method::DELETE, &format!("/tokens/{}", segment(&uuid)), None).await?;
    match answer.problems().pop() {
        Some(what) => Err(WebError::Refused { what }),
        None => Ok(Redirect::to(&site.to(&["tokens"])).into_response()),
    }
}

async fn show(app: &AppState, site: &Site, problems: Vec<String>, made: Option<Command>) -> Page {
    let mut conn = app.store.read().await?;
    let found = tokens::list(&mut conn).await?;
    drop(conn);
    let now = store::now();
    render(&TokensPage {
        frame: Frame::new(site, Section::None, "API tokens"),
        count: plural(found.len(), "token"),
        rows: found.iter().rev().map(|token| row(site, token, now)).collect(),
        roles: ROLES.into(),
        problems,
        made,
        action: site.to(&["ui", "tokens"]),
        audit: site.to(&["audit"]),
    })
}

fn row(site: &Site, token: &Token, now: i64) -> Row {
    let day = |at: i64| {
        let time = jiff::Timestamp::from_microsecond(at).ok();
        time.map(|time| time.strftime("%-d %B %Y").to_string()).unwrap_or_default()
    };
    Row {
        name: token.name.clone(),
        roles: token.roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(", "),
        scope: token.pacticipants.as_ref().map_or_else(|| "any application".to_owned(), |names| names.join(", ")),
        created: When::new(token.created_at, now),
        by: token.created_by.clone(),
        expires: token.expires_at.map_or_else(|| "never".to_owned(), day),
        revoked: token.revoked_at.map(|at| When::new(at, now)),
        revoke: site.to(&["ui", "tokens", &token.uuid]),
    }
}
