//! One webhook: its form, what can be done with it, and what became of its deliveries.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse as _, Redirect};
use serde_json::Value;

use super::form::{EventChoice, Fields};
use super::list::{outcome, words};
use crate::app::AppState;
use crate::auth::{Caller, Role};
use crate::domain::webhook::Event;
use crate::store::deliveries::{self, Delivery};
use crate::store::{self, Conn, StoreError, pacticipants, triggers};
use crate::web::act::{Form, Sender, ask, segment};
use crate::web::components::{Choice, Version};
use crate::web::failure::WebError;
use crate::web::page::{Frame, Page, Section, render};
use crate::web::site::Site;
use crate::web::when::When;

/// How many deliveries are shown.
const MOST_DELIVERIES: i64 = 25;

/// How much of a delivery's log is shown, in characters.
const LONGEST_LOG: usize = 3_000;

#[derive(Template)]
#[template(path = "webhook.html")]
struct WebhookPage {
    frame: Frame,
    title: String,
    fields: Fields,
    events: Vec<EventChoice>,
    methods: Vec<Choice>,
    pacticipants: Vec<String>,
    problems: Vec<String>,
    /// Where the form goes.
    action: String,
    /// Whether there is such a webhook yet.
    exists: bool,
    /// Whether whoever looks may change it.
    may_write: bool,
    /// What came of sending it just now.
    tried: Option<Tried>,
    deliveries: Vec<Shown>,
    list: String,
}

struct Tried {
    success: bool,
    log: String,
}

struct Shown {
    class: &'static str,
    shape: &'static str,
    word: &'static str,
    event: String,
    about: String,
    version: Version,
    when: When,
    attempts: i64,
    log: String,
    redeliver: String,
}

/// The form for a new one.
pub(crate) async fn new(State(app): State<AppState>, site: Site, Extension(caller): Extension<Caller>) -> Page {
    let mut conn = app.store.read().await?;
    let page = WebhookPage::load(&mut conn, &site, Fields::new(), None, may_write(&caller)).await?;
    render(&page)
}

/// One webhook.
pub(crate) async fn one(
    State(app): State<AppState>,
    site: Site,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    Path(uuid): Path<String>,
) -> Page {
    let writes = may_write(&caller);
    let fields = Fields::of_document(&document(&app, &Sender::new(caller, &headers), &uuid).await?);
    let mut conn = app.store.read().await?;
    render(&WebhookPage::load(&mut conn, &site, fields, Some(&uuid), writes).await?)
}

/// Creates what the form says, or shows it again with what is wrong.
pub(crate) async fn create(State(app): State<AppState>, site: Site, form: Form) -> Page {
    let fields = Fields::of_form(&form.fields);
    let answer = ask(&app, &form.sender, Method::POST, "/webhooks", Some(&fields.document())).await?;
    if let Some(uuid) = answer.document.get("uuid").and_then(Value::as_str).filter(|_| answer.status.is_success()) {
        return Ok(Redirect::to(&site.to(&["webhooks", uuid])).into_response());
    }
    let mut conn = app.store.read().await?;
    let mut page = WebhookPage::load(&mut conn, &site, fields, None, true).await?;
    page.problems = answer.problems();
    render(&page)
}

/// Does what the button that was pressed says: save, switch on or off, try, delete.
pub(crate) async fn act(State(app): State<AppState>, site: Site, Path(uuid): Path<String>, form: Form) -> Page {
    let path = api_path(&uuid);
    let mut tried = None;
    let (fields, answer) = match form.fields.text("action").unwrap_or("save") {
        "delete" => {
            let answer = ask(&app, &form.sender, Method::DELETE, &path, None).await?;
            if answer.status.is_success() {
                return Ok(Redirect::to(&site.to(&["webhooks"])).into_response());
            }
            (Fields::of_form(&form.fields), answer)
        }
        "try" => {
            let fields = Fields::of_document(&document(&app, &form.sender, &uuid).await?);
            let answer = ask(&app, &form.sender, Method::POST, &format!("{path}/execute"), None).await?;
            tried = answer.status.is_success().then(|| Tried::read(&answer.document));
            (fields, answer)
        }
        switch @ ("enable" | "disable") => {
            let mut fields = Fields::of_document(&document(&app, &form.sender, &uuid).await?);
            fields.enabled = switch == "enable";
            let answer = ask(&app, &form.sender, Method::PUT, &path, Some(&fields.document())).await?;
            (fields, answer)
        }
        _ => {
            let fields = Fields::of_form(&form.fields);
            let answer = ask(&app, &form.sender, Method::PUT, &path, Some(&fields.document())).await?;
            (fields, answer)
        }
    };
    if answer.status.is_success() && tried.is_none() {
        return Ok(Redirect::to(&site.to(&["webhooks", &uuid])).into_response());
    }
    let mut conn = app.store.read().await?;
    let mut page = WebhookPage::load(&mut conn, &site, fields, Some(&uuid), true).await?;
    page.problems = answer.problems();
    page.tried = tried;
    render(&page)
}

/// Sends a delivery again.
pub(crate) async fn redeliver(State(app): State<AppState>, site: Site, Path(uuid): Path<String>, form: Form) -> Page {
    let mut conn = app.store.read().await?;
    let triggered = triggers::find(&mut conn, &uuid).await?;
    drop(conn);
    let triggered = triggered.ok_or_else(|| WebError::NotFound { what: "There is no such delivery.".to_owned() })?;
    let path = format!("/triggered-webhooks/{}/redeliver", triggered.uuid);
    let answer = ask(&app, &form.sender, Method::POST, &path, None).await?;
    match answer.problems().pop() {
        Some(what) => Err(WebError::Refused { what }),
        None => Ok(Redirect::to(&site.to(&["webhooks", &triggered.webhook_uuid])).into_response()),
    }
}

fn may_write(caller: &Caller) -> bool {
    caller.roles.contains(&Role::Admin)
}

fn api_path(uuid: &str) -> String {
    format!("/webhooks/{}", segment(uuid))
}

/// The API's document of a webhook, in which no secret stands.
async fn document(app: &AppState, sender: &Sender, uuid: &str) -> Result<Value, WebError> {
    let answer = ask(app, sender, Method::GET, &api_path(uuid), None).await?;
    if answer.status.is_success() {
        return Ok(answer.document);
    }
    Err(WebError::NotFound { what: format!("There is no webhook {uuid}.") })
}

impl WebhookPage {
    async fn load(
        conn: &mut Conn,
        site: &Site,
        fields: Fields,
        uuid: Option<&str>,
        may_write: bool,
    ) -> Result<Self, StoreError> {
        let now = store::now();
        let mut shown = Vec::new();
        if let Some(uuid) = uuid {
            for delivery in deliveries::of_webhook(conn, uuid, MOST_DELIVERIES).await? {
                shown.push(Shown::new(conn, site, &delivery, now).await?);
            }
        }
        let mut pacticipants = pacticipants::names(conn).await?;
        pacticipants.sort_by_key(|name| name.to_lowercase());
        let title = match (uuid, fields.description.as_str()) {
            (None, _) => "New webhook".to_owned(),
            (Some(_), "") => format!("{} {}", fields.method, fields.url),
            (Some(_), description) => description.to_owned(),
        };
        Ok(Self {
            frame: Frame::new(site, Section::Webhooks, title.as_str()),
            title,
            events: fields.event_choices(),
            methods: fields.methods(),
            fields,
            pacticipants,
            problems: Vec::new(),
            action: uuid.map_or_else(|| site.to(&["ui", "webhooks"]), |uuid| site.to(&["ui", "webhooks", uuid])),
            exists: uuid.is_some(),
            may_write,
            tried: None,
            deliveries: shown,
            list: site.to(&["webhooks"]),
        })
    }
}

impl Tried {
    fn read(document: &Value) -> Self {
        let success = document.get("success").and_then(Value::as_bool);
        let status = document.pointer("/response/status").and_then(Value::as_u64);
        let log = ["request", "response", "error"]
            .iter()
            .filter_map(|key| Some(format!("{key}: {}", serde_json::to_string_pretty(document.get(key)?).ok()?)))
            .collect::<Vec<_>>();
        Self {
            success: success.unwrap_or_else(|| status.is_some_and(|status| (200..300).contains(&status))),
            log: log.join("\n").chars().take(LONGEST_LOG).collect(),
        }
    }
}

impl Shown {
    async fn new(conn: &mut Conn, site: &Site, delivery: &Delivery, now: i64) -> Result<Self, StoreError> {
        let (class, shape, word) = outcome(&delivery.status);
        let newest = triggers::executions(conn, delivery.id).await?.pop();
        Ok(Self {
            class,
            shape,
            word,
            event: Event::parse(&delivery.event_name)
                .map_or_else(|| delivery.event_name.replace('_', " "), |event| words(event).to_owned()),
            about: format!("{} → {}", delivery.consumer, delivery.provider),
            version: Version::linked(
                &delivery.version,
                site.pact(&delivery.provider, &delivery.consumer, &delivery.version),
            ),
            when: When::new(delivery.created_at, now),
            attempts: delivery.attempts,
            log: newest.map(|execution| execution.logs.chars().take(LONGEST_LOG).collect()).unwrap_or_default(),
            redeliver: site.to(&["ui", "deliveries", &delivery.uuid]),
        })
    }
}
