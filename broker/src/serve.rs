//! Connections: how they are taken, how long they may say nothing, and how they end.

use std::io;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::ServiceExt as _;

/// How long a listener rests when the system has no connection left to give.
const REST: Duration = Duration::from_millis(200);

/// How long connections may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// Without a whole request head: at the beginning, and between two requests.
    pub(crate) head: Duration,
    /// For requests under way when the broker is told to end.
    pub(crate) end: Duration,
}

/// Serves until told to stop; then answers what is under way, and takes nothing new.
pub(crate) async fn serve(
    listener: TcpListener,
    app: Router,
    patience: Patience,
    mut stopped: watch::Receiver<bool>,
) -> io::Result<()> {
    let open = GracefulShutdown::new();
    loop {
        tokio::select! {
            taken = listener.accept() => match taken {
                Ok((stream, _)) => {
                    tokio::spawn(converse(stream, app.clone(), patience.head, stopped.clone(), open.watcher()));
                }
                Err(error) if is_of_one_client(&error) => tracing::debug!(%error, "a connection was lost at once"),
                Err(error) => {
                    tracing::error!(%error, "no connection can be taken");
                    tokio::time::sleep(REST).await;
                }
            },
            () = told(&mut stopped) => break,
        }
    }
    drop(listener);
    let left = open.count();
    if tokio::time::timeout(patience.end, open.shutdown()).await.is_err() {
        tracing::warn!(left, "connections were cut: they took too long to end");
    }
    Ok(())
}

async fn told(stopped: &mut watch::Receiver<bool>) {
    // an error means the handle was dropped, which does not stop the broker
    if stopped.wait_for(|stop| *stop).await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn is_of_one_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

enum Version {
    One,
    Two,
}

/// What clients of HTTP/2 begin with.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// How soon to look again for the rest of it, which nearly always comes at once.
const SOON: Duration = Duration::from_millis(10);

/// Which HTTP a client begins with. Nothing is taken off the connection, and a beginning that does not go on is waited for
/// here, where that takes a bounded time.
async fn version(stream: &TcpStream) -> io::Result<Version> {
    let mut beginning = [0; PREFACE.len()];
    loop {
        let length = stream.peek(&mut beginning).await?;
        if length == 0 || !PREFACE.starts_with(&beginning[..length]) {
            return Ok(Version::One);
        }
        if length == PREFACE.len() {
            return Ok(Version::Two);
        }
        tokio::time::sleep(SOON).await;
    }
}

/// Answers the requests of one connection, by HTTP/1.1 or, for clients that begin with it, HTTP/2.
async fn converse(
    stream: TcpStream,
    app: Router,
    head: Duration,
    mut stopped: watch::Receiver<bool>,
    watcher: Watcher,
) {
    // answers are small and must not wait for more to send
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection could not be set up for short answers");
    }
    let begun = tokio::select! {
        begun = tokio::time::timeout(head, version(&stream)) => begun,
        () = told(&mut stopped) => return,
    };
    let Ok(Ok(version)) = begun else {
        return;
    };
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(head);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(head);
    let builder = match version {
        Version::Two => builder.http2_only(),
        Version::One => builder.http1_only(),
    };
    let service = service_fn(move |request: Request<Incoming>| app.clone().oneshot(request.map(Body::new)));
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection.into_owned()).await {
        tracing::debug!(error, "a connection ended early");
    }
}
