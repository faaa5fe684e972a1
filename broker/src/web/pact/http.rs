//! REST: a request and its response.

use countersign_core::format::encode_query;
use countersign_core::pact::{Fields, HttpInteraction, HttpRequest, HttpResponse};
use countersign_core::rule::Category;
use countersign_core::value::{Number, Value};

use super::view::{BodyView, Field, Part};
use super::{body, fields, ruled};

pub(super) fn parts(http: &HttpInteraction, most: usize) -> Vec<Part> {
    vec![request(&http.request, most), response(&http.response, most)]
}

/// Path and query as they are sent.
pub(super) fn target(request: &HttpRequest) -> String {
    let query = request.raw_query.clone().unwrap_or_else(|| encode_query(&request.query));
    if query.is_empty() { request.path.clone() } else { format!("{}?{query}", request.path) }
}

fn request(request: &HttpRequest, most: usize) -> Part {
    let path = Value::String(request.path.clone());
    let words = ruled::of_single(&request.rules, Category::Path, &path);
    let path =
        (!words.is_empty()).then(|| Field { kind: "path", name: String::new(), value: request.path.clone(), words });
    Part {
        verb: request.method.clone(),
        target: target(request),
        fields: path
            .into_iter()
            .chain(fields::ruled_query(&request.query, &request.rules))
            .chain(fields::headers(&request.headers, &request.rules))
            .collect(),
        body: untyped_if_said(&request.headers, body::view(&request.body, &request.rules, most)),
        ..Part::default()
    }
}

fn response(response: &HttpResponse, most: usize) -> Part {
    let status = response.status.to_string();
    let words = ruled::of_single(&response.rules, Category::Status, &Value::Number(Number::new(&status)));
    let ruled =
        (!words.is_empty()).then(|| Field { kind: "status", name: String::new(), value: status.clone(), words });
    let reason = http::StatusCode::from_u16(response.status).ok().and_then(|status| status.canonical_reason());
    Part {
        heading: reason.map_or(status.clone(), |reason| format!("{status} {reason}")),
        fields: ruled.into_iter().chain(fields::headers(&response.headers, &response.rules)).collect(),
        body: untyped_if_said(&response.headers, body::view(&response.body, &response.rules, most)),
        ..Part::default()
    }
}

/// A content type that stands among the headers need not be said again.
fn untyped_if_said(headers: &Fields, body: BodyView) -> BodyView {
    let is_said = headers.keys().any(|name| name.eq_ignore_ascii_case("content-type"));
    if is_said { BodyView { content_type: String::new(), ..body } } else { body }
}
