//! Why something that was asked of the control API was not done.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};
use serde_json::{Value as Json, json};

use crate::recording::RecordError;
use crate::server::{AnswerBody, StartError, TlsError};

/// Why a master server does not start.
#[derive(Debug, thiserror::Error)]
pub enum MasterError {
    /// Its address cannot be listened on.
    #[error(transparent)]
    Start(#[from] StartError),
    /// There is no randomness for its key.
    #[error("there is no randomness for its key: {0}")]
    Key(getrandom::Error),
}

/// Why a request to the control API was not done: a status and a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    pub(super) sentence: String,
}

impl Problem {
    pub(super) fn new(status: StatusCode, sentence: impl Into<String>) -> Self {
        Self { status, sentence: sentence.into() }
    }

    /// A pact, or a wish about its server, that cannot be used.
    pub(super) fn unusable(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, sentence)
    }

    pub(super) fn unknown_server(name: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            format!("there is no mock server with the id or port '{name}': GET / lists all"),
        )
    }

    pub(super) fn response(&self) -> Response<AnswerBody> {
        json_response(self.status, &json!({ "error": self.sentence }))
    }
}

impl From<StartError> for Problem {
    fn from(error: StartError) -> Self {
        let status = match error {
            StartError::Unplayable(_) | StartError::NotAPact(_) => StatusCode::UNPROCESSABLE_ENTITY,
            StartError::Listen { .. } => StatusCode::CONFLICT,
            StartError::Runtime(_) | StartError::Tls(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self::new(status, error.to_string())
    }
}

impl From<TlsError> for Problem {
    fn from(error: TlsError) -> Self {
        Self::from(StartError::Tls(error))
    }
}

impl From<RecordError> for Problem {
    fn from(error: RecordError) -> Self {
        let status = match error {
            RecordError::Conflict { .. } => StatusCode::CONFLICT,
            RecordError::File { .. } | RecordError::NotAPact { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self::new(status, format!("the pact file was not written: {error}"))
    }
}

pub(super) fn json_response(status: StatusCode, json: &Json) -> Response<AnswerBody> {
    with_type(status, "application/json", json.to_string())
}

pub(super) fn with_type(
    status: StatusCode,
    content_type: &'static str,
    body: impl Into<Bytes>,
) -> Response<AnswerBody> {
    let mut response = Response::new(AnswerBody::new(body.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

pub(super) fn empty(status: StatusCode) -> Response<AnswerBody> {
    let mut response = Response::new(AnswerBody::default());
    *response.status_mut() = status;
    response
}
