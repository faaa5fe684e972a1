//! A load of requests over a few keep-alive connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt as _, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;

/// Enough to keep two cores busy.
const CONNECTIONS: usize = 8;

/// Requests per second that a server answers with 200, asked for its interactions in turn, for that long and at least once.
pub(crate) async fn requests_per_second(
    port: u16,
    interactions: usize,
    path: impl Fn(usize) -> String + Copy + Send + 'static,
    duration: Duration,
) -> anyhow::Result<f64> {
    let next = Arc::new(AtomicUsize::new(0));
    let start = Instant::now();
    let clients: Vec<_> = (0..CONNECTIONS)
        .map(|_| tokio::spawn(client(port, interactions, path, start + duration, Arc::clone(&next))))
        .collect();
    let mut answered = 0;
    for client in clients {
        answered += client.await??;
    }
    Ok(answered as f64 / start.elapsed().as_secs_f64())
}

async fn client(
    port: u16,
    interactions: usize,
    path: impl Fn(usize) -> String,
    end: Instant,
    next: Arc<AtomicUsize>,
) -> anyhow::Result<usize> {
    let stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let mut answered = 0;
    while answered == 0 || Instant::now() < end {
        let index = next.fetch_add(1, Ordering::Relaxed) % interactions;
        let request =
            hyper::Request::get(path(index)).header(hyper::header::HOST, "127.0.0.1").body(Empty::<Bytes>::new())?;
        let response = sender.send_request(request).await?;
        anyhow::ensure!(response.status() == 200, "interaction {index} was answered with {}", response.status());
        response.into_body().collect().await?;
        answered += 1;
        sender.ready().await?;
    }
    Ok(answered)
}
