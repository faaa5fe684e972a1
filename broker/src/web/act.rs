//! What people do through forms: the API does it, as whoever sent the form.

use axum::body::{Body, to_bytes};
use axum::extract::FromRequest;
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::failure::WebError;
use crate::api::{self, Query};
use crate::app::{AppState, call};
use crate::auth::Caller;
use crate::store::audit::{Writer, acting};

/// How large a form and an answer may be.
const MOST: usize = 1024 * 1024;

/// A form that was sent from one of this broker's own pages, with who sent it.
pub(super) struct Form {
    pub(super) fields: Query,
    pub(super) sender: Sender,
}

/// On whose behalf the API is asked.
#[derive(Clone)]
pub(super) struct Sender {
    caller: Caller,
    host: Option<HeaderValue>,
    request_id: Option<String>,
}

impl Sender {
    /// Whoever sends a request with these headers.
    pub(super) fn new(caller: Caller, headers: &HeaderMap) -> Self {
        Self { caller, host: headers.get(header::HOST).cloned(), request_id: super::failure::request_id(headers) }
    }
}

/// What the API answered.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) document: Value,
}

impl Answer {
    /// Why it refused, in sentences; empty when it did not.
    pub(super) fn problems(&self) -> Vec<String> {
        if self.status.is_success() {
            return Vec::new();
        }
        let told = super::failure::message(&self.document);
        vec![told.unwrap_or_else(|| format!("The broker answered: {}.", self.status))]
    }
}

impl FromRequest<AppState> for Form {
    type Rejection = Response;

    async fn from_request(request: axum::extract::Request, app: &AppState) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        if !is_from_here(&parts.headers, &app.settings.base_urls) {
            return Err(refusal("This form was not sent from one of this broker's own pages."));
        }
        let Some(caller) = parts.extensions.get::<Caller>().cloned() else {
            return Err(refusal("It is not known who sends this form."));
        };
        let bytes = to_bytes(body, MOST).await.map_err(|_| refusal("This form is too large."))?;
        let fields = Query::parse(&String::from_utf8_lossy(&bytes));
        Ok(Self { fields, sender: Sender::new(caller, &parts.headers) })
    }
}

fn refusal(what: &str) -> Response {
    WebError::Refused { what: what.to_owned() }.into_response()
}

/// Whether a browser says that a request comes from this broker's own pages. A browser sends its credentials along with
/// forms of any site, so a form that does not say where it comes from is refused.
fn is_from_here(headers: &HeaderMap, base_urls: &[String]) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    let Some(origin) = text(header::ORIGIN.as_str()) else { return false };
    let authority = origin.split_once("://").map_or("", |(_, authority)| authority);
    let own = text(header::HOST.as_str()) == Some(authority);
    own || base_urls.iter().any(|base| base.starts_with(&format!("{origin}/")) || base == origin)
}

/// A number from a form's address as a segment of a path.
pub(super) fn segment(uuid: &str) -> impl std::fmt::Display + '_ {
    const ENCODED: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC.remove(b'-');
    percent_encoding::utf8_percent_encode(uuid, ENCODED)
}

/// Has the API do something on the sender's behalf; the audit log tells of it as of any request to the API.
pub(super) async fn ask(
    app: &AppState,
    sender: &Sender,
    method: Method,
    path: &str,
    body: Option<&Value>,
) -> Result<Answer, WebError> {
    let writer = Writer {
        who: sender.caller.name.clone(),
        method: method.to_string(),
        path: path.to_owned(),
        request_id: sender.request_id.clone(),
    };
    let mut request = Request::new(body.map_or_else(Body::empty, |body| Body::from(body.to_string())));
    *request.method_mut() = method;
    *request.uri_mut() = path.parse().map_err(|_| WebError::NotFound { what: "There is nothing there.".to_owned() })?;
    let headers = request.headers_mut();
    headers.insert(header::ACCEPT, HeaderValue::from_static("application/hal+json"));
    if body.is_some() {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    headers.extend(sender.host.clone().map(|host| (header::HOST, host)));
    request.extensions_mut().insert(sender.caller.clone());
    let response = acting(writer, call(api::routes().with_state(app.clone()), request)).await;
    let status = response.status();
    let bytes = to_bytes(response.into_body(), MOST).await.unwrap_or_default();
    Ok(Answer { status, document: serde_json::from_slice(&bytes).unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_other_sites_are_told_apart() {
        let base = ["https://tools.example/contracts".to_owned()];
        for (headers, here) in [
            (vec![("sec-fetch-site", "same-origin")], true),
            (vec![("sec-fetch-site", "cross-site"), ("origin", "http://broker:9292")], false),
            (vec![("sec-fetch-site", "same-site")], false),
            (vec![("origin", "http://broker:9292")], true),
            (vec![("origin", "https://tools.example")], true),
            (vec![("origin", "https://tools.example.evil")], false),
            (vec![("origin", "null")], false),
            (vec![], false),
        ] {
            let mut map = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static("broker:9292"))]);
            for (name, value) in &headers {
                map.insert(*name, HeaderValue::from_static(value));
            }
            assert_eq!(is_from_here(&map, &base), here, "{headers:?}");
        }
    }
}
