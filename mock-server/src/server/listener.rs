//! Accepting connections, each speaking HTTP/1.1 or HTTP/2 as the client likes.

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::TcpStream;
use tokio::runtime::{Handle, Runtime};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

use super::state::State;
use super::{StartError, grpc, http_service};

/// How long to wait after the system refused a connection, such as for want of file descriptors.
const AFTER_REFUSED_ACCEPT: Duration = Duration::from_millis(10);

/// How long answers that are under way may take once the server stops.
const LAST_ANSWERS: Duration = Duration::from_secs(1);

/// A server that runs until its stop signal is dropped; then answers that are under way are still sent.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) address: SocketAddr,
    pub(super) stop: oneshot::Sender<()>,
    pub(super) task: JoinHandle<()>,
}

/// Listens and serves.
pub(super) fn listen(address: SocketAddr, state: Arc<State>, runtime: &Handle) -> Result<Running, StartError> {
    let refused = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).map_err(refused)?;
    listener.set_nonblocking(true).map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    let _context = runtime.enter();
    let listener = tokio::net::TcpListener::from_std(listener).map_err(refused)?;
    let (stop, stopped) = oneshot::channel();
    Ok(Running { address, stop, task: runtime.spawn(run(listener, state, stopped)) })
}

async fn run(listener: tokio::net::TcpListener, state: Arc<State>, stopped: oneshot::Receiver<()>) {
    let (mut connections, graceful) = (JoinSet::new(), GracefulShutdown::new());
    tokio::select! {
        () = accept(&listener, &state, &mut connections, &graceful) => {}
        _ = stopped => {}
    }
    drop(listener);
    // connections that are still open afterwards are closed with the set
    let _ = tokio::time::timeout(LAST_ANSWERS, graceful.shutdown()).await;
}

async fn accept(
    listener: &tokio::net::TcpListener,
    state: &Arc<State>,
    connections: &mut JoinSet<()>,
    graceful: &GracefulShutdown,
) {
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve(stream, Arc::clone(state), graceful.watcher()));
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

async fn serve(stream: TcpStream, state: Arc<State>, watcher: Watcher) {
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
    let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
    if let Err(error) = watcher.watch(connection).await {
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
