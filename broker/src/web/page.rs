//! How every page leaves: rendered, framed, and with the headers that keep foreign code out.

use askama::Template;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::failure::{self, WebError};
use super::site::Site;
use crate::app::AppState;

/// Nothing but this broker's own files runs or is shown; nobody frames the pages; forms lead back here.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What a page handler returns.
pub(super) type Page = Result<Response, WebError>;

/// The entries of the top bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Overview,
    Network,
    Environments,
    Deploy,
    Matrix,
    Webhooks,
    None,
}

/// What is the same on every page.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) site: Site,
    pub(super) section: Section,
    /// What the browser's tab says.
    pub(super) title: String,
}

impl Frame {
    pub(super) fn new(site: &Site, section: Section, title: impl Into<String>) -> Self {
        Self { site: site.clone(), section, title: title.into() }
    }

    fn current(&self, section: Section) -> &'static str {
        if self.section == section { "page" } else { "false" }
    }

    pub(super) fn on_overview(&self) -> &'static str {
        self.current(Section::Overview)
    }

    pub(super) fn on_network(&self) -> &'static str {
        self.current(Section::Network)
    }

    pub(super) fn on_environments(&self) -> &'static str {
        self.current(Section::Environments)
    }

    pub(super) fn on_deploy(&self) -> &'static str {
        self.current(Section::Deploy)
    }

    pub(super) fn on_webhooks(&self) -> &'static str {
        self.current(Section::Webhooks)
    }

    pub(super) fn on_matrix(&self) -> &'static str {
        self.current(Section::Matrix)
    }
}

/// Renders a page.
pub(super) fn render(template: &impl Template) -> Page {
    Ok(html(StatusCode::OK, template.render()?))
}

pub(super) fn html(status: StatusCode, body: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    ];
    (status, headers, body).into_response()
}

#[derive(Clone, Debug)]
struct Unknown;

/// The answer to paths without a page.
pub(super) async fn unknown() -> Response {
    let mut response = StatusCode::NOT_FOUND.into_response();
    response.extensions_mut().insert(Unknown);
    response
}

/// Whether there is no page at the path that was asked for.
pub(crate) fn is_unknown(response: &Response) -> bool {
    response.extensions().get::<Unknown>().is_some()
}

/// Turns a handler's failure into a page; what a browser guesses about a file's type does not count.
pub(super) async fn finish(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let site = match Site::from_request_parts(&mut parts, &state).await {
        Ok(site) => site,
        Err(never) => match never {},
    };
    let id = failure::request_id(&parts.headers);
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if let Some(failure) = response.extensions_mut().remove::<failure::Report>() {
        response = failure::page(&site, &failure, response.headers(), id.as_deref());
    }
    let nosniff = HeaderValue::from_static("nosniff");
    response.headers_mut().insert(HeaderName::from_static("x-content-type-options"), nosniff);
    response
}
