//! Answers to requests that cannot be granted.

use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::domain::field_problem::{Fault, FieldProblem};
use crate::store::{Remedy, StoreError};

/// What a handler returns.
pub(super) type ApiResult = Result<Response, ApiError>;

/// Why a request was not granted.
#[derive(Debug)]
pub(super) enum ApiError {
    /// 404: something named in the request is not known.
    NotFound(String),
    /// 404: there is nothing at this address.
    Nothing,
    /// 406: not in a form this client takes; this is one it could ask for.
    NotAcceptable(&'static str),
    /// 408: it took too long, and would again.
    TooSlow(String),
    /// 400: fields are wrong.
    Invalid(Vec<FieldProblem>),
    /// 400: parameters of the query are wrong.
    Parameters(Vec<FieldProblem>),
    /// 400: the matrix cannot make sense of the question.
    Question(Vec<String>),
    /// 400: the body or the request as a whole is unusable.
    Unusable(String),
    /// 409, with a body of its own.
    Conflict(Value),
    /// 415: the body is not of a kind this resource takes.
    MediaType(&'static str),
    /// 422: understood, and not possible.
    Impossible(String),
    /// 403: not this caller.
    Forbidden(String),
    /// 413: more than this broker reads.
    TooLarge(String),
    /// 503: not now.
    Unavailable(String),
    /// 500: the broker failed.
    Internal(StoreError),
}

/// Marks an answer to a request whose transaction collided with another and can be repeated.
#[derive(Clone, Copy, Debug)]
pub(super) struct Collided;

impl ApiError {
    /// A single field is wrong.
    pub(super) fn field(field: &str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldProblem::invalid(field, message)])
    }

    /// The thing at this address does not exist.
    pub(super) fn nothing_here() -> Self {
        Self::Nothing
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self::Internal(error)
    }
}

impl From<sqlx::Error> for ApiError {
    fn from(error: sqlx::Error) -> Self {
        Self::Internal(error.into())
    }
}

/// The same problem in the words of `application/problem+json`, for clients that ask for it.
#[derive(Clone, Debug)]
pub(super) struct ProblemDocument {
    pub(super) status: StatusCode,
    pub(super) kind: &'static str,
    pub(super) title: &'static str,
    pub(super) errors: Vec<Value>,
    pub(super) detail: Option<String>,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        // an address without anything is told in plain JSON, everything else in HAL: clients' contracts ask for both
        let kind = match &self {
            Self::Nothing => HeaderValue::from_static("application/json;charset=utf-8"),
            _ => super::hal::HAL_JSON,
        };
        let (document, body) = match self {
            Self::NotFound(message) => {
                (problem(StatusCode::NOT_FOUND, "not-found", "Not found", &message), error(message))
            }
            Self::Nothing => {
                let message = "The requested document was not found on this server.";
                (problem(StatusCode::NOT_FOUND, "not-found", "Not found", message), error(message.to_owned()))
            }
            Self::NotAcceptable(offered) => {
                let message = format!("this resource is served as {offered}, of which the Accept header takes nothing");
                (problem(StatusCode::NOT_ACCEPTABLE, "not-acceptable", "Not acceptable", &message), error(message))
            }
            Self::TooSlow(message) => {
                (problem(StatusCode::REQUEST_TIMEOUT, "too-slow", "Took too long", &message), error(message))
            }
            Self::Invalid(fields) => (validation_problem(&fields, Place::Body), errors_by_field(&fields)),
            Self::Parameters(fields) => (validation_problem(&fields, Place::Query), errors_by_field(&fields)),
            Self::Question(messages) => {
                let fields: Vec<FieldProblem> =
                    messages.iter().map(|text| FieldProblem::invalid("", text.as_str())).collect();
                (validation_problem(&fields, Place::Query), json!({ "errors": messages }))
            }
            Self::Unusable(message) => {
                (problem(StatusCode::BAD_REQUEST, "invalid-request", "Invalid request", &message), error(message))
            }
            Self::Conflict(body) => (problem(StatusCode::CONFLICT, "conflict", "Conflict", &body.to_string()), body),
            Self::MediaType(expected) => {
                let message = format!("this resource takes {expected}: set the Content-Type header");
                (
                    problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type", "Unsupported media type", &message),
                    error(message),
                )
            }
            Self::Impossible(message) => {
                (problem(StatusCode::UNPROCESSABLE_ENTITY, "unprocessable", "Not possible", &message), error(message))
            }
            Self::Forbidden(message) => {
                (problem(StatusCode::FORBIDDEN, "forbidden", "Not allowed", &message), error(message))
            }
            Self::TooLarge(message) => {
                (problem(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "Too large", &message), error(message))
            }
            Self::Unavailable(message) => unavailable(message),
            Self::Internal(failure) => return internal_response(&failure),
        };
        let mut response = respond(document, &body);
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        response
    }
}

fn unavailable(message: String) -> (ProblemDocument, Value) {
    (problem(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Not available", &message), error(message))
}

/// A failure of the database: worth repeating, worth waiting for, or neither.
fn internal_response(failure: &StoreError) -> Response {
    match failure.remedy() {
        Remedy::Wait | Remedy::Repeat => {
            tracing::warn!(%failure, "the database cannot serve a request");
            let message = "the database cannot serve this request right now; try again in a moment";
            let (document, body) = unavailable(message.to_owned());
            let mut response = respond(document, &body);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
            if failure.remedy() == Remedy::Repeat {
                response.extensions_mut().insert(Collided);
            }
            response
        }
        Remedy::Change => ApiError::Unusable(
            "a text in this request holds a character the database cannot keep, such as NUL".to_owned(),
        )
        .into_response(),
        Remedy::None => {
            let (document, body) = internal(&failure.to_string());
            respond(document, &body)
        }
    }
}

/// The answer to a request that failed before it reached a handler.
pub(crate) fn failure(failure: StoreError) -> Response {
    ApiError::Internal(failure).into_response()
}

fn respond(document: ProblemDocument, body: &Value) -> Response {
    let mut response = (
        document.status,
        [(header::CONTENT_TYPE, HeaderValue::from_static("application/hal+json;charset=utf-8"))],
        body.to_string(),
    )
        .into_response();
    response.extensions_mut().insert(document);
    response
}

/// The answer to a path nobody serves.
pub(super) async fn not_found() -> Response {
    ApiError::nothing_here().into_response()
}

/// The answer to a method a resource does not have.
pub(super) async fn method_not_allowed(method: Method) -> Response {
    if method == Method::OPTIONS {
        return StatusCode::NO_CONTENT.into_response();
    }
    let message = "this resource does not answer to this method";
    let document = problem(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "Method not allowed", message);
    let mut response = (
        StatusCode::METHOD_NOT_ALLOWED,
        [(header::CONTENT_TYPE, super::hal::HAL_JSON)],
        error(message.to_owned()).to_string(),
    )
        .into_response();
    response.extensions_mut().insert(document);
    response
}

/// A failure of ours: the client gets a reference to tell us, the log the details.
pub(super) fn internal(failure: &str) -> (ProblemDocument, Value) {
    let reference = uuid::Uuid::new_v4().simple().to_string();
    tracing::error!(%reference, failure, "a request failed");
    let message =
        "The broker could not answer because of a failure of its own. Its log tells more under the reference.";
    let document = problem(StatusCode::INTERNAL_SERVER_ERROR, "server-error", "Server error", message);
    (document, json!({ "error": { "message": message, "reference": reference } }))
}

fn problem(status: StatusCode, kind: &'static str, title: &'static str, detail: &str) -> ProblemDocument {
    ProblemDocument { status, kind, title, errors: Vec::new(), detail: Some(detail.to_owned()) }
}

/// Where a field stands in a request.
#[derive(Clone, Copy)]
enum Place {
    Body,
    Query,
}

fn validation_problem(fields: &[FieldProblem], place: Place) -> ProblemDocument {
    let errors = fields.iter().map(|field| validation_error(field, place)).collect();
    ProblemDocument {
        status: StatusCode::BAD_REQUEST,
        kind: "validation-error",
        title: "Validation errors",
        errors,
        detail: None,
    }
}

fn validation_error(field: &FieldProblem, place: Place) -> Value {
    let kind = match (place, field.fault) {
        (Place::Body, Fault::Missing) => "missing-body-property",
        (Place::Body, _) => "invalid-body-property-value",
        (Place::Query, Fault::Missing) => "missing-request-parameter",
        (Place::Query, Fault::Format) => "invalid-request-parameter-format",
        (Place::Query, Fault::Value) => "invalid-request-parameter-value",
    };
    let FieldProblem { field, message, .. } = field;
    let mut error = json!({
        "type": kind,
        "title": "Validation error",
        "detail": if field.is_empty() { message.clone() } else { format!("{field} {message}") },
    });
    match place {
        Place::Body => error["pointer"] = format!("/{}", field.replace('.', "/")).into(),
        Place::Query if !field.is_empty() => error["parameter"] = field.as_str().into(),
        Place::Query => {}
    }
    error
}

fn error(message: String) -> Value {
    json!({ "error": message })
}

fn errors_by_field(fields: &[FieldProblem]) -> Value {
    let mut errors = Map::new();
    for field in fields {
        if let Some(messages) = errors.entry(field.field.clone()).or_insert_with(|| json!([])).as_array_mut() {
            messages.push(field.message.clone().into());
        }
    }
    json!({ "errors": errors })
}
