//! The broker as another process.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::peer::{Server, free_port};

/// A broker that is killed when it is dropped.
pub(crate) struct Broker {
    server: Server,
    pub(crate) port: u16,
    /// From the start of the process to its first answer.
    pub(crate) startup: Duration,
}

impl Broker {
    pub(crate) async fn start(command: &Path, database: &str) -> anyhow::Result<Self> {
        // the first start prepares the tables, which happens once in the life of a database
        drop(Self::start_once(command, database).await?);
        Self::start_once(command, database).await
    }

    async fn start_once(command: &Path, database: &str) -> anyhow::Result<Self> {
        let port = free_port()?;
        let begun = Instant::now();
        let child = Command::new(command)
            .args(["broker", "--database-url", database, "--port", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()?;
        let server = Server(child);
        while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            anyhow::ensure!(begun.elapsed() < Duration::from_secs(120), "the broker does not come up");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let startup = begun.elapsed();
        Ok(Self { server, port, startup })
    }

    /// Resident memory in MB, where the system tells.
    pub(crate) fn resident(&self) -> Option<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server.0.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kilobytes / 1024.0)
    }
}
