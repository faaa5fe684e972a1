//! Accepting connections, each speaking HTTP/1.1 or HTTP/2 as the client likes.

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::net::TcpStream;
use tokio::runtime::{Handle, Runtime};
use tokio::task::{JoinHandle, JoinSet};

use super::state::State;
use super::{StartError, grpc, http_service};

/// How long to wait after the system refused a connection, such as for want of file descriptors.
const AFTER_REFUSED_ACCEPT: Duration = Duration::from_millis(10);

/// Listens and serves until the returned task is aborted, which closes all connections too.
pub(super) fn listen(
    address: SocketAddr,
    state: Arc<State>,
    runtime: &Handle,
) -> Result<(SocketAddr, JoinHandle<()>), StartError> {
    let refused = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).map_err(refused)?;
    listener.set_nonblocking(true).map_err(refused)?;
    let bound = listener.local_addr().map_err(refused)?;
    let _context = runtime.enter();
    let listener = tokio::net::TcpListener::from_std(listener).map_err(refused)?;
    Ok((bound, runtime.spawn(accept(listener, state))))
}

async fn accept(listener: tokio::net::TcpListener, state: Arc<State>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve(stream, Arc::clone(&state)));
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(AFTER_REFUSED_ACCEPT).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: TcpStream, state: Arc<State>) {
    // answers are small: waiting for more of them to fill a packet only costs time
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let state = Arc::clone(&state);
        async move {
            Ok::<_, Infallible>(match grpc::is_call(&request) {
                true => grpc::answer(&state, request).await,
                false => http_service::answer(&state, request).await,
            })
        }
    });
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new());
    builder.http2().timer(TokioTimer::new());
    if let Err(error) = builder.serve_connection(TokioIo::new(stream), service).await {
        tracing::debug!(error, "a connection ended early");
    }
}

/// A runtime of the mock servers' own, so that a test that blocks its thread still gets its answers.
pub(super) fn background() -> Result<Handle, StartError> {
    static RUNTIME: OnceLock<Result<Runtime, String>> = OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("mock-server")
            .enable_all()
            .build()
            .map_err(|error| error.to_string())
    });
    match runtime {
        Ok(runtime) => Ok(runtime.handle().clone()),
        Err(error) => Err(StartError::Runtime(std::io::Error::other(error.clone()))),
    }
}
