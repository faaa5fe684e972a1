//! Commands that serve until they are stopped, ours and the official ones.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// How long a server may take for something that it does at once on an idle machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that is killed with the test.
pub(crate) struct Serving {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    /// What stands behind `started on port `.
    pub(crate) port: u16,
    /// What it printed up to then.
    pub(crate) said: String,
}

impl Serving {
    /// Starts `countersign` with the words of `line` and waits for its port.
    pub(crate) async fn ours(folder: &Path, line: &str) -> Self {
        Self::start(Command::new(env!("CARGO_BIN_EXE_countersign")), folder, line).await
    }

    /// Starts the official command with the words of `line`, in which `PORT` stands for a free port, and waits for it.
    pub(crate) async fn official(folder: &Path, line: &str) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self::start(Command::new("pact"), folder, &line.replace("PORT", &port.to_string())).await
    }

    async fn start(mut command: Command, folder: &Path, line: &str) -> Self {
        command.args(line.split_whitespace()).current_dir(folder).kill_on_drop(true);
        command.env_remove("PACT_BROKER_BASE_URL").stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut serving = Self { child, lines, port: 0, said: String::new() };
        let line = serving.wait_for("started on port ").await;
        let digits: String =
            line.split("started on port ").nth(1).unwrap().chars().take_while(char::is_ascii_digit).collect();
        serving.port = digits.parse().unwrap();
        serving
    }

    /// The next line that contains `text`.
    pub(crate) async fn wait_for(&mut self, text: &str) -> String {
        loop {
            let line = tokio::time::timeout(PATIENCE, self.lines.next_line()).await;
            let line = line.unwrap_or_else(|_| panic!("no '{text}' came: {}", self.said)).unwrap();
            let line = line.unwrap_or_else(|| panic!("it ended without '{text}': {}", self.said));
            self.said.push_str(&line);
            self.said.push('\n');
            if line.contains(text) {
                return line;
            }
        }
    }

    /// Waits until it ends by itself.
    pub(crate) async fn ended(&mut self) -> i32 {
        tokio::time::timeout(PATIENCE, self.child.wait()).await.unwrap().unwrap().code().unwrap()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

/// Runs the official command to its end.
pub(crate) async fn official(folder: &Path, line: &str) -> crate::command::Outcome {
    let mut command = Command::new("pact");
    command.args(line.split_whitespace()).current_dir(folder).env_remove("PACT_BROKER_BASE_URL");
    let output = command.output().await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    crate::command::Outcome {
        code: output.status.code().unwrap(),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

/// An HTTP client that leaves no connection open behind it.
pub(crate) fn http() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().pool_max_idle_per_host(0).no_proxy().build().unwrap()
}
