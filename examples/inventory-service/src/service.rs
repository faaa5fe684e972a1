use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tonic::transport::server::TcpIncoming;

use crate::breaking::{self, BreakingGrpc};
use crate::grpc::Grpc;
use crate::proto::inventory_service_server::InventoryServiceServer;
use crate::stock::{Item, Stock};
use crate::{rest, states};

/// How long a stopping service lets requests under way come to their end.
const FAREWELL: Duration = Duration::from_secs(5);

/// Which version of its API the service speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Behaviour {
    /// As its consumers know it.
    #[default]
    Current,
    /// With a change that breaks them: `quantity_left` is a text, and the warehouse is not where it was.
    Breaking,
}

/// How to start the service.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where REST listens; default `127.0.0.1:0`, a free port.
    pub http_addr: SocketAddr,
    /// Where gRPC listens; default `127.0.0.1:0`, a free port.
    pub grpc_addr: SocketAddr,
    /// Which version of the API it speaks; default [`Behaviour::Current`].
    pub behaviour: Behaviour,
    /// Whether `POST /_states` lets a verifier change the stock; default no. Never in production.
    pub provider_states: bool,
}

impl Default for Options {
    fn default() -> Self {
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self { http_addr: any_port, grpc_addr: any_port, behaviour: Behaviour::default(), provider_states: false }
    }
}

/// A service that answers until it is stopped or dropped.
pub struct Running {
    http_addr: SocketAddr,
    grpc_addr: SocketAddr,
    stock: Stock,
    stopping: watch::Sender<bool>,
    servers: Vec<JoinHandle<()>>,
}

/// Starts the service with an empty stock. It answers as soon as this returns.
///
/// # Errors
///
/// When one of the addresses cannot be listened on.
pub async fn spawn(options: Options) -> io::Result<Running> {
    let http = TcpListener::bind(options.http_addr).await?;
    let grpc = TcpListener::bind(options.grpc_addr).await?;
    let (http_addr, grpc_addr) = (http.local_addr()?, grpc.local_addr()?);
    let stock = Stock::new();
    let (stopping, stopped) = watch::channel(false);

    let mut routes = match options.behaviour {
        Behaviour::Current => rest::router(stock.clone()),
        Behaviour::Breaking => breaking::router(stock.clone()),
    };
    if options.provider_states {
        routes = routes.merge(states::router(stock.clone()));
    }
    let servers = vec![
        tokio::spawn(serve_http(http, routes, stopped.clone())),
        tokio::spawn(serve_grpc(grpc, stock.clone(), options.behaviour, stopped)),
    ];
    Ok(Running { http_addr, grpc_addr, stock, stopping, servers })
}

async fn serve_http(listener: TcpListener, routes: Router, stopped: watch::Receiver<bool>) {
    // axum's serve only ends by the shutdown signal
    let _ = axum::serve(listener, routes).with_graceful_shutdown(signal(stopped)).await;
}

async fn serve_grpc(listener: TcpListener, stock: Stock, behaviour: Behaviour, stopped: watch::Receiver<bool>) {
    let current = Grpc::new(stock.clone(), stopped.clone());
    let mut server = tonic::transport::Server::builder();
    let routes =
        match behaviour {
            Behaviour::Current => server.add_service(InventoryServiceServer::new(current)),
            Behaviour::Breaking => server.add_service(
                breaking::proto::inventory_service_server::InventoryServiceServer::new(BreakingGrpc { current, stock }),
            ),
        };
    // a connection that fails is that caller's loss; the server goes on until the shutdown signal
    let _ = routes.serve_with_incoming_shutdown(TcpIncoming::from(listener), signal(stopped)).await;
}

async fn signal(mut stopped: watch::Receiver<bool>) {
    // an error means that the service was dropped: reason enough to stop
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

impl Running {
    /// Where REST answers, such as `http://127.0.0.1:8080`.
    #[must_use]
    pub fn http_url(&self) -> String {
        format!("http://{}", self.http_addr)
    }

    /// Where gRPC answers, such as `http://127.0.0.1:50051`.
    #[must_use]
    pub fn grpc_url(&self) -> String {
        format!("http://{}", self.grpc_addr)
    }

    /// The address gRPC listens on, with the actual port.
    #[must_use]
    pub fn grpc_addr(&self) -> SocketAddr {
        self.grpc_addr
    }

    /// The shelf behind both doors.
    #[must_use]
    pub fn shelf(&self) -> &Stock {
        &self.stock
    }

    /// Puts `quantity` of a sku on the shelf, in place of what was there.
    pub async fn stock(&self, sku: impl AsRef<str>, quantity: u32) {
        self.stock.put(sku.as_ref(), Item::restocked(quantity));
    }

    /// Stops taking requests, ends open watches, and returns when what was under way is done (5 s at most).
    pub async fn stop(mut self) {
        // nobody left to tell means that both servers have ended already
        let _ = self.stopping.send(true);
        for mut server in std::mem::take(&mut self.servers) {
            if tokio::time::timeout(FAREWELL, &mut server).await.is_err() {
                server.abort();
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        for server in &self.servers {
            server.abort();
        }
    }
}
