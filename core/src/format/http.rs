//! HTTP requests and responses.

use serde_json::{Map, Value as Json};

use super::interaction::{extend, take_text};
use super::{Problem, body, query, rules};
use crate::generator::Generators;
use crate::pact::{ContentType, Fields, HttpInteraction, HttpRequest, HttpResponse, Specification, is_list_field};

pub(super) fn read(
    object: &mut Map<String, Json>,
    specification: Specification,
    at: &str,
    problems: &mut Vec<Problem>,
) -> HttpInteraction {
    let mut part = |name: &str| match object.shift_remove(name) {
        Some(Json::Object(part)) => part,
        None => Map::new(),
        Some(_) => {
            problems.push(Problem::new(format!("{at}.{name}"), "expected an object"));
            Map::new()
        }
    };
    let (request, response) = (part("request"), part("response"));
    HttpInteraction {
        request: read_request(request, specification, &format!("{at}.request"), problems),
        response: read_response(response, specification, &format!("{at}.response"), problems),
    }
}

fn read_request(
    mut object: Map<String, Json>,
    specification: Specification,
    at: &str,
    problems: &mut Vec<Problem>,
) -> HttpRequest {
    let method = Some(take_text(&mut object, "method")).filter(|method| !method.is_empty());
    let path = if object.contains_key("path") { take_text(&mut object, "path") } else { "/".to_owned() };
    let query = object.shift_remove("query");
    let raw_query = match &query {
        Some(Json::String(text)) if specification <= Specification::V1_1 => Some(text.clone()),
        _ => None,
    };
    let written_query = query.as_ref().and_then(Json::as_str).map(str::to_owned);
    let query = query::read(query, at, problems);
    let headers = read_headers(object.shift_remove("headers"), specification, at, problems);
    let body = body::read(&mut object, "body", content_type(&headers), specification);
    let rules = rules::take(&mut object, "requestMatchingRules", specification, at, problems);
    let generators = Generators::from_json(object.shift_remove("generators").as_ref());
    let method = method.unwrap_or_else(|| "GET".to_owned()).to_ascii_uppercase();
    HttpRequest { method, path, query, raw_query, written_query, headers, body, rules, generators, unknown: object }
}

fn read_response(
    mut object: Map<String, Json>,
    specification: Specification,
    at: &str,
    problems: &mut Vec<Problem>,
) -> HttpResponse {
    let status = match object.shift_remove("status") {
        None => 200,
        Some(status) => status_code(&status).unwrap_or_else(|| {
            problems.push(Problem::new(format!("{at}.status"), format!("{status} is no status code")));
            200
        }),
    };
    let headers = read_headers(object.shift_remove("headers"), specification, at, problems);
    let body = body::read(&mut object, "body", content_type(&headers), specification);
    let rules = rules::take(&mut object, "responseMatchingRules", specification, at, problems);
    let generators = Generators::from_json(object.shift_remove("generators").as_ref());
    HttpResponse { status, headers, body, rules, generators, unknown: object }
}

fn status_code(status: &Json) -> Option<u16> {
    let code = match status {
        Json::Number(number) => number.as_u64().and_then(|code| u16::try_from(code).ok()),
        Json::String(text) => text.parse().ok(),
        _ => None,
    };
    code.filter(|code| (100..=999).contains(code))
}

/// Header values are texts or lists of texts; numbers and booleans are taken as their text.
fn read_headers(headers: Option<Json>, specification: Specification, at: &str, problems: &mut Vec<Problem>) -> Fields {
    let object = match headers {
        None | Some(Json::Null) => return Fields::new(),
        Some(Json::Object(object)) => object,
        Some(_) => {
            problems.push(Problem::new(format!("{at}.headers"), "expected an object"));
            return Fields::new();
        }
    };
    let text = |value: Json| match value {
        Json::String(text) => text,
        other => other.to_string(),
    };
    object
        .into_iter()
        .map(|(name, value)| match value {
            Json::Array(values) => (name, values.into_iter().map(text).collect()),
            value if specification < Specification::V4 && is_list_field(&name) => {
                let values = text(value).split(',').map(|value| value.trim().to_owned()).collect();
                (name, values)
            }
            value => (name, vec![text(value)]),
        })
        .collect()
}

/// The content type that the headers state.
fn content_type(headers: &Fields) -> Option<ContentType> {
    let (_, values) = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"))?;
    values.first().map(ContentType::new)
}

pub(super) fn write(interaction: &HttpInteraction, specification: Specification, object: &mut Map<String, Json>) {
    object.insert("request".to_owned(), write_request(&interaction.request, specification));
    object.insert("response".to_owned(), write_response(&interaction.response, specification));
}

fn write_request(request: &HttpRequest, specification: Specification) -> Json {
    let mut object = Map::new();
    object.insert("method".to_owned(), request.method.as_str().into());
    object.insert("path".to_owned(), request.path.as_str().into());
    // parameters without values leave nothing in a V2 text
    let query = query::write(&request.query, specification);
    if !request.query.is_empty() && query != "" {
        object.insert("query".to_owned(), query);
    }
    write_headers(&request.headers, specification, &mut object);
    body::write(&request.body, "body", specification, &mut object);
    rules::write(&request.rules, specification, &mut object);
    request.generators.write(&mut object);
    extend(&mut object, &request.unknown);
    Json::Object(object)
}

fn write_response(response: &HttpResponse, specification: Specification) -> Json {
    let mut object = Map::new();
    object.insert("status".to_owned(), response.status.into());
    write_headers(&response.headers, specification, &mut object);
    body::write(&response.body, "body", specification, &mut object);
    rules::write(&response.rules, specification, &mut object);
    response.generators.write(&mut object);
    extend(&mut object, &response.unknown);
    Json::Object(object)
}

/// V4 writes lists of values, earlier versions one text.
fn write_headers(headers: &Fields, specification: Specification, object: &mut Map<String, Json>) {
    if headers.is_empty() {
        return;
    }
    let value = |values: &Vec<String>| match specification {
        Specification::V4 => Json::from(values.clone()),
        _ => values.join(", ").into(),
    };
    let headers = headers.iter().map(|(name, values)| (name.clone(), value(values))).collect();
    object.insert("headers".to_owned(), Json::Object(headers));
}
