//! Start-up: configuration → store → router → listener.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware;
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tower::ServiceExt as _;
use tower_http::catch_panic::CatchPanicLayer;

use crate::config::{Config, Database};
use crate::error::BrokerError;
use crate::store::Store;
use crate::{api, web};

/// The largest request body taken; contracts beyond it are refused.
const BODY_LIMIT: usize = 64 * 1024 * 1024;

/// What every request handler works with.
#[derive(Clone, Debug)]
pub struct AppState {
    /// The open database.
    pub store: Store,
    /// How this broker behaves.
    pub settings: Arc<Settings>,
}

/// How a broker behaves, as far as handlers need to know.
#[derive(Clone, Debug)]
pub struct Settings {
    /// See [`Config::base_urls`]; checked, without a trailing slash.
    pub base_urls: Vec<String>,
    /// See [`Config::check_for_duplicate_names`].
    pub check_for_duplicate_names: bool,
    /// See [`Config::allow_contract_modification`].
    pub allow_contract_modification: bool,
}

impl AppState {
    /// Opens the database a configuration names.
    ///
    /// # Errors
    ///
    /// The database cannot be opened, or a base URL is not usable.
    pub async fn open(config: &Config) -> Result<Self, BrokerError> {
        let base_urls = config.checked_base_urls()?;
        let database = Database::parse(&config.database_url)?;
        database.check()?;
        let store = Store::open(&database)
            .await
            .map_err(|source| BrokerError::Database { database: database.to_string(), source })?;
        let settings = Settings {
            base_urls,
            check_for_duplicate_names: config.check_for_duplicate_names,
            allow_contract_modification: config.allow_contract_modification,
        };
        Ok(Self { store, settings: Arc::new(settings) })
    }
}

/// Everything this broker answers: pages for browsers, the API for everyone else.
pub fn router(state: AppState) -> Router {
    let surfaces = Surfaces { api: api::routes().with_state(state.clone()), web: web::routes(state.clone()), state };
    Router::new()
        .fallback(choose_surface)
        .with_state(surfaces)
        .layer(middleware::from_fn(api::conventions))
        .layer(CatchPanicLayer::custom(api::after_panic))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

#[derive(Clone)]
struct Surfaces {
    api: Router,
    web: Router,
    state: AppState,
}

/// Offers a browser's GET to the pages first, and to the API when there is no such page.
async fn choose_surface(State(surfaces): State<Surfaces>, request: Request) -> Response {
    if !web::wants_page(&request) {
        return call(surfaces.api, request).await;
    }
    let page = call(surfaces.web, without_body(&request)).await;
    if !web::is_unknown(&page) {
        return page;
    }
    let asked = without_body(&request);
    web::dress(&surfaces.state, asked, call(surfaces.api, request).await).await
}

async fn call(router: Router, request: Request) -> Response {
    match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

fn without_body(request: &Request) -> Request {
    let mut copy = Request::new(Body::empty());
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    *copy.extensions_mut() = request.extensions().clone();
    copy
}

/// A contract broker; [`Broker::start`] runs one.
#[derive(Debug)]
pub struct Broker;

impl Broker {
    /// Opens the database, listens, and serves in the background until [`RunningBroker::stop`].
    ///
    /// # Errors
    ///
    /// The port is taken, the database cannot be used, or a setting makes no sense; see [`BrokerError`].
    pub async fn start(config: Config) -> Result<RunningBroker, BrokerError> {
        let state = AppState::open(&config).await?;
        let address = format!("{}:{}", config.host, config.port);
        let listener = listen(&address, (config.host.as_str(), config.port)).await?;
        let local = listener.local_addr().map_err(|source| BrokerError::Listen { address, source })?;
        let (stop, mut stopped) = watch::channel(false);
        let app = router(state.clone());
        let serving = tokio::spawn(async move {
            axum::serve(listener, app)
                .with_graceful_shutdown(async move {
                    // an error means the handle was dropped, which does not stop the broker
                    if stopped.wait_for(|stop| *stop).await.is_err() {
                        std::future::pending::<()>().await;
                    }
                })
                .await
        });
        let url = state.settings.base_urls.first().cloned().unwrap_or_else(|| local_url(local));
        tracing::info!(%url, "broker started");
        Ok(RunningBroker { address: local, url, stop, serving, store: state.store })
    }
}

async fn listen(address: &str, at: (&str, u16)) -> Result<TcpListener, BrokerError> {
    TcpListener::bind(at).await.map_err(|source| match source.kind() {
        std::io::ErrorKind::AddrInUse => BrokerError::PortInUse { address: address.to_owned() },
        _ => BrokerError::Listen { address: address.to_owned(), source },
    })
}

/// An address this machine's own clients can use, also when the broker listens on every interface.
fn local_url(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        format!("http://localhost:{}", address.port())
    } else {
        format!("http://{address}")
    }
}

/// A broker that serves requests in the background. Dropping the handle leaves it running until the runtime ends.
#[derive(Debug)]
pub struct RunningBroker {
    address: SocketAddr,
    url: String,
    stop: watch::Sender<bool>,
    serving: JoinHandle<std::io::Result<()>>,
    store: Store,
}

impl RunningBroker {
    /// Where clients reach it: the first base URL of its configuration, else the address it listens on. No trailing slash.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address it listens on, with the actual port.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends gracefully: no new requests, running ones are answered, the database is closed.
    ///
    /// # Errors
    ///
    /// The server had ended on its own.
    pub async fn stop(self) -> Result<(), BrokerError> {
        self.serve_until(std::future::ready(())).await
    }

    /// Serves until `told` is ready, then ends gracefully like [`RunningBroker::stop`].
    ///
    /// # Errors
    ///
    /// The server ended on its own.
    pub async fn serve_until(self, told: impl Future<Output = ()>) -> Result<(), BrokerError> {
        let Self { address, mut serving, store, stop, .. } = self;
        let ended = tokio::select! {
            ended = &mut serving => ended,
            () = told => {
                // the receiver is gone only when the server has ended already, which waiting for it reports
                let _ = stop.send(true);
                serving.await
            }
        };
        store.close().await;
        let ended = ended.unwrap_or_else(|failure| Err(std::io::Error::other(failure)));
        ended.map_err(|source| BrokerError::Serve { address, source })
    }
}
