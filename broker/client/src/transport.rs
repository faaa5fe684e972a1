//! Sending one request: repeating what may pass, and judging the answer.

use std::error::Error as StdError;
use std::io;
use std::time::Instant;

use http::header::{ACCEPT, CONTENT_TYPE, DATE, RETRY_AFTER};
use http::{Method, StatusCode};
use serde_json::Value;
use url::Url;

use crate::circuit::Admission;
use crate::notice::messages_in;
use crate::retry::Obstacle;
use crate::{BrokerClient, Error, Resource};

/// Whether a request may be sent again when it is not known what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// Twice does the same as once.
    Safe,
    /// Only when the broker certainly has not seen it.
    OnlyUnseen,
}

/// One request, not sent yet.
pub(crate) struct Call {
    method: Method,
    url: Url,
    body: Option<(&'static str, Value)>,
    repeat: Repeat,
}

impl Call {
    pub(crate) fn new(method: Method, url: Url) -> Self {
        Self { method, url, body: None, repeat: Repeat::Safe }
    }

    pub(crate) fn json(mut self, body: Value) -> Self {
        self.body = Some(("application/json", body));
        self
    }

    pub(crate) fn merge_patch(mut self, body: Value) -> Self {
        self.body = Some(("application/merge-patch+json", body));
        self
    }

    pub(crate) fn repeat(mut self, repeat: Repeat) -> Self {
        self.repeat = repeat;
        self
    }
}

/// A complete answer, whatever its status.
pub(crate) struct Answer {
    pub(crate) url: Url,
    pub(crate) status: StatusCode,
    pub(crate) content_type: String,
    pub(crate) bytes: Vec<u8>,
    retry_after: Option<String>,
    /// When the broker says it answered, by its own clock.
    date: Option<String>,
    attempts: u32,
}

impl BrokerClient {
    /// Sends a request and reads the answer as a document.
    pub(crate) async fn send(&self, call: Call) -> Result<Resource, Error> {
        self.send_raw(call).await?.into_resource()
    }

    /// Sends a request until it succeeds or fails for good; the answer is a successful one.
    pub(crate) async fn send_raw(&self, call: Call) -> Result<Answer, Error> {
        let started = Instant::now();
        let circuit = &self.inner.circuit;
        let admission = circuit.admit(started);
        if let Admission::Refused(reason) = admission {
            return Err(Error::GivenUp { url: place(&call.url), reason });
        }
        let mut repeats = 0;
        loop {
            let attempt = self.attempt(&call).await;
            let Some(obstacle) = obstacle(&attempt, call.repeat) else {
                if attempt.as_ref().is_ok_and(|answer| !answer.status.is_server_error()) {
                    circuit.close();
                }
                return self.judge(attempt, &call, repeats + 1);
            };
            let delay = match admission {
                Admission::Usual => self.inner.retry.next_delay(obstacle, repeats, started.elapsed(), fastrand::f64()),
                _ => None,
            };
            let Some(delay) = delay else {
                let reachable = attempt.is_ok();
                let judged = self.judge(attempt, &call, repeats + 1);
                if let (Err(error), true) = (&judged, repeats > 0 || admission == Admission::Once) {
                    circuit.open(Instant::now(), reachable, error.to_string());
                }
                return judged;
            };
            let reason =
                attempt.map_or_else(|error| root_cause(&error), |answer| format!("answered {}", answer.status));
            tracing::warn!(url = %call.url, "{reason}; trying again in {:.1} s", delay.as_secs_f64());
            tokio::time::sleep(delay).await;
            repeats += 1;
        }
    }

    async fn attempt(&self, call: &Call) -> Result<Answer, reqwest::Error> {
        tracing::debug!(method = %call.method, url = %call.url, "asking the broker");
        let mut request = self
            .inner
            .http
            .request(call.method.clone(), call.url.clone())
            .header(ACCEPT, "application/hal+json, application/json");
        if let Some((content_type, body)) = &call.body {
            request = request.header(CONTENT_TYPE, *content_type).body(body.to_string());
        }
        let response = request.send().await?;
        let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Ok(Answer {
            url: response.url().clone(),
            status: response.status(),
            content_type: text(CONTENT_TYPE).unwrap_or_default(),
            retry_after: text(RETRY_AFTER),
            date: text(DATE),
            bytes: response.bytes().await?.to_vec(),
            attempts: 1,
        })
    }

    fn judge(&self, attempt: Result<Answer, reqwest::Error>, call: &Call, attempts: u32) -> Result<Answer, Error> {
        match attempt {
            Ok(answer) if answer.status.is_success() => Ok(answer),
            Ok(answer) => Err(Answer { attempts, ..answer }.into_error(self)),
            Err(error) => Err(self.connection_error(&error, &call.url)),
        }
    }

    fn connection_error(&self, error: &reqwest::Error, asked: &Url) -> Error {
        let url = place(asked);
        let reason = root_cause(error);
        if tls_error(error).is_some() {
            Error::Tls { url, reason }
        } else if error.is_timeout() && !error.is_connect() {
            Error::Timeout { url, after: self.inner.timeout }
        } else if error.is_connect() {
            let base = &self.inner.base;
            let linked_from = (asked.origin() != base.origin()).then(|| base.to_string());
            Error::Unreachable { url, reason, linked_from }
        } else {
            Error::Interrupted { url, reason }
        }
    }
}

impl Answer {
    /// The document in a successful answer; `null` when it has no content.
    fn into_resource(self) -> Result<Resource, Error> {
        let body = if self.bytes.is_empty() { Value::Null } else { self.parse()? };
        Ok(Resource::new(self.url, body))
    }

    /// The content as JSON. Some servers serve pacts as plain text, so only the content decides.
    pub(crate) fn parse(&self) -> Result<Value, Error> {
        serde_json::from_slice(&self.bytes).map_err(|error| {
            let reason = if self.is_json() {
                format!("it sent a document that is not valid JSON ({error})")
            } else {
                format!("it sent {}", self.kind_in_words())
            };
            Error::NotABroker { url: place(&self.url), reason }
        })
    }

    fn is_json(&self) -> bool {
        self.content_type.contains("json")
    }

    fn kind_in_words(&self) -> String {
        match self.content_type.split(';').next().unwrap_or_default().trim() {
            "text/html" => "a web page (text/html)".to_owned(),
            "" => "content of no declared type".to_owned(),
            other => format!("{other} instead of a JSON document"),
        }
    }

    fn into_error(self, client: &BrokerClient) -> Error {
        let messages = self.messages();
        let url = place(&self.url);
        match self.status.as_u16() {
            status @ (401 | 403) => Error::Unauthorized { url, status, credentials: client.inner.credentials },
            404 => Error::NotFound { url, what: "what was asked for".to_owned(), messages },
            409 => Error::Conflict { url, messages },
            status @ (408 | 429 | 500..) => Error::Failing { url, status, attempts: self.attempts, messages },
            status => Error::Refused { url, status, messages },
        }
    }

    /// What an unsuccessful answer says: the messages of its document, or a short plain text as it is.
    fn messages(&self) -> Vec<String> {
        if self.is_json() {
            return serde_json::from_slice(&self.bytes).map(|document| messages_in(&document)).unwrap_or_default();
        }
        let text = String::from_utf8_lossy(&self.bytes);
        let text = text.trim();
        let readable = self.content_type.starts_with("text/plain") && !text.is_empty();
        if readable { vec![text.chars().take(2000).collect()] } else { Vec::new() }
    }
}

/// An address as errors show it: what was asked of it does not help to find it.
fn place(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.into()
}

/// What stands in the way of success, when trying again may help and is allowed.
fn obstacle(attempt: &Result<Answer, reqwest::Error>, repeat: Repeat) -> Option<Obstacle> {
    let found = match attempt {
        Ok(answer) => {
            let (retry_after, date) = (answer.retry_after.as_deref(), answer.date.as_deref());
            Obstacle::of_answer(answer.status.as_u16(), retry_after, date, jiff::Timestamp::now())?
        }
        Err(error) if tls_error(error).is_some() || error.is_builder() || error.is_redirect() => {
            return None;
        }
        Err(error) if error.is_connect() => Obstacle::NotConnected,
        Err(_) => Obstacle::Interrupted,
    };
    (repeat == Repeat::Safe || found == Obstacle::NotConnected).then_some(found)
}

/// The errors behind an error, itself first.
fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |cause: &&'a (dyn StdError + 'static)| (*cause).source())
}

/// The TLS error behind a failed connection, if TLS is what failed.
fn tls_error<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a rustls::Error> {
    causes(error).find_map(|cause| innermost_wrapped(cause).downcast_ref())
}

/// What an `io::Error` wraps, however often: it leaves that out of its own chain of sources.
fn innermost_wrapped<'a>(error: &'a (dyn StdError + 'static)) -> &'a (dyn StdError + 'static) {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => innermost_wrapped(inner),
        None => error,
    }
}

/// The innermost reason of an error, in plain words where the system's own are not.
pub(crate) fn root_cause(error: &(dyn StdError + 'static)) -> String {
    if let Some(tls) = tls_error(error) {
        return tls_reason(tls);
    }
    if causes(error).any(|cause| cause.to_string() == "dns error") {
        return "the host name cannot be resolved".to_owned();
    }
    let innermost = causes(error).last().unwrap_or(error);
    match innermost.downcast_ref::<io::Error>().map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => "connection refused".to_owned(),
        Some(io::ErrorKind::ConnectionReset) => "the other side reset the connection".to_owned(),
        Some(io::ErrorKind::TimedOut) => "it timed out".to_owned(),
        _ => innermost.to_string(),
    }
}

fn tls_reason(error: &rustls::Error) -> String {
    use rustls::CertificateError::{Expired, ExpiredContext, NotValidForName, NotValidForNameContext, UnknownIssuer};
    let rustls::Error::InvalidCertificate(reason) = error else {
        return error.to_string();
    };
    match reason {
        UnknownIssuer => "no trusted authority has signed its certificate".to_owned(),
        Expired | ExpiredContext { .. } => "its certificate has expired".to_owned(),
        NotValidForName | NotValidForNameContext { .. } => "its certificate is for another host name".to_owned(),
        _ => error.to_string(),
    }
}
