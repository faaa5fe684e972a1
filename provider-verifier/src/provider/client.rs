//! Connections to the provider: requests out, whole answers back, within limits of time and size.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client as Pool, Error as PoolError};
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::tls::TlsSettings;
use super::{chain_end, decode};
use crate::VerifyError;

/// A connection that nobody uses is closed soon: servers that answer one connection at a time wait for that.
const IDLE: Duration = Duration::from_millis(250);

/// After how many exchanges in a row without an answer how much less of the time the next one may take: a provider that has
/// stopped answering would otherwise keep a run of thousands of interactions busy for hours.
const LOSING_PATIENCE: [(u32, u32); 2] = [(200, 100), (20, 10)];

/// An answer has this long in any case, unless it may take less anyway.
const SHORTEST: Duration = Duration::from_millis(50);

/// Which HTTP versions are spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum HttpVersions {
    /// HTTP/1.1, and over TLS HTTP/2 where the other side offers it.
    #[default]
    Negotiated,
    /// HTTP/2 only, over cleartext without asking first.
    Http2,
}

/// How the provider is reached.
#[derive(Debug, Clone)]
pub(crate) struct ClientSettings {
    pub(crate) timeout: Duration,
    /// The most bytes that an answer may have.
    pub(crate) limit: usize,
    pub(crate) versions: HttpVersions,
    pub(crate) tls: TlsSettings,
    /// Whether any address begins with `https`; asking the system for its authorities takes a while.
    pub(crate) encrypted: bool,
}

impl Default for ClientSettings {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(5),
            limit: 64 << 20,
            versions: HttpVersions::default(),
            tls: TlsSettings::default(),
            encrypted: false,
        }
    }
}

/// One client for all requests, so that connections are reused. Redirects are answers like any other, no proxy stands
/// between, and paths travel as they are written.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pool: Pool<HttpsConnector<HttpConnector>, Full<Bytes>>,
    timeout: Duration,
    limit: usize,
    /// How many exchanges in a row brought no answer in time.
    silent: Arc<AtomicU32>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Client {
    /// Nothing is sent yet.
    pub(crate) fn new(settings: &ClientSettings) -> Result<Self, VerifyError> {
        let tls = if settings.encrypted { settings.tls.config()? } else { TlsSettings::unused()? };
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        tcp.enforce_http(false);
        tcp.set_connect_timeout(Some(settings.timeout));
        let connector = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http();
        let connector = match settings.versions {
            HttpVersions::Negotiated => connector.enable_all_versions().wrap_connector(tcp),
            HttpVersions::Http2 => connector.enable_http2().wrap_connector(tcp),
        };
        let pool = Pool::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE)
            .pool_timer(TokioTimer::new())
            .timer(TokioTimer::new())
            .http2_only(settings.versions == HttpVersions::Http2)
            .build(connector);
        Ok(Self { pool, timeout: settings.timeout, limit: settings.limit, silent: Arc::default() })
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    ///
    /// Why there was no answer, in words that say what to look at.
    pub(crate) async fn send(&self, request: Request<Bytes>) -> Result<Answer, String> {
        let what = Asked { method: request.method().clone(), uri: request.uri().clone() };
        let request = request.map(Full::new);
        let patience = self.patience();
        match tokio::time::timeout(patience, self.exchange(request, &what)).await {
            Ok(answer) => {
                self.silent.store(0, Ordering::Relaxed);
                answer
            }
            Err(_) => {
                self.silent.fetch_add(1, Ordering::Relaxed);
                let why = if patience < self.timeout { ", after many that brought none" } else { "" };
                Err(format!("{what} brought no answer within {} s{why}", patience.as_secs_f64()))
            }
        }
    }

    /// How long the next answer may take; all of the time again once one has come.
    fn patience(&self) -> Duration {
        patience(self.timeout, self.silent.load(Ordering::Relaxed))
    }

    async fn exchange(&self, request: Request<Full<Bytes>>, what: &Asked) -> Result<Answer, String> {
        let response = self.pool.request(request).await.map_err(|error| failure(what, &error))?;
        let (head, mut incoming) = response.into_parts();
        let mut body = Collected::default();
        while let Some(frame) = incoming.frame().await {
            let frame = frame.map_err(|error| interrupted(what, &error))?;
            if let Ok(data) = frame.into_data() {
                body.push(data);
            }
            if body.len() > self.limit {
                return Err(too_large(what, self.limit));
            }
        }
        let body = decode::decoded(&head.headers, body.into_bytes(), self.limit);
        let body = body.map_err(|reason| format!("{what} {reason}"))?;
        Ok(Answer { status: head.status, headers: head.headers, body })
    }
}

fn patience(timeout: Duration, silent: u32) -> Duration {
    match LOSING_PATIENCE.iter().find(|(many, _)| silent >= *many) {
        Some((_, less)) => (timeout / *less).max(SHORTEST.min(timeout)),
        None => timeout,
    }
}

/// A body as it comes; one that comes in one piece is not copied.
#[derive(Default)]
struct Collected {
    first: Bytes,
    more: BytesMut,
}

impl Collected {
    fn push(&mut self, data: Bytes) {
        if self.len() == 0 {
            self.first = data;
            return;
        }
        if self.more.is_empty() {
            self.more.extend_from_slice(&std::mem::take(&mut self.first));
        }
        self.more.extend_from_slice(&data);
    }

    fn len(&self) -> usize {
        self.first.len() + self.more.len()
    }

    fn into_bytes(self) -> Bytes {
        if self.more.is_empty() { self.first } else { self.more.freeze() }
    }
}

/// A request as messages show it.
struct Asked {
    method: Method,
    uri: Uri,
}

impl std::fmt::Display for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.uri)
    }
}

fn too_large(what: &Asked, limit: usize) -> String {
    format!("{what} brought more than {} MiB, which is where reading ends (--max-response-size)", limit >> 20)
}

fn failure(what: &Asked, error: &PoolError) -> String {
    let reason = chain_end(error);
    if error.is_connect() {
        return match find::<rustls::Error>(error) {
            Some(tls) => format!("{what} could not set up an encrypted connection: {tls}"),
            None => format!("{what} found nobody to answer ({reason}): is the provider running?"),
        };
    }
    match find::<hyper::Error>(error) {
        Some(error) => interrupted(what, error),
        None => format!("{what} broke: {reason}"),
    }
}

fn interrupted(what: &Asked, error: &hyper::Error) -> String {
    if error.is_parse() {
        format!("{what} was answered with something that is not HTTP: {error}")
    } else if error.is_incomplete_message() || is_early_end(error) {
        format!("{what} broke: the provider hung up before its answer was complete")
    } else {
        format!("{what} broke: {}", chain_end(error))
    }
}

fn is_early_end(error: &hyper::Error) -> bool {
    find::<std::io::Error>(error).is_some_and(|error| error.kind() == std::io::ErrorKind::UnexpectedEof)
}

/// The first error of a type among an error and its causes. An `io::Error` leaves what it wraps out of the chain.
fn find<'e, E: std::error::Error + 'static>(error: &'e (dyn std::error::Error + 'static)) -> Option<&'e E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        next = wrapped.map(|error| error as &(dyn std::error::Error + 'static)).or_else(|| error.source());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patience_gets_less_but_never_none() {
        let of = |timeout, silent| patience(Duration::from_millis(timeout), silent).as_millis();
        assert_eq!([0, 19, 20, 199, 200, 10_000].map(|silent| of(5000, silent)), [5000, 5000, 500, 500, 50, 50]);
        assert_eq!([0, 20, 200].map(|silent| of(100, silent)), [100, 50, 50]);
        assert_eq!([0, 20, 200].map(|silent| of(30, silent)), [30, 30, 30]);
    }
}
