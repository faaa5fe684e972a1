//! Unary gRPC calls: the mock server beside a bare tonic server that returns the same message, verification beside a bare
//! loop of the same calls, and the checks of protobuf messages beside those of the same JSON.

use std::convert::Infallible;
use std::future::Future;
use std::hint::black_box;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::pin::Pin;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use countersign_core::format;
use countersign_core::pact::Pact;
use countersign_core::protobuf::{CallPattern, Outcome, Schema, register};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tonic::codegen::Service;
use tonic::server::{NamedService, UnaryService};
use tonic::transport::{Channel, Server};
use tonic::{Request, Response, Status};

use crate::figures::{Better, Figure, Figures};
use crate::{grpc_matching, peer};

const DURATION: Duration = Duration::from_secs(3);

/// Calls under way at a time, over [`CHANNELS`] connections.
const CALLERS: usize = 32;
const CHANNELS: usize = 4;

/// How often a verification is run; the fastest counts, since noise only adds.
const RUNS: usize = 3;

const METHOD: &str = "bench.v1.Items/Get";

const PROTO: &str = r#"syntax = "proto3";
package bench.v1;
message Ask { string sku = 1; }
message Item {
  int32 id = 1; string sku = 2; bool available = 3; int32 quantity_left = 4; double price = 5; string city = 6;
  string warehouse = 7; repeated string tags = 8;
}
service Items { rpc Get(Ask) returns (Item); }
"#;

#[derive(Clone, PartialEq, prost::Message)]
struct Ask {
    #[prost(string, tag = "1")]
    sku: String,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Item {
    #[prost(int32, tag = "1")]
    id: i32,
    #[prost(string, tag = "2")]
    sku: String,
    #[prost(bool, tag = "3")]
    available: bool,
    #[prost(int32, tag = "4")]
    quantity_left: i32,
    #[prost(double, tag = "5")]
    price: f64,
    #[prost(string, tag = "6")]
    city: String,
    #[prost(string, tag = "7")]
    warehouse: String,
    #[prost(string, repeated, tag = "8")]
    tags: Vec<String>,
}

fn item() -> Item {
    Item {
        id: 7,
        sku: "ABC-7".to_owned(),
        available: true,
        quantity_left: 5,
        price: 12.5,
        city: "Oslo".to_owned(),
        warehouse: "w-1".to_owned(),
        tags: vec!["fragile".to_owned()],
    }
}

fn item_json() -> Value {
    json!({
        "id": 7, "sku": "ABC-7", "available": true, "quantity_left": 5, "price": 12.5, "city": "Oslo",
        "warehouse": "w-1", "tags": ["fragile"]
    })
}

/// Figures per second, so that all stand in one table: calls, interactions, checks.
pub(crate) async fn run() -> anyhow::Result<Figures> {
    let folder = tempfile::tempdir()?;
    let schema = schema(folder.path())?;
    let (_bare, bare_port) = served(Command::new(std::env::current_exe()?).arg("serve-bare-grpc"))?;
    let mut list = Vec::new();
    for interactions in [1, 1000] {
        let file = folder.path().join(format!("{interactions}.json"));
        std::fs::write(&file, format::write(&pact(&schema, interactions)?))?;
        let (_ours, port) = served(Command::new(std::env::current_exe()?).arg("serve").arg(&file))?;
        let ours = calls_per_second(port, interactions).await?;
        let limit = calls_per_second(bare_port, interactions).await?;
        list.push(Figure { name: format!("grpc/mock/{interactions}"), ours, official: None, limit });
    }
    list.push(verification(&folder.path().join("1000.json"), bare_port).await?);
    list.extend(grpc_matching::run()?.list.into_iter().map(per_second));
    Ok(Figures { unit: "1/s", better: Better::More, list })
}

/// How often a check of so many microseconds can be done.
fn per_second(figure: Figure) -> Figure {
    Figure { ours: 1e6 / figure.ours, limit: 1e6 / figure.limit, ..figure }
}

fn schema(folder: &Path) -> anyhow::Result<Schema> {
    let file = folder.join("bench.proto");
    std::fs::write(&file, PROTO)?;
    Ok(Schema::compile(&file, &[])?)
}

/// That many calls, each with a sku of its own.
fn pact(schema: &Schema, interactions: usize) -> anyhow::Result<Pact> {
    let method = schema.method(METHOD)?;
    let mut pact = Pact::new("bench-consumer", "bench-provider");
    for index in 0..interactions {
        let mut response = item_json();
        response["quantity_left"] = "matching(integer, 5)".into();
        response["city"] = "matching(type, 'Oslo')".into();
        response["warehouse"] = "matching(regex, 'w-\\d+', 'w-1')".into();
        let pattern = CallPattern {
            request: json!({ "sku": format!("ABC-{index}") }),
            request_metadata: Default::default(),
            outcome: Outcome::Messages(vec![response]),
            response_metadata: Default::default(),
        };
        pact.interactions.push(pattern.to_interaction(&format!("item {index}"), schema, &method)?);
    }
    register(&mut pact, schema);
    Ok(pact)
}

/// A server in a process of its own, and the port that it prints.
fn served(command: &mut Command) -> anyhow::Result<(peer::Server, u16)> {
    let mut server = peer::Server(command.stdout(Stdio::piped()).spawn()?);
    let output = server.0.stdout.take().context("the server has no output")?;
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line)?;
    let port = line.trim().parse().with_context(|| format!("the server printed {line:?} instead of its port"))?;
    Ok((server, port))
}

async fn calls_per_second(port: u16, interactions: usize) -> anyhow::Result<f64> {
    let next = Arc::new(AtomicUsize::new(0));
    let mut channels = Vec::new();
    for _ in 0..CHANNELS {
        let endpoint = Channel::from_shared(format!("http://127.0.0.1:{port}"))?.tcp_nodelay(true);
        channels.push(endpoint.connect().await?);
    }
    let start = Instant::now();
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| {
            tokio::spawn(call_until(
                channels[caller % CHANNELS].clone(),
                interactions,
                start + DURATION,
                Arc::clone(&next),
            ))
        })
        .collect();
    let mut answered = 0;
    for caller in callers {
        answered += caller.await??;
    }
    Ok(answered as f64 / start.elapsed().as_secs_f64())
}

async fn call_until(
    channel: Channel,
    interactions: usize,
    end: Instant,
    next: Arc<AtomicUsize>,
) -> anyhow::Result<usize> {
    let mut client = tonic::client::Grpc::new(channel);
    let mut answered = 0;
    while answered == 0 || Instant::now() < end {
        let index = next.fetch_add(1, Ordering::Relaxed) % interactions;
        call(&mut client, index).await?;
        answered += 1;
    }
    Ok(answered)
}

async fn call(client: &mut tonic::client::Grpc<Channel>, index: usize) -> anyhow::Result<()> {
    client.ready().await?;
    let codec = tonic_prost::ProstCodec::<Ask, Item>::default();
    let request = Request::new(Ask { sku: format!("ABC-{index}") });
    client.unary(request, format!("/{METHOD}").parse()?, codec).await?;
    Ok(())
}

/// `countersign verify` of 1000 calls against the bare server; the limit makes the same calls one after the other.
async fn verification(file: &Path, port: u16) -> anyhow::Result<Figure> {
    let command = peer::our_command()?;
    let file = file.to_owned();
    let measure = move || {
        let mut fastest = f64::INFINITY;
        for _ in 0..RUNS {
            let address = ["--hostname", "127.0.0.1", "--provider-name", "bench-provider", "--grpc-port"];
            let mut command = Command::new(&command);
            command.arg("verify").args(address).arg(port.to_string()).arg("--file").arg(&file);
            fastest = fastest.min(peer::time(&mut command)?);
        }
        anyhow::Ok(fastest)
    };
    let ours = tokio::task::spawn_blocking(measure).await??;
    let mut limit = f64::INFINITY;
    for _ in 0..RUNS {
        let start = Instant::now();
        let channel = Channel::from_shared(format!("http://127.0.0.1:{port}"))?.tcp_nodelay(true).connect().await?;
        let mut client = tonic::client::Grpc::new(channel);
        for index in 0..1000 {
            call(&mut client, index).await?;
        }
        limit = limit.min(start.elapsed().as_secs_f64());
    }
    Ok(Figure { name: "grpc/verify/1000".to_owned(), ours: 1000.0 / ours, official: None, limit: 1000.0 / limit })
}

/// Serves the same item to every call with tonic alone, and prints the port.
pub(crate) async fn serve_bare() -> anyhow::Result<()> {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("{}", listener.local_addr()?.port());
    let incoming = tonic::transport::server::TcpIncoming::from(listener).with_nodelay(Some(true));
    Server::builder().add_service(Bare).serve_with_incoming(incoming).await?;
    Ok(())
}

#[derive(Clone)]
struct Bare;

impl NamedService for Bare {
    const NAME: &'static str = "bench.v1.Items";
}

impl Service<hyper::Request<tonic::body::Body>> for Bare {
    type Response = hyper::Response<tonic::body::Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: hyper::Request<tonic::body::Body>) -> Self::Future {
        Box::pin(async move {
            if request.uri().path() != format!("/{METHOD}") {
                // whatever else is asked for is read to its end, as tonic does
                let _ = request.into_body().collect().await;
                return Ok(Status::unimplemented("").into_http());
            }
            let codec = tonic_prost::ProstCodec::<Item, Ask>::default();
            Ok(tonic::server::Grpc::new(codec).unary(Answer, request).await)
        })
    }
}

struct Answer;

impl UnaryService<Ask> for Answer {
    type Response = Item;
    type Future = std::future::Ready<Result<Response<Item>, Status>>;

    fn call(&mut self, request: Request<Ask>) -> Self::Future {
        black_box(request);
        std::future::ready(Ok(Response::new(item())))
    }
}
