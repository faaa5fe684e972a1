//! The official command, and our own, as other processes.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;

/// A process that is killed when it is dropped.
pub(crate) struct Server(pub(crate) Child);

impl Drop for Server {
    fn drop(&mut self) {
        // it may be gone already
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Whether the official command is there; says so when it is not.
pub(crate) fn has_official() -> bool {
    let status = Command::new("pact").arg("--help").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let there = status.is_ok_and(|status| status.success());
    if !there {
        eprintln!("the official `pact` command is missing, its figures are left out: pip install pact-python-cli");
    }
    there
}

/// Our command, built in release mode when it is not up to date.
pub(crate) fn our_command() -> anyhow::Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let status = Command::new(cargo)
        .args(["build", "--release", "--quiet", "--package", "countersign", "--manifest-path", manifest])
        .status()
        .context("cargo cannot be run to build countersign")?;
    anyhow::ensure!(status.success(), "countersign does not build");
    let own = std::env::current_exe()?;
    let command = own.with_file_name("countersign");
    anyhow::ensure!(command.is_file(), "{} is missing: run the benches with --release", command.display());
    Ok(command)
}

/// A free port of 127.0.0.1.
pub(crate) fn free_port() -> anyhow::Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Runs a command to its end and gives the wall time in seconds.
pub(crate) fn time(command: &mut Command) -> anyhow::Result<f64> {
    let start = Instant::now();
    let output = command.output().with_context(|| format!("{command:?} cannot be run"))?;
    let seconds = start.elapsed().as_secs_f64();
    anyhow::ensure!(
        output.status.success(),
        "{command:?} failed: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(seconds)
}

/// Waits until a server accepts connections.
pub(crate) async fn wait_for(port: u16) -> anyhow::Result<()> {
    let deadline = Instant::now() + Duration::from_secs(30);
    while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        anyhow::ensure!(Instant::now() < deadline, "nothing listens on port {port}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

/// How much memory a process holds, in MB (10⁶ bytes).
pub(crate) fn resident_megabytes(process: u32) -> anyhow::Result<f64> {
    let path = format!("/proc/{process}/status");
    let status = std::fs::read_to_string(&path).with_context(|| format!("{path} cannot be read"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    Ok(kilobytes.with_context(|| format!("{path} does not tell VmRSS"))? * 1024.0 / 1e6)
}
