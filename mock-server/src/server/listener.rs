//! Accepting connections, each speaking HTTP/1.1 or HTTP/2 as the client likes, with or without TLS.

use std::convert::Infallible;
use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::rt::{Read, Write};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::TcpStream;
use tokio::runtime::{Handle, Runtime};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use super::answer_body::AnswerBody;
use super::{Config, StartError};

/// How long to wait after the system refused a connection, such as for want of file descriptors.
const AFTER_REFUSED_ACCEPT: Duration = Duration::from_millis(10);

/// How long answers that are under way may take once the server stops.
const LAST_ANSWERS: Duration = Duration::from_secs(1);

/// The largest head of a request, in bytes; larger ones get status 431.
const MAX_HEAD: u32 = 64 * 1024;

/// Who answers what comes in on a listener.
pub(crate) trait Answers: Send + Sync + 'static {
    /// The answer to one request.
    fn answer(&self, request: Request<Incoming>) -> impl Future<Output = Response<AnswerBody>> + Send;
}

/// A server that runs until its stop signal is dropped; then answers that are under way are still sent.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Running {
    /// Stops listening, sends the answers that are under way, and closes all connections. The port is free when this
    /// returns.
    pub(crate) async fn stop(self) {
        drop(self.stop);
        // the task has nothing to return, and would have told of a panic of its own
        let _ = self.task.await;
    }
}

/// What the connections of a server have in common.
struct Server<A> {
    answers: Arc<A>,
    tls: Option<TlsAcceptor>,
    patience: Duration,
}

/// Listens and serves.
pub(crate) fn listen<A: Answers>(answers: Arc<A>, config: &Config, runtime: &Handle) -> Result<Running, StartError> {
    let address = config.address;
    let refused = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).map_err(refused)?;
    listener.set_nonblocking(true).map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    let _context = runtime.enter();
    let listener = tokio::net::TcpListener::from_std(listener).map_err(refused)?;
    let (stop, stopped) = oneshot::channel();
    let tls = config.tls.as_ref().map(|tls| TlsAcceptor::from(tls.config()));
    let server = Arc::new(Server { answers, tls, patience: config.patience });
    Ok(Running { address, stop, task: runtime.spawn(run(listener, server, stopped)) })
}

async fn run<A: Answers>(listener: tokio::net::TcpListener, server: Arc<Server<A>>, stopped: oneshot::Receiver<()>) {
    let (mut connections, graceful) = (JoinSet::new(), GracefulShutdown::new());
    tokio::select! {
        () = accept(&listener, &server, &mut connections, &graceful) => {}
        _ = stopped => {}
    }
    drop(listener);
    // connections that are still open afterwards are closed with the set
    let _ = tokio::time::timeout(LAST_ANSWERS, graceful.shutdown()).await;
}

async fn accept<A: Answers>(
    listener: &tokio::net::TcpListener,
    server: &Arc<Server<A>>,
    connections: &mut JoinSet<()>,
    graceful: &GracefulShutdown,
) {
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(Arc::clone(server).serve(stream, graceful.watcher()));
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

impl<A: Answers> Server<A> {
    async fn serve(self: Arc<Self>, stream: TcpStream, watcher: Watcher) {
        // answers are small: waiting for more of them to fill a packet only costs time
        let _ = stream.set_nodelay(true);
        let Some(acceptor) = &self.tls else {
            return self.speak(TokioIo::new(stream), watcher).await;
        };
        match tokio::time::timeout(self.patience, acceptor.accept(stream)).await {
            Ok(Ok(stream)) => self.speak(TokioIo::new(stream), watcher).await,
            Ok(Err(error)) => tracing::debug!(%error, "a client and this server could not agree on TLS"),
            Err(_) => tracing::debug!("a client began to speak TLS and went silent"),
        }
    }

    async fn speak(&self, stream: impl Read + Write + Unpin + Send + 'static, watcher: Watcher) {
        let answers = &self.answers;
        let service = service_fn(|request| {
            let answers = Arc::clone(answers);
            async move { Ok::<_, Infallible>(answers.answer(request).await) }
        });
        let mut builder = auto::Builder::new(TokioExecutor::new());
        builder.http1().timer(TokioTimer::new()).header_read_timeout(self.patience).max_buf_size(MAX_HEAD as usize);
        builder.http2().timer(TokioTimer::new()).max_header_list_size(MAX_HEAD);
        let connection = builder.serve_connection(stream, service).into_owned();
        if let Err(error) = watcher.watch(connection).await {
            tracing::debug!(error, "a connection ended early");
        }
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
