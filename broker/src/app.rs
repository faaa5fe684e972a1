//! Start-up: configuration → store → router → listener.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware;
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tower::ServiceExt as _;
use tower_http::catch_panic::CatchPanicLayer;

use crate::api::Links;
use crate::auth::{Guard, guard};
use crate::config::{Config, Database, Rules, WebhookConfig};
use crate::error::BrokerError;
use crate::metrics::Metrics;
use crate::serve::{Patience, serve};
use crate::store::Store;
use crate::webhook::{Courier, Keyring};
use crate::{api, clean, web, webhook};

/// What every request handler works with.
#[derive(Clone, Debug)]
pub struct AppState {
    /// The open database.
    pub store: Store,
    /// How this broker behaves.
    pub settings: Arc<Settings>,
    pub(crate) guard: Arc<Guard>,
    pub(crate) courier: Courier,
    pub(crate) keyring: Arc<Keyring>,
    /// Told when something was put into the outbox.
    pub(crate) outbox: Arc<Notify>,
    pub(crate) metrics: Arc<Metrics>,
}

/// How a broker behaves, as far as handlers need to know.
#[derive(Clone, Debug)]
pub struct Settings {
    /// See [`Config::base_urls`]; checked, without a trailing slash.
    pub base_urls: Vec<String>,
    /// See [`Config::rules`].
    pub rules: Rules,
    /// See [`Config::webhooks`].
    pub webhooks: WebhookConfig,
    /// See [`Config::badge_max_age`].
    pub badge_max_age: u32,
    /// See [`Config::body_limit`].
    pub body_limit: usize,
    /// See [`Config::request_timeout`].
    pub request_timeout: std::time::Duration,
    /// See [`Config::figures_timeout`].
    pub figures_timeout: std::time::Duration,
    /// See [`Config::surfaces`].
    pub surfaces: crate::config::Surfaces,
    /// See [`Config::shields`].
    pub shields: Option<String>,
}

impl AppState {
    /// Opens the database a configuration names.
    ///
    /// # Errors
    ///
    /// The database cannot be opened, or a setting makes no sense.
    pub async fn open(config: &Config) -> Result<Self, BrokerError> {
        let base_urls = config.checked_base_urls()?;
        let database = Database::parse(&config.database_url)?;
        database.check()?;
        let courier = Courier::new(&config.webhooks).map_err(BrokerError::Webhooks)?;
        let guard = Guard::new(&config.auth)?;
        let store = Store::open(&database, &config.database, config.rules.seed_environments)
            .await
            .map_err(|source| BrokerError::Database { database: database.to_string(), source })?;
        let keyring =
            Keyring::open(config.webhooks.secrets_key.as_deref(), &database).map_err(BrokerError::Webhooks)?;
        let settings = Settings {
            base_urls,
            rules: config.rules.clone(),
            webhooks: config.webhooks.clone(),
            badge_max_age: config.badge_max_age,
            body_limit: config.body_limit,
            request_timeout: config.request_timeout,
            figures_timeout: config.figures_timeout,
            surfaces: config.surfaces,
            shields: config.shields.clone(),
        };
        Ok(Self {
            store,
            settings: Arc::new(settings),
            guard: Arc::new(guard),
            courier,
            keyring: Arc::new(keyring),
            outbox: Arc::new(Notify::new()),
            metrics: Arc::new(Metrics::default()),
        })
    }
}

/// Everything this broker answers: pages for browsers, the API for everyone else.
pub fn router(state: AppState) -> Router {
    let surfaces = Surfaces {
        api: api::routes().with_state(state.clone()),
        web: web::routes(state.clone()),
        state: state.clone(),
    };
    Router::new()
        .fallback(choose_surface)
        .with_state(surfaces)
        .layer(middleware::from_fn_with_state(state.clone(), guard))
        .layer(middleware::from_fn_with_state(state.clone(), web::dress_refusals))
        .layer(middleware::from_fn(api::conventions))
        .layer(CatchPanicLayer::custom(api::after_panic))
        .layer(DefaultBodyLimit::max(state.settings.body_limit))
        .layer(middleware::from_fn_with_state(state, api::observe))
}

#[derive(Clone)]
struct Surfaces {
    api: Router,
    web: Router,
    state: AppState,
}

/// Offers a browser's GET to the pages first, and to the API when there is no such page.
async fn choose_surface(State(surfaces): State<Surfaces>, request: Request) -> Response {
    let request = api::without_ending(request);
    let settings = &surfaces.state.settings;
    if settings.surfaces.api_browser && api::wants_api_browser(&request) {
        return api::to_api_browser(&Links::new(&settings.base_urls, request.headers(), request.uri()));
    }
    if web::is_form(&request) {
        return call(surfaces.web, request).await;
    }
    if !web::wants_page(&request) {
        return api::repeating(&surfaces.state, surfaces.api, request).await;
    }
    let page = call(surfaces.web, without_body(&request)).await;
    if !web::is_unknown(&page) {
        return page;
    }
    let asked = without_body(&request);
    web::dress(&surfaces.state, asked, call(surfaces.api, request).await).await
}

/// Has a router answer.
pub(crate) async fn call(router: Router, request: Request) -> Response {
    match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// The same request with nothing in its body.
pub(crate) fn without_body(request: &Request) -> Request {
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
        config.check_exposure()?;
        let state = AppState::open(&config).await?;
        let address = format!("{}:{}", config.host, config.port);
        let listener = listen(&address, (config.host.as_str(), config.port)).await?;
        let local = listener.local_addr().map_err(|source| BrokerError::Listen { address, source })?;
        let (stop, stopped) = watch::channel(false);
        let patience = Patience { head: config.idle_timeout, end: config.request_timeout };
        let serving = tokio::spawn(serve(listener, router(state.clone()), patience, stopped.clone()));
        let mut work = vec![tokio::spawn(webhook::work(state.clone(), stopped.clone()))];
        if config.clean.enabled {
            work.push(tokio::spawn(clean::by_schedule(state.store.clone(), config.clean.clone(), stopped)));
        }
        let url = state.settings.base_urls.first().cloned().unwrap_or_else(|| local_url(local));
        tracing::info!(%url, "broker started");
        Ok(RunningBroker { address: local, url, stop, serving, work, store: state.store })
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
    work: Vec<JoinHandle<()>>,
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
        let Self { address, mut serving, store, stop, work, .. } = self;
        let ended = tokio::select! {
            ended = &mut serving => ended,
            () = told => {
                // the receiver is gone only when the server has ended already, which waiting for it reports
                let _ = stop.send(true);
                serving.await
            }
        };
        let _ = stop.send(true);
        for work in work {
            if let Err(failure) = work.await {
                tracing::warn!(%failure, "background work ended early");
            }
        }
        store.close().await;
        let ended = ended.unwrap_or_else(|failure| Err(std::io::Error::other(failure)));
        ended.map_err(|source| BrokerError::Serve { address, source })
    }
}
